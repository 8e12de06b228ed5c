"""What was taken back in time, in the database: rows, drafts, registers and the cases around it are as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.core.actors import Actor
from engine.core.commands import Correlate, Trigger, WithdrawMessage
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import as_of, drafts, dwelling, history, outbox
from engine.workers.timers import sweep
from tests.invariants import assert_whole, everything
from tests.runtime.promising import CLAIMS, called, claimed, claims_on, do
from tests.runtime.worlds import ANN, BEN, CARLA, NOON, TOM

TELLING = {
    **CLAIMS,
    "processes/repair.yaml": CLAIMS["processes/repair.yaml"]
    .replace("states:\n", "customer: {email: \"'lena@example.org'\"}\nstates:\n")
    .replace("on: {done: mended, fail", "on: {done: {send: claim-answer, go: mended}, fail"),
}
"""The same processes; whoever has repaired something tells the customer."""
_INDEX = ("search_index", *(f"search_index_{part}" for part in ("config", "data", "docsize", "idx")))
"""How SQLite keeps its index of words has its own past; the words themselves are a table."""
_BESIDE = ("draft", "history", "outbox", "instance", "idempotency", "setting", *_INDEX)


@pytest.fixture
def engine(url: str, clock: VirtualClock) -> Iterator[Engine]:
    made = claims_on(url, clock, files=TELLING)
    with made.store:
        yield made


def take_back(engine: Engine, case: str, who: Actor = ANN) -> None:
    message = engine.instance(case).sent[-1].id
    engine.do(case, WithdrawMessage(at=engine.clock(), actor=who, message=message))


def test_the_rows_beside_the_case_are_as_they_were(engine: Engine, clock: VirtualClock) -> None:
    case = claimed(engine)
    before = everything(engine.store, but=(*_BESIDE, "task", "timer", "clock", "candidate"))
    do(engine, case, "read", "ask", who=BEN)
    take_back(engine, case, BEN)
    after = everything(engine.store, but=(*_BESIDE, "task", "timer", "clock", "candidate"))
    assert after == before
    (task,) = engine.instance(case).tasks.values()
    assert (task.state, task.status, task.assignee) == ("read", "claimed", "ben")
    assert {one.status for one in outbox.of_case(engine.store, case) if one.kind == outbox.MESSAGE} == {"withdrawn"}
    assert_whole(engine.store)


def test_what_was_typed_is_a_draft_again(engine: Engine) -> None:
    case = claimed(engine)
    (task,) = engine.instance(case).tasks
    do(engine, case, "read", "ask")
    assert drafts.load(engine.store, task, "ann") is None
    take_back(engine, case)
    kept = drafts.load(engine.store, task, "ann")
    assert kept is not None and (kept.outcome, kept.values) == ("ask", {})
    assert_whole(engine.store)


def test_as_of_every_moment_the_case_stands_as_it_stood_then(engine: Engine, clock: VirtualClock) -> None:
    case = claimed(engine)
    clock.set(NOON + timedelta(hours=1))
    do(engine, case, "read", "ask")
    clock.set(NOON + timedelta(hours=1, seconds=10))
    take_back(engine, case)
    at = (timedelta(), timedelta(hours=1, seconds=5), timedelta(hours=2))
    found = [as_of.stood(engine.store, [case], NOON + one)[case].states for one in at]
    assert found == [("read",), ("waiting",), ("read",)]
    stays = dwelling.stays(engine.store, "claim", NOON + timedelta(hours=2))
    spent = {state: sum((end - since for one, since, end in stays if one == state), timedelta()) for state, *_ in stays}
    assert spent["read"] == timedelta(hours=2) - timedelta(seconds=10) and spent["waiting"] == timedelta(seconds=10)


def test_a_case_that_had_ended_with_it_is_on_again_as_of_then(engine: Engine, clock: VirtualClock) -> None:
    case = claimed(engine)
    do(engine, case, "read", "split")
    do(engine, case, "packed", "done")
    do(engine, case, "billed", "done", who=TOM)
    clock.set(NOON + timedelta(hours=1))
    do(engine, case, "answering", "answer")
    clock.set(NOON + timedelta(hours=1, seconds=10))
    take_back(engine, case)
    at = (timedelta(hours=1, seconds=5), timedelta(hours=2))
    found = [as_of.stood(engine.store, [case], NOON + one)[case] for one in at]
    assert [(one.status, one.states) for one in found] == [("completed", ("closed",)), ("running", ("answering",))]
    assert_whole(engine.store)


def test_whoever_called_a_case_hears_that_it_goes_on(engine: Engine) -> None:
    case = claimed(engine)
    do(engine, case, "read", "await", severity="S1")
    repair = called(engine, case)
    do(engine, repair.id, "doing", "done", note="New.")
    assert engine.instance(case).states == ("answering",)
    take_back(engine, repair.id)
    assert engine.instance(repair.id).states == ("doing",)
    (link,) = engine.instance(case).links.values()
    assert (link.status, link.outcome) == ("open", "") and engine.instance(case).states == ("answering",)
    assert_whole(engine.store)


def test_what_the_worker_has_in_hand_is_not_taken_back_and_nothing_is_undone(engine: Engine) -> None:
    case = claimed(engine)
    do(engine, case, "read", "ask")
    first = next(one for one in outbox.of_case(engine.store, case) if one.kind == outbox.MESSAGE)
    assert outbox.claim(engine.store, first.id, "w", NOON + timedelta(seconds=15), NOON + timedelta(minutes=5))
    before = everything(engine.store)
    with pytest.raises(Rejected) as refused:
        take_back(engine, case)
    assert refused.value.code == "no-longer-possible" and everything(engine.store) == before


def test_the_draft_of_a_move_outside_tasks_goes_when_it_is_asked_for(engine: Engine) -> None:
    case = claimed(engine)
    do(engine, case, "read", "ask")
    drafts.keep(engine.store, f"{case}/count", "ann", {"parts": 2}, "count", NOON)
    engine.do(case, Trigger(at=NOON, actor=ANN, name="count", values={"parts": 3}))
    assert drafts.of_person(engine.store, "ann") == []


def test_a_promise_missed_while_an_ended_case_waits_for_its_letter_moves_nothing(
    engine: Engine, clock: VirtualClock
) -> None:
    case = claimed(engine)
    do(engine, case, "read", "ask")
    engine.do(case, Correlate(at=clock(), actor=CARLA, message="customer-replied", values={"text": "Here."}))
    do(engine, case, "read", "split")
    do(engine, case, "packed", "done")
    do(engine, case, "billed", "done", who=TOM)
    do(engine, case, "answering", "answer")
    asked, *_, answer = engine.instance(case).sent
    for one in (asked, answer):
        engine.do(case, WithdrawMessage(at=clock(), actor=ANN, message=one.id))
    assert engine.instance(case).status == "running" and engine.instance(case).states == ("closed",)
    clock.set(NOON + timedelta(days=60))
    swept = sweep(engine, clock.at)
    assert swept.fired and not swept.failed and not swept.incidents
    told = [line.event for line in history.read(engine.store, case)]
    assert any(event.type == "clock-breached" for event in told)
    assert engine.instance(case).states == ("closed",)
    assert [event.body["nothing"] for event in told if event.type == "stayed" and event.body["state"] == "closed"]
    assert_whole(engine.store)
