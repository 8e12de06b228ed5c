"""When a clock's promise is due: a target from its start, without the time it was paused, and the moments at which a
share of the target is used up.

Owns the rules of `docs/explanation/promised-times.md` as arithmetic over values. Knows no instance and no definition.

A target is *working* when it counts open time (`bh`, `bm`, `bd`); then a pause moves the deadline by the open time it
took, and a pause outside the opening hours moves nothing. Any other target passes on the wall clock, and a pause moves
it by its whole length. A pause that begins when the deadline has already passed moves nothing. Time in several pauses
counts once, and pauses that touch are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.calendars import Calendar
from engine.core.durations import Duration
from engine.core.timetable import MICROSECOND

Pause = tuple[datetime, datetime]
"""From and to; both are past."""

FULL = 100


def deadline(calendar: Calendar, start: datetime, target: Duration, pauses: Sequence[Pause] = ()) -> datetime:
    """When a promise that began at `start` is due."""
    return reached(calendar, start, target, pauses, FULL)


def reached(calendar: Calendar, start: datetime, target: Duration, pauses: Sequence[Pause], percent: int) -> datetime:
    """When so many per cent of the target are used up; more than 100 lie behind the deadline.

    Of a working target it is the open time between start and deadline that is divided. Raises Stuck where the calendar
    has closed for good.
    """
    unpaused = calendar.add(start, target)
    at = unpaused if percent == FULL else share(calendar, start, unpaused, target, percent)
    for shift in _shifts(calendar, start, at, target, pauses):
        at = shift.to
    return at


def share(calendar: Calendar, start: datetime, due: datetime, target: Duration, percent: int) -> datetime:
    """When so many per cent of a target are used up that is due then, and was never paused."""
    if target.working:
        return reached_between(calendar, start, due, percent)
    return start + _part(due - start, percent)


def reached_between(calendar: Calendar, start: datetime, due: datetime, percent: int) -> datetime:
    """When so many per cent of the open time between two instants are used up; of all the time where it is never open
    between them. What was due before it began has every share used up by then.
    """
    if percent == FULL or due <= start:
        return due
    opened = calendar.open_between(start, due)
    if not opened:
        return start + _part(due - start, percent)
    return calendar.pass_open(start, _part(opened, percent))


@dataclass(frozen=True, slots=True)
class Shift:
    """What one pause did to a deadline: it took `lasted` of the time that counts, and moved the deadline to `to`."""

    begin: datetime
    end: datetime
    lasted: timedelta
    to: datetime


def shifts(calendar: Calendar, start: datetime, target: Duration, pauses: Sequence[Pause]) -> tuple[Shift, ...]:
    """The way from the deadline without pauses to the real one."""
    return tuple(_shifts(calendar, start, calendar.add(start, target), target, pauses))


def used(calendar: Calendar, start: datetime, target: Duration, pauses: Sequence[Pause], at: datetime) -> timedelta:
    """How much of the time that counts has passed from `start` to `at`: open time of a working target, else all of
    it, without the pauses.
    """
    if target.working:
        return calendar.elapsed(start, at, pauses)
    paused = sum((max(min(end, at) - begin, timedelta(0)) for begin, end in _apart(start, pauses)), timedelta(0))
    return max(at - start - paused, timedelta(0))


def _part(whole: timedelta, percent: int) -> timedelta:
    """To the next whole microsecond."""
    return timedelta(microseconds=-(-(whole // MICROSECOND) * percent // FULL))


def _shifts(
    calendar: Calendar, start: datetime, at: datetime, target: Duration, pauses: Sequence[Pause]
) -> Iterator[Shift]:
    for begin, end in _apart(start, pauses):
        if begin >= at:
            return
        lasted = calendar.open_between(begin, end) if target.working else end - begin
        at = calendar.pass_open(at, lasted) if target.working else at + lasted
        yield Shift(begin, end, lasted, at)


def _apart(start: datetime, pauses: Sequence[Pause]) -> Iterator[Pause]:
    """What of the pauses lies behind the start, in order; those that touch or overlap as one."""
    begun, ended = start, start
    for begin, end in sorted(pauses):
        if begin > ended:
            if begun < ended:
                yield begun, ended
            begun = begin
        ended = max(ended, end)
    if begun < ended:
        yield begun, ended
