"""A second opinion on promised times: an office whose minutes are looked at one by one.

Owns its own idea of an open minute, of a used one, and of when a promise is due. Takes nothing from the engine but the
values it hands over to be judged (`calendar`). Slow on purpose, and exact: an answer is a whole number of microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from engine.core.calendars import Calendar
from engine.core.holidays import Yearly
from engine.core.hours import Span
from engine.core.special_days import Day, Recurring

DAY = 24 * 60
LENGTH = 60  # days that are looked at, from the first one on
MOST_SKIPPED = 60  # minutes by which a clock is put forward, at most
FURTHEST = 15 * 60  # minutes between a wall clock and UTC, at most
MINUTE = timedelta(minutes=1)

# Clock changes both ways, of an hour and of half an hour, by day and at midnight; a leap day, a New Year; no changes.
STAGES = [
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Europe/London", date(2028, 2, 29)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
]

Hours = tuple[tuple[int, int], ...]
"""Opening and closing, in minutes after the midnight that begins the day; a night shift closes after 1440."""
Target = tuple[tuple[int, str], ...]
"""Amounts and units, one after the other: `((2, "bd"), (4, "bh"))`."""


@cache
def shown(zone: str, first: date) -> tuple[datetime, list[int]]:
    """The window's first instant, and what the clock shows at each minute, counted from midnight of `first`."""
    begin, place = datetime(first.year, first.month, first.day, tzinfo=UTC), ZoneInfo(zone)
    walls = [(begin + number * MINUTE).astimezone(place) for number in range(LENGTH * DAY)]
    return begin, [(wall.toordinal() - first.toordinal()) * DAY + wall.hour * 60 + wall.minute for wall in walls]


@dataclass
class Office:
    """When somebody is there. `first` is the first day that is looked at; the rest is as in a calendar file."""

    zone: str
    first: date
    week: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    special: dict[date, Hours] = field(default_factory=dict)
    closed_every_year: frozenset[tuple[int, int]] = frozenset()
    special_every_year: dict[tuple[int, int], Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin, self.wall = shown(self.zone, self.first)
        self.open = bytearray(len(self.wall))
        self.closes: dict[int, int] = {}
        for day in range(-1, LENGTH + 1):
            for opens, closes in self.hours(self.first + timedelta(days=day)):
                one, other = self.minute(day * DAY + opens), self.minute(day * DAY + closes)
                if one is not None and other is not None and one < other:
                    self.open[one:other] = b"\1" * (other - one)
                    self.closes[day] = max(self.closes.get(day, 0), other)

    def hours(self, day: date) -> Hours:
        """A special day beats a holiday, a holiday the week; a yearly day with hours opens no closed weekday."""
        year_day, week = (day.month, day.day), self.week[day.weekday()]
        if day in self.special:
            return self.special[day]
        if year_day in self.special_every_year and (week or not self.special_every_year[year_day]):
            return self.special_every_year[year_day]
        return () if day in self.closed or year_day in self.closed_every_year else week

    def minute(self, wall: int) -> int | None:
        """The first minute at which the clock shows a time; of a skipped one, as much later as the clock jumped."""
        for back in range(MOST_SKIPPED + 1):
            low, high = max(wall - back - FURTHEST, 0), max(wall - back + FURTHEST, 0)
            if wall - back in self.wall[low:high]:
                return self.wall.index(wall - back, low, high) + back
        return None

    def calendar(self) -> Calendar:
        """The same office in the engine's words."""
        spans = {hours: tuple(Span(*span) for span in hours) for hours in self.all_hours()}
        return Calendar(
            "office",
            "Office",
            self.zone,
            tuple(spans[hours] for hours in self.week),
            {day: Day("closed") for day in self.closed},
            tuple(Recurring(Yearly(*day), Day("closed")) for day in sorted(self.closed_every_year)),
            {day: Day("special", spans[hours]) for day, hours in self.special.items()},
            tuple(Recurring(Yearly(*day), Day("special", spans[h])) for day, h in self.special_every_year.items()),
        )

    def all_hours(self) -> set[Hours]:
        return {*self.week, *self.special.values(), *self.special_every_year.values()}

    def at(self, number: int) -> datetime:
        return self.begin + number * MINUTE

    # --- promises

    def unpaused(self, start: int, target: Target) -> int | None:
        """The minute at which a target is due that is never paused; None when that is beyond the window."""
        at: int | None = start
        for amount, unit in target:
            at = None if at is None or at >= len(self.wall) else self._after(at, amount, unit)
        return at if at is None or at < len(self.wall) else None

    def _after(self, at: int, amount: int, unit: str) -> int | None:
        if unit in ("m", "h"):
            return at + amount * (60 if unit == "h" else 1)
        if unit in ("d", "w"):
            found = self.minute(self.wall[at] + amount * DAY * (7 if unit == "w" else 1)) if amount else at
            return None if found is None else max(at, found)
        if unit == "bd":
            today = self.wall[at] // DAY
            later = [self.closes[day] for day in sorted(self.closes) if day > today]
            if not amount:
                later = [self.closes[day] for day in sorted(self.closes) if day >= today and self.closes[day] >= at]
            return later[max(amount, 1) - 1] if len(later) >= max(amount, 1) else None
        left = amount * (60 if unit == "bh" else 1)
        while left and at < len(self.open):
            left -= self.open[at]
            at += 1
        return None if left else at

    def counted(self, target: Target) -> bytearray:
        """The minutes that such a target uses up, as ones among zeros."""
        return self.open if works(target) else bytearray(b"\1" * len(self.wall))

    def reached(
        self, start: int, target: Target, pauses: Sequence[tuple[int, int]], percents: Sequence[int]
    ) -> dict[int, datetime]:
        """When so many per cent are used: by counting what passes unpaused, minute by minute.

        Those that lie beyond the window are missing.
        """
        due = self.unpaused(start, target)
        if due is None:
            return {}
        counted, paused = self.counted(target), self.in_pause(pauses)
        whole = sum(counted[start:due])
        waiting = sorted(percents, reverse=True)
        found, used = {}, 0  # in hundredths of a minute
        for number, (counts, rests) in enumerate(zip(counted[start:], paused[start:], strict=True), start):
            while whole * waiting[-1] <= used:
                late = used - whole * waiting[-1]
                found[waiting.pop()] = self.at(number) - late * MINUTE / 100
                if not waiting:
                    return found
            if counts and not rests:
                used += 100
        return found

    def pushed(self, start: int, target: Target, pauses: Sequence[tuple[int, int]]) -> datetime | None:
        """The deadline, otherwise: each minute of a pause that began in time pushes it by one minute that counts."""
        due = self.unpaused(start, target)
        counted, paused, in_time = self.counted(target), self.in_pause(pauses), False
        for number in range(start, len(counted)):
            if due is None or (number >= due and not (in_time and paused[number])):
                break
            in_time = bool(paused[number])
            if in_time and counted[number]:
                due = next((later + 1 for later in range(due, len(counted)) if counted[later]), None)
        return None if due is None else self.at(due)

    def used(self, start: int, target: Target, pauses: Sequence[tuple[int, int]], at: int) -> timedelta:
        counted, paused = self.counted(target), self.in_pause(pauses)
        minutes = zip(counted[start:at], paused[start:at], strict=True)
        return sum(counts and not rests for counts, rests in minutes) * MINUTE

    def in_pause(self, pauses: Sequence[tuple[int, int]]) -> bytearray:
        paused = bytearray(len(self.wall))
        for begin, end in pauses:
            paused[begin:end] = b"\1" * len(paused[begin:end])
        return paused


def works(target: Target) -> bool:
    """Whether opening hours matter."""
    return any(unit in ("bm", "bh", "bd") for _, unit in target)
