"""What holds for every promised time, whatever the office, the target and the pauses; and the agreed cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.core.calendars import Calendar
from engine.core.deadlines import FULL, Pause, deadline, reached, reached_between, shifts, used
from engine.core.durations import Duration, Part, parse_duration
from engine.core.hours import parse_span
from engine.core.special_days import Day

TICK = timedelta(microseconds=1)
NOTHING = timedelta(0)


def office(zone: str, *week: str) -> Calendar:
    """`week` holds the hours of Monday to Sunday, each `09:00-12:00 13:00-17:00` or empty; Christmas Day is closed."""
    hours = tuple(tuple(parse_span(text) for text in day.split()) for day in week)
    return Calendar("office", "Office", zone, hours, {date(2026, 12, 25): Day("Christmas Day")})


NINE_TO_FIVE = office("Europe/Berlin", *["09:00-17:00"] * 5, "", "")
WITH_LUNCH = office("Europe/Berlin", *["09:00-12:00 13:00-17:00"] * 5, "", "")
ALWAYS = office("Europe/Berlin", *["00:00-24:00"] * 7)
NIGHTS = office("America/New_York", "", *["22:00-06:00"] * 5, "01:30-03:30")
TUESDAYS = office("Europe/Berlin", "", "08:00-17:00", "", "", "", "", "")
ISLAND = office("Australia/Lord_Howe", *["08:00-12:15 12:45-16:30"] * 6, "01:45-02:20")

CALENDARS = st.sampled_from([NINE_TO_FIVE, WITH_LUNCH, ALWAYS, NIGHTS, TUESDAYS, ISLAND])
# Two weeks in which the clocks of Berlin, New York and Lord Howe change; to the microsecond, or on the quarter hour.
FORTNIGHT = 14 * 24 * 3600 * 1_000_000
INSTANTS = (
    st.integers(0, FORTNIGHT).map(lambda number: number * TICK)
    | st.integers(0, 14 * 24 * 4).map(lambda number: number * timedelta(minutes=15))
).map(lambda since: datetime(2026, 10, 23, tzinfo=UTC) + since)
PAUSES = st.lists(st.tuples(INSTANTS, INSTANTS).map(lambda pair: (min(pair), max(pair))), max_size=5)
SHORT = st.builds(
    lambda begin, lasting: (begin, begin + lasting * TICK), INSTANTS, st.integers(0, 8 * 3600 * 1_000_000)
)
SIMPLE = st.builds(
    lambda amount, unit: Duration((Part(amount, unit),)),
    st.integers(0, 9) | st.integers(0, 60),
    st.sampled_from(["bm", "bh", "m", "h"]),
) | st.builds(
    lambda amount, unit: Duration((Part(amount, unit),)), st.integers(0, 7), st.sampled_from(["bd", "d", "w"])
)
JOINED = st.sampled_from(["1bd2h", "2bd4bh", "0bd2h", "0bd1bh", "1d2h", "1d3bh", "1w1bd", "3h30bm"]).map(parse_duration)
TARGETS = SIMPLE | JOINED
PERCENTS = st.integers(1, 300)


@settings(max_examples=300, deadline=None)
@given(CALENDARS, INSTANTS, SIMPLE, PAUSES | st.lists(SHORT, max_size=8), PERCENTS)
def test_a_share_is_reached_at_the_first_instant_at_which_so_much_is_used(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause], percent: int
) -> None:
    whole = used(calendar, start, target, [], deadline(calendar, start, target))
    at = reached(calendar, start, target, pauses, percent)
    assert used(calendar, start, target, pauses, at) * FULL >= whole * percent
    if whole:
        assert used(calendar, start, target, pauses, at - TICK) * FULL < whole * percent
    else:
        assert at == start


@settings(max_examples=150, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, PAUSES, PERCENTS, PERCENTS)
@example(NINE_TO_FIVE, datetime(2026, 10, 23, 15, tzinfo=UTC), parse_duration("0bd2h"), [], 50, 150)
def test_a_larger_share_is_never_reached_earlier(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause], one: int, other: int
) -> None:
    instants = [reached(calendar, start, target, pauses, percent) for percent in sorted((one, other, FULL))]
    assert [start, *instants] == sorted([start, *instants])


@settings(max_examples=150, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, PAUSES, SHORT, PERCENTS)
def test_one_more_pause_never_makes_a_promise_due_earlier(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause], more: Pause, percent: int
) -> None:
    without = reached(calendar, start, target, pauses, percent)
    assert without <= reached(calendar, start, target, [*pauses, more], percent)


@settings(max_examples=150, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, PAUSES, INSTANTS, st.data())
def test_a_pause_outside_the_hours_shifts_nothing_that_counts_open_time(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause], near: datetime, data: st.DataObject
) -> None:
    assume(target.working and calendar is not ALWAYS)
    assume(all(part.unit != "h" for part in target.parts))  # such a one may be due in a closed hour, and be paused then
    closed = next(end for _, end in calendar.intervals(near, near + timedelta(days=9)) if not calendar.is_open(end))
    lasting = st.integers(0, (calendar.next_opening(closed) - closed) // TICK)
    first, last = sorted((data.draw(lasting), data.draw(lasting)))
    outside = (closed + first * TICK, closed + last * TICK)
    assert calendar.open_between(*outside) == NOTHING
    for percent in (50, FULL, 130):
        expected = reached(calendar, start, target, pauses, percent)
        assert reached(calendar, start, target, [*pauses, outside], percent) == expected


@settings(max_examples=150, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, st.lists(SHORT, min_size=1, max_size=6), PERCENTS, st.data())
def test_neither_the_order_of_the_pauses_matters_nor_how_their_time_is_cut(
    calendar: Calendar,
    start: datetime,
    target: Duration,
    pauses: list[Pause],
    percent: int,
    data: st.DataObject,
) -> None:
    expected = reached(calendar, start, target, pauses, percent)
    begin, end = pauses[0]
    middle = begin + data.draw(st.integers(0, (end - begin) // TICK)) * TICK
    other = data.draw(st.permutations([*pauses[1:], (begin, middle), (middle, end)]))
    assert reached(calendar, start, target, other, percent) == expected
    assert reached(calendar, start, target, [*pauses, *pauses], percent) == expected
    at = start + timedelta(days=3)
    assert used(calendar, start, target, other, at) == used(calendar, start, target, pauses, at)


@settings(max_examples=150, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, PAUSES)
def test_only_what_lies_between_the_start_and_the_deadline_moves_it(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause]
) -> None:
    due = deadline(calendar, start, target, pauses)
    before, after = (start - timedelta(days=2), start), (due, due + timedelta(days=2))
    assert deadline(calendar, start, target, [*pauses, before, after]) == due or any(
        begin < due <= end for begin, end in pauses
    )
    moved = shifts(calendar, start, target, pauses)
    assert (moved[-1].to if moved else calendar.add(start, target)) == due
    for shift in moved:
        counted = calendar.open_between(shift.begin, shift.end) if target.working else shift.end - shift.begin
        assert shift.lasted == counted
    assert all(one.end < other.begin for one, other in zip(moved, moved[1:], strict=False))


@settings(max_examples=100, deadline=None)
@given(CALENDARS, INSTANTS, TARGETS, PAUSES, SHORT, PERCENTS)
def test_a_pause_that_ended_before_it_began_because_a_clock_was_set_back_counts_for_nothing(
    calendar: Calendar, start: datetime, target: Duration, pauses: list[Pause], pause: Pause, percent: int
) -> None:
    begin, end = pause
    others = [*pauses, (end, begin)]
    expected = reached(calendar, start, target, [one for one in others if one[0] < one[1]], percent)
    assert reached(calendar, start, target, others, percent) == expected
    later = start + timedelta(days=4)
    assert used(calendar, start, target, others, later) == used(calendar, start, target, pauses, later)


@settings(max_examples=100, deadline=None)
@given(CALENDARS, INSTANTS, st.sampled_from(["30h", "2d", "1w", "90m"]), PAUSES)
def test_on_the_wall_clock_a_deadline_moves_by_the_whole_length_of_the_pauses(
    calendar: Calendar, start: datetime, target: str, pauses: list[Pause]
) -> None:
    promised = parse_duration(target)
    moved = shifts(calendar, start, promised, pauses)
    by = sum((shift.lasted for shift in moved), NOTHING)
    assert deadline(calendar, start, promised, pauses) == calendar.add(start, promised) + by


# --- the agreed cases


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def paused(*times: str) -> list[Pause]:
    """`("2026-11-23 12:00 2026-11-24 12:00", …)`"""
    return [(at(text[:16]), at(text[17:])) for text in times]


@pytest.mark.parametrize(
    ("number", "calendar", "start", "target", "expected"),
    [
        ("V1", NINE_TO_FIVE, "2026-11-20 16:30", "1bh", "2026-11-23 09:30"),
        ("V2", NINE_TO_FIVE, "2026-11-21 11:00", "8bh", "2026-11-23 17:00"),
        ("V3", WITH_LUNCH, "2026-11-23 11:30", "1bh", "2026-11-23 13:30"),
        ("V4", WITH_LUNCH, "2026-11-23 12:30", "30bm", "2026-11-23 13:30"),
        ("V5", NINE_TO_FIVE, "2026-12-24 16:00", "2bh", "2026-12-28 10:00"),
        ("V6", NINE_TO_FIVE, "2026-11-20 09:05", "1bd", "2026-11-23 17:00"),
        ("V7", NINE_TO_FIVE, "2026-11-21 10:00", "1bd", "2026-11-23 17:00"),
        ("V8", NINE_TO_FIVE, "2026-12-24 10:00", "3bd", "2026-12-30 17:00"),
        ("V9", ALWAYS, "2026-10-24 12:00", "24bh", "2026-10-25 11:00"),
        ("V10", ALWAYS, "2027-03-27 12:00", "24bh", "2027-03-28 13:00"),
        ("V11", NINE_TO_FIVE, "2026-11-23 17:00", "8bh", "2026-11-24 17:00"),
        ("V12", NINE_TO_FIVE, "2026-11-23 09:00", "8bh", "2026-11-23 17:00"),
        ("V15", TUESDAYS, "2026-11-23 10:00", "12bh", "2026-12-01 11:00"),
        ("zero", NINE_TO_FIVE, "2026-11-22 10:00", "0bh", "2026-11-22 10:00"),
    ],
)
def test_an_agreed_promise_is_due_as_agreed(
    number: str, calendar: Calendar, start: str, target: str, expected: str
) -> None:
    promised = parse_duration(target)
    assert deadline(calendar, at(start), promised) == at(expected), number
    assert reached(calendar, at(start), promised, (), FULL) == at(expected), number


@pytest.mark.parametrize(
    ("number", "begin", "end", "pauses", "hours"),
    [
        ("V13", "2026-11-23 10:00", "2026-11-25 15:00", (), 21),
        ("V14", "2026-11-23 10:00", "2026-11-25 15:00", ("2026-11-23 12:00 2026-11-24 12:00",), 13),
        ("V16", "2026-11-20 16:00", "2026-11-23 10:00", ("2026-11-21 08:00 2026-11-22 20:00",), 2),
    ],
)
def test_an_agreed_time_is_used_as_agreed(number: str, begin: str, end: str, pauses: Sequence[str], hours: int) -> None:
    promised, between = parse_duration(f"{hours}bh"), paused(*pauses)
    assert used(NINE_TO_FIVE, at(begin), promised, between, at(end)) == timedelta(hours=hours), number
    assert deadline(NINE_TO_FIVE, at(begin), promised, between) == at(end), number


@given(CALENDARS, INSTANTS, INSTANTS, st.lists(PERCENTS, min_size=2, max_size=6).map(sorted))
def test_between_any_two_instants_the_shares_are_used_up_in_their_order(
    calendar: Calendar, start: datetime, due: datetime, percents: list[int]
) -> None:
    """Also where the one that is due lies before the beginning: then all of them are used up when it is due."""
    found = [reached_between(calendar, start, due, percent) for percent in percents]
    assert found == sorted(found)
    if due <= start:
        assert set(found) == {due}
