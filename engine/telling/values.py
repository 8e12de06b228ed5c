"""Single values as people write them: points in time in a zone, yes and no, lists.

Owns this wording, which is the same on the command line and in a history.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
"""A point in time as it is kept."""


def local(at: datetime | None, zone: str) -> str:
    """2026-11-23 14:30, in the zone; empty for no time."""
    if at is None:
        return ""
    try:
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except OverflowError:  # at the very ends of the calendar
        return f"{at:%Y-%m-%d %H:%M}"


def said(value: Any, zone: str) -> str:
    """A value as people write it: yes and no, entries with commas between, a line alone for no value, points in time
    in `zone`.
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(said(item, zone) for item in value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return local(datetime.fromisoformat(value), zone)
    return clean(str(value))


def clean(text: str) -> str:
    """Text from outside without control characters, so that it cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
