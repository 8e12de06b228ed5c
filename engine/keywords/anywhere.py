"""Moves that can be asked for wherever the case stands: withdraw, cancel, mark as duplicate.

`on` at the head of the process, beside `states`. They apply in every state that is not final, or in those that `from`
names; whatever is open there is withdrawn.

```yaml
on:
  withdraw: {by: [customer, agent], exclude: [assessment.accused], form: inquiry-reason, go: withdrawn}
  note-duplicate: {by: agent, from: [received, triaged], go: duplicate}
```

`by` has to say who may, as `candidates` does for a task, and `exclude` leaves somebody out of it as there: they cannot
ask for the move, not through another role and not on somebody's behalf.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.definition.moves import Move
from engine.definition.shapes import MapOf, name
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

SHAPE = MapOf(
    name("a move's name"),
    move.move("title", "help", "by", "exclude", "from", "form", "only-when", "comment", "needs", required=("by",)),
    "a mapping of moves",
)


def _moves(source: Any) -> Iterable[SourceMove]:
    return (way.named("anywhere", said) for said, way in source)


def bind_all(ways: Iterable[SourceMove], binder: Binder) -> dict[str, Move]:
    """The process-level moves, each knowing what is known in all the states it may be asked for in."""
    bound = {}
    for way in ways:
        for state in way.words.get("from", ()):
            binder.target(state)
        one = move.bind_move(way, binder.anywhere(way))
        bound[one.name] = one
    return bound


def _bind(source: Any, binder: Binder) -> Any:
    return bind_all(_moves(source), binder)


WORD = Keyword("on (process)", ("process",), SHAPE, __doc__, bind=_bind, moves=_moves)
