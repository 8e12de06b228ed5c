"""Days that come back every year: 25 December, Easter Monday, the last Monday of May.

Owns the rules, their text and the date of Easter. Knows no calendar, no country and no list of public
holidays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.core.hours import WEEKDAYS, parse_weekday

FIRST_YEAR, LAST_YEAR = 1900, 2199
EASTER_REACH = 80  # days before or after; keeps the day within the year of its Easter

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5,
}  # fmt: skip
_NUMBERS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
_EASTER = re.compile(r"(orthodox-)?easter(?: ?([+-]) ?([0-9]{1,4}))?")
_NTH = re.compile(r"([a-z0-9]+) +([a-z]+) +of +([a-z]+)")


@dataclass(frozen=True, slots=True)
class Yearly:
    """The same day of the same month; 29 February only in leap years."""

    month: int
    day: int

    def on(self, year: int) -> date | None:
        if self.month == 2 and self.day == 29 and not _leap(year):
            return None
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class FromEaster:
    """So many days after Easter Sunday (before it, when negative)."""

    days: int
    church: Literal["western", "orthodox"] = "western"

    def on(self, year: int) -> date | None:
        sunday = western_easter(year) if self.church == "western" else orthodox_easter(year)
        return sunday + timedelta(days=self.days)

    def __str__(self) -> str:
        name = "easter" if self.church == "western" else "orthodox-easter"
        return f"{name}{self.days:+}" if self.days else name


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first to fifth or the last (-1) weekday (0 is Monday) of a month.

    A month without a fifth one has none.
    """

    nth: int
    weekday: int
    month: int

    def on(self, year: int) -> date | None:
        length = 28 if self.month == 2 and not _leap(year) else _LENGTHS[self.month - 1]
        first = 1 + (self.weekday - date(year, self.month, 1).weekday()) % 7
        days = range(first, length + 1, 7)
        if self.nth == -1:
            return date(year, self.month, days[-1])
        return date(year, self.month, days[self.nth - 1]) if self.nth <= len(days) else None

    def __str__(self) -> str:
        return f"{_NUMBERS[self.nth]} {WEEKDAYS[self.weekday]} of {_MONTHS[self.month - 1]}"


Rule = Yearly | FromEaster | NthWeekday


def parse_day(text: str) -> date | Rule:
    """One day or a day of every year, as an author writes it.

    `2026-12-25`, `12-25`, `easter-2`, `orthodox-easter+1`, `last mon of may`, `4th thu of nov`.
    Raises ValueError with a sentence that says what was expected.
    """
    plain = text.strip().lower()
    if match := _DATE.fullmatch(plain):
        return _date(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _YEARLY.fullmatch(plain):
        month, day = int(match[1]), int(match[2])
        if not (1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]):
            swapped = f"; write {day:02}-{month:02}" if month > 12 >= day >= 1 and month <= _LENGTHS[day - 1] else ""
            raise ValueError(f"Expected a month and a day such as 12-25, but there is no '{text}'{swapped}.")
        return Yearly(month, day)
    if match := _EASTER.fullmatch(plain):
        days = int(match[3] or 0)
        if days > EASTER_REACH:
            raise ValueError(f"Expected at most {EASTER_REACH} days before or after Easter, but found '{text}'.")
        return FromEaster(-days if match[2] == "-" else days, "orthodox" if match[1] else "western")
    if match := _NTH.fullmatch(plain):
        return _nth(match[1], match[2], match[3], text)
    shown = text if len(text) <= 40 else text[:40] + "…"
    raise ValueError(
        f"Expected a day such as 2026-12-25, 12-25, easter+1 or 'last mon of may', but found '{shown}'{_meant(plain)}."
    )


def _meant(plain: str) -> str:
    match = re.fullmatch(r"([0-9]{1,2})\. ?([0-9]{1,2})\.(?: ?([0-9]{4}))?", plain)
    if match is None:
        match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", plain)
        return "; write the year first, then the month, then the day" if match else ""
    year = f"{match[3]}-" if match[3] else ""
    return f"; write {year}{int(match[2]):02}-{int(match[1]):02}"


def _date(year: int, month: int, day: int, text: str) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Expected a year from {FIRST_YEAR} to {LAST_YEAR}, but found '{text}'.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"Expected a day that exists, but there is no '{text}'.") from None


def _nth(ordinal: str, weekday: str, month: str, text: str) -> NthWeekday:
    if ordinal not in _ORDINALS:
        raise ValueError(f"Expected first, second, third, fourth, fifth or last, but found '{ordinal}' in '{text}'.")
    day = parse_weekday(weekday)
    if day is None:
        raise ValueError(f"Expected a weekday from mon to sun, but found '{weekday}' in '{text}'.")
    for names in (_MONTHS, _MONTH_NAMES):
        if month in names:
            return NthWeekday(_ORDINALS[ordinal], day, names.index(month) + 1)
    raise ValueError(f"Expected a month from jan to dec, but found '{month}' in '{text}'.")


def western_easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous Gregorian algorithm)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Julian calendar, as a date of the Gregorian one."""
    moon = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + weekday + 114, 31)
    behind = year // 100 - year // 400 - 2
    return date(year, month, day + 1) + timedelta(days=behind)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
