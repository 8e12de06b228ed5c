"""A task has outcomes, and who may choose what is said where there is no task.

Owns `task-without-way-out`, `outcome-without-go` and `on-without-by`.
"""

from __future__ import annotations

from engine.definition.rules import excused
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceState


def _check(sight: Sight, report: Report) -> None:
    doubtful = excused.sources(sight, report)
    for name, state in sight.outline.states.items():
        places = state.words.places
        work = next((word for word in ("task", "approval") if word in places), "")
        if work and "on" not in places:
            report.problem(
                places[work],
                "task-without-way-out",
                f"Expected outcomes for the {work} in '{name}', but the state has no `on`, so that nobody "
                "can complete it",
                "add `on:` with an outcome and where it leads, such as done: closed",
            )
        if work and name not in doubtful:
            _staying(name, state, work, report)
        if "on" in places and not work:
            for move in state.moves:
                if move.kind == "on" and "by" not in move.words and move.name is not None:
                    report.problem(
                        move.name.place,
                        "on-without-by",
                        f"Expected `by` for '{move.name.text}', but the state '{name}' has no task whose "
                        "candidates could choose it",
                        "say who may, such as by: [customer], or give the state a task",
                    )


def _staying(name: str, state: SourceState, work: str, report: Report) -> None:
    for move in state.moves:
        if move.kind != "on" or move.name is None:
            continue
        for branch in move.branches:
            if branch.go is None:
                report.problem(
                    branch.place,
                    "outcome-without-go",
                    f"Expected '{move.name.text}' to lead somewhere, but it has no `go`: the {work} would be done "
                    f"and the case stay in '{name}' without it",
                    "add `go` with a state; to do the same again, name this state itself",
                )


RULE = Rule(
    {
        "task-without-way-out": "A task or an approval without `on` cannot come to an end.",
        "outcome-without-go": "An outcome of a task or an approval leads nowhere; the task would be gone.",
        "on-without-by": "In a state without a task, each name under `on` needs `by`.",
    },
    _check,
)
