"""A process is tried out before anybody works with it.

Owns `no-scenarios`.
"""

from __future__ import annotations

from engine.definition.catalog import SCENARIOS
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report

NO_SCENARIOS = "no-scenarios"


def _check(sight: Sight, report: Report) -> None:
    wanted = f"{sight.path.rsplit('.', 1)[0]}{SCENARIOS}"
    if wanted not in sight.catalog.files:
        report.warning(
            sight.outline.head["process"].place,
            NO_SCENARIOS,
            f"Expected scenarios beside the process, but there is no {wanted}",
            "write some; `heard test` then shows that the process does what you mean",
        )


RULE = Rule({NO_SCENARIOS: "There are no scenarios beside the process."}, _check)
