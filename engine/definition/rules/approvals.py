"""An approval has its outcomes, and they ask nobody for anything.

Owns `approval-outcomes` and `approval-outcome-asks`.
"""

from __future__ import annotations

from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceState
from engine.definition.suggest import near
from engine.keywords.approval import OUTCOMES


def _check(sight: Sight, report: Report) -> None:
    for name, state in sight.outline.states.items():
        if "approval" not in state.words.places:
            continue
        named = {said.text: said for said, _ in state.words.get("on", ())}
        for outcome, said in named.items():
            if outcome not in OUTCOMES:
                report.problem(
                    said.place,
                    "approval-outcomes",
                    f"Expected {listed(OUTCOMES)} after an approval, but found '{outcome}'{near(outcome, OUTCOMES)}",
                    "use one of these outcomes",
                )
        for outcome in OUTCOMES[:2]:
            if named and outcome not in named:
                report.problem(
                    state.words.places["on"],
                    "approval-outcomes",
                    f"Expected '{outcome}' among the outcomes of the approval in '{name}', but it is not there",
                    f"say where the case goes then: {outcome}: …",
                )
        _asks_nothing(name, state, report)


def _asks_nothing(name: str, state: SourceState, report: Report) -> None:
    """An outcome follows from the counting: nobody chooses it, so nobody fills anything in for it."""
    for move in state.moves:
        if move.kind == "on":
            for word in _ASKING:
                if word in move.words:
                    report.problem(
                        move.place,
                        "approval-outcome-asks",
                        f"Expected nothing like `{word}` beside an outcome of the approval in '{name}', but found "
                        "it: the outcome follows from the counting, and nobody chooses it",
                        "remove it; whoever decides gives their reason, and a state behind it can have a task",
                    )


_ASKING = ("form", "by", "exclude", "only-when", "comment", "needs")

RULE = Rule(
    {
        "approval-outcome-asks": (
            "An outcome of an approval follows from the counting; it cannot ask anybody for something."
        ),
        "approval-outcomes": (
            "An approval leads on with `approved` and `rejected`, and with `changes-requested` where changes may "
            "be asked for."
        ),
    },
    _check,
)
