"""Decision tables are whole: no case without a row, none with two results, no row for nothing.

Owns no finding of its own: what is wrong with a table is told by `engine.definition.decisions`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report

MOST_WORK = 500_000
"""Comparisons that are made for all the tables of a process."""


def _check(sight: Sight, report: Report) -> None:
    left = MOST_WORK
    for decision in sight.flow.decisions.values():
        effort = decision.effort()
        report.problems.extend(decision.findings(left))
        left -= effort if effort <= left else 0


RULE = Rule(
    {
        "decision-gap": "No row of the decision table fits this case.",
        "decision-overlap": "Two rows of the decision table fit the same case, with different results.",
        "decision-dead-row": "This row of the decision table is never reached.",
        "decision-too-large": "The decision table has too many cases to be checked for gaps and overlaps.",
    },
    _check,
)
