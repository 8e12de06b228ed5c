"""When something is open, as instants: the arithmetic under a calendar.

Owns the step from local opening hours to instants, year by year and kept once reckoned, and the sums over
them.
Everything here is an integer: microseconds since 1970 (UTC) and days as ordinals. Knows no holiday, no
duration and no words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.core.hours import Span
from engine.reasons import stuck_on

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_MIDNIGHT = EPOCH.replace(tzinfo=None)

# Nothing open for so long is a calendar that has closed for good.
CLOSED_YEARS = 20
# A deadline further away than this is a mistake, and looking for it would take a while.
LONGEST_YEARS = 101
FIRST_YEAR, LAST_YEAR = 2, 9990
_KEPT_YEARS = 500


def as_number(at: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (at - EPOCH) // MICROSECOND


def as_instant(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)


def instant(local: datetime, zone: ZoneInfo) -> int:
    """The instant a clock in `zone` shows the naive `local`.

    A time shown twice means the first time; a time that is skipped means as much later as the clock jumped
    (RFC 5545, section 3.3.5).
    """
    return (local.replace(tzinfo=zone, fold=0) - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Year:
    """One year's open intervals, in order and without overlap, and its business days.

    `before[i]` is the open time of the year before interval i; it has one more entry, the whole year's.
    `days` are the ordinals of the local days that open, `opens` and `closes` their first opening and last
    closing.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    days: list[int]
    opens: list[int]
    closes: list[int]


@dataclass(slots=True)
class Timetable:
    """Open time in one zone.

    `spans_on` gives the opening hours that begin on a day, in any order, and has to stay the same.
    """

    zone: ZoneInfo
    spans_on: Callable[[date], tuple[Span, ...]]
    _years: dict[int, Year] = field(default_factory=dict)

    def year(self, year: int) -> Year:
        found = self._years.get(year)
        if found is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise stuck_on("far-year", year=year)
            found = self._reckon(year)
            if len(self._years) >= _KEPT_YEARS:
                self._years.clear()
            self._years[year] = found
        return found

    def midnight(self, day: date) -> int:
        """The instant at which a local day begins."""
        return instant(_local_midnight(day), self.zone)

    def on_day(self, day: date) -> list[tuple[int, int]]:
        """The opening hours that begin on a local day as instants, in order.

        Those that a clock change swallows are left out.
        """
        midnight = _local_midnight(day)
        spans = self.spans_on(day)
        if not spans or instant(midnight, self.zone) >= instant(midnight + timedelta(days=1), self.zone):
            return []  # The second: a day the zone never had, as 30 December 2011 in Samoa.
        found = [
            (
                instant(midnight + timedelta(minutes=span.begin), self.zone),
                instant(midnight + timedelta(minutes=span.end), self.zone),
            )
            for span in spans
        ]
        return sorted((begin, end) for begin, end in found if begin < end)

    def _reckon(self, year: int) -> Year:
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        reached = max((end for _, end in self.on_day(date.fromordinal(first - 1))), default=-(1 << 62))
        table = Year([], [], [0], [], [], [])
        for ordinal in range(first, last + 1):
            intervals = self.on_day(date.fromordinal(ordinal))
            if not intervals:
                continue
            table.days.append(ordinal)
            table.opens.append(intervals[0][0])
            table.closes.append(max(end for _, end in intervals))
            for begin, end in intervals:
                # A night shift may run into the next day's hours: time that is open twice counts once.
                begin = max(begin, reached)
                if begin < end:
                    table.starts.append(begin)
                    table.ends.append(end)
                    table.before.append(table.before[-1] + end - begin)
                    reached = end
        return table

    def _around(self, at: int) -> int:
        """A year whose intervals may hold `at`, none of an earlier year does."""
        return (EPOCH + timedelta(microseconds=at) - timedelta(days=3)).year

    def after(self, at: int) -> Iterator[tuple[Year, int]]:
        """The years from `at` on, each with the index of its first interval that ends after `at`.

        Raises Stuck where it is never open again.
        """
        year = self._around(at)
        closed = 0
        for number in range(year, year + LONGEST_YEARS + 1):
            table = self.year(number)
            index = bisect_right(table.ends, at)
            if index < len(table.ends):
                closed = 0
                yield table, index
            else:
                closed += 1
                if closed > CLOSED_YEARS:
                    raise stuck_on("never-open", years=CLOSED_YEARS, day=_date(at))
        raise stuck_on("too-many-hours", years=LONGEST_YEARS - 1, day=_date(at))

    def _between(self, begin: int, end: int) -> Iterator[Year]:
        first, last = self._around(begin), (as_instant(end) + timedelta(days=2)).year
        if last - first > 2 * LONGEST_YEARS:
            raise stuck_on("too-far-apart", first=_date(begin), last=_date(end), years=2 * LONGEST_YEARS)
        for number in range(first, last + 1):
            yield self.year(number)

    def advance(self, at: int, amount: int) -> int:
        """The instant by which `amount` (above 0) of open time has passed since `at`.

        At a closing rather than the next opening.
        """
        for table, index in self.after(at):
            wanted = table.before[index] + max(at - table.starts[index], 0) + amount
            if wanted <= table.before[-1]:
                found = bisect_left(table.before, wanted) - 1
                return table.starts[found] + wanted - table.before[found]
            amount = wanted - table.before[-1]
        raise AssertionError("after() ends by raising")

    def next_open(self, at: int) -> int:
        """The first instant from `at` on that is open."""
        table, index = next(self.after(at))
        return max(at, table.starts[index])

    def is_open(self, at: int) -> bool:
        for number in (self._around(at), self._around(at) + 1):
            table = self.year(number)
            index = bisect_right(table.ends, at)
            if index < len(table.ends):
                return table.starts[index] <= at
        return False

    def opened(self, begin: int, end: int) -> int:
        """Open time between two instants, `begin` not after `end`."""
        total = 0
        for table in self._between(begin, end):
            total += _until(table, end) - _until(table, begin)
        return total

    def intervals(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The open intervals between two instants, cut to them."""
        for table in self._between(begin, end):
            for index in range(bisect_right(table.ends, begin), len(table.ends)):
                if table.starts[index] >= end:
                    return
                yield max(begin, table.starts[index]), min(end, table.ends[index])

    def business_days(self, after: date) -> Iterator[tuple[date, int, int]]:
        """The days after a local day that open, each with its first opening and last closing.

        Raises Stuck when there are no more.
        """
        for table, first in self._business_years(after):
            for index in range(first, len(table.days)):
                yield date.fromordinal(table.days[index]), table.opens[index], table.closes[index]

    def nth_close(self, after: date, nth: int) -> int:
        """The last closing of the nth (from 1) business day after a local day."""
        for table, first in self._business_years(after):
            index = first + nth - 1
            if index < len(table.days):
                return table.closes[index]
            nth = index - len(table.days) + 1
        raise AssertionError("_business_years() ends by raising")

    def _business_years(self, after: date) -> Iterator[tuple[Year, int]]:
        ordinal = after.toordinal()
        closed = 0
        for number in range(after.year, after.year + 2 * LONGEST_YEARS):
            table = self.year(number)
            closed = 0 if table.days else closed + 1
            if closed > CLOSED_YEARS:
                raise stuck_on("no-business-day", years=CLOSED_YEARS, day=after)
            yield table, bisect_right(table.days, ordinal)
        raise stuck_on("too-many-days", years=2 * LONGEST_YEARS, day=after)


def _date(at: int) -> str:
    return as_instant(at).date().isoformat()


def _local_midnight(day: date) -> datetime:
    return _MIDNIGHT + timedelta(days=day.toordinal() - _MIDNIGHT.toordinal())


def _until(table: Year, at: int) -> int:
    """The open time of a year before an instant."""
    index = bisect_right(table.starts, at) - 1
    if index < 0:
        return 0
    return table.before[index] + min(at, table.ends[index]) - table.starts[index]
