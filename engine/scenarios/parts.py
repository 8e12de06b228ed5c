"""The small parts of a scenario, read from their nodes: what is filled in, what should hold, times, and who is away.

Owns the shapes of these. Knows no verb.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from engine.core.calendars import Calendar
from engine.definition import nodes
from engine.definition.nodes import Node, Scalar, plain
from engine.definition.shapes import Entry, Got, Record, Report, Said, name
from engine.scenarios.acts import Absent, Expected

WHO = name("a role or a person's id")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[ T][0-9]{2}:[0-9]{2}"
_YEARS = range(1900, 2200)
"""The years in which a scenario can play: calendars reckon no further."""


class Values:
    """The values of a form, as data."""

    words = "a mapping of fields to values"

    def read(self, node: Node, report: Report) -> dict[str, object] | None:
        value = plain(node)
        if isinstance(node, nodes.Mapping) and isinstance(value, dict):
            return value
        _wrong(node, report, self.words, "write {field: value}")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


class Expect:
    """What should hold afterwards."""

    words = "a mapping of what should hold, such as {state: answered}"

    def read(self, node: Node, report: Report) -> tuple[Expected, ...] | None:
        if not isinstance(node, nodes.Mapping) or not node.entries:
            _wrong(node, report, self.words, "write {state: …}, or leave `expect` out")
            return None
        return tuple(Expected(Said(key.text, key.place), plain(value), value.place) for key, value in node.entries)

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "minProperties": 1}


class Day:
    """A day such as 2026-12-01, or a time such as 2026-12-01 12:00."""

    words = "a day such as 2026-12-01, or a time such as 2026-12-01 12:00"

    def read(self, node: Node, report: Report) -> Said | None:
        if isinstance(node, Scalar) and (instant(node.text) is not None or _is_day(node.text)):
            return Said(node.text, node.place)
        _wrong(node, report, self.words, "write a day, or a day and a time, local to the calendar of the process")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_DAY}($|{_TIME})"}


class When:
    """A time such as 2026-11-23 10:00."""

    words = "a time such as 2026-11-23 10:00"

    def read(self, node: Node, report: Report) -> Said | None:
        if isinstance(node, Scalar) and instant(node.text) is not None:
            return Said(node.text, node.place)
        _wrong(node, report, self.words, "write the day and the time, local to the calendar of the process")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_DAY}{_TIME}"}


def _absent(got: Got) -> Absent:
    return Absent(got.place, got["person"], got["deputy"], got.get("role"), got.get("from"), got.get("until"))


ABSENT = Record(
    {
        "person": Entry(WHO, "who is away", required=True),
        "deputy": Entry(WHO, "who stands in for them", required=True),
        "role": Entry(name("a role"), "in this role alone; in all of theirs when none is named"),
        "from": Entry(Day(), "the first day, or moment; from the start of the scenario when nothing is said"),
        "until": Entry(Day(), "the last day, or moment; to the end of the scenario when nothing is said"),
    },
    "an absence such as {person: ann, deputy: ben}",
    build=_absent,
)


def instant(text: str) -> datetime | None:
    """The time, naive when it names no offset; None for anything else."""
    try:
        at = datetime.fromisoformat(text) if re.match(_DAY + _TIME, text) else None
    except ValueError:
        return None
    return at if at is not None and at.year in _YEARS else None


def instant_in(calendar: Calendar, at: datetime) -> datetime:
    """The instant; a time without an offset is one of the calendar's zone."""
    return at if at.tzinfo is not None else calendar.localise(at)


def _is_day(text: str) -> bool:
    return len(text) == 10 and instant(f"{text} 00:00") is not None


def _wrong(node: Node, report: Report, wanted: str, advice: str) -> None:
    report.problem(node.place, "wrong-shape", f"Expected {wanted}, but found {nodes.kind(node)}", advice)
