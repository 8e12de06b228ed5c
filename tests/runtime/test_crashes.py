"""A fault of our own at every single write of a step: all of it is taken back, what was typed is kept, and
the same request works afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.core.actors import SYSTEM
from engine.core.commands import Command, Complete, Correlate, FireTimer, Trigger
from engine.runtime import Engine
from tests.invariants import assert_whole, everything
from tests.runtime.crashing import Crash, at_each_write, crashing
from tests.runtime.worlds import ANN, BROKEN, CARLA, HEAVY, INTAKE, LIGHT, LINES, NOON, TOM, task_in


def prepared(engine: Engine, *states: str) -> str:
    """A case brought to the state before the command under test."""
    case = engine.start("parcel", CARLA, INTAKE).instance
    ways: dict[str, tuple[Any, str, Any]] = {"received": (ANN, "sort", LIGHT), "packed": (ANN, "done", LINES)}
    for state in states:
        actor, outcome, values = ways[state]
        task = task_in(engine, case, state)
        engine.do(case, Complete(at=NOON, actor=actor, task=task, outcome=outcome, values=values))
    return case


def complete(state: str, outcome: str, values: Any, actor: Any = ANN) -> Callable[[Engine, str], Command]:
    return lambda engine, case: Complete(
        at=NOON, actor=actor, task=task_in(engine, case, state), outcome=outcome, values=values, key="once"
    )


def fire(engine: Engine, case: str) -> Command:
    timer = min(engine.instance(case).timers.values(), key=lambda one: one.due_at)
    return FireTimer(at=timer.due_at + timedelta(hours=1), actor=SYSTEM, timer=timer.id, due_at=timer.due_at)


COMMANDS: dict[str, tuple[tuple[str, ...], Callable[[Engine, str], Command]]] = {
    "a completion that opens two branches": (("received",), complete("packed", "done", LINES)),
    "a completion with a task behind it": ((), complete("received", "sort", HEAVY)),
    "a completion that ends the case": (("received", "packed"), complete("billed", "done", {}, TOM)),
    "a completion that gets stuck": ((), complete("received", "sort", BROKEN)),
    "a timer that repeats and sends": ((), fire),
    "a message": (
        (),
        lambda engine, case: Correlate(
            at=NOON, actor=CARLA, message="customer-replied", values={"text": "Hello"}, key="once"
        ),
    ),
    "a withdrawal": (
        ("received",),
        lambda engine, case: Trigger(at=NOON, actor=CARLA, name="withdraw", values={"reason": "No more"}, key="once"),
    ),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_a_crash_at_any_write_leaves_the_case_as_it_was(engine: Engine, what: str) -> None:
    states, make = COMMANDS[what]

    def made(attempt: int) -> tuple[str, Command]:
        case = prepared(engine, *states)
        command = make(engine, case)
        return case, replace(command, key=f"once-{attempt}") if command.key else command

    writes = 0
    for case, command in at_each_write(engine, made):
        writes += 1
        revision = engine.instance(case).revision
        assert engine.do(case, command).revision == revision + 1
    assert writes > 2
    assert_whole(engine.store)


def test_a_crash_at_any_write_of_a_start_leaves_no_case_and_no_gap(engine: Engine) -> None:
    at = 0
    while True:
        at += 1
        before = everything(engine.store)
        with crashing(engine.store, at):
            try:
                result = engine.start("parcel", CARLA, INTAKE, key=f"start-{at}", external_id=f"theirs-{at}")
            except Crash:
                assert everything(engine.store) == before
                again = engine.start("parcel", CARLA, INTAKE, key=f"start-{at}", external_id=f"theirs-{at}")
                assert again.reference == f"PCL-2026-{at:05d}"
                continue
        assert result.reference == f"PCL-2026-{at:05d}"
        break
    assert at > 5
    assert_whole(engine.store)
