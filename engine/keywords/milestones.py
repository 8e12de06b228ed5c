"""What people call the milestones of a process.

`milestones` at the head of the process, beside `states`.

```yaml
milestones:
  acknowledged: {title: {en: Acknowledged, de: Eingang bestätigt}}
  danger: {title: {en: Somebody is in danger, de: Gefahr gemeldet}}
```

Pages and the history tell a milestone by this title, else by that of the stage it brings a case to, else by its name in
words. Nothing has to stand here: a milestone is there because some state or move reaches it.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.shapes import Entry, Got, Localised, MapOf, Record, Said, name
from engine.definition.suggest import near
from engine.definition.texts import Localised as Title
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

SHAPE = MapOf(
    name("a milestone's name"),
    Record({"title": Entry(Localised(), "what people call it", required=True)}, "a mapping with `title`"),
    "a mapping of milestones",
)


def _bind(source: Iterable[tuple[Said, Got]], binder: Binder) -> dict[str, Title]:
    reached = binder.flow.milestones
    for said, _ in source:
        if said.text not in reached:
            binder.report.problem(
                said.place,
                "unknown-milestone",
                f"Expected a milestone that some state or move reaches, but there is no '{said.text}'"
                f"{near(said.text, reached)}",
                "name one that stands behind `milestone`, or remove it",
            )
    return {said.text: got["title"] for said, got in source if "title" in got}


WORD = Keyword("milestones", ("process",), SHAPE, __doc__, bind=_bind)
