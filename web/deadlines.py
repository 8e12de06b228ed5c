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
        late = calendar.elapsed(due, now)
        words = span(late, calendar)
        return Said(_("%(span)s late") % {"span": words} if words else _("overdue"), "!", "bad")
    left = calendar.elapsed(now, due)
    words = _ahead(*measured(left, calendar))
    kind, sign = ("soon", "◔") if left <= SOON else ("", "")
    return Said(words or _("now"), sign, kind)


def span(length: timedelta, calendar: Calendar) -> str:
    """Working time in the unit that says most: minutes, hours or days of the calendar; empty below a minute."""
    unit, count = measured(length, calendar)
    one = 1 if count == 1 else 2
    if unit == "minute":
        words = ngettext("%(count)s working minute", "%(count)s working minutes", one)
    elif unit == "hour":
        words = ngettext("%(count)s working hour", "%(count)s working hours", one)
    elif unit == "day":
        words = ngettext("%(count)s working day", "%(count)s working days", one)
    else:
        return ""
    return words % {"count": number(count)}


def _ahead(unit: str, count: float) -> str:
    """The same as the time there still is. Whole sentences, since other languages bend the unit after `in`."""
    one = 1 if count == 1 else 2
    if unit == "minute":
        words = ngettext("in %(count)s working minute", "in %(count)s working minutes", one)
    elif unit == "hour":
        words = ngettext("in %(count)s working hour", "in %(count)s working hours", one)
    elif unit == "day":
        words = ngettext("in %(count)s working day", "in %(count)s working days", one)
    else:
        return ""
    return words % {"count": number(count)}


def measured(length: timedelta, calendar: Calendar) -> tuple[str, float]:
    """The unit that says most (minute, hour or day of the calendar, or none below a minute) and how many of it."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return "", 0
    if minutes < 60:
        return "minute", minutes
    a_day = usual_day(calendar)
    if minutes / 60 < a_day:
        return "hour", round(minutes / 60)
    days = minutes / 60 / a_day
    shown = round(days, 1 if days < 10 else None)
    return "day", int(shown) if shown == int(shown) else shown


def usual_day(calendar: Calendar) -> float:
    """The hours of the calendar's longest weekday."""
    return max(sum(hours.end - hours.begin for hours in spans) for spans in calendar.hours) / 60 or 24
