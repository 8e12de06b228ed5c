"""Who is away in a scenario: from what is written under `absent` to absences, by the rules of the house.

Owns the times of those that say none. Judges nothing itself: `engine.core.absences` does.
"""

from __future__ import annotations

from datetime import UTC, datetime

from engine.core.absences import Absence, moment, refuse_beside, refuse_senseless
from engine.core.calendars import Calendar
from engine.definition.shapes import Report
from engine.errors import Rejected
from engine.scenarios.acts import FIRST, Absent, Scenario
from engine.scenarios.cast import VIA, Cast
from engine.scenarios.parts import instant_in

_EVER_AFTER = datetime.max.replace(tzinfo=UTC)


def away(scenario: Scenario, calendar: Calendar, cast: Cast, report: Report) -> tuple[Absence, ...]:
    """The absences of one scenario; what `heard absence add` would refuse is a problem at its place."""
    begins = instant_in(calendar, scenario.start.at or FIRST)
    found: tuple[Absence, ...] = ()
    for absent in scenario.absent:
        try:
            new = _absence(len(found) + 1, absent, calendar.zone, begins)
            refuse_senseless(new, cast.roles, cast.reading)
            refuse_beside(new, found)
        except Rejected as rejected:
            report.problem(absent.place, rejected.code, rejected.message, "name other days, or somebody else")
        else:
            found = (*found, new)
    return found


def _absence(number: int, absent: Absent, zone: str, begins: datetime) -> Absence:
    """One that does not say from when or until when has begun with the scenario, or lasts as long as it does."""
    first = moment(absent.away_from.text, zone, last=False) if absent.away_from is not None else begins
    last = moment(absent.away_until.text, zone, last=True) if absent.away_until is not None else _EVER_AFTER
    role = absent.role.text if absent.role is not None else ""
    return Absence(number, absent.person.text, absent.deputy.text, role, first, last, VIA, begins)
