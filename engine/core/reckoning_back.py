"""So long before an instant: the day on which work has to begin for a promise to be kept.

Owns reckoning backwards; a calendar itself only reckons ahead.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from engine.core.calendars import BY_DATE, LASTING, Calendar
from engine.core.durations import Duration, Part, later
from engine.reasons import stuck_on

MOST_DAYS_BACK = 20_000


def back(calendar: Calendar, at: datetime, duration: Duration) -> datetime:
    """So long before `at`: working days back to the opening of that day, open time through the open intervals, days
    on the calendar to the same local time. The largest unit first, as in `add`. Raises Stuck where it has not been open
    for so long, OverflowError before the year 1.
    """
    for part in duration.parts:
        at = _before(calendar, at, part)
    return at


def _before(calendar: Calendar, at: datetime, part: Part) -> datetime:
    if part.unit == "bd":
        day, left = calendar.local_date(at), part.amount
        for _ in range(MOST_DAYS_BACK):
            if not left:
                break
            day -= timedelta(days=1)
            left -= calendar.is_business_day(day)
        if left:
            raise stuck_on("no-days-before", at=at.isoformat(), calendar=calendar.id)
        spans = calendar.hours_on(day)
        if not spans:  # no day back, from a day that is closed
            return at
        opening = min(span.begin for span in spans)
        return calendar.localise(datetime.combine(day, time()) + timedelta(minutes=opening))
    if part.unit in ("bh", "bm"):
        return _open_before(calendar, at, timedelta(microseconds=LASTING[part.unit] * part.amount))
    if part.unit in BY_DATE:
        local = calendar.local_time(at).replace(tzinfo=None)
        return calendar.localise(later(local, part._replace(amount=-part.amount)))
    return at - timedelta(microseconds=LASTING[part.unit] * part.amount)


def _open_before(calendar: Calendar, at: datetime, length: timedelta) -> datetime:
    """Where so much open time lies between there and `at`."""
    end = at
    for _ in range(260):  # five years of weeks without an opening: closed for good
        begin = end - timedelta(days=7)
        for opened, closed in reversed(list(calendar.intervals(begin, end))):
            if closed - opened >= length:
                return closed - length
            length -= closed - opened
        end = begin
    raise stuck_on("not-open-before", calendar=calendar.id, at=at.isoformat())
