"""Working time: when an office is open, when a promise is due, and how much open time has passed.

Owns the rules of `docs/explanation/working-time.md`. A calendar is a frozen value, holds all it needs and
never asks what time it is.
Knows no YAML and no list of public holidays: those were frozen to dates when the calendar was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.durations import Duration, Part, later
from engine.core.explanations import Explanation, Step
from engine.core.hours import WEEKDAYS, Span, parse_span
from engine.core.special_days import (
    Day,
    Recurring,
    day_data,
    day_from,
    days_of,
    recurring_data,
    recurring_from,
)
from engine.core.timetable import MICROSECOND, Timetable, as_instant, as_number, instant
from engine.definition.texts import Localised
from engine.reasons import stuck_on

Pause = tuple[datetime, datetime | None]
"""From and to; None is a pause that still goes on."""

LASTING = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "bh": 3_600_000_000, "bm": 60_000_000}
BY_DATE = ("y", "mo", "w", "d")


@lru_cache(maxsize=64)
def elsewhere(calendar: Calendar, zone: str) -> Calendar:
    """The same hours and holidays on the clocks of another zone."""
    return replace(calendar, zone=zone)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours in one zone.

    `hours` are the weekly hours, Monday first, seven entries. `closed` and `closed_every_year` are holidays;
    `special` and
    `special_every_year` are days with hours of their own and beat holidays. `frozen_years` (first, last) are
    the years whose public holidays
    are in `closed`, `provider` says by what list; None when the calendar has no country's holidays.

    Datetimes that go in are aware; those that come out are in UTC. Methods raise `Stuck` when the calendar
    has closed for good.
    """

    id: str
    title: Localised
    zone: str
    hours: tuple[tuple[Span, ...], ...]
    closed: Mapping[date, Day] = field(default_factory=dict)
    closed_every_year: tuple[Recurring, ...] = ()
    special: Mapping[date, Day] = field(default_factory=dict)
    special_every_year: tuple[Recurring, ...] = ()
    frozen_years: tuple[int, int] | None = None
    provider: str = ""
    _timetable: Timetable = field(init=False, repr=False, compare=False)
    _days: dict[int, dict[date, Day]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.hours) != 7:
            raise ValueError("Expected the hours of seven weekdays.")
        object.__setattr__(self, "_timetable", Timetable(ZoneInfo(self.zone), self.hours_on))

    def __hash__(self) -> int:
        return hash((self.id, self.zone, self.hours))

    # --- days

    def days(self, year: int) -> Mapping[date, Day]:
        """The holidays and special days of a year, in order."""
        found = self._days.get(year)
        if found is None:
            if len(self._days) > 500:
                self._days.clear()
            found = self._days[year] = days_of(
                year,
                self.closed,
                self.closed_every_year,
                self.special,
                self.special_every_year,
                [weekday for weekday in range(7) if self.hours[weekday]],
            )
        return found

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The opening hours that begin on a day of the calendar's zone."""
        special = self.days(day.year).get(day)
        return self.hours[day.weekday()] if special is None else special.hours

    def is_business_day(self, day: date) -> bool:
        """Whether any opening hours begin on this day."""
        return bool(self._timetable.on_day(day))

    def local_date(self, at: datetime) -> date:
        """The day it is in the calendar's zone."""
        return at.astimezone(self._timetable.zone).date()

    def local_time(self, at: datetime) -> datetime:
        """An instant as an aware datetime of the calendar's zone."""
        return at.astimezone(self._timetable.zone)

    def end_of_day(self, day: date) -> datetime:
        """The last second of a day in the calendar's zone, open or not."""
        return as_instant(self._timetable.midnight(day + timedelta(days=1))) - timedelta(seconds=1)

    def localise(self, local: datetime) -> datetime:
        """The instant at which a clock in the calendar's zone shows a naive datetime.

        The first, when it shows it twice.
        """
        return as_instant(instant(local, self._timetable.zone))

    # --- open time

    def is_open(self, at: datetime) -> bool:
        """Open at the opening instant, closed at the closing instant."""
        return self._timetable.is_open(as_number(at))

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant from `at` on: `at` itself when it is open."""
        return as_instant(self._timetable.next_open(as_number(at)))

    def intervals(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals between two instants, cut to them, in order."""
        for opened, closed in self._timetable.intervals(as_number(begin), as_number(end)):
            yield as_instant(opened), as_instant(closed)

    def open_between(self, begin: datetime, end: datetime) -> timedelta:
        """Open time from one instant to another; negative when `end` is the earlier one."""
        if end < begin:
            return -self.open_between(end, begin)
        return self._timetable.opened(as_number(begin), as_number(end)) * MICROSECOND

    def elapsed(self, begin: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
        """Open time from `begin` to `end` without the pauses.

        Time in several pauses is left out once. Zero when `end` is the earlier one.
        """
        if end <= begin:
            return timedelta(0)
        total, reached = self.open_between(begin, end), begin
        for paused, resumed in sorted((first, end if last is None else last) for first, last in pauses):
            first, last = max(paused, reached), min(resumed, end)
            if first < last:
                total -= self.open_between(first, last)
                reached = last
        return total

    # --- deadlines

    def add(self, start: datetime, duration: Duration) -> datetime:
        """When a duration that begins at `start` is over, in UTC; never before `start`."""
        return as_instant(self._walk(as_number(start), duration)[-1][2])

    def pass_open(self, start: datetime, length: timedelta) -> datetime:
        """The instant by which so much open time has passed since `start`; `start` itself for none."""
        amount = length // MICROSECOND
        return as_instant(self._timetable.advance(as_number(start), amount)) if amount else start

    def explain(self, start: datetime, duration: Duration) -> Explanation:
        """What `add` does, step by step."""
        walked = self._walk(as_number(start), duration)
        steps = tuple(step for part, begin, end in walked for step in self._steps(part, begin, end))
        due = as_instant(walked[-1][2])
        special: tuple[tuple[date, Day], ...] = ()
        unknown = None
        first, last = self.local_date(start), self.local_date(due)
        if duration.working:
            special = tuple(
                (day, found)
                for year in range(first.year, last.year + 1)
                for day, found in self.days(year).items()
                if first <= day <= last and found.hours != self.hours[day.weekday()]
            )
            if self.frozen_years is not None and not (
                self.frozen_years[0] <= first.year <= last.year <= self.frozen_years[1]
            ):
                unknown = self.frozen_years
        return Explanation(self.id, self.zone, start.astimezone(UTC), duration, due, steps, special, unknown)

    def _walk(self, at: int, duration: Duration) -> list[tuple[Part, int, int]]:
        """The parts of a duration, each with the instants it leads from and to."""
        walked: list[tuple[Part, int, int]] = []
        try:
            # Months, weeks and days lead over dates only, so a clock change on the way, at a date passed
            # over, has no say.
            dated = [part for part in duration.parts if part.unit in BY_DATE]
            if dated:
                local = as_instant(at).astimezone(self._timetable.zone).replace(tzinfo=None)
                first, moves = at, any(part.amount for part in dated)
                for part in dated:
                    local = later(local, part)
                    to = max(first, instant(local, self._timetable.zone)) if moves else first
                    walked.append((part, at, to))
                    at = to
            for part in duration.parts[len(dated) :]:
                walked.append((part, at, self._pass(at, part)))
                at = walked[-1][2]
        except OverflowError:
            raise stuck_on("past-the-end", day=f"{as_instant(at):%Y-%m-%d}", length=duration) from None
        return walked

    def _pass(self, at: int, part: Part) -> int:
        if part.unit in ("h", "m", "s"):
            later = at + part.amount * LASTING[part.unit]
            as_instant(later)
            return later
        if part.unit == "bd":
            day = self.local_date(as_instant(at))
            if part.amount:
                return self._timetable.nth_close(day, part.amount)
            return next(close for _, _, close in self._timetable.business_days(day - timedelta(days=1)) if close >= at)
        return self._timetable.advance(at, part.amount * LASTING[part.unit]) if part.amount else at

    def _steps(self, part: Part, begin: int, end: int) -> Iterator[Step]:
        if part.unit in ("bh", "bm"):
            for opened, closed in self._timetable.intervals(begin, end):
                yield Step("open", part, as_instant(opened), as_instant(closed))
        elif part.unit == "bd" and part.amount:
            days = self._timetable.business_days(self.local_date(as_instant(begin)))
            for _, opened, closed in islice(days, part.amount):
                yield Step("day", part, as_instant(opened), as_instant(closed))
        else:
            yield Step("moved", part, as_instant(begin), as_instant(end))

    # --- as data

    def to_data(self) -> dict[str, Any]:
        """All of the calendar as JSON values, for a bundle; `from_data` gives an equal calendar."""
        data: dict[str, Any] = {
            "calendar": self.id,
            "title": self.title if isinstance(self.title, str) else dict(self.title),
            "zone": self.zone,
            "hours": {
                name: [str(span) for span in spans] for name, spans in zip(WEEKDAYS, self.hours, strict=True) if spans
            },
            "closed": {day.isoformat(): day_data(found) for day, found in sorted(self.closed.items())},
            "closed-every-year": [recurring_data(rule) for rule in self.closed_every_year],
            "special": {day.isoformat(): day_data(found) for day, found in sorted(self.special.items())},
            "special-every-year": [recurring_data(rule) for rule in self.special_every_year],
        }
        if self.frozen_years is not None:
            data["public-holidays"] = {
                "from": self.frozen_years[0],
                "to": self.frozen_years[1],
                "by": self.provider,
            }
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calendar:
        """The calendar `to_data` wrote.

        Raises KeyError, TypeError or ValueError when the data are not of that form.
        """
        public = data.get("public-holidays")
        return cls(
            data["calendar"],
            data["title"],
            data["zone"],
            tuple(tuple(parse_span(text) for text in data["hours"].get(name, ())) for name in WEEKDAYS),
            {date.fromisoformat(day): day_from(found) for day, found in data["closed"].items()},
            tuple(recurring_from(rule) for rule in data["closed-every-year"]),
            {date.fromisoformat(day): day_from(found) for day, found in data["special"].items()},
            tuple(recurring_from(rule) for rule in data["special-every-year"]),
            (public["from"], public["to"]) if public else None,
            public["by"] if public else "",
        )
