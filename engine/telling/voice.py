"""How anything of a case is said: values cut short, times in a zone, and what earlier events have told already.

Owns this memory, and the ways of saying values and changes that all sentences share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.definition.model import Definition
from engine.telling.values import local, said

LONGEST = 100

Body = Mapping[str, Any]


class Voice:
    """Speaks of one case; times in `zone`. What is told goes by the number of what it is about."""

    def __init__(self, definition: Definition, zone: str) -> None:
        self.definition = definition
        self.zone = zone
        self.titles: dict[str, str] = {}
        self.timers: dict[str, str] = {}
        self.timers_set: dict[str, datetime] = {}
        self.promised: dict[str, datetime] = {}
        """When a clock came to what it promises now."""
        self.fired: set[tuple[str, int]] = set()
        """The rungs of clocks that have fired in this run."""
        self.passed: set[str] = set()
        """The clocks whose deadline had passed when it was promised."""
        self.incidents: dict[str, str] = {}
        self.subjects: dict[str, str] = {}
        self.questions: dict[str, str] = {}
        self.now = datetime.min.replace(tzinfo=UTC)

    def raw(self, body: Body) -> str:
        return "; ".join(f"{key}: {self.value(item)}" for key, item in body.items())

    def value(self, value: object) -> str:
        """As people read it: instants in the zone, no value as a line, cut when it is long."""
        text = said(value, self.zone)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def at(self, text: str) -> str:
        return local(datetime.fromisoformat(text), self.zone)

    def changes(self, changes: Mapping[str, Any]) -> list[str]:
        return [f"{name}: {self.value(old)} → {self.value(new)}" for name, (old, new) in changes.items()]
