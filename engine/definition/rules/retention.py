"""It is said how long the records are kept.

Owns `no-retention`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    head = sight.outline.head
    if "retention" not in head.places:
        report.warning(
            head["process"].place,
            "no-retention",
            "Expected it to be said how long the records of this process are kept, but there is no `retention`",
            "add one, such as retention: {class: quality-record, years: 6}",
        )


RULE = Rule({"no-retention": "The process does not say how long its records are kept."}, _check)
