"""Calendar files: what can be written, what is refused with its place, and freezing public holidays."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.calendars import Calendar
from engine.core.durations import parse_duration
from engine.core.hours import Span
from engine.definition.calendars import CalendarSource, freeze, read_calendar, years_around
from engine.definition.nodes import Mapping, Node, Scalar, Sequence
from engine.definition.reader import read
from engine.errors import DefinitionError, Place, Problem
from tests.pace import at_most

ROOT = Path(__file__).resolve().parents[2]
FILE = "processes/calendars/office.yaml"
HEAD = "calendar: office\nzone: Europe/Berlin\n"
WEEK = 'hours: {mon-fri: ["09:00-17:00"]}\n'


def source(text: str) -> CalendarSource:
    return read_calendar(read(text, FILE), FILE)


def problems(text: str) -> list[Problem]:
    with pytest.raises(DefinitionError) as refused:
        source(text)
    return list(refused.value.problems)


def problem(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def closed(calendar: Calendar, *days: date) -> list[bool]:
    return [not calendar.is_business_day(day) for day in days]


# --- what can be written


def test_every_form_of_a_holiday_is_read() -> None:
    calendar = source(
        HEAD
        + 'hours: {mon-sun: ["09:00-17:00"]}\n'
        + """\
holidays:
  - 2026-11-02
  - "2026-11-03"
  - {date: 2026-11-04, title: Works outing}
  - {from: 2026-11-09, to: 2026-11-11, title: {en: Move, de: Umzug}}
  - 12-25
  - {from: 12-30, to: 01-01, title: Between the years}
  - easter-2
  - orthodox-easter
  - last mon of may
  - {date: 4th thu of nov, title: Thanksgiving, since: 2026, until: 2026}
"""
    ).calendar
    gone = [date(2026, 11, day) for day in (2, 3, 4, 9, 10, 11, 26)]
    gone += [date(2026, 12, day) for day in (25, 30, 31)]
    gone += [date(2027, 1, 1), date(2027, 3, 26), date(2026, 4, 12), date(2027, 5, 31)]
    assert all(closed(calendar, *gone))
    assert not any(closed(calendar, date(2026, 11, 5), date(2026, 11, 12), date(2027, 11, 25), date(2027, 1, 2)))
    assert calendar.days(2026)[date(2026, 11, 10)].title == {"en": "Move", "de": "Umzug"}


def test_weekdays_are_written_singly_in_ranges_and_in_lists() -> None:
    calendar = source(
        HEAD
        + 'hours: {sun-mon: ["08:00-12:00", "13:00-17:00"], "tue, thu": ["09:00-12:00"], '
        + 'Friday: "22:00-06:00", sat: []}\n'
    ).calendar
    two = (Span(480, 720), Span(780, 1020))
    assert calendar.hours == (two, (Span(540, 720),), (), (Span(540, 720),), (Span(1320, 1800),), (), two)


def test_quotes_make_no_difference() -> None:
    plain = source(
        HEAD + "hours: {mon: [09:00-17:00]}\nholidays: [12-25, 2026-05-02]\nspecial-days: {12-24: [09:00-12:00]}\n"
    )
    quoted = source(
        HEAD
        + 'hours: {"mon": ["09:00-17:00"]}\nholidays: ["12-25", "2026-05-02"]\n'
        + 'special-days: {"12-24": ["09:00-12:00"]}\n'
    )
    assert plain == quoted


def test_special_days_beat_hours_and_holidays() -> None:
    calendar = source(
        HEAD
        + WEEK
        + """\
holidays: [2026-12-24]
special-days:
  2026-12-24: ["09:00-12:00"]
  2026-12-05: {hours: ["10:00-14:00"], title: Open day}
  2026-12-07: []
  first sat of feb: {hours: ["10:00-12:00"], since: 2027}
"""
    ).calendar
    assert calendar.hours_on(date(2026, 12, 24)) == (Span(540, 720),)
    assert calendar.hours_on(date(2026, 12, 5)) == (Span(600, 840),)
    assert calendar.hours_on(date(2026, 12, 7)) == ()
    assert calendar.hours_on(date(2026, 2, 7)) == ()
    assert calendar.hours_on(date(2027, 2, 6)) == (Span(600, 720),)


def test_a_title_is_the_name_in_words_when_there_is_none() -> None:
    assert source(HEAD + WEEK).calendar.title == "Office"


def test_hours_touching_are_no_overlap() -> None:
    assert source(HEAD + 'hours: {mon: ["22:00-06:00"], tue: ["06:00-14:00", "14:00-22:00"]}\n').warnings == ()


def test_a_long_night_is_a_warning_as_it_may_be_the_wrong_way_round() -> None:
    (warning,) = source(HEAD + 'hours: {mon: ["17:00-09:00"]}\n').warnings
    assert (warning.code, warning.severity) == ("calendar-long-night", "warning")
    assert "write 09:00-17:00" in warning.advice


# --- what is refused


@pytest.mark.parametrize(
    ("text", "code", "place", "message", "advice"),
    [
        ("- a\n", "wrong-shape", (1, 1), "Expected a calendar", "zone:"),
        ("zone: Europe/Berlin\n" + WEEK, "missing-word", (1, 1), "Expected 'calendar'", "add calendar:"),
        ("calendar: office\n" + WEEK, "missing-word", (1, 1), "Expected 'zone'", "zone: Europe/Berlin"),
        (HEAD, "missing-word", (1, 1), "Expected 'hours'", "mon-fri"),
        ("calendar: Office Hours\nzone: UTC\n" + WEEK, "wrong-shape", (1, 11), "Office Hours", "lower-case"),
        ("calendar: shop\nzone: UTC\n" + WEEK, "calendar-name", (1, 11), "'shop'", "shop.yaml"),
        (HEAD + WEEK + "holiday: []\n", "unknown-word", (4, 1), "holiday", "holidays"),
        ("calendar: office\nzone: Berlin\n" + WEEK, "calendar-zone", (2, 7), "Berlin", "Europe/Berlin"),
        (
            "calendar: office\nzone: europe/berlin\n" + WEEK,
            "calendar-zone",
            (2, 7),
            "europe",
            "Europe/Berlin",
        ),
        ("calendar: office\nzone: Europe/Berln\n" + WEEK, "calendar-zone", (2, 7), "Berln", "Europe/Berlin"),
        (
            "calendar: office\nzone: Amerika/New_York\n" + WEEK,
            "calendar-zone",
            (2, 7),
            "Amerika",
            "America/New_York",
        ),
        ("calendar: office\nzone: ../../etc/passwd\n" + WEEK, "calendar-zone", (2, 7), "passwd", ""),
        ("calendar: office\nzone: /etc/localtime\n" + WEEK, "calendar-zone", (2, 7), "localtime", ""),
        ("calendar: office\nzone: localtime\n" + WEEK, "calendar-zone", (2, 7), "localtime", ""),
        ("calendar: office\nzone: 3\n" + WEEK, "calendar-zone", (2, 7), "the number 3", "Europe/Berlin"),
        ("calendar: office\nzone: [UTC]\n" + WEEK, "calendar-zone", (2, 7), "a list", "Europe/Berlin"),
        (HEAD + "hours: [mon]\n", "wrong-shape", (3, 8), "a list", "mon-fri"),
        (HEAD + 'hours: {mon-fry: ["09:00-17:00"]}\n', "calendar-weekday", (3, 9), "mon-fry", "mon-fri?"),
        (HEAD + 'hours: {Mo-Fr: ["09:00-17:00"]}\n', "calendar-weekday", (3, 9), "Mo-Fr", "mon-fri?"),
        (HEAD + 'hours: {tues: ["09:00-17:00"]}\n', "calendar-weekday", (3, 9), "tues", "tue?"),
        (
            HEAD + 'hours: {mon-wed-fri: ["09:00-17:00"]}\n',
            "calendar-weekday",
            (3, 9),
            "mon-wed-fri",
            "mon-wed-fri?",
        ),
        (HEAD + 'hours: {xyzzy: ["09:00-17:00"]}\n', "calendar-weekday", (3, 9), "xyzzy", "use mon, tue"),
        (
            HEAD + 'hours: {mon-fri: ["09:00-17:00"], fri: ["09:00-12:00"]}\n',
            "calendar-twice",
            (3, 35),
            "fri",
            "once",
        ),
        (HEAD + 'hours: {mon: ["9-17"]}\n', "calendar-hours", (3, 16), "9-17", "write 09:00-17:00"),
        (HEAD + 'hours: {mon: ["9 to 5"]}\n', "calendar-hours", (3, 16), "9 to 5", "write 09:00-17:00"),
        (
            HEAD + 'hours: {mon: ["09:00–17:00"]}\n',
            "calendar-hours",
            (3, 16),
            "09:00–17:00",
            "write 09:00-17:00",
        ),
        (HEAD + 'hours: {mon: ["09:00"]}\n', "calendar-hours", (3, 16), "'09:00'", "09:00-17:00"),
        (HEAD + 'hours: {mon: ["25:00-26:00"]}\n', "calendar-hours", (3, 16), "00:00 to 24:00", ""),
        (HEAD + 'hours: {mon: ["24:00-06:00"]}\n', "calendar-hours", (3, 16), "00:00 to 24:00", ""),
        (HEAD + 'hours: {mon: ["09:00-24:30"]}\n', "calendar-hours", (3, 16), "00:00 to 24:00", ""),
        (HEAD + 'hours: {mon: ["09:60-17:00"]}\n', "calendar-hours", (3, 16), "00:00 to 24:00", ""),
        (
            HEAD + 'hours: {mon: ["09:00-09:00"]}\n',
            "calendar-hours",
            (3, 16),
            "after the opening",
            "00:00-24:00",
        ),
        (HEAD + 'hours: {mon: ["09:00-00:00"]}\n', "calendar-hours", (3, 16), "24:00", "09:00-24:00"),
        (HEAD + "hours: {mon: [9]}\n", "calendar-hours", (3, 15), "the number 9", "[] for a closed day"),
        (HEAD + "hours: {mon: {a: b}}\n", "calendar-hours", (3, 14), "a mapping", "09:00-17:00"),
        (HEAD + "hours: {mon: }\n", "calendar-hours", (3, 14), "nothing", "[] for a closed day"),
        (
            HEAD + 'hours: {mon: ["09:00-12:00", "11:00-17:00"]}\n',
            "calendar-overlap",
            (3, 31),
            "11:00-17:00",
            "join them",
        ),
        (
            HEAD + 'hours: {mon: ["22:00-06:00"], tue: ["05:00-12:00"]}\n',
            "calendar-overlap",
            (3, 8),
            "05:00-12:00",
            "begin when",
        ),
        (
            HEAD + 'hours: {sun: ["22:00-06:00"], mon: ["05:00-12:00"]}\n',
            "calendar-overlap",
            (3, 8),
            "mon",
            "begin when",
        ),
        (HEAD + "hours: {mon: []}\n", "calendar-never-opens", (3, 1), "never opens", "mon-fri"),
        (HEAD + "hours:\n", "calendar-never-opens", (3, 1), "never opens", "mon-fri"),
        (
            HEAD + "hours: {}\nspecial-days: {12-24: [09:00-12:00]}\n",
            "calendar-never-opens",
            (3, 1),
            "never opens",
            "",
        ),
        (HEAD + WEEK + "holidays: 12-25\n", "wrong-shape", (4, 11), "a list of holidays", "- "),
        (HEAD + WEEK + "holidays: [2026-02-30]\n", "calendar-holiday", (4, 12), "2026-02-30", ""),
        (HEAD + WEEK + "holidays: [1066-10-14]\n", "calendar-holiday", (4, 12), "1900 to 2199", ""),
        (HEAD + WEEK + "holidays: [25-12]\n", "calendar-holiday", (4, 12), "25-12", "write 12-25"),
        (
            HEAD + WEEK + "holidays: [25.12.2026]\n",
            "calendar-holiday",
            (4, 12),
            "25.12.2026",
            "write 2026-12-25",
        ),
        (HEAD + WEEK + "holidays: [12/25/2026]\n", "calendar-holiday", (4, 12), "12/25/2026", "year first"),
        (HEAD + WEEK + "holidays: [christmas]\n", "calendar-holiday", (4, 12), "christmas", "easter+1"),
        (HEAD + WEEK + "holidays: [easter+300]\n", "calendar-holiday", (4, 12), "at most 80 days", ""),
        (HEAD + WEEK + "holidays: [last mon of mai]\n", "calendar-holiday", (4, 12), "'mai'", ""),
        (HEAD + WEEK + "holidays: [sixth mon of may]\n", "calendar-holiday", (4, 12), "'sixth'", ""),
        (HEAD + WEEK + "holidays: [last moon of may]\n", "calendar-holiday", (4, 12), "'moon'", ""),
        (HEAD + WEEK + "holidays: [2026]\n", "calendar-holiday", (4, 12), "the number 2026", "2026-12-25"),
        (HEAD + WEEK + "holidays: [[12-25]]\n", "wrong-shape", (4, 12), "a list", "entry of its own"),
        (HEAD + WEEK + "holidays: [{title: A}]\n", "missing-word", (4, 12), "one of 'date'", "{date:"),
        (
            HEAD + WEEK + "holidays: [{date: 12-25, country: DE}]\n",
            "missing-word",
            (4, 12),
            "one of 'date'",
            "",
        ),
        (HEAD + WEEK + "holidays: [{date: 12-25, name: A}]\n", "unknown-word", (4, 26), "name", "remove it"),
        (
            HEAD + WEEK + "holidays: [{date: 12-25, to: 12-26}]\n",
            "unknown-word",
            (4, 26),
            "'to' only",
            "from:",
        ),
        (
            HEAD + WEEK + "holidays: [{from: 2026-12-27}]\n",
            "missing-word",
            (4, 12),
            "'to' beside 'from'",
            "to:",
        ),
        (
            HEAD + WEEK + "holidays: [{from: 2026-12-31, to: 2026-12-27}]\n",
            "calendar-range",
            (4, 35),
            "before it begins",
            "swap",
        ),
        (
            HEAD + WEEK + "holidays: [{from: 2026-01-01, to: 2027-01-02}]\n",
            "calendar-range",
            (4, 35),
            "at most 366",
            "",
        ),
        (
            HEAD + WEEK + "holidays: [{from: 1900-01-01, to: 2199-12-31}]\n",
            "calendar-range",
            (4, 35),
            "109,573",
            "",
        ),
        (
            HEAD + WEEK + "holidays: [{from: 12-27, to: 2026-12-31}]\n",
            "calendar-range",
            (4, 30),
            "both",
            "12-27",
        ),
        (
            HEAD + WEEK + "holidays: [{from: easter, to: easter+1}]\n",
            "calendar-range",
            (4, 31),
            "two dates",
            "12-27",
        ),
        (
            HEAD + WEEK + "holidays: [{date: 12-25, since: x}]\n",
            "calendar-holiday",
            (4, 33),
            "'since'",
            "since: 2026",
        ),
        (
            HEAD + WEEK + "holidays: [{date: 12-25, since: 2027, until: 2026}]\n",
            "calendar-range",
            (4, 46),
            "2026",
            "swap",
        ),
        (
            HEAD + WEEK + "holidays: [{date: 2026-12-25, since: 2027}]\n",
            "calendar-holiday",
            (4, 19),
            "every year",
            "leave the year",
        ),
        (HEAD + WEEK + "holidays: [{country: XX}]\n", "calendar-country", (4, 12), "'XX'", ""),
        (
            HEAD + WEEK + "holidays: [{country: de}]\n",
            "calendar-country",
            (4, 12),
            "'de'",
            "did you mean DE?",
        ),
        (
            HEAD + WEEK + "holidays: [{country: Germany}]\n",
            "calendar-country",
            (4, 12),
            "Germany",
            "did you mean DE?",
        ),
        (
            HEAD + WEEK + "holidays: [{country: DE, subdivision: Berln}]\n",
            "calendar-country",
            (4, 39),
            "Berln",
            "BE",
        ),
        (HEAD + WEEK + "holidays: [{country: [DE]}]\n", "calendar-country", (4, 22), "a list", "ISO 3166"),
        (
            HEAD + WEEK + "holidays: [{date: 12-25, subdivision: BE}]\n",
            "unknown-word",
            (4, 26),
            "'subdivision'",
            "country:",
        ),
        (HEAD + WEEK + "special-days: [12-24]\n", "wrong-shape", (4, 15), "a list", "09:00-12:00"),
        (HEAD + WEEK + "special-days: {12-32: []}\n", "calendar-holiday", (4, 16), "12-32", ""),
        (HEAD + WEEK + "special-days: {12-24: {title: A}}\n", "missing-word", (4, 23), "'hours'", "hours:"),
        (
            HEAD + WEEK + "special-days: {2026-12-24: {hours: [], since: 2020}}\n",
            "calendar-holiday",
            (4, 16),
            "since",
            "",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(
    text: str, code: str, place: tuple[int, int], message: str, advice: str
) -> None:
    found = problem(text)
    assert found.code == code
    assert message in found.message
    assert advice in found.advice
    assert found.advice
    assert (found.place.line, found.place.column) == place


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        "calendar: shop\nzone: Berlin\nhour: {}\nhours: {mo: [9-5], tue: [09:00-12:00, 11:00-13:00]}\n"
        "holidays: [12-32, {country: ZZ}]\nspecial-days: {x: [1]}\n"
    )
    assert [each.place.line for each in found] == [1, 2, 3, 4, 4, 4, 5, 5, 6, 6]


# --- public holidays


def test_public_holidays_are_frozen_for_the_years_asked_for() -> None:
    calendar = freeze(source(HEAD + WEEK + "holidays: [{country: DE, subdivision: BE}]\n"), years_around(2026))
    assert calendar.frozen_years == (2024, 2036)
    assert calendar.provider.startswith("holidays ")
    assert closed(calendar, date(2026, 12, 25), date(2027, 3, 26), date(2027, 3, 8), date(2026, 6, 17)) == [
        True,
        True,
        True,
        False,
    ]
    assert calendar.days(2026)[date(2026, 12, 25)].title in ({"de": "Erster Weihnachtstag", "en": "Christmas Day"},)
    assert not any(day.year not in years_around(2026) for day in calendar.closed)
    assert Calendar.from_data(calendar.to_data()) == calendar


def test_outside_the_frozen_years_an_explanation_says_so() -> None:
    calendar = freeze(source(HEAD + WEEK + "holidays: [{country: DE}, 05-02]\n"), range(2026, 2028))
    assert closed(calendar, date(2030, 5, 1), date(2030, 5, 2)) == [False, True]
    explained = calendar.explain(datetime(2030, 4, 30, tzinfo=UTC), parse_duration("2bd"))
    assert explained.unknown_years == (2026, 2027)
    assert "from 2026 to 2027" in explained.lines()[-1]
    assert calendar.explain(datetime(2026, 4, 30, tzinfo=UTC), parse_duration("2bd")).unknown_years is None


def test_holidays_of_a_country_hold_between_their_years_and_may_have_a_title() -> None:
    calendar = freeze(
        source(HEAD + WEEK + "holidays: [{country: DE, until: 2025, title: Feiertag}, {country: AT, since: 2026}]\n"),
        range(2025, 2027),
    )
    assert closed(calendar, date(2025, 10, 3), date(2026, 10, 3), date(2026, 10, 26)) == [True, True, True]
    assert calendar.days(2025)[date(2025, 10, 3)].title == "Feiertag"
    assert date(2025, 8, 15) not in calendar.closed and date(2026, 8, 15) in calendar.closed


def test_a_day_written_in_the_file_keeps_its_own_name() -> None:
    calendar = freeze(
        source(HEAD + WEEK + "holidays: [{date: 2026-12-25, title: Ours}, {country: DE}]\n"),
        range(2026, 2027),
    )
    assert calendar.closed[date(2026, 12, 25)].title == "Ours"


@pytest.mark.parametrize(
    ("country", "subdivision", "day"),
    [
        ("US", "", date(2026, 11, 26)),
        ("JP", "", date(2026, 5, 6)),
        ("GB", "SCT", date(2026, 11, 30)),
        ("NO", "", date(2026, 5, 17)),
    ],
)
def test_countries_of_several_kinds_are_frozen(country: str, subdivision: str, day: date) -> None:
    part = f", subdivision: {subdivision}" if subdivision else ""
    calendar = freeze(source(HEAD + WEEK + f"holidays: [{{country: {country}{part}}}]\n"), range(2026, 2027))
    assert day in calendar.closed
    assert calendar.closed[day].title


def test_without_the_holidays_package_the_advice_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + WEEK + "holidays: [{country: DE}]\n"
    written = source(text)
    monkeypatch.setitem(sys.modules, "holidays", None)
    found = problem(text)
    assert (found.code, found.place) == ("calendar-country", Place(FILE, 4, 12))
    assert "pip install holidays" in found.advice
    with pytest.raises(DefinitionError, match="not installed"):
        freeze(written, range(2026, 2027))
    assert source(HEAD + WEEK + "holidays: [12-25]\n").countries == ()


# --- the calendar that comes along


def test_the_calendar_that_comes_along_can_be_used() -> None:
    written = read_calendar(read((ROOT / FILE).read_bytes(), FILE), FILE)
    calendar = freeze(written, years_around(2026))
    assert calendar.id == "office"
    assert set(calendar.title) == {"en", "de"}
    assert written.warnings == ()
    assert calendar.add(datetime(2026, 11, 20, 15, 30, tzinfo=UTC), parse_duration("1bh")) > datetime(
        2026, 11, 20, tzinfo=UTC
    )


def test_the_office_closes_early_on_the_last_days_of_december_and_opens_no_sunday_for_it() -> None:
    calendar = freeze(read_calendar(read((ROOT / FILE).read_bytes(), FILE), FILE), years_around(2026))
    assert calendar.hours_on(date(2026, 12, 24)) == calendar.hours_on(date(2026, 12, 31)) == (Span(540, 720),)
    assert calendar.hours_on(date(2028, 12, 24)) == ()


# --- hostile files


def test_too_many_days_are_refused_and_soon() -> None:
    ranges = "".join(f"  - {{from: {year}-01-01, to: {year}-12-31}}\n" for year in range(1990, 2026))
    with at_most(3):
        assert problem(HEAD + WEEK + "holidays:\n" + ranges).code == "calendar-too-many"
        rules = "holidays: [" + ", ".join(["12-25"] * 3000) + "]\n"
        assert problem(HEAD + WEEK + rules).code == "calendar-too-many"
        countries = "holidays: [" + ", ".join(["{country: DE}"] * 500) + "]\n"
        assert {each.code for each in problems(HEAD + WEEK + countries)} == {"calendar-too-many"}
        hours = "hours: {mon: [" + ", ".join(["09:00-17:00"] * 3000) + "]}\n"
        assert problem(HEAD + hours).code == "calendar-hours"
        assert problem(HEAD + "hours: {'" + "mon," * 250 + "': ['09:00-17:00']}\n").code == "calendar-weekday"


def test_two_thousand_rules_are_still_reckoned_with_quickly() -> None:
    rules = "holidays: [" + ", ".join(["12-25", "easter+1"] * 990) + "]\n"
    calendar = source(HEAD + WEEK + rules).calendar
    with at_most(1):
        calendar.add(datetime(2026, 11, 20, tzinfo=UTC), parse_duration("20000bh"))


def test_an_addition_takes_microseconds_when_warm() -> None:
    calendar = freeze(source(HEAD + WEEK + "holidays: [{country: DE}]\n"), years_around(2026))
    start, three_hours = datetime(2026, 11, 20, 15, 30, tzinfo=UTC), parse_duration("3bh")
    calendar.add(start, three_hours)
    with at_most(0.5):  # a thousand in some 6 ms; the rest is for busy machines
        for _ in range(1000):
            calendar.add(start, three_hours)


_PLACE = Place(FILE)
_TEXTS = st.sampled_from(
    [
        "office",
        "UTC",
        "mon-fri",
        "09:00-17:00",
        "12-25",
        "2026-12-25",
        "easter+1",
        "last mon of may",
        "DE",
        "BE",
        "x",
        "",
        "../x",
        "-",
        ",",
    ]
) | st.text(st.characters(categories=("L", "N", "P", "S")), max_size=20)
_SCALARS = st.builds(lambda text: Scalar(_PLACE, text, text), _TEXTS) | st.builds(
    lambda value: Scalar(_PLACE, value, str(value)), st.none() | st.booleans() | st.integers()
)
_WORDS = st.sampled_from(
    [
        "calendar",
        "title",
        "zone",
        "hours",
        "holidays",
        "special-days",
        "date",
        "from",
        "to",
        "country",
        "subdivision",
        "since",
        "until",
        "mon",
        "12-24",
    ]
).map(lambda text: Scalar(_PLACE, text, text))
_NODES: st.SearchStrategy[Node] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: Sequence(_PLACE, tuple(items)))
        | st.lists(st.tuples(_WORDS | _SCALARS, inner), max_size=5, unique_by=lambda entry: entry[0].text).map(
            lambda entries: Mapping(_PLACE, tuple(entries))
        )
    ),
    max_leaves=12,
)
_PARTS = ("title", "zone", "hours", "holidays", "special-days")


@settings(max_examples=500, deadline=timedelta(seconds=2))
@given(_NODES | st.dictionaries(st.sampled_from(_PARTS), _NODES).map(
    lambda parts: Mapping(
        _PLACE, ((Scalar(_PLACE, "calendar", "calendar"), Scalar(_PLACE, "office", "office")),
                 *((Scalar(_PLACE, key, key), node) for key, node in parts.items())),
    )
))  # fmt: skip
def test_any_nodes_are_a_calendar_or_refused_with_problems(node: Node) -> None:
    try:
        written = read_calendar(node, FILE)
    except DefinitionError as refused:
        assert refused.problems
        for each in refused.problems:
            assert each.message and each.advice and str(each).isprintable()
    else:
        calendar = freeze(written, range(2026, 2027))
        assert Calendar.from_data(calendar.to_data()) == calendar
