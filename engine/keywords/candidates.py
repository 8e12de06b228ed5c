"""Who may take a task: the roles that see it in their inbox.

```yaml
candidates: [dispatcher]
candidates: {by: severity, S1: [team-lead], else: [agent]}
candidates: {by: queue}                # a decision whose results are roles
```

Everybody who holds one of these roles may claim the task, unless `exclude` says otherwise. `assignee` offers it to one
person first.
"""

from __future__ import annotations

from engine.definition.moves import Pick as BoundPick
from engine.definition.shapes import OneOrMore, Said, name
from engine.definition.sources import SourcePick
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.due import Pick

SHAPE = Pick(OneOrMore(name("a role")))


def bind_candidates(source: SourcePick, binder: Binder) -> BoundPick[tuple[str, ...]] | None:
    """The roles, or the roles by an answer."""

    def roles(value: Said | tuple[Said, ...]) -> tuple[str, ...]:
        said = (value,) if isinstance(value, Said) else value
        for one in said:
            binder.role(one)
        return tuple(one.text for one in said)

    return binder.pick(source, roles)


WORD = Keyword("candidates", ("task",), SHAPE, __doc__, required=True, bind=bind_candidates)
