"""The small parts of a step, read from their nodes: what is filled in, what should hold, and times.

Owns the shapes of these three. Knows no verb.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.definition import nodes
from engine.definition.nodes import Node, Scalar, plain
from engine.definition.shapes import Report, Said
from engine.scenarios.acts import Expected

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


class When:
    """A time such as 2026-11-23 10:00."""

    words = "a time such as 2026-11-23 10:00"

    def read(self, node: Node, report: Report) -> Said | None:
        if isinstance(node, Scalar) and instant(node.text) is not None:
            return Said(node.text, node.place)
        _wrong(node, report, self.words, "write the day and the time, local to the calendar of the process")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"}


def instant(text: str) -> datetime | None:
    """The time, naive when it names no offset; None for anything else."""
    try:
        at = datetime.fromisoformat(text) if len(text) >= 16 and text[10] in " T" else None
    except ValueError:
        return None
    return at if at is not None and at.year in _YEARS else None


def _wrong(node: Node, report: Report, wanted: str, advice: str) -> None:
    report.problem(node.place, "wrong-shape", f"Expected {wanted}, but found {nodes.kind(node)}", advice)
