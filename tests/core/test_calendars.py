"""Working time by example: the sixteen agreed cases, closing time, clock changes, offices of the world."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.core.calendars import Calendar
from engine.core.durations import parse_duration
from engine.core.holidays import FromEaster, NthWeekday, Yearly, orthodox_easter, parse_day, western_easter
from engine.core.hours import Span, parse_span
from engine.core.special_days import Day, Recurring
from engine.errors import Stuck

NINE_TO_FIVE = ("09:00-17:00",)
LUNCH = ("09:00-12:00", "13:00-17:00")
WHOLE_DAY = ("00:00-24:00",)
CHRISTMAS = {date(2026, 12, 25): Day("Christmas Day")}


def spans(*texts: str) -> tuple[Span, ...]:
    return tuple(parse_span(text) for text in texts)


def calendar(
    week: dict[str, tuple[str, ...]],
    zone: str = "Europe/Berlin",
    closed: dict[date, Day] | None = None,
    special: dict[date, Day] | None = None,
    closed_every_year: tuple[Recurring, ...] = (),
    special_every_year: tuple[Recurring, ...] = (),
) -> Calendar:
    """`week` maps the digits of weekdays (0 is Monday) to their hours."""
    hours = [next((spans(*texts) for days, texts in week.items() if str(day) in days), ()) for day in range(7)]
    return Calendar(
        "office",
        "Office",
        zone,
        tuple(hours),
        closed or {},
        closed_every_year,
        special or {},
        special_every_year,
    )


OFFICE = calendar({"01234": NINE_TO_FIVE}, closed=CHRISTMAS)
WITH_LUNCH = calendar({"01234": LUNCH})
ALWAYS = calendar({"0123456": WHOLE_DAY})
TUESDAYS = calendar({"1": ("08:00-17:00",)})


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def due(of: Calendar, start: str, duration: str, fold: int = 0) -> str:
    """When it is due, as the clock in the calendar's zone shows it."""
    found = of.add(at(start, of.zone, fold), parse_duration(duration))
    assert found.tzinfo is UTC
    return f"{found.astimezone(ZoneInfo(of.zone)).replace(tzinfo=None):%Y-%m-%d %H:%M}"


def hours(of: Calendar, begin: str, end: str, *pauses: tuple[str, str | None]) -> float:
    paused = [(at(first, of.zone), None if last is None else at(last, of.zone)) for first, last in pauses]
    return of.elapsed(at(begin, of.zone), at(end, of.zone), paused) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("number", "of", "start", "duration", "expected"),
    [
        ("V1", OFFICE, "2026-11-20 16:30", "1bh", "2026-11-23 09:30"),
        ("V2", OFFICE, "2026-11-21 11:00", "8bh", "2026-11-23 17:00"),
        ("V3", WITH_LUNCH, "2026-11-23 11:30", "1bh", "2026-11-23 13:30"),
        ("V4", WITH_LUNCH, "2026-11-23 12:30", "30bm", "2026-11-23 13:30"),
        ("V5", OFFICE, "2026-12-24 16:00", "2bh", "2026-12-28 10:00"),
        ("V6", OFFICE, "2026-11-20 09:05", "1bd", "2026-11-23 17:00"),
        ("V7", OFFICE, "2026-11-21 10:00", "1bd", "2026-11-23 17:00"),
        ("V8", OFFICE, "2026-12-24 10:00", "3bd", "2026-12-30 17:00"),
        ("V9", ALWAYS, "2026-10-24 12:00", "24bh", "2026-10-25 11:00"),
        ("V10", ALWAYS, "2027-03-27 12:00", "24bh", "2027-03-28 13:00"),
        ("V11", OFFICE, "2026-11-23 17:00", "8bh", "2026-11-24 17:00"),
        ("V12", OFFICE, "2026-11-23 09:00", "8bh", "2026-11-23 17:00"),
        ("V15", TUESDAYS, "2026-11-23 10:00", "12bh", "2026-12-01 11:00"),
    ],
)
def test_the_agreed_deadlines_hold(number: str, of: Calendar, start: str, duration: str, expected: str) -> None:
    assert due(of, start, duration) == expected, number


def test_v13_elapsed_time_is_open_time() -> None:
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-25 15:00") == 21


def test_v14_a_pause_takes_its_open_time_off() -> None:
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-25 15:00", ("2026-11-23 12:00", "2026-11-24 12:00")) == 13


def test_v16_a_pause_outside_hours_takes_nothing_off() -> None:
    assert hours(OFFICE, "2026-11-21 08:00", "2026-11-22 20:00") == 0
    weekend = ("2026-11-21 08:00", "2026-11-22 20:00")
    assert hours(OFFICE, "2026-11-20 09:00", "2026-11-23 17:00", weekend) == 16


# --- nothing, and closing time


@pytest.mark.parametrize("duration", ["0m", "0h", "0bm", "0bh", "0d", "0w", "P0M", "PT0S"])
@pytest.mark.parametrize("start", ["2026-11-21 10:00", "2026-11-23 10:00", "2026-11-23 17:00"])
def test_nothing_is_due_at_the_start_open_or_not(start: str, duration: str) -> None:
    assert due(OFFICE, start, duration) == start


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-23 08:00", "2026-11-23 17:00"),
        ("2026-11-23 17:00", "2026-11-23 17:00"),
        ("2026-11-23 17:01", "2026-11-24 17:00"),
        ("2026-11-21 10:00", "2026-11-23 17:00"),
        ("2026-11-20 23:59", "2026-11-23 17:00"),
    ],
)
def test_no_business_days_is_the_close_of_business_that_comes_first(start: str, expected: str) -> None:
    assert due(OFFICE, start, "0bd") == expected


def test_the_business_day_after_is_counted_from_the_local_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday half past midnight in Berlin
    assert OFFICE.add(late, parse_duration("1bd")) == at("2026-11-24 17:00")


def test_hours_after_business_days_begin_at_the_next_opening() -> None:
    assert due(OFFICE, "2026-11-20 10:00", "2bd4bh") == "2026-11-25 13:00"
    assert due(OFFICE, "2026-11-20 10:00", "1bd2h") == "2026-11-23 19:00"


def test_open_at_the_opening_and_closed_at_the_closing_instant() -> None:
    assert OFFICE.is_open(at("2026-11-23 09:00"))
    assert OFFICE.is_open(at("2026-11-23 16:59"))
    assert not OFFICE.is_open(at("2026-11-23 17:00"))
    assert not OFFICE.is_open(at("2026-11-22 12:00"))
    assert not OFFICE.is_open(at("2026-12-25 12:00"))


def test_the_next_opening_is_now_when_it_is_open() -> None:
    assert OFFICE.next_opening(at("2026-11-23 10:00")) == at("2026-11-23 10:00")
    assert OFFICE.next_opening(at("2026-11-20 17:00")) == at("2026-11-23 09:00")
    assert OFFICE.next_opening(at("2026-12-31 18:00")) == at("2027-01-01 09:00")


def test_microseconds_are_kept() -> None:
    start = at("2026-11-20 16:59") + timedelta(seconds=59, microseconds=999_999)
    assert OFFICE.add(start, parse_duration("1bm")) == at("2026-11-23 09:00") + timedelta(
        seconds=59, microseconds=999_999
    )


# --- elapsed time and pauses


def test_overlapping_pauses_count_once() -> None:
    first, second = ("2026-11-23 10:00", "2026-11-23 14:00"), ("2026-11-23 12:00", "2026-11-23 15:00")
    assert hours(OFFICE, "2026-11-23 09:00", "2026-11-23 17:00", first, second) == 3
    assert hours(OFFICE, "2026-11-23 09:00", "2026-11-23 17:00", second, first, first) == 3


def test_a_pause_is_cut_to_the_time_asked_about() -> None:
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-23 12:00", ("2026-11-20 09:00", "2026-11-23 11:00")) == 1
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-23 12:00", ("2026-11-23 11:00", None)) == 1
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-23 12:00", ("2026-11-24 11:00", None)) == 2
    assert hours(OFFICE, "2026-11-23 10:00", "2026-11-23 12:00", ("2026-11-23 11:30", "2026-11-23 11:00")) == 2


def test_time_backwards_is_negative_and_elapsed_none() -> None:
    assert OFFICE.open_between(at("2026-11-24 09:00"), at("2026-11-23 09:00")) == -timedelta(hours=8)
    assert hours(OFFICE, "2026-11-24 09:00", "2026-11-23 09:00") == 0


def test_intervals_are_cut_to_the_time_asked_about() -> None:
    found = list(WITH_LUNCH.intervals(at("2026-11-20 16:00"), at("2026-11-23 14:00")))
    assert found == [
        (at("2026-11-20 16:00"), at("2026-11-20 17:00")),
        (at("2026-11-23 09:00"), at("2026-11-23 12:00")),
        (at("2026-11-23 13:00"), at("2026-11-23 14:00")),
    ]
    assert list(WITH_LUNCH.intervals(at("2026-11-21 09:00"), at("2026-11-22 09:00"))) == []


# --- calendar days


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-01-31 10:00", "P1M", "2026-02-28 10:00"),
        ("2028-01-31 10:00", "P1M", "2028-02-29 10:00"),
        ("2028-02-29 10:00", "P1Y", "2029-02-28 10:00"),
        ("2026-12-31 10:00", "P1Y2M", "2028-02-29 10:00"),
        ("2026-01-31 10:00", "P1M1D", "2026-03-01 10:00"),
        ("2026-10-24 12:00", "1d", "2026-10-25 12:00"),
        ("2026-10-24 12:00", "24h", "2026-10-25 11:00"),
        ("2027-03-27 12:00", "24h", "2027-03-28 13:00"),
        ("2027-03-27 02:30", "1d", "2027-03-28 03:30"),
        ("2027-03-27 02:30", "2d", "2027-03-29 02:30"),
        ("2027-03-21 02:30", "1w1d", "2027-03-29 02:30"),
        ("2027-03-21 02:30", "1w", "2027-03-28 03:30"),
        ("2027-03-28 01:59", "1m", "2027-03-28 03:00"),
        ("2026-10-24 02:30", "1d", "2026-10-25 02:30"),
    ],
)
def test_days_keep_the_local_time_and_hours_really_pass(start: str, duration: str, expected: str) -> None:
    assert due(OFFICE, start, duration) == expected


def test_a_local_time_shown_twice_means_the_first() -> None:
    assert ALWAYS.add(at("2026-10-24 02:30"), parse_duration("1d")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_nothing_added_to_the_second_of_two_equal_times_stays_there() -> None:
    second = at("2026-10-25 02:30", fold=1)
    assert (
        ALWAYS.add(second, parse_duration("0d")) == second.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    )


# --- clock changes within opening hours


@pytest.mark.parametrize(
    ("zone", "span", "day", "expected"),
    [
        ("Europe/Berlin", "01:00-04:00", "2027-03-28", 2.0),
        ("Europe/Berlin", "01:00-04:00", "2026-10-25", 4.0),
        ("Europe/Berlin", "02:30-05:00", "2027-03-28", 1.5),  # opens at 03:30
        ("Europe/Berlin", "01:00-02:30", "2027-03-28", 1.5),  # closes at 03:30
        ("Europe/Berlin", "02:15-02:45", "2027-03-28", 0.5),
        ("Europe/Berlin", "02:30-03:10", "2027-03-28", 0.0),  # would open after it closes
        ("Europe/Berlin", "01:00-02:30", "2026-10-25", 1.5),  # the first 02:30
        ("Europe/Berlin", "02:30-05:00", "2026-10-25", 3.5),
        ("Europe/Berlin", "02:10-02:50", "2026-10-25", 40 / 60),
        ("Europe/Berlin", "00:00-24:00", "2027-03-28", 23.0),
        ("Europe/Berlin", "00:00-24:00", "2026-10-25", 25.0),
        ("America/New_York", "00:00-06:00", "2027-03-14", 5.0),
        ("America/New_York", "00:00-06:00", "2026-11-01", 7.0),
        ("America/New_York", "02:30-06:00", "2027-03-14", 2.5),
        ("Australia/Lord_Howe", "00:00-24:00", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "00:00-24:00", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "02:15-04:00", "2026-10-04", 1.25),  # opens at 02:45
        ("Africa/Cairo", "00:00-24:00", "2026-04-24", 23.0),  # midnight itself is skipped
        ("Asia/Kathmandu", "00:00-24:00", "2026-10-25", 24.0),
    ],
)
def test_an_interval_lasts_as_long_as_it_really_does(zone: str, span: str, day: str, expected: float) -> None:
    only = date.fromisoformat(day)
    of = calendar({}, zone, special={only: Day("", spans(span))})
    midnight = at(f"{day} 00:00", zone)
    assert of.open_between(midnight - timedelta(days=1), midnight + timedelta(days=3)) / timedelta(hours=1) == expected
    assert of.is_business_day(only) is (expected > 0)


def test_hours_that_a_skipped_hour_pushes_into_the_next_ones_count_once() -> None:
    of = calendar({}, special={date(2027, 3, 28): Day("", spans("01:00-02:30", "03:00-05:00"))})
    assert hours(of, "2027-03-28 00:00", "2027-03-29 00:00") == 3


def test_a_day_the_zone_skipped_has_no_hours() -> None:
    of = calendar({"0123456": NINE_TO_FIVE}, "Pacific/Apia")
    assert not of.is_business_day(date(2011, 12, 30))
    assert due(of, "2011-12-29 10:00", "1bd") == "2011-12-31 17:00"


# --- night shifts


NIGHTS = calendar({"01234": ("22:00-06:00",)})


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-11-20 22:00", "8bh", "2026-11-21 06:00"),
        ("2026-11-20 23:00", "8bh", "2026-11-23 23:00"),
        ("2026-11-21 03:00", "4bh", "2026-11-23 23:00"),
        ("2026-11-19 12:00", "1bd", "2026-11-21 06:00"),
        ("2026-11-21 02:00", "1bd", "2026-11-24 06:00"),
        ("2026-12-31 23:00", "2bh", "2027-01-01 01:00"),
        ("2027-01-01 00:30", "1bh", "2027-01-01 01:30"),
    ],
)
def test_a_night_shift_belongs_to_the_day_on_which_it_begins(start: str, duration: str, expected: str) -> None:
    assert due(NIGHTS, start, duration) == expected


def test_a_business_day_of_a_night_shift_closes_in_the_morning() -> None:
    assert due(NIGHTS, "2026-11-20 23:00", "0bd") == "2026-11-21 06:00"


def test_a_holiday_closes_the_shift_that_begins_on_it_only() -> None:
    of = calendar({"0123456": ("22:00-06:00",)}, closed=CHRISTMAS)
    assert of.is_open(at("2026-12-25 03:00"))
    assert not of.is_open(at("2026-12-25 23:00"))
    assert not of.is_open(at("2026-12-26 03:00"))


def test_a_night_shift_that_runs_into_the_next_days_hours_counts_once() -> None:
    of = calendar(
        {},
        special={
            date(2026, 12, 31): Day("", spans("22:00-06:00")),
            date(2027, 1, 1): Day("", spans("04:00-08:00")),
        },
    )
    assert hours(of, "2026-12-31 00:00", "2027-01-02 00:00") == 10
    assert due(of, "2026-12-31 22:00", "10bh") == "2027-01-01 08:00"


# --- special days and holidays


def test_a_special_day_beats_weekly_hours_and_holidays() -> None:
    of = calendar(
        {"01234": NINE_TO_FIVE},
        closed=CHRISTMAS,
        special={
            date(2026, 12, 25): Day("Stocktaking", spans("10:00-12:00")),
            date(2026, 12, 5): Day("", spans("10:00-14:00")),
        },
    )
    assert hours(of, "2026-12-25 00:00", "2026-12-26 00:00") == 2
    assert hours(of, "2026-12-05 00:00", "2026-12-06 00:00") == 4


def test_hours_of_every_24_december_open_no_sunday() -> None:
    of = calendar(
        {"01234": NINE_TO_FIVE},
        special_every_year=(Recurring(Yearly(12, 24), Day("", spans("09:00-12:00"))),),
    )
    assert hours(of, "2026-12-24 00:00", "2026-12-25 00:00") == 3
    assert date(2028, 12, 24).weekday() == 6
    assert not of.is_business_day(date(2028, 12, 24))


def test_a_rule_that_names_its_weekday_opens_it() -> None:
    of = calendar(
        {"01234": NINE_TO_FIVE},
        special_every_year=(Recurring(NthWeekday(1, 5, 12), Day("", spans("10:00-14:00"))),),
    )
    assert of.is_business_day(date(2026, 12, 5))
    assert not of.is_business_day(date(2026, 12, 12))


def test_a_rule_holds_between_its_years() -> None:
    of = calendar(
        {"0123456": NINE_TO_FIVE},
        closed_every_year=(Recurring(Yearly(6, 1), Day("Founding day"), 2026, 2027),),
    )
    assert [year for year in range(2024, 2030) if not of.is_business_day(date(year, 6, 1))] == [2026, 2027]


def test_29_february_is_a_holiday_in_leap_years_only() -> None:
    of = calendar({"0123456": NINE_TO_FIVE}, closed_every_year=(Recurring(Yearly(2, 29), Day("")),))
    assert not of.is_business_day(date(2028, 2, 29))
    assert of.is_business_day(date(2027, 2, 28)) and of.is_business_day(date(2027, 3, 1))
    assert due(of, "2028-02-28 16:00", "2bh") == "2028-03-01 10:00"


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("easter", 2026, date(2026, 4, 5)),
        ("easter-2", 2027, date(2027, 3, 26)),
        ("easter+50", 2026, date(2026, 5, 25)),
        ("orthodox-easter", 2026, date(2026, 4, 12)),
        ("orthodox-easter+1", 2027, date(2027, 5, 3)),
        ("last mon of may", 2026, date(2026, 5, 25)),
        ("first mon of sep", 2026, date(2026, 9, 7)),
        ("4th thu of nov", 2026, date(2026, 11, 26)),
        ("fifth monday of February", 2044, date(2044, 2, 29)),
        ("5th mon of feb", 2027, None),
        ("02-29", 2027, None),
        ("12-25", 2027, date(2027, 12, 25)),
    ],
)
def test_days_of_every_year_fall_where_the_almanac_has_them(text: str, year: int, expected: date | None) -> None:
    rule = parse_day(text)
    assert not isinstance(rule, date)
    assert rule.on(year) == expected
    assert parse_day(str(rule)) == rule


def test_easter_falls_on_sundays_in_its_season_in_every_year() -> None:
    for year in range(1900, 2200):
        western, orthodox = western_easter(year), orthodox_easter(year)
        assert western.weekday() == orthodox.weekday() == 6
        assert date(year, 3, 22) <= western <= date(year, 4, 25)
        assert western <= orthodox <= western + timedelta(days=35)


# --- offices of the world


def test_maundy_thursday_in_berlin() -> None:
    easter = tuple(Recurring(FromEaster(days), Day(name)) for days, name in ((-2, "Good Friday"), (1, "Easter Monday")))
    of = calendar({"01234": NINE_TO_FIVE}, closed_every_year=easter)
    assert due(of, "2026-04-02 16:00", "5bh") == "2026-04-07 13:00"
    assert due(of, "2026-04-02 16:00", "1bd") == "2026-04-07 17:00"


def test_thanksgiving_in_new_york() -> None:
    of = calendar(
        {"01234": NINE_TO_FIVE},
        "America/New_York",
        closed_every_year=(Recurring(NthWeekday(4, 3, 11), Day("Thanksgiving")),),
    )
    assert due(of, "2026-11-25 16:00", "2bh") == "2026-11-27 10:00"
    assert due(of, "2026-11-25 16:00", "2bd") == "2026-11-30 17:00"


def test_golden_week_in_tokyo() -> None:
    names = {
        date(2026, 4, 29): "Showa",
        date(2026, 5, 4): "Greenery",
        date(2026, 5, 5): "Children",
        date(2026, 5, 6): "Substitute",
    }
    of = calendar({"01234": NINE_TO_FIVE}, "Asia/Tokyo", closed={day: Day(name) for day, name in names.items()})
    assert due(of, "2026-05-01 16:00", "2bh") == "2026-05-07 10:00"
    assert due(of, "2026-04-28 10:00", "3bd") == "2026-05-07 17:00"
    explained = of.explain(at("2026-05-01 16:00", "Asia/Tokyo"), parse_duration("2bh"))
    assert [day.title for _, day in explained.skipped] == ["Greenery", "Children", "Substitute"]


def test_a_week_from_sunday_to_thursday_with_a_short_friday() -> None:
    of = calendar({"0123": NINE_TO_FIVE, "6": NINE_TO_FIVE, "4": ("09:00-13:00",)}, "Asia/Jerusalem")
    assert due(of, "2026-11-19 16:00", "6bh") == "2026-11-22 10:00"
    assert due(of, "2026-11-19 16:00", "1bd") == "2026-11-20 13:00"
    assert due(of, "2026-11-20 16:00", "1bd") == "2026-11-22 17:00"


# --- closed for good


def test_a_calendar_that_never_opens_is_stuck_and_not_searched_for_ever() -> None:
    of = calendar({})
    for ask in ("1bh", "1bd", "0bd"):
        with pytest.raises(Stuck, match="20 years"):
            of.add(at("2026-11-23 10:00"), parse_duration(ask))
    with pytest.raises(Stuck, match="20 years"):
        of.next_opening(at("2026-11-23 10:00"))
    assert of.add(at("2026-11-23 10:00"), parse_duration("2h")) == at("2026-11-23 12:00")


def test_a_long_closure_is_waited_out() -> None:
    closed = {date(2026, 1, 1) + timedelta(days=number): Day("Fire") for number in range(4 * 365)}
    of = calendar({"01234": NINE_TO_FIVE}, closed=closed)
    assert due(of, "2026-01-05 10:00", "1bh") == "2029-12-31 10:00"


def test_more_open_time_than_a_calendar_will_ever_have_is_stuck() -> None:
    of = calendar({"0": ("09:00-09:01",)})
    with pytest.raises(Stuck, match="100 years"):
        of.add(at("2026-11-23 10:00"), parse_duration("100000bh"))
    with pytest.raises(Stuck, match="business days"):
        of.add(at("2026-11-23 10:00"), parse_duration("36000bd"))


def test_the_end_of_the_world_is_stuck() -> None:
    for duration in ("P100Y", "36000d", "800000h"):
        with pytest.raises(Stuck, match="9999"):
            OFFICE.add(datetime(9950, 1, 1, tzinfo=UTC), parse_duration(duration))
    with pytest.raises(Stuck):
        OFFICE.add(datetime(9999, 12, 31, tzinfo=UTC), parse_duration("1bh"))
    with pytest.raises(Stuck):
        OFFICE.open_between(datetime(1, 1, 5, tzinfo=UTC), datetime(9999, 12, 1, tzinfo=UTC))


# --- days, explanation, data


def test_the_day_and_its_end_are_those_of_the_zone() -> None:
    assert OFFICE.local_date(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert OFFICE.end_of_day(date(2026, 11, 23)) == at("2026-11-23 23:59:59")
    assert OFFICE.end_of_day(date(2026, 10, 25)) == at("2026-10-25 23:59:59")


def test_an_explanation_tells_the_open_time_used_and_the_holidays_passed() -> None:
    explained = OFFICE.explain(at("2026-12-24 16:00"), parse_duration("2bh"))
    assert explained.due == at("2026-12-28 10:00")
    assert [(step.kind, step.lasted) for step in explained.steps] == [("open", timedelta(hours=1))] * 2
    assert explained.skipped == ((date(2026, 12, 25), Day("Christmas Day")),)
    assert explained.lines() == [
        "Thu 2026-12-24 16:00 plus 2 working hours is Mon 2026-12-28 10:00 (Europe/Berlin).",
        "Thu 2026-12-24 16:00 to Thu 2026-12-24 17:00: 60 open minutes",
        "Mon 2026-12-28 09:00 to Mon 2026-12-28 10:00: 60 open minutes",
        "not counted: Fri 2026-12-25, closed (Christmas Day)",
    ]
    assert (
        explained.lines("de")[0] == "Do 24.12.2026 16:00 plus 2 Arbeitsstunden ist Mo 28.12.2026 10:00 (Europe/Berlin)."
    )
    assert json.loads(json.dumps(explained.as_json()))["due"] == "2026-12-28T10:00:00+01:00"


def test_an_explanation_counts_business_days() -> None:
    explained = OFFICE.explain(at("2026-12-24 10:00"), parse_duration("3bd"))
    assert [step.end.date() for step in explained.steps] == [
        date(2026, 12, 28),
        date(2026, 12, 29),
        date(2026, 12, 30),
    ]


def test_a_holiday_on_a_day_without_hours_is_not_worth_a_word() -> None:
    of = calendar({"01234": NINE_TO_FIVE}, closed={date(2026, 12, 26): Day("Saturday holiday")})
    assert of.explain(at("2026-12-24 16:00"), parse_duration("20bh")).special == ()


def test_a_calendar_goes_through_json_unchanged() -> None:
    of = Calendar(
        "all",
        {"en": "All", "de": "Alles"},
        "Asia/Jerusalem",
        (*((spans("09:00-12:00", "22:00-06:00"),) * 4), (), spans("00:00-24:00"), ()),
        {date(2026, 12, 25): Day({"en": "Christmas"})},
        (
            Recurring(FromEaster(-2), Day("Friday"), 2020, None),
            Recurring(NthWeekday(-1, 0, 5), Day(""), None, 2030),
        ),
        {date(2026, 12, 24): Day("Short", spans("09:00-12:00"))},
        (Recurring(Yearly(12, 31), Day("", spans("09:00-12:00"))),),
        (2024, 2036),
        "holidays 0.109",
    )
    again = Calendar.from_data(json.loads(json.dumps(of.to_data())))
    assert again == of
    assert hash(again) == hash(of)
    assert again.add(at("2026-12-24 08:00"), parse_duration("2bh")) == of.add(
        at("2026-12-24 08:00"), parse_duration("2bh")
    )


def test_data_of_another_form_are_refused() -> None:
    for data in ({}, {"calendar": "x"}, {**OFFICE.to_data(), "hours": {"mon": ["9"]}}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Calendar.from_data(data)
