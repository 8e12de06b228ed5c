"""The case ends here.

The value is the outcome that lists and reports show; a mapping can say more.

```yaml
closed: {final: resolved}
no-response:
  final:
    outcome: no-response
    reopen: {go: in-progress, within: 20bd, by: [customer, agent]}
```

`reopen` is the way back: where to, for how long, and by whom. Without it an ended case stays ended; what follows is a
new case. What the customer still writes is kept where `wait-for` at the head of the process names the final state.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.draft import Draft
from engine.definition.nodes import Node, Scalar
from engine.definition.plans import Ending
from engine.definition.shapes import Either, Entry, Got, Record, Report, Said, name
from engine.definition.sources import SourceEnding, SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

_RECORD = Record(
    {
        "outcome": Entry(name("an outcome"), "how it ended, for lists and reports"),
        "reopen": Entry(
            move.move(
                "title", "help", "by", "exclude", "form", "only-when", "comment", "within", required=("by", "go")
            ),
            "the way back: where to, within how long, by whom",
        ),
    },
    "an outcome, or a mapping with `outcome` and `reopen`",
)


class _Final(Either):
    """`true`, an outcome, or a mapping; read as a SourceEnding."""

    def read(self, node: Node, report: Report) -> SourceEnding | None:
        if isinstance(node, Scalar) and node.value is True:
            return SourceEnding(None, node.place)
        value = super().read(node, report)
        if isinstance(value, Said):
            if value.text in ("yes", "no", "on", "off", "false"):
                report.problem(
                    value.place,
                    "wrong-shape",
                    f"Expected an outcome, but found '{value.text}'",
                    "say how the case ended: final: resolved; or write final: true",
                )
            return SourceEnding(value, node.place)
        if not isinstance(value, Got):
            return None
        reopen = value.get("reopen")
        within = reopen.words.get("within") if reopen is not None else None
        way = reopen.named("reopen", Said("", reopen.place)) if reopen is not None else None
        return SourceEnding(value.get("outcome"), node.place, way, within)

    def schema(self) -> dict[str, object]:
        return {"anyOf": [{"const": True}, *super().schema()["anyOf"]]}


def _moves(source: SourceEnding) -> Iterable[SourceMove]:
    return (source.reopen,) if source.reopen is not None else ()


def _bind(source: SourceEnding, binder: Binder) -> Ending:
    outcome = source.outcome.text if source.outcome is not None else binder.state
    if source.within is not None:
        binder.needs_calendar(source.within, source.place)
    return Ending(outcome, move.bind_move(source.reopen, binder) if source.reopen is not None else None, source.within)


def _enter(draft: Draft, token: str, meaning: Ending) -> None:
    draft.complete(meaning.outcome)


WORD = Keyword(
    "final",
    ("state",),
    _Final(scalar=name("an outcome"), mapping=_RECORD),
    __doc__,
    bind=_bind,
    moves=_moves,
    enter=_enter,
)
