"""Something can happen in every state that is not final.

Owns `stuck-state`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report

_LEAVING = ("task", "approval", "on", "wait-for", "after", "parallel", "for-each", "go", "final")


def _check(sight: Sight, report: Report) -> None:
    asked_for = {said.text for move in sight.outline.anywhere for said in move.words.get("from", ())}
    for name, state in sight.outline.states.items():
        waiting = any(call.go is not None for call in state.actions.calls)
        if not waiting and not any(word in state.words.places for word in _LEAVING) and name not in asked_for:
            report.problem(
                state.id.place,
                "stuck-state",
                f"Expected something to happen in '{name}', but it has no task and waits for nothing",
                "give it a `task`, `wait-for`, `after` or `go`, or end the case there with `final`",
            )


RULE = Rule({"stuck-state": "Nothing ever happens in this state, and it is not final."}, _check)
