"""How early and how late a day or a time may be, counted from the moment in which the form is judged: `latest: today`.

Owns how such a limit is written, and whether a value keeps it. Knows no field and no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.definition.forms.notes import Notes
from engine.definition.nodes import Mapping, Scalar
from engine.definition.texts import shown
from engine.definition.types import Date, Instant, Type

EARLIEST, LATEST = "earliest", "latest"
_FORM = re.compile(r"(?P<from>today|now)(?: *(?P<sign>[+-]) *(?P<days>[0-9]{1,4})d)?")
_BEGINS: Map[type[Type], str] = {Date: "today", Instant: "now"}


@dataclass(frozen=True, slots=True)
class DayLimits:
    """So many calendar days before (negative) or after the moment of judging; None where there is no limit."""

    earliest: int | None = None
    latest: int | None = None

    def broken(self, value: str, at: datetime, zone: str) -> tuple[str, date] | None:
        """Which of the two a canonical day or instant does not keep, and where that limit lies; None when both are
        kept. An instant is measured to the second, a day by the calendar in `zone`.
        """
        for word, days in ((EARLIEST, self.earliest), (LATEST, self.latest)):
            if days is None:
                continue
            limit = self.day(days, at, zone)
            if len(value) > len("2026-11-23"):
                over = datetime.fromisoformat(value) - (at + timedelta(days=days))
            else:
                over = date.fromisoformat(value) - limit
            if over < timedelta(0) if word == EARLIEST else over > timedelta(0):
                return word, limit
        return None

    @staticmethod
    def day(days: int, at: datetime, zone: str) -> date:
        return at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)


def read_days(node: Mapping, of: Type, notes: Notes) -> DayLimits:
    """The two words of a field for a day or a time; problems go to the notes."""
    begins = _BEGINS.get(type(of))
    if begins is None:
        return DayLimits()
    found: dict[str, int] = {}
    for word in (EARLIEST, LATEST):
        child = node.get(word)
        if child is None:
            continue
        match = _FORM.fullmatch(child.text) if isinstance(child, Scalar) else None
        if match is None or match["from"] != begins:
            said = f", but found '{shown(child.text)}'" if isinstance(child, Scalar) else ""
            notes.add(
                child.place,
                "limit",
                f"Expected a day counted from {begins} under `{word}`{said}",
                f"write {word}: {begins}, or {begins} + 14d or {begins} - 30d",
            )
            continue
        days = int(match["days"] or 0)
        found[word] = -days if match["sign"] == "-" else days
    limits = DayLimits(found.get(EARLIEST), found.get(LATEST))
    if limits.earliest is not None and limits.latest is not None and limits.earliest > limits.latest:
        child = node.get(EARLIEST)
        assert child is not None
        notes.add(
            child.place, "limit", "Expected room between `earliest` and `latest`, but no day lies there", "swap the two"
        )
    return limits
