"""What somebody has to see of what others did while they were writing."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.core.events import TYPES, Event
from engine.store.history import Line
from engine.telling.since import MATTERS, SAID_AND_DONE, by_others

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def line(type: str, actor: str) -> Line:
    return Line("c1", 1, Event(type, NOON, actor, "web"), NOON, "", "")


def test_what_others_said_and_changed_matters_and_what_one_did_oneself_does_not() -> None:
    lines = [line("commented", "ann"), line("commented", "ben"), line("form-submitted", "ann")]
    assert by_others(lines, "ben") == [lines[0], lines[2]]


def test_what_the_clock_ticks_and_tells_matters_to_nobody() -> None:
    lines = [line(type, "system") for type in ("timer-fired", "notified", "clock-breached", "timer-set")]
    assert by_others(lines, "ben") == []


def test_only_types_that_exist_are_looked_for() -> None:
    assert TYPES.keys() >= MATTERS | SAID_AND_DONE
