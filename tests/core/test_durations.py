"""Durations: what is read, what is refused with which sentence, and that text and value go round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.durations import ORDER, Duration, Part, parse_duration


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("30m", [(30, "m")]),
        ("2h", [(2, "h")]),
        ("30d", [(30, "d")]),
        ("2w", [(2, "w")]),
        ("30bm", [(30, "bm")]),
        ("2bh", [(2, "bh")]),
        ("1bd", [(1, "bd")]),
        ("1d12h", [(1, "d"), (12, "h")]),
        ("2bd4bh", [(2, "bd"), (4, "bh")]),
        ("1w2d3h4m", [(1, "w"), (2, "d"), (3, "h"), (4, "m")]),
        ("P1DT2H", [(1, "d"), (2, "h")]),
        ("PT30M", [(30, "m")]),
        ("P30M", [(30, "mo")]),
        ("P2W", [(2, "w")]),
        ("P1Y2M3DT4H5M6S", [(1, "y"), (2, "mo"), (3, "d"), (4, "h"), (5, "m"), (6, "s")]),
        ("PT0.5H", [(30, "m")]),
        ("PT0,25H", [(15, "m")]),
        ("PT1H0.5M", [(1, "h"), (30, "s")]),
        ("PT1.0S", [(1, "s")]),
        ("0m", [(0, "m")]),
        ("0bd", [(0, "bd")]),
        ("0d5h", [(5, "h")]),
        ("0bd2h", [(0, "bd"), (2, "h")]),
        ("P0D", [(0, "d")]),
        ("007d", [(7, "d")]),
    ],
)
def test_a_duration_is_read_part_by_part(text: str, parts: list[tuple[int, str]]) -> None:
    assert [tuple(part) for part in parse_duration(text).parts] == parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("P", "at least one number"),
        ("PT", "at least one number"),
        ("P1DT", "at least one number"),
        ("", "Expected a duration such as 30m"),
        ("-2h", "cannot be negative"),
        ("-P1D", "cannot be negative"),
        ("P-1D", "Expected a duration such as"),
        ("5", "write the unit, as in 5h or 5bd"),
        ("2 days", "write 2d"),
        ("2 working days", "write 2bd"),
        ("3 Arbeitstage", "write 3bd"),
        ("8 business hours", "write 8bh"),
        ("2BH", "write 2bh"),
        ("1M", "write 1m for minutes or P1M for months"),
        ("3mo", "write months as P3M"),
        ("2 years", "write years as P2Y"),
        ("1d 2h", "write 1d2h"),
        ("12h1d", "write 1d12h"),
        ("1h1h", "write 2h"),
        ("p1d", "write P1D"),
        ("P0.5D", "use hours"),
        ("P0.5M", "Expected whole"),
        ("PT0.5H30M", "only in the last number"),
        ("PT0.0001H", "whole number of seconds"),
        ("PT0.5S", "whole number of seconds"),
        ("P99999999999D", "at most 100 years"),
        ("1000000h", "at most 100 years"),
        ("101w9999999d", "at most 100 years"),
        ("P101Y", "at most 100 years"),
        ("1" * 10_000 + "d", "Expected a duration"),
        ("٣h", "Expected a duration"),
        ("1e3h", "Expected a duration"),
        ("1.5h", "Expected a duration"),
        ("2h\n", "write 2h"),
        ("\x00", "Expected a duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_what_was_expected(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="^Expected") as refused:
        parse_duration(text)
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("P1DT2H", "1d2h"),
        ("PT30M", "30m"),
        ("P2W", "2w"),
        ("PT0.5H", "30m"),
        ("PT120S", "PT120S"),
        ("P1M", "P1M"),
        ("P1Y6M", "P1Y6M"),
        ("2bd4bh", "2bd4bh"),
        ("0bd", "0bd"),
        ("1d0h", "1d"),
    ],
)
def test_the_text_of_a_duration_is_canonical(text: str, canonical: str) -> None:
    assert str(parse_duration(text)) == canonical


def test_a_hundred_years_are_allowed_and_a_day_more_is_not() -> None:
    assert parse_duration("P100Y").parts == (Part(100, "y"),)
    with pytest.raises(ValueError, match="at most 100 years"):
        parse_duration("P100Y1D")


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("2bh", "2 working hours", "2 Arbeitsstunden"),
        ("1bd", "1 working day", "1 Arbeitstag"),
        ("1bm", "1 working minute", "1 Arbeitsminute"),
        ("0m", "0 minutes", "0 Minuten"),
        ("1d12h", "1 day and 12 hours", "1 Tag und 12 Stunden"),
        ("P1Y2M3D", "1 year, 2 months and 3 days", "1 Jahr, 2 Monate und 3 Tage"),
        ("1w", "1 week", "1 Woche"),
        ("PT1S", "1 second", "1 Sekunde"),
    ],
)
def test_a_duration_has_words(text: str, english: str, german: str) -> None:
    duration = parse_duration(text)
    assert duration.words("en") == english
    assert duration.words("de") == duration.words("de-AT") == german
    assert duration.words("fr") == english


def test_only_working_units_need_opening_hours() -> None:
    assert [text for text in ("2h", "1d", "1bd", "1d30bm", "P1M") if parse_duration(text).working] == [
        "1bd",
        "1d30bm",
    ]


_COMPACT = [unit for unit in ORDER if unit not in ("y", "mo", "s")]
_ISO = [unit for unit in ORDER if not unit.startswith("b")]


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    units = draw(st.sampled_from([_COMPACT, _ISO]))
    chosen = draw(st.lists(st.sampled_from(units), min_size=1, unique=True))
    return Duration(tuple(Part(draw(st.integers(1, 20)), unit) for unit in ORDER if unit in chosen))


@given(durations())
def test_the_text_of_any_duration_is_read_as_the_same_duration(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@given(st.text() | st.from_regex(r"[P0-9a-zYMWDTHS.,+-]{0,20}", fullmatch=True))
def test_any_text_is_a_duration_or_refused_in_a_sentence(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError as refused:
        assert str(refused).startswith("Expected ")
    else:
        assert parse_duration(str(duration)) == duration
        assert duration.words("en") and duration.words("de")
