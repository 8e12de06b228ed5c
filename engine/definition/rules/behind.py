"""Which of two rungs of a clock comes first.

Owns that one comparison. Shares of one target come in their order; a share and a hard stop are held against each other
in the process's calendar, begun on each day of a year.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.core.calendars import Calendar
from engine.core.deadlines import reached
from engine.core.durations import Duration
from engine.definition.model import Definition
from engine.definition.moves import HARD_STOP, Rung
from engine.definition.plans import ClockPlan
from engine.errors import Stuck

_FIRST = datetime(2027, 1, 1, tzinfo=UTC)
_DAYS = 365
_HOURS = (7, 15)
"""When a clock is begun, on one day before the offices open and on the next while they are."""


def surely(plan: ClockPlan, one: Rung, other: Rung, definition: Definition) -> bool:
    """Whether `other` always comes after `one`."""
    if one.percent != HARD_STOP and other.percent != HARD_STOP:
        return one.percent < other.percent
    if plan.hard_stop is None or one.percent == other.percent:
        return False
    share, lengths = max(one.percent, other.percent), plan.target.lengths()
    if other.percent == HARD_STOP:
        # A pause, or an answer for which nothing is promised, puts the share off.
        if (
            plan.paused_in
            or plan.target.unpromised
            or (plan.target.pick.by is not None and plan.target.unknown is None)
        ):
            return False
        return all(_before(definition.calendar, length, share, plan.hard_stop, True) for length in lengths)
    return all(_before(definition.calendar, length, share, plan.hard_stop, False) for length in lengths)


def _before(calendar: Calendar, target: Duration, percent: int, hard_stop: Duration, share_first: bool) -> bool:
    """Whether the share always comes before the hard stop, or the hard stop always before the share."""
    try:
        for day in range(_DAYS):
            begin = _FIRST + timedelta(days=day, hours=_HOURS[day % len(_HOURS)])
            share, stop = reached(calendar, begin, target, (), percent), calendar.add(begin, hard_stop)
            if not (share < stop if share_first else stop < share):
                return False
    except Stuck:
        return False
    return True
