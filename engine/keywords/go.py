"""Moves on by itself, at once: a state that only decides.

```yaml
routing:
  go:
    - {when: "severity in [S1, S2]", go: urgent}
    - {else: ordinary}
```

Its guards have to cover everything that can happen, or end with `else`. Such a state has no task and waits for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.draft import Draft
from engine.definition.shapes import Either, Said
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword


class _Go(Either):
    """A target or branches, read as a move."""

    def read(self, node: Any, report: Any) -> SourceMove | None:
        value = super().read(node, report)
        if value is None:
            return None
        way = value if isinstance(value, SourceMove) else move.plain_move(value, node.place)
        return way.named("go", Said("", node.place))


SHAPE = _Go(scalar=move.TARGET, sequence=move.BRANCHES, mapping=move.move(required=("go",)))


def _moves(source: SourceMove) -> Iterable[SourceMove]:
    return (source,)


def _enter(draft: Draft, token: str, meaning: Any) -> None:
    draft.todo.append((token, "go:"))


WORD = Keyword("go", ("state",), SHAPE, __doc__, bind=move.bind_move, moves=_moves, enter=_enter)
