"""A moment that is marked is the moment that somebody waits for.

Owns `milestone-unheard`. A milestone that nobody asks for is none of its business, as a report may: only one whose name
is nearly that of another, for which a clock, a stage or a guard would wait in vain.
"""

from __future__ import annotations

from engine.definition.assignment import MILESTONE
from engine.definition.rules.names_used import used_names
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.suggest import slip_of
from engine.keywords import clock_facts


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    heard = _heard(sight)
    for actions in sight.outline.doing:
        for said in actions.milestones:
            meant = slip_of(said.text, heard) if said.text not in heard else None
            if meant is not None:
                report.warning(
                    said.place,
                    "milestone-unheard",
                    f"Expected a milestone that a clock, a stage or a guard asks for, but none asks for '{said.text}', "
                    f"did you mean '{meant}'?",
                    "write the same name wherever it is reached, or one that is less like the other",
                )


def _heard(sight: Sight) -> list[str]:
    """The milestones that something waits for or asks for."""
    facts = {
        *(fact for clock in sight.bound.clocks.values() for fact in (*clock.starts, *clock.stops, *clock.restarts)),
        *(fact for stage in sight.bound.stages for fact in stage.reached),
    }
    waited = {fact.partition(" ")[2] for fact in facts if fact.startswith(f"{clock_facts.MILESTONE} ")}
    asked = {path.removeprefix(MILESTONE) for path in used_names(sight.bound) if path.startswith(MILESTONE)}
    return sorted(waited | asked)


RULE = Rule(
    {"milestone-unheard": "Nothing asks for this milestone, but for one of nearly the same name."},
    _check,
)
