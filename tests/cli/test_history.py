"""The history on the command line: what happened again and again is told once, unless each time is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.core.events import Event
from engine.store import history, instances, open_database
from tests.cli.shell import ONE, Shell

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)


def reminded(shell: Shell, times: int) -> int:
    """The number of the last line after so many reminders, a day between."""
    with open_database(shell.url) as store, store.transaction():
        case = instances.by_reference(store, ONE)
        assert case is not None
        events = [
            Event("notified", AT + timedelta(days=day), "system", "worker", {"to": "role:lead", "say": "Look at it"})
            for day in range(times)
        ]
        return history.append(store, case, len(history.read(store, case)), events, AT, "")


def test_what_happened_again_and_again_is_told_once(shell: Shell) -> None:
    last = reminded(shell, 4)
    said = shell.good("history", ONE)
    assert f"{last - 3:4}  2026-03-03 10:00 – 2026-03-06 10:00  system (worker)  up to line {last}, again" in said
    assert said.count("Look at it") == 1 and "      4 times\n" in said
    everything = shell.good("history", ONE, "--all")
    assert everything.count("Look at it") == 4 and "again and again" not in everything
    assert [event["seq"] for event in shell.json("history", ONE)["events"]] == list(range(1, last + 1))


def test_twice_is_not_again_and_again(shell: Shell) -> None:
    reminded(shell, 2)
    assert shell.good("history", ONE).count("Look at it") == 2
