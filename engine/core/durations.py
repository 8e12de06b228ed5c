"""Durations as an author writes them: `30m`, `2bh`, `1bd`, `P1DT2H`.

Owns the text, its canonical form and its words in English and German. Knows no calendar: what a unit means on
a given day is
`engine.core.calendars`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

# Largest first: the order in which the parts of one duration have to stand, and in which they are added.
ORDER = ("y", "mo", "w", "d", "bd", "h", "bh", "m", "bm", "s")

_SECONDS = {
    "y": 31_557_600, "mo": 2_629_800, "w": 604_800, "d": 86_400, "bd": 86_400,
    "h": 3_600, "bh": 3_600, "m": 60, "bm": 60, "s": 1,
}  # fmt: skip
_LONGEST = 100 * _SECONDS["y"]
_LONGEST_TEXT = 60

_DAYS = re.compile(r"((?:T|t)age)\b")
_COMPACT = re.compile(r"(?:[0-9]{1,20}(?:bd|bh|bm|[wdhm]))+")
_COMPACT_PART = re.compile(r"([0-9]+)(bd|bh|bm|[wdhm])")
_NUMBER = r"([0-9]{1,20}(?:[.,][0-9]{1,9})?)"
_ISO = re.compile(
    rf"P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_ISO_UNITS = ("y", "mo", "w", "d", "h", "m", "s")
_ISO_LETTERS = {"y": "Y", "mo": "M", "w": "W", "d": "D", "h": "H", "m": "M", "s": "S"}

_WORDS = {
    "en": {
        "y": ("year", "years"), "mo": ("month", "months"), "w": ("week", "weeks"), "d": ("day", "days"),
        "h": ("hour", "hours"), "m": ("minute", "minutes"), "s": ("second", "seconds"),
        "bd": ("working day", "working days"), "bh": ("working hour", "working hours"),
        "bm": ("working minute", "working minutes"),
    },
    "de": {
        "y": ("Jahr", "Jahre"), "mo": ("Monat", "Monate"), "w": ("Woche", "Wochen"), "d": ("Tag", "Tage"),
        "h": ("Stunde", "Stunden"), "m": ("Minute", "Minuten"), "s": ("Sekunde", "Sekunden"),
        "bd": ("Arbeitstag", "Arbeitstage"), "bh": ("Arbeitsstunde", "Arbeitsstunden"),
        "bm": ("Arbeitsminute", "Arbeitsminuten"),
    },
}  # fmt: skip
_AND = {"en": " and ", "de": " und "}

_EXPECTED = (
    "a duration such as 30m, 2h, 30d, 2bh or 1bd (bh and bd are working hours and days), or ISO 8601 such as P1DT2H"
)


class Part(NamedTuple):
    """A whole number of one unit; the units are those of `ORDER`."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Duration:
    """How long, in parts that are added one after the other, largest first. Made by `parse_duration`.

    m, h and s are time that really passes; d, w, mo and y are days in a calendar's zone, at the same local
    time; bm and bh are open time;
    bd is the close of business on the Nth business day after. `str` gives the canonical text, which parses to
    an equal duration.
    """

    parts: tuple[Part, ...]

    @property
    def working(self) -> bool:
        """Whether opening hours matter."""
        return any(part.unit in ("bd", "bh", "bm") for part in self.parts)

    def __str__(self) -> str:
        if not any(part.unit in ("y", "mo", "s") for part in self.parts):
            return "".join(f"{part.amount}{part.unit}" for part in self.parts)
        text, in_time = "P", False
        for part in self.parts:
            if part.unit in ("h", "m", "s") and not in_time:
                text, in_time = text + "T", True
            text += f"{part.amount}{_ISO_LETTERS[part.unit]}"
        return text

    def words(self, language: str = "en") -> str:
        """`2 working hours`, `1 Arbeitstag`; English for a language that is not known here."""
        known = language.split("-")[0] if language.split("-")[0] in _WORDS else "en"
        shown = [f"{part.amount} {_WORDS[known][part.unit][part.amount != 1]}" for part in self.parts]
        if len(shown) == 1:
            return shown[0]
        return ", ".join(shown[:-1]) + _AND[known] + shown[-1]


def in_dative(length: str) -> str:
    """A length in German words, as it stands behind a preposition: `nach 3 Tagen`."""
    return _DAYS.sub(r"\1n", length)


def parse_duration(text: str) -> Duration:
    """The duration that `text` writes.

    Raises ValueError with a sentence for the author: what was expected, what stood there, and what was
    probably meant.
    """
    if len(text) <= _LONGEST_TEXT:
        return _parsed(text)
    raise ValueError(f"Expected {_EXPECTED}, but found '{text[:_LONGEST_TEXT]}…'{_hint(text)}.")


@lru_cache(maxsize=1024)  # a case keeps its targets as text, and a company has but a few of them
def _parsed(text: str) -> Duration:
    if _COMPACT.fullmatch(text):
        return _checked(_compact_parts(text), text)
    match = _ISO.fullmatch(text)
    if match is not None:
        return _checked(_iso_parts(match, text), text)
    raise ValueError(f"Expected {_EXPECTED}, but found '{text}'{_hint(text)}.")


def _compact_parts(text: str) -> list[Part]:
    parts = [Part(int(amount), unit) for amount, unit in _COMPACT_PART.findall(text)]
    order = [ORDER.index(part.unit) for part in parts]
    if order != sorted(set(order)):
        kept: dict[str, int] = {}
        for part in parts:
            kept[part.unit] = kept.get(part.unit, 0) + part.amount
        better = "".join(f"{kept[unit]}{unit}" for unit in ORDER if unit in kept)
        raise ValueError(f"Expected each unit once and the largest first, but found '{text}'; write {better}.")
    return parts


def _iso_parts(match: re.Match[str], text: str) -> list[Part]:
    years, months, weeks, days, time, hours, minutes, seconds = match.groups()
    found = [
        (unit, amount)
        for unit, amount in zip(_ISO_UNITS, (years, months, weeks, days, hours, minutes, seconds), strict=True)
        if amount is not None
    ]
    if not found or time == "T":
        raise ValueError(f"Expected at least one number with a unit after '{text}', as in P1D or PT30M.")
    parts: list[Part] = []
    for unit, amount in found:
        if "." not in amount and "," not in amount:
            parts.append(Part(int(amount), unit))
            continue
        if unit not in ("h", "m", "s"):
            raise ValueError(
                f"Expected whole years, months, weeks and days, but found '{text}'; use hours, as in PT12H."
            )
        if unit != found[-1][0]:
            raise ValueError(f"Expected a fraction only in the last number, but found '{text}'.")
        parts.extend(_whole(Fraction(amount.replace(",", ".")) * _SECONDS[unit], text))
    # A fraction may bring a unit that is larger than the one before it allows, such as PT1H90.5M; the order
    # still holds.
    return parts


def _whole(seconds: Fraction, text: str) -> list[Part]:
    """A fraction of an hour, a minute or a second as whole minutes and seconds."""
    if seconds.denominator != 1:
        raise ValueError(f"Expected a whole number of seconds, but '{text}' is not one.")
    minutes, rest = divmod(int(seconds), 60)
    if rest:
        return [Part(minutes, "m"), Part(rest, "s")] if minutes else [Part(rest, "s")]
    return [Part(minutes, "m")]


def _checked(parts: list[Part], text: str) -> Duration:
    if sum(part.amount * _SECONDS[part.unit] for part in parts) > _LONGEST:
        raise ValueError(f"Expected at most 100 years, but '{text}' is longer.")
    # Nothing of a unit adds nothing, except 0bd, which is the close of business of the same day.
    kept = [part for part in parts if part.amount or part.unit == "bd"]
    return Duration(tuple(kept or parts[-1:]))


_MEANT = (
    (r"(?:business|working|work)[ -]?days?|arbeitstage?|werktage?|wd", "bd"),
    (r"(?:business|working|work)[ -]?(?:hours?|hrs?)|arbeitsstunden?|wh", "bh"),
    (r"(?:business|working|work)[ -]?(?:minutes?|mins?)|arbeitsminuten?", "bm"),
    (r"weeks?|wochen?", "w"),
    (r"days?|tage?", "d"),
    (r"hours?|hrs?|stunden?|std", "h"),
    (r"minutes?|mins?|minuten?", "m"),
)


def _hint(text: str) -> str:
    """What was probably meant, as the end of the sentence; empty when there is nothing to guess."""
    plain = text.strip()[:_LONGEST_TEXT]
    if plain.startswith("-"):
        return "; a duration cannot be negative"
    if re.search(r"[0-9]{11}", plain):
        return "; no duration needs so large a number"
    if re.fullmatch(r"[0-9]+", plain):
        return f"; write the unit, as in {plain}h or {plain}bd"
    if re.fullmatch(r"[0-9]+mo|[0-9]+ ?months?", plain):
        return f"; write months as P{re.split('[^0-9]', plain)[0]}M"
    if re.fullmatch(r"[0-9]+y|[0-9]+ ?years?", plain):
        return f"; write years as P{re.split('[^0-9]', plain)[0]}Y"
    squeezed = plain.replace(" ", "")
    if squeezed != text and _COMPACT.fullmatch(squeezed):
        return f"; write {squeezed}"
    if re.fullmatch(r"[0-9]+M", squeezed):
        return f"; write {squeezed.lower()} for minutes or P{squeezed} for months"
    if _COMPACT.fullmatch(squeezed.lower()):
        return f"; write {squeezed.lower()}"
    if _ISO.fullmatch(squeezed.upper()) and len(squeezed) > 1:
        return f"; write {squeezed.upper()}"
    match = re.fullmatch(r"([0-9]+) *([a-z][a-z -]*)", plain.lower())
    if match is not None:
        for words, unit in _MEANT:
            if re.fullmatch(words, match[2].strip()):
                return f"; write {match[1]}{unit}"
    return ""


def later(local: datetime, part: Part) -> datetime:
    """So many years, months, weeks or days later at the same local time.

    The last day of a month that is too short. Raises OverflowError outside the years 1 to 9999.
    """
    if part.unit in ("w", "d"):
        return local + timedelta(days=part.amount * (7 if part.unit == "w" else 1))
    month = local.month - 1 + part.amount * (12 if part.unit == "y" else 1)
    year, month = local.year + month // 12, month % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError
    return local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
