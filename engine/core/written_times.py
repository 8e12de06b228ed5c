"""How a day, a moment and a number are written, by language: 2026-11-23 14:30, in German 23.11.2026 14:30.

Owns this form, which is the same in a history and where a deadline is explained. Moves no time into a zone.
"""

from __future__ import annotations

from datetime import date, datetime


def day(at: date, language: str) -> str:
    return f"{at:%d.%m.%Y}" if language == "de" else f"{at:%Y-%m-%d}"


def moment(at: datetime, language: str) -> str:
    """To the minute; with the seconds where there are any is `to_the_second`."""
    return f"{day(at, language)} {at:%H:%M}"


def to_the_second(at: datetime, language: str) -> str:
    return moment(at, language) + (f":{at:%S}" if at.second else "")


def number(value: float, language: str) -> str:
    """As short as it can be: 4, 2.5, in German 2,5."""
    plain = f"{value:g}"
    return plain.replace(".", ",") if language == "de" else plain
