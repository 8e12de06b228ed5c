"""How a deadline is said: in working time, with a sign, and in a colour that says no more than the words.

Owns this wording. When something is due is reckoned elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.calendars import Calendar
from web.language import gettext as _
from web.language import ngettext, number

SOON = timedelta(hours=4)
"""So much working time before it is due, a deadline is said to be near."""


@dataclass(frozen=True, slots=True)
class Said:
    """`kind` is bad, soon, note or empty: the colour; `sign` stands before the words."""

    words: str
    sign: str = ""
    kind: str = ""


def said(due: datetime | None, now: datetime, calendar: Calendar) -> Said:
    """How far away a deadline is, in the working time of this calendar."""
    if due is None:
        return Said("")
    if due < now:
        return Said(_late(*span(calendar.elapsed(due, now), calendar)), "!", "bad")
    left = calendar.elapsed(now, due)
    kind, sign = ("soon", "◔") if left <= SOON else ("", "")
    return Said(_ahead(*span(left, calendar)), sign, kind)


def span(length: timedelta, calendar: Calendar) -> tuple[str, float]:
    """Working time in the unit that says most: minutes, hours or days of the calendar, these to a tenth below ten;
    `("minutes", 0)` below a minute."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 60:
        return "minutes", minutes
    a_day = _usual_day(calendar)
    if minutes / 60 < a_day:
        return "hours", round(minutes / 60)
    days = minutes / 60 / a_day
    return "days", round(days, 1 if days < 10 else None)


def _ahead(unit: str, count: float) -> str:
    """`in 2 working days`: said whole, for a language may bend the unit after `in`."""
    if not count:
        return _("now")
    plural = 1 if count == 1 else 2
    words = {"count": number(f"{count:g}")}
    if unit == "minutes":
        return ngettext("in %(count)s working minute", "in %(count)s working minutes", plural) % words
    if unit == "hours":
        return ngettext("in %(count)s working hour", "in %(count)s working hours", plural) % words
    return ngettext("in %(count)s working day", "in %(count)s working days", plural) % words


def _late(unit: str, count: float) -> str:
    if not count:
        return _("overdue")
    plural = 1 if count == 1 else 2
    words = {"count": number(f"{count:g}")}
    if unit == "minutes":
        return ngettext("%(count)s working minute late", "%(count)s working minutes late", plural) % words
    if unit == "hours":
        return ngettext("%(count)s working hour late", "%(count)s working hours late", plural) % words
    return ngettext("%(count)s working day late", "%(count)s working days late", plural) % words


def _usual_day(calendar: Calendar) -> float:
    """The hours of the calendar's longest weekday."""
    return max(sum(hours.end - hours.begin for hours in spans) for spans in calendar.hours) / 60 or 24
