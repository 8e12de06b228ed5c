"""Timers through outages, suspensions and clocks that jump: each fires once, in order, and none is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.core.actors import SYSTEM
from engine.core.commands import Complete, FireTimer, Resume, Suspend
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import history
from engine.store.due import DueTimer, due_timers
from engine.workers.timers import MOST_OF_A_CASE, run_before, run_until, sweep
from tests.databases import throwaway
from tests.invariants import assert_whole, sql
from tests.runtime.worlds import ANN, CARLA, HEAVY, INTAKE, NOON, OLGA, engine_on, form, single, task_in

HOUR = timedelta(hours=1)


def small(body: str, clock: VirtualClock | None = None) -> Engine:
    forms = {"forms/small-day.yaml": form("small-day", "day", day="type: string, format: date")}
    return engine_on(throwaway(), single(body, forms=forms), clock=clock or VirtualClock(NOON), process="small")


def fired(engine: Engine, case: str) -> list[tuple[str, datetime]]:
    lines = [line.event for line in history.read(engine.store, case) if line.event.type == "timer-fired"]
    return [(event.body["state"], event.at) for event in lines]


def test_a_repeating_timer_fires_once_after_an_outage_and_then_keeps_its_rhythm(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    assert sweep(engine, NOON + 31 * HOUR).fired == 1
    assert engine.instance(case).variables["rounds"] == 1
    assert sorted(timer.due_at for timer in engine.instance(case).timers.values())[0] == NOON + 32 * HOUR
    assert sweep(engine, NOON + 31 * HOUR).fired == 0
    assert sweep(engine, NOON + 32 * HOUR).fired == 1
    assert_whole(engine.store)


def test_without_an_outage_it_fires_each_time(engine: Engine, clock: VirtualClock) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    run_until(engine, NOON + 24 * HOUR, clock.set)
    assert [at for _, at in fired(engine, case)] == [NOON + hours * HOUR for hours in (4, 8, 12, 16, 20, 24)]
    assert clock.at == NOON + 24 * HOUR
    assert_whole(engine.store)


def test_before_a_step_fires_what_is_due_before_that_instant_and_nothing_that_is_due_in_it(
    engine: Engine, clock: VirtualClock
) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    assert run_before(engine, NOON + 8 * HOUR, clock.set).fired == 1
    assert clock.at == NOON + 8 * HOUR and [at for _, at in fired(engine, case)] == [NOON + 4 * HOUR]
    assert run_before(engine, NOON + 8 * HOUR + datetime.resolution, clock.set).fired == 1
    assert fired(engine, case)[-1][1] == NOON + 8 * HOUR


def test_what_was_overdue_already_does_not_take_with_it_what_is_due_in_the_instant_of_the_step(
    clock: VirtualClock,
) -> None:
    engine = small(
        """
start: {form: small-day, by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: [{time: {at: day.day}, go: b}]}
  b: {task: {candidates: [agent]}, on: {done: z}, after: {0m: z}}
  z: {final: z}
""",
        clock,
    )
    case = engine.start("small", ANN, {"day": "2001-01-01"}).instance
    assert run_before(engine, NOON, clock.set).fired == 1 and engine.instance(case).states == ("b",)
    assert run_until(engine, NOON, clock.set).fired == 1 and engine.instance(case).states == ("z",)


def test_after_an_outage_what_is_overdue_fires_in_the_order_in_which_it_was_due(
    engine: Engine, clock: VirtualClock
) -> None:
    for minutes in (30, 10, 50, 20):
        clock.set(NOON + timedelta(minutes=minutes))
        engine.start("parcel", CARLA, INTAKE)
    order: list[DueTimer] = []
    swept = sweep(engine, NOON + timedelta(days=4), each=order.append)
    assert swept.fired == len(order) == 8
    dues = [timer.due_at for timer in order]
    assert dues == sorted(dues)
    assert {engine.instance(timer.instance).states for timer in order} == {("overdue",)}
    assert_whole(engine.store)


def test_what_a_firing_sets_in_the_past_comes_before_what_was_due_later() -> None:
    engine = small(
        """
start: {form: small-day, by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: {1h: b}}
  b: {task: {candidates: [agent]}, on: {done: z}, after: [{time: {at: day.day}, go: z}]}
  z: {final: z}
"""
    )
    first = engine.start("small", ANN, {"day": "2026-11-22"}).instance
    second = engine.start("small", ANN, {"day": "2030-01-01"}).instance
    order: list[DueTimer] = []
    sweep(engine, NOON + 5 * HOUR, each=order.append)
    assert [(timer.instance, timer.state) for timer in order] == [(first, "a"), (first, "b"), (second, "a")]
    assert_whole(engine.store)


def test_what_a_case_that_is_called_has_overdue_comes_before_what_was_due_later(clock: VirtualClock) -> None:
    called = single(
        """
start: {by: [agent], go: a}
clocks: {half: {target: 30m, stops-on: state z, escalate: {100%: {priority: high}}}}
states:
  a: {task: {candidates: [agent]}, on: {done: z}}
  z: {final: z}
""",
        "called",
    )
    calling = single(
        """
start: {by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: {1h: b}}
  b: {call: {process: called, received: received_at, go: z}, wait-for: {hurry: z}}
  z: {final: z}
"""
    )
    files = {**called, **calling, "processes/called.yaml": called["processes/called.yaml"].replace("SML", "CLD")}
    engine = engine_on(throwaway(), files, clock=clock, process="called")
    engine.deploy(examine(Catalog(files), "processes/small.yaml"), "olga")
    first, second = sorted(engine.start("small", ANN, {}).instance for _ in range(2))
    order: list[DueTimer] = []
    sweep(engine, NOON + 5 * HOUR, each=order.append)
    children = [next(iter(engine.instance(case).links.values())).instance for case in (first, second)]
    assert [timer.instance for timer in order] == [first, children[0], second, children[1]]
    assert_whole(engine.store)


def test_a_clock_that_sets_no_timer_before_the_others_lets_the_sweep_go_on_with_what_it_has_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = small(
        """
start: {by: [agent], go: a}
clocks: {day: {target: 10h, stops-on: state z, escalate: {50%: {priority: high}, 100%: {priority: urgent}}}}
states:
  a: {task: {candidates: [agent]}, on: {done: z}}
  z: {final: z}
"""
    )
    for _ in range(5):
        engine.start("small", ANN, {})
    reads: list[int] = []

    def reading(*asked: Any) -> list[DueTimer]:
        found = due_timers(*asked)
        reads.append(len(found))
        return found

    monkeypatch.setattr("engine.workers.timers.due_timers", reading)
    assert sweep(engine, NOON + 6 * HOUR).fired == 5
    assert reads == [5, 0]
    assert sweep(engine, NOON + 11 * HOUR).fired == 5
    assert_whole(engine.store)


def test_a_case_whose_timers_lie_in_the_past_for_ever_does_not_hold_up_the_others() -> None:
    engine = small(
        """
start: {form: small-day, by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: [{time: {at: day.day}, go: a}]}
  z: {final: z}
"""
    )
    engine.start("small", ANN, {"day": "2020-01-01"})
    other = engine.start("small", ANN, {"day": "2026-11-22"}).instance
    swept = sweep(engine, NOON)
    assert swept.fired == 2 * MOST_OF_A_CASE
    assert ["come to rest" in why for why in swept.failed.values()] == [True, True]
    assert engine.instance(other).revision == MOST_OF_A_CASE + 1


def test_a_suspended_case_fires_nothing_and_after_resuming_each_timer_once(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    engine.do(case, Suspend(at=NOON, actor=OLGA, reason="A strike."))
    late = NOON + timedelta(days=5)
    assert due_timers(engine.store, late) == []
    assert sweep(engine, late).fired == 0
    timer = min(engine.instance(case).timers.values(), key=lambda one: one.due_at)
    code = ""
    try:
        engine.do(case, FireTimer(at=late, actor=SYSTEM, timer=timer.id, due_at=timer.due_at))
    except Rejected as rejected:
        code = rejected.code
    assert code == "suspended"
    assert_whole(engine.store)
    engine.do(case, Resume(at=late, actor=OLGA))
    assert sweep(engine, late).fired == 2
    assert fired(engine, case) == [("received", late), ("received", late)]
    assert sweep(engine, late).fired == 0
    assert_whole(engine.store)


def test_a_clock_that_jumps_back_fires_nothing_again_and_refuses_nothing_forever(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    sweep(engine, NOON + 5 * HOUR)
    assert sweep(engine, NOON + HOUR).fired == 0
    assert sweep(engine, NOON - timedelta(days=400)).fired == 0
    task = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON + HOUR, actor=ANN, task=task, outcome="sort", values=HEAVY))
    assert engine.instance(case).states == ("heavy",)
    assert_whole(engine.store)


def test_a_virtual_clock_is_not_set_back_by_what_was_overdue(clock: VirtualClock) -> None:
    engine = small(
        """
start: {form: small-day, by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: [{time: {at: day.day}, go: z}]}
  z: {final: z}
""",
        clock,
    )
    case = engine.start("small", ANN, {"day": "2001-01-01"}).instance
    swept = run_until(engine, NOON + HOUR, clock.set)
    assert (swept.fired, swept.failed) == (1, {})
    assert fired(engine, case) == [("a", NOON)]


def test_a_timer_that_somebody_fired_already_is_refused_and_changes_nothing(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    (timer,) = due_timers(engine.store, NOON + 4 * HOUR)
    sweep(engine, NOON + 4 * HOUR)
    revision = engine.instance(case).revision
    for due in (timer.due_at, timer.due_at + HOUR):
        code = ""
        try:
            engine.do(case, FireTimer(at=NOON + 5 * HOUR, actor=SYSTEM, timer=timer.id, due_at=due))
        except Rejected as rejected:
            code = rejected.code
        assert code == "timer-gone"
    assert engine.instance(case).revision == revision


def test_a_date_beyond_the_calendar_is_an_incident(clock: VirtualClock) -> None:
    engine = small(
        """
start: {form: small-day, by: [agent], go: a}
states:
  a: {task: {candidates: [agent]}, on: {done: z}, after: [{time: {at: day.day}, go: z}]}
  z: {final: z}
""",
        clock,
    )
    result = engine.start("small", ANN, {"day": "9999-12-31"})
    assert "too far away" in result.stuck
    assert_whole(engine.store)


def test_a_broken_case_is_told_and_met_again_while_the_others_go_on(engine: Engine, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from engine.store import instances

    cases = [engine.start("parcel", CARLA, INTAKE).instance for _ in range(3)]
    real = instances.load

    def load(store: object, case: str) -> object:
        if case == cases[1]:
            raise RuntimeError("This row cannot be read.")
        return real(store, case)  # type: ignore[arg-type]

    monkeypatch.setattr(instances, "load", load)
    swept = sweep(engine, NOON + 4 * HOUR)
    assert swept.fired == 2 and list(swept.failed.values()) == ["This row cannot be read."]
    monkeypatch.setattr(instances, "load", real)
    assert sweep(engine, NOON + 4 * HOUR).fired == 1
    assert sql(engine.store, "SELECT COUNT(*) FROM outbox") == [(3,)]
    assert_whole(engine.store)
