"""How a deadline is said: in working time, with a sign, and in a colour that says no more than the words.

Owns this wording. When something is due is reckoned elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.core.calendars import Calendar
from web.language import gettext as _
from web.language import ngettext

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
    words = span(left, calendar)
    kind, sign = ("soon", "◔") if left <= SOON else ("", "")
    return Said(_("in %(span)s") % {"span": words} if words else _("now"), sign, kind)


def span(length: timedelta, calendar: Calendar) -> str:
    """Working time in the unit that says most: minutes, hours or days of the calendar; empty below a minute."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return ""
    if minutes < 60:
        return ngettext("%(count)s working minute", "%(count)s working minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    a_day = usual_day(calendar)
    if minutes / 60 < a_day:
        return ngettext("%(count)s working hour", "%(count)s working hours", hours) % {"count": hours}
    days = minutes / 60 / a_day
    shown = f"{days:.1f}".rstrip("0").rstrip(".") if days < 10 else f"{days:.0f}"
    return ngettext("%(count)s working day", "%(count)s working days", 1 if shown == "1" else 2) % {"count": shown}


def usual_day(calendar: Calendar) -> float:
    """The hours of the calendar's longest weekday."""
    return max(sum(hours.end - hours.begin for hours in spans) for spans in calendar.hours) / 60 or 24
