"""How far away a deadline is: in working time where it was promised in working time, else in time that really passes.

Owns this reckoning and its English; pages say it in their own words. When something is due is reckoned elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.core.calendars import Calendar
from engine.core.durations import Duration
from engine.definition.model import Definition

SOON = timedelta(hours=4)
"""So much working time before it is due, a deadline is said to be near."""


class Due(Protocol):
    """A task, or a row of one."""

    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Away:
    """`count` of a unit (minutes, hours or days), of working time or of all; 0 is less than a minute."""

    late: bool
    near: bool
    working: bool
    unit: str
    count: float

    @property
    def words(self) -> str:
        """`in 3 working hours`, `2 working days late`."""
        if not self.count:
            return "overdue" if self.late else "now"
        unit = self.unit.removesuffix("s") if self.count == 1 else self.unit
        span = f"{self.count:g} {'working ' if self.working else ''}{unit}"
        return f"{span} late" if self.late else f"in {span}"


def of_task(definition: Definition, task: Due, now: datetime) -> Away | None:
    """Of a task or an approval of this process; None when no time is set for it."""
    place = definition.states.get(task.state) or definition.tasks.get(task.state)
    due = place.work.due if place is not None and place.work is not None else None
    lengths = tuple(due.length.all()) if due is not None and due.length is not None else ()
    return away(task.due_at, now, definition.calendar, lengths)


def of_clock(definition: Definition, clock: str, due: datetime | None, now: datetime) -> Away | None:
    """Of a promise of this process, by its name."""
    plan = definition.clocks.get(clock)
    return away(due, now, definition.calendar, plan.target.lengths() if plan is not None else ())


def away(due: datetime | None, now: datetime, calendar: Calendar, lengths: Sequence[Duration] = ()) -> Away | None:
    """In the working time of this calendar, unless it was promised in `lengths` that all pass at night, too."""
    if due is None:
        return None
    passes = bool(lengths) and not any(length.working for length in lengths)
    left = abs(due - now) if passes else calendar.elapsed(min(due, now), max(due, now))
    unit, count = span(left, 24 if passes else usual_day(calendar))
    late = due < now
    return Away(late, not late and left <= SOON, not passes, unit, count)


def span(length: timedelta, a_day: float) -> tuple[str, float]:
    """A length in the unit that says most: minutes, hours or days of so many hours, these to a tenth below ten;
    `("minutes", 0)` below a minute."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 60:
        return "minutes", minutes
    if minutes / 60 < a_day:
        return "hours", round(minutes / 60)
    days = minutes / 60 / a_day
    return "days", round(days, 1 if days < 10 else None)


def usual_day(calendar: Calendar) -> float:
    """The hours of the calendar's longest weekday."""
    return max(sum(hours.end - hours.begin for hours in spans) for spans in calendar.hours) / 60 or 24
