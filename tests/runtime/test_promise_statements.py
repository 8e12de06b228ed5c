"""How often a step asks the database does not grow with what the case has promised, told or done before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from engine.core.actors import SYSTEM, Actor
from engine.core.commands import Command, Complete, Correlate, FireTimer
from engine.runtime import Engine, VirtualClock
from engine.store.database import Store
from tests.databases import throwaway
from tests.invariants import assert_whole
from tests.runtime.worlds import ANN, NOON, engine_on, single

MOST = 12
"""Calls to the database in one step, whatever it does."""


@contextmanager
def counting() -> Iterator[list[int]]:
    """Every call to the driver but those that begin and end a transaction."""
    count = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            count[0] += 1
            return real(*args)

        return run

    with (
        patch.object(Store, "_run", counted(Store._run)),
        patch.object(Store, "change_many", counted(Store.change_many)),
        patch.object(Store, "select", counted(Store.select)),
        patch.object(Store, "alter", counted(Store.alter)),
    ):
        yield count


def promising(number: int) -> Engine:
    """A process with so many clocks; each has rungs that notify so many and open so many tasks."""
    told = ", ".join(["team-lead", "process-owner", "agent"][:number])
    opened = ", ".join(f"t{one}" for one in range(number))
    rungs = f"{{50%: {{notify: [{told}]}}, 100%: {{notify: [{told}], open: [{opened}]}}}}"
    clocks = "".join(
        f"  c{one}: {{target: 2h, pauses-in: waiting, stops-on: state end, escalate: {rungs}}}\n"
        for one in range(number)
    )
    tasks = "".join(
        f"  t{one}: {{candidates: [agent], on: {{done: {{milestone: m{one}}}}}}}\n" for one in range(number)
    )
    body = f"""
start: {{by: [agent], go: open}}
clocks:
{clocks}
tasks:
{tasks}
states:
  open: {{task: {{candidates: [agent]}}, on: {{ask: waiting, done: end}}}}
  waiting: {{wait-for: {{reply: open}}}}
  end: {{final: end}}
"""
    return engine_on(throwaway(), single(body), clock=VirtualClock(NOON), process="small")


def calls(number: int, rounds: int = 0) -> dict[str, int]:
    """The calls of each kind of step, of a case with so many clocks that has been paused so many times before."""
    found: dict[str, int] = {}
    with promising(number).store as store:
        engine = Engine(store, VirtualClock(NOON), VirtualClock(NOON))

        def do(what: str, command: Command) -> None:
            with counting() as count:
                engine.do(case, command)
            found[what] = count[0]

        def complete(outcome: str) -> Complete:
            task = next(one.id for one in engine.instance(case).tasks.values() if one.state == "open")
            return Complete(at=engine.clock(), actor=ANN, task=task, outcome=outcome)

        engine.start("small", ANN, {})  # what is read once for all cases
        with counting() as count:
            case = engine.start("small", ANN, {}).instance
        found["start"] = count[0]
        reply = Correlate(at=NOON, actor=Actor("carla", frozenset({"customer"}), "system"), message="reply")
        for _ in range(rounds):
            engine.do(case, complete("ask"))
            engine.do(case, reply)
        do("pause", complete("ask"))
        do("resume", reply)
        for name in ("half", "full"):
            timer = min(engine.instance(case).timers.values(), key=lambda one: (one.due_at, len(one.id), one.id))
            do(name, FireTimer(at=timer.due_at, actor=SYSTEM, timer=timer.id, due_at=timer.due_at))
            for other in list(engine.instance(case).timers.values()):
                if name == "half" and other.due_at == timer.due_at and other.id != timer.id:
                    again = FireTimer(at=other.due_at, actor=SYSTEM, timer=other.id, due_at=other.due_at)
                    engine.do(case, again)
        do("end", complete("done"))
        assert_whole(store)
    return found


def test_a_step_with_three_clocks_asks_the_database_a_bounded_number_of_times() -> None:
    found = calls(3)
    assert found.keys() == {"start", "pause", "resume", "half", "full", "end"}
    assert max(found.values()) <= MOST, found


@pytest.mark.parametrize("number", [6, 12])
def test_more_clocks_notices_and_tasks_do_not_make_it_more(number: int) -> None:
    assert calls(number) == calls(3)


def test_a_case_with_a_long_past_of_pauses_asks_no_more_often() -> None:
    assert calls(3, rounds=25) == calls(3)
