"""How a deadline is said: in working time where it was promised in working time, else in time that really passes; with
a sign, and in a colour that says no more than the words.

Owns this wording. When something is due is reckoned elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.core.calendars import Calendar
from engine.core.durations import Duration
from engine.definition.model import Definition
from web.language import gettext as _
from web.language import ngettext, number

SOON = timedelta(hours=4)
"""So much working time before it is due, a deadline is said to be near."""


class Due(Protocol):
    """A task, or a row of one."""

    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """`kind` is bad, soon, note or empty: the colour; `sign` stands before the words."""

    words: str
    sign: str = ""
    kind: str = ""


def of_task(definition: Definition, task: Due, now: datetime) -> Said:
    """How far away it is that a task or an approval of this process is due."""
    place = definition.states.get(task.state) or definition.tasks.get(task.state)
    due = place.work.due if place is not None and place.work is not None else None
    lengths = tuple(due.length.all()) if due is not None and due.length is not None else ()
    return said(task.due_at, now, definition.calendar, lengths)


def of_clock(definition: Definition, clock: str, due: datetime | None, now: datetime) -> Said:
    """How far away it is that a promise of this process, by its name, is due."""
    plan = definition.clocks.get(clock)
    return said(due, now, definition.calendar, plan.target.lengths() if plan is not None else ())


def said(due: datetime | None, now: datetime, calendar: Calendar, lengths: Sequence[Duration] = ()) -> Said:
    """How far away a deadline is: in the working time of this calendar, unless it was promised in `lengths` that all
    pass at night, too.
    """
    if due is None:
        return Said("")
    passes = bool(lengths) and not any(length.working for length in lengths)
    left = abs(due - now) if passes else calendar.elapsed(min(due, now), max(due, now))
    unit, count = span(left, 24 if passes else usual_day(calendar))
    if due < now:
        return Said(_words(_PAST if passes else _LATE, unit, count) if count else _("overdue"), "!", "bad")
    kind, sign = ("soon", "◔") if left <= SOON else ("", "")
    return Said(_words(_IN if passes else _AHEAD, unit, count) if count else _("now"), sign, kind)


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


_Counted = Callable[[int], str]
"""What is said of one (1) or of several (2)."""

# Said whole, for a language may bend the unit behind its `in`.
_AHEAD: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("in %(count)s working minute", "in %(count)s working minutes", n),
    "hours": lambda n: ngettext("in %(count)s working hour", "in %(count)s working hours", n),
    "days": lambda n: ngettext("in %(count)s working day", "in %(count)s working days", n),
}
_LATE: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("%(count)s working minute late", "%(count)s working minutes late", n),
    "hours": lambda n: ngettext("%(count)s working hour late", "%(count)s working hours late", n),
    "days": lambda n: ngettext("%(count)s working day late", "%(count)s working days late", n),
}
_IN: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("in %(count)s minute", "in %(count)s minutes", n),
    "hours": lambda n: ngettext("in %(count)s hour", "in %(count)s hours", n),
    "days": lambda n: ngettext("in %(count)s day", "in %(count)s days", n),
}
_PAST: Mapping[str, _Counted] = {
    "minutes": lambda n: ngettext("%(count)s minute late", "%(count)s minutes late", n),
    "hours": lambda n: ngettext("%(count)s hour late", "%(count)s hours late", n),
    "days": lambda n: ngettext("%(count)s day late", "%(count)s days late", n),
}


def _words(said: Mapping[str, _Counted], unit: str, count: float) -> str:
    return said[unit](1 if count == 1 else 2) % {"count": number(f"{count:g}")}


def usual_day(calendar: Calendar) -> float:
    """The hours of the calendar's longest weekday."""
    return max(sum(hours.end - hours.begin for hours in spans) for spans in calendar.hours) / 60 or 24
