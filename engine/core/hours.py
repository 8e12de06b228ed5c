"""Opening hours of one day and the weekdays' names.

Owns a span of local time within a day (it may run over midnight) and its text. Knows no zone and no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 24 * 60

_SPAN = re.compile(r"([0-9]{2}):([0-9]{2}) ?- ?([0-9]{2}):([0-9]{2})")
_LOOSE = re.compile(
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?: uhr)?\s*(?:-|–|—|to|bis)\s*"
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?: uhr)?"
)


class Span(NamedTuple):
    """Open from `begin` up to `end`, in minutes of local time after the midnight that begins the day.

    Over midnight, `end` is above 1440.
    """

    begin: int
    end: int

    def __str__(self) -> str:
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{self.begin // 60:02}:{self.begin % 60:02}-{end // 60:02}:{end % 60:02}"


def parse_span(text: str) -> Span:
    """`09:00-17:00`, `22:00-06:00` (into the next day), `00:00-24:00`.

    Raises ValueError with a sentence for the author.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise ValueError(f"Expected opening hours such as 09:00-17:00, but found '{shown}'{_meant(text)}.")
    begin_hour, begin_minute, end_hour, end_minute = (int(number) for number in match.groups())
    if begin_minute > 59 or end_minute > 59 or begin_hour > 23 or end_hour * 60 + end_minute > DAY:
        raise ValueError(f"Expected times from 00:00 to 24:00, but found '{text}'.")
    begin, end = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
    if begin == end:
        raise ValueError(
            f"Expected a closing time after the opening, but found '{text}'; the whole day is 00:00-24:00."
        )
    if end == 0:
        raise ValueError(
            f"Expected midnight as a closing time to be 24:00, but found '{text}'; write {Span(begin, DAY)}."
        )
    return Span(begin, end if end > begin else end + DAY)


def _meant(text: str) -> str:
    match = _LOOSE.fullmatch(text.strip().lower()[:40])
    if match is None:
        return ""
    begin, end = int(match[1]), int(match[3])
    if end < begin <= 12 and end < 12 and match[4] is None:
        end += 12  # nine to five
    better = f"{begin:02}:{match[2] or '00'}-{end:02}:{match[4] or '00'}"
    return f"; write {better}" if better != text else ""


def overlap(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """The first two spans of one day that share time, or None. Spans that only touch do not."""
    ordered = sorted(spans)
    for first, second in zip(ordered, ordered[1:], strict=False):
        if second.begin < first.end:
            return first, second
    return None


def parse_weekday(text: str) -> int | None:
    """0 for mon or monday up to 6, whatever the case; None when it is no weekday."""
    plain = text.strip().lower()
    for names in (WEEKDAYS, WEEKDAY_NAMES):
        if plain in names:
            return names.index(plain)
    return None
