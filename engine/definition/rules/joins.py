"""A join gets what it waits for.

Owns `join-starves` (that more branches are needed than there are is seen by `parallel` itself).
"""

from __future__ import annotations

from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    for owner in sight.graph.forks():
        fork = owner.fork
        if fork is None:
            continue
        known = [(branch.text, start.text) for branch, start in fork.branches if start.text in sight.outline.states]
        lost = [(branch, start) for branch, start in known if start not in sight.graph.joining]
        need = fork.need or len(fork.branches)
        if not lost or len(known) - len(lost) >= min(need, len(fork.branches)):
            continue
        branches = listed(f"'{branch}'" for branch, _ in lost)
        what = (
            f"no move of its branches leads to `join` from '{lost[0][1]}'"
            if fork.rows is not None
            else f"nothing in {branches} leads to `join`"
        )
        report.problem(
            fork.place,
            "join-starves",
            f"Expected the branches of '{owner.id.text}' to join, but {what}",
            "let a move of each branch go to `join`",
            *(
                f"from {start}: {listed(sorted(sight.graph.branch(start) - {start})) or 'nowhere'}"
                for _, start in lost[:5]
            ),
        )


RULE = Rule(
    {"join-starves": ("Fewer branches can come to `join` than it waits for, so that the case would stand still.")},
    _check,
)
