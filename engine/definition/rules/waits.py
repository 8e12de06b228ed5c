"""A message from outside finds one place that waits for it.

Owns `wait-twice`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report, Said


def _check(sight: Sight, report: Report) -> None:
    for owner in sight.graph.forks():
        fork = owner.fork
        if fork is None or fork.rows is not None:
            continue
        waiting = {
            move.name.text: "the state itself"
            for move in owner.moves
            if move.kind == "wait-for" and move.name is not None
        }
        told: set[str] = set()
        for branch, start in fork.branches:
            mine: dict[str, Said] = {}
            for name in sight.outline.states:
                if name in sight.graph.branch(start.text) and name not in sight.graph.main:
                    for move in sight.outline.states[name].moves:
                        if move.kind == "wait-for" and move.name is not None:
                            mine.setdefault(move.name.text, move.name)
            for message, said in mine.items():
                if message in waiting and message not in told:
                    told.add(message)
                    report.warning(
                        said.place,
                        "wait-twice",
                        f"Expected one place to wait for '{message}', but {_named(waiting[message])} and "
                        f"the branch '{branch.text}' may wait for it at the same time",
                        "give the messages different names, or wait before the branches begin: only the first gets it",
                    )
                waiting.setdefault(message, branch.text)


def _named(branch: str) -> str:
    return branch if " " in branch else f"the branch '{branch}'"


RULE = Rule(
    {"wait-twice": "Two branches may wait for the same message at the same time; only the first gets it."},
    _check,
)
