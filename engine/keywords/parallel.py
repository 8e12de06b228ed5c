"""Several things at once: named branches that begin together and join again.

```yaml
impact-analysis:
  parallel:
    branches: {development: dev-analysis, legal: legal-analysis}
    join: all
    go: board-review
dev-analysis:
  task: {candidates: [tech-lead], form: dev-impact}
  on: {done: join}
```

Each branch begins in the state it names and ends where a move goes to `join`. `join` says how many have to: `all` (when
nothing is said), `first`, or a number. Once enough have, what the others left open is withdrawn and the case goes on
with `go`, which may have branches of its own. A branch's states belong to it alone: they cannot be entered or left any
other way, except that the whole case is moved by the process's own `on`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.draft import Draft
from engine.definition.nodes import Node, Scalar
from engine.definition.plans import Fork
from engine.definition.shapes import Either, Entry, Got, MapOf, Record, Report, Said, Whole, name
from engine.definition.sources import SourceFork, SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder


class _Join:
    """`all`, `first` or a number; read as how many are needed, 0 for all."""

    words = "`all`, `first` or a number"

    def read(self, node: Node, report: Report) -> int | None:
        if isinstance(node, Scalar) and node.text in ("all", "first"):
            return 0 if node.text == "all" else 1
        if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return Whole(self.words).read(node, report)
        report.problem(
            node.place,
            "wrong-shape",
            "Expected `all`, `first` or a number, but found something else",
            "write join: all",
        )
        return None

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["all", "first"]}, {"type": "integer", "minimum": 1}]}


JOIN = _Join()
GO = Entry(
    Either(scalar=move.TARGET, sequence=move.BRANCHES),
    "where the case goes once enough branches have joined",
    required=True,
)
_ENTRIES = {
    "branches": Entry(
        MapOf(name("a branch's name"), move.TARGET), "each branch's name and the state it begins in", required=True
    ),
    "join": Entry(JOIN, "how many branches have to reach `join`: all, first or a number"),
    "go": GO,
}


def way_on(got: Got) -> SourceMove:
    """The move once enough branches have joined."""
    return move._from_mapping(Got(got.place, {"go": got["go"]}, {})).named("join", Said("", got.place))


def _build(got: Got) -> SourceFork:
    return SourceFork(got.place, way_on(got), got.get("join", 0), branches=got["branches"])


def _moves(source: SourceFork) -> Iterable[SourceMove]:
    return (source.move,)


def _bind(source: SourceFork, binder: Binder) -> Fork:
    for _, state in source.branches:
        binder.target(state)
    if source.need > len(source.branches):
        binder.report.problem(
            source.place,
            "join-starves",
            f"Expected a join of at most {len(source.branches)} branches, but it needs {source.need}",
            "lower `join`, or add branches",
        )
    return Fork(
        tuple((branch.text, state.text) for branch, state in source.branches),
        source.need,
        move.bind_move(source.move, binder.joined()),
    )


def _enter(draft: Draft, token: str, fork: Fork) -> None:
    for branch, state in fork.branches:
        child = draft.start_branch(token, branch, None)
        draft.todo.append((child, f"branch:{state}"))


WORD = Keyword(
    "parallel",
    ("state",),
    Record(_ENTRIES, "a mapping with `branches` and `go`", build=_build),
    __doc__,
    bind=_bind,
    moves=_moves,
    enter=_enter,
)
