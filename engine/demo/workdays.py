"""When the stories happen: working days counted back from now, whatever day it is today.

Owns the reckoning from `-3 10:15` or `25m ago` to an instant. Knows no story.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from engine.core.calendars import Calendar

LOOKED_BACK, LOOKED_AHEAD = 130, 14
_WORKDAY = re.compile(r"(0|-[1-9][0-9]?) ([0-2][0-9]):([0-5][0-9])")
_AGO = re.compile(r"([1-9][0-9]{0,2})m ago")


def workdays(calendar: Calendar, now: datetime) -> tuple[date, ...]:
    """The full working days up to the one that is on, or that comes next when the office is closed; that one
    first.

    Half days, as before a holiday, do not count.
    """
    opening = calendar.local_date(calendar.next_opening(now))
    days = [opening + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD, -LOOKED_BACK, -1)]
    length = {day: sum(span.end - span.begin for span in calendar.hours_on(day)) for day in days}
    full = [day for day in days if length[day] == max(length.values())]
    latest = min(day for day in full if day >= opening)
    return tuple(day for day in full if day <= latest)


class Times:
    """Reads the times of stories, for one calendar and one now."""

    def __init__(self, calendar: Calendar, now: datetime) -> None:
        self.now = now
        self._calendar = calendar
        self._days: Sequence[date] = workdays(calendar, now)

    def at(self, text: str) -> datetime:
        """`-3 10:15`: that time on the third working day before the present one; `25m ago`. Raises ValueError
        for anything else.
        """
        ago = _AGO.fullmatch(text)
        if ago is not None:
            return self.now - timedelta(minutes=int(ago[1]))
        found = _WORKDAY.fullmatch(text)
        if found is None or -int(found[1]) >= len(self._days):
            raise ValueError(f"Expected a time such as -3 10:15 or 25m ago, but got '{text}'")
        day = self._days[-int(found[1])]
        return self._calendar.localise(datetime.combine(day, time(int(found[2]), int(found[3]))))

    def day(self, ahead: int) -> date:
        """The date so many days from now."""
        return self._calendar.local_date(self.now) + timedelta(days=ahead)

    def workday(self, number: int) -> date:
        """The date of a working day: -3 is the third before the present one."""
        return self._days[-number]

    def end_of_day(self, ahead: int) -> datetime:
        """The last minute of the day so many days from now."""
        return self._calendar.localise(datetime.combine(self.day(ahead), time(23, 59)))
