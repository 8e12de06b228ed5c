"""Single values as people write them: points in time in a zone, yes and no, lists.

Owns this wording, which is the same on the command line and in a history.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.written_times import moment

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
"""A point in time as it is kept."""


def local(at: datetime | None, zone: str, language: str = "") -> str:
    """2026-11-23 14:30, in the zone; 23.11.2026 14:30 in German; empty for no time."""
    if at is None:
        return ""
    try:
        return moment(at.astimezone(ZoneInfo(zone)), language)
    except OverflowError:  # at the very ends of the calendar
        return moment(at, language)


def said(value: Any, zone: str, language: str = "") -> str:
    """A value as people write it: yes and no, entries with commas between, a table's rows cell by cell, a file by its
    name, a line alone for no value, points in time in `zone`.
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        yes, no = ("ja", "nein") if language == "de" else ("yes", "no")
        return yes if value else no
    if isinstance(value, list | tuple):
        between = "; " if any(isinstance(item, Mapping) and "sha256" not in item for item in value) else ", "
        return between.join(said(item, zone, language) for item in value)
    if isinstance(value, Mapping):
        cells = (f"{clean(str(key))}: {said(item, zone, language)}" for key, item in value.items())
        return said(value["name"], zone) if "sha256" in value else ", ".join(cells)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return local(datetime.fromisoformat(value), zone, language)
    return clean(str(value))


def clean(text: str) -> str:
    """Text from outside without control characters, so that it cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
