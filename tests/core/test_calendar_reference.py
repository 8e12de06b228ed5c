"""Working time against a second opinion: a reference that walks minute by minute over a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.core.calendars import Calendar
from engine.core.durations import Duration, Part
from engine.core.hours import DAY, Span
from engine.core.special_days import Day
from tests.core.minute_walk import STAGES

MINUTE = timedelta(minutes=1)
LENGTH = 22  # days that the reference looks at, from two days before the first start

WHERE = [*STAGES, ("America/Havana", date(2026, 11, 1)), ("Pacific/Apia", date(2011, 12, 30))]
"""With a change at midnight, and a day that there never was."""


@cache
def clock(zone: str, first: date) -> tuple[datetime, tuple[datetime, ...], dict[datetime, int], list[date]]:
    """The window's first instant, what the clock shows each minute, the first minute showing a time, and the days."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    shown = tuple(
        (begin + number * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        for number in range(LENGTH * DAY)
    )
    when: dict[datetime, int] = {}
    for number, local in enumerate(shown):
        when.setdefault(local, number)
    return begin, shown, when, sorted({local.date() for local in shown})


@dataclass
class Reference:
    """The minutes of the window that are open, one by one."""

    calendar: Calendar
    first: date

    def __post_init__(self) -> None:
        self.begin, self.shown, self.when, days = clock(self.calendar.zone, self.first)
        self.open = [False] * len(self.shown)
        self.closes: dict[date, int] = {}
        for day in days:
            for span in self.hours(day):
                midnight = datetime.fromisoformat(f"{day} 00:00")
                opening, closing = (
                    self.minute(midnight + span.begin * MINUTE),
                    self.minute(midnight + span.end * MINUTE),
                )
                if opening is not None and closing is not None and opening < closing:
                    self.open[opening:closing] = [True] * (closing - opening)
                    self.closes[day] = max(self.closes.get(day, 0), closing)

    def hours(self, day: date) -> tuple[Span, ...]:
        if day in self.calendar.special:
            return self.calendar.special[day].hours
        return () if day in self.calendar.closed else self.calendar.hours[day.weekday()]

    def minute(self, local: datetime) -> int | None:
        """The minute at which the clock first shows a time.

        For a skipped time, as long after the last minute shown before it as the time is later than that one.
        """
        back = 0
        while local - back * MINUTE not in self.when:
            back += 1
            if back > 2 * DAY:
                return None
        return self.when[local - back * MINUTE] + back

    def at(self, number: int) -> datetime:
        return self.begin + number * MINUTE

    def after_open_minutes(self, start: int, minutes: int) -> int | None:
        number = start
        while minutes:
            if number >= len(self.open):
                return None
            minutes -= self.open[number]
            number += 1
        return number

    def after_business_days(self, start: int, days: int) -> int | None:
        today = self.shown[start].date()
        later = [self.closes[day] for day in sorted(self.closes) if day > today]
        return later[days - 1] if len(later) >= days else None


_TIMES = (
    st.integers(0, DAY - 1)
    | st.integers(0, 287).map(lambda number: number * 5)
    | st.sampled_from([0, 60, 120, 150, 180])
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin, end = draw(_TIMES), draw(_TIMES)
        found.append(Span(begin, end if end > begin else end + DAY))
    return tuple(sorted(found))


@st.composite
def stages(draw: st.DrawFn) -> tuple[Calendar, Reference, int]:
    """A calendar, its reference and a start (a minute of the window) within three days of the stage's day."""
    zone, middle = draw(st.sampled_from(WHERE))
    first = middle - timedelta(days=4)
    hours = tuple(draw(spans()) for _ in range(7))
    near = st.integers(-3, 10).map(lambda days: middle + timedelta(days=days))
    closed = {day: Day("holiday") for day in draw(st.lists(near, max_size=3))}
    special = {day: Day("special", draw(spans())) for day in draw(st.lists(near, max_size=3, unique=True))}
    calendar = Calendar("office", "Office", zone, hours, closed, (), special)
    start = draw(st.integers(3 * DAY, 9 * DAY))
    return calendar, Reference(calendar, first), start


@settings(max_examples=200, deadline=None)
@given(stages(), st.integers(1, 60 * 60))
def test_open_minutes_end_where_counting_them_one_by_one_ends(
    stage: tuple[Calendar, Reference, int], minutes: int
) -> None:
    calendar, reference, start = stage
    expected = reference.after_open_minutes(start, minutes)
    assume(expected is not None and expected < (LENGTH - 3) * DAY)
    assert expected is not None
    began, due = reference.at(start), calendar.add(reference.at(start), Duration((Part(minutes, "bm"),)))
    assert due == reference.at(expected)
    assert calendar.open_between(began, due) == minutes * MINUTE
    explained = calendar.explain(began, Duration((Part(minutes, "bm"),)))
    assert explained.due == due
    assert sum((step.lasted for step in explained.steps), timedelta(0)) == minutes * MINUTE


@settings(max_examples=150, deadline=None)
@given(stages(), st.integers(1, 8))
def test_business_days_end_where_turning_the_pages_of_a_diary_ends(
    stage: tuple[Calendar, Reference, int], days: int
) -> None:
    calendar, reference, start = stage
    expected = reference.after_business_days(start, days)
    assume(expected is not None and expected < (LENGTH - 3) * DAY)
    assert expected is not None
    due = calendar.add(reference.at(start), Duration((Part(days, "bd"),)))
    assert due == reference.at(expected)
    assert calendar.explain(reference.at(start), Duration((Part(days, "bd"),))).steps[-1].end == due


@settings(max_examples=150, deadline=None)
@given(
    stages(),
    st.integers(0, 9 * DAY),
    st.lists(st.tuples(st.integers(2 * DAY, 18 * DAY), st.integers(0, 3 * DAY)), max_size=4),
)
def test_elapsed_time_is_the_open_minutes_outside_every_pause(
    stage: tuple[Calendar, Reference, int], length: int, pauses: list[tuple[int, int]]
) -> None:
    calendar, reference, start = stage
    paused = [(first, first + lasting) for first, lasting in pauses]
    expected = sum(
        reference.open[number] and not any(first <= number < last for first, last in paused)
        for number in range(start, start + length)
    )
    given_pauses = [(reference.at(first), reference.at(last)) for first, last in paused]
    assert calendar.elapsed(reference.at(start), reference.at(start + length), given_pauses) == expected * MINUTE


@settings(max_examples=200, deadline=None)
@given(stages())
def test_a_minute_is_open_exactly_when_an_interval_holds_it(stage: tuple[Calendar, Reference, int]) -> None:
    calendar, reference, start = stage
    for number in range(start, start + 2 * DAY, 37):
        assert calendar.is_open(reference.at(number)) is reference.open[number]
    covered = [False] * len(reference.open)
    last = None
    for opened, closed in calendar.intervals(reference.at(start), reference.at(start + 3 * DAY)):
        assert opened < closed and (last is None or last <= opened)
        last = closed
        first, end = int((opened - reference.begin) / MINUTE), int((closed - reference.begin) / MINUTE)
        covered[first:end] = [True] * (end - first)
    assert covered[start : start + 3 * DAY] == reference.open[start : start + 3 * DAY]


@settings(max_examples=200, deadline=None)
@given(stages())
def test_the_next_opening_is_the_next_open_minute(stage: tuple[Calendar, Reference, int]) -> None:
    calendar, reference, start = stage
    expected = next((number for number in range(start, (LENGTH - 3) * DAY) if reference.open[number]), None)
    assume(expected is not None)
    assert expected is not None
    assert calendar.next_opening(reference.at(start)) == reference.at(expected)


_WEEKDAYS = Calendar("office", "Office", "Europe/Berlin", ((Span(540, 1020),),) * 5 + ((),) * 2)
_UNITS = st.sampled_from(["w", "d", "bd", "h", "bh", "m", "bm"])
_INSTANTS = st.integers(0, 15 * 365 * DAY).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + minutes * MINUTE)


@given(_INSTANTS, _INSTANTS, _UNITS, st.integers(0, 400))
def test_a_later_start_is_never_due_earlier_and_nothing_is_due_before_its_start(
    one: datetime, other: datetime, unit: str, amount: int
) -> None:
    duration = Duration((Part(amount, unit),))
    first, second = sorted([one, other])
    due, later = _WEEKDAYS.add(first, duration), _WEEKDAYS.add(second, duration)
    assert first <= due
    # Only days on the clock's own change may swap: 02:10 of the skipped hour becomes 03:10, and 03:00 stays.
    assert due <= later + (timedelta(hours=1) if unit in ("d", "w") else timedelta(0))


@given(_INSTANTS, st.integers(0, 5000), st.integers(0, 5000))
def test_open_time_adds_up(start: datetime, first: int, second: int) -> None:
    once = _WEEKDAYS.add(start, Duration((Part(first + second, "bm"),)))
    twice = _WEEKDAYS.add(_WEEKDAYS.add(start, Duration((Part(first, "bm"),))), Duration((Part(second, "bm"),)))
    assert once == twice
