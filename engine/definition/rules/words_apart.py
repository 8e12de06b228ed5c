"""Words that exclude each other do not stand in one state.

Owns `go-beside-task`, `final-with-more`, `task-beside-approval` and `fork-twice`.
"""

from __future__ import annotations

from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report

_STAYING = ("task", "approval", "on", "wait-for", "after", "parallel", "for-each")


def _check(sight: Sight, report: Report) -> None:
    for name, state in sight.outline.states.items():
        places = state.words.places
        beside = [f"`{word}`" for word in _STAYING if word in places]
        if any(call.go is not None for call in state.actions.calls):
            beside.append("a `call` with `go`")
        if "final" in places and (beside or "go" in places):
            told = [*beside, *(["`go`"] if "go" in places else [])]
            report.problem(
                places["final"],
                "final-with-more",
                f"Expected nothing to happen after the end, but '{name}' is final and has {listed(told)}",
                "remove `final`, or move the rest to a state before it",
            )
        elif "go" in places and beside:
            report.problem(
                places["go"],
                "go-beside-task",
                f"Expected a state that either stays or moves on at once, but '{name}' has `go` beside "
                f"{listed(beside)}",
                "move `go` into an outcome under `on`, or into a state of its own",
            )
        if "task" in places and "approval" in places:
            report.problem(
                places["approval"],
                "task-beside-approval",
                f"Expected a task or an approval, but '{name}' has both",
                "give one of them a state of its own",
            )
        if "parallel" in places and "for-each" in places:
            report.problem(
                places["for-each"],
                "fork-twice",
                f"Expected one kind of branches, but '{name}' has both `parallel` and `for-each`",
                "give one of them a state of its own",
            )


RULE = Rule(
    {
        "go-beside-task": (
            "A state with `go` moves on at once, so that its task, timers and messages would never count."
        ),
        "final-with-more": "A final state ends the case; nothing else can happen in it.",
        "task-beside-approval": "A state has one kind of work for people: a `task` or an `approval`.",
        "fork-twice": "A state begins either `parallel` branches or one branch `for-each` row.",
    },
    _check,
)
