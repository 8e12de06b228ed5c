"""Names for who did what in a case: the handler, the investigator.

```yaml
people:
  handler: [triaged, in-progress]
  investigator: {title: {en: Investigator, de: Untersuchung}, worked-on: investigation}
```

Each name stands for the person who holds the task of one of these states now, or else completed one last. As an
`assignee` it gives the work back to the same person; under `exclude` it stands for everybody who ever did one of these
tasks; in messages and expressions it is a person. `title` is what people read; the name in words when nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.nodes import Node
from engine.definition.shapes import Either, Entry, Got, Localised, MapOf, OneOrMore, Record, Report, Said, name
from engine.definition.texts import Localised as Title
from engine.keywords.base import Keyword


@dataclass(frozen=True, slots=True)
class Group:
    """The states whose tasks make somebody one of these, and what people call them; empty when that is not said."""

    states: tuple[Said, ...]
    title: Title = ""


_STATES = OneOrMore(name("a state's id"))


class _Group(Either):
    """Read as a Group."""

    def read(self, node: Node, report: Report) -> Group | None:
        value = super().read(node, report)
        if isinstance(value, Got):
            return Group(value.get("worked-on", ()), value.get("title", ""))
        return Group(value) if value is not None else None


WORD = Keyword(
    "people",
    ("process",),
    MapOf(
        name("a name for somebody in the case"),
        _Group(
            _STATES,
            _STATES,
            Record(
                {
                    "title": Entry(Localised(), "what people call them"),
                    "worked-on": Entry(_STATES, "the states in which they did the task", required=True),
                },
                "a mapping with `worked-on`",
            ),
        ),
        "a mapping of names to states",
    ),
    __doc__,
)
