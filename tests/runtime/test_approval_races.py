"""Approvals when things happen at once: whoever comes second finds what the first one did."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.core.actors import Actor
from engine.core.commands import Cancel, Complete, Correlate, Decide, Delegate
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import history, people
from engine.workers.timers import sweep
from tests.databases import fresh, throwaway
from tests.invariants import assert_whole
from tests.runtime.crashing import Crash, crashing
from tests.runtime.worlds import AGREEING, ANN, BEN, INTAKE, LIGHT, NOON, OLGA, TOM, engine_on, task_in


def agreed(engine: Engine) -> tuple[str, str]:
    """A case whose approval is open, and the approval."""
    case = engine.start("parcel", ANN, INTAKE).instance
    sort = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON, actor=ANN, task=sort, outcome="confer", values=LIGHT))
    return case, task_in(engine, case, "agreed")


def decision(task: str, who: Any, what: Any = "approve", **more: Any) -> Decide:
    return Decide(at=NOON, actor=who, task=task, decision=what, comment="Because.", **more)


@pytest.mark.parametrize("first", ["approve", "reject"])
def test_two_who_decide_at_the_same_instant_are_one_after_the_other(first: str) -> None:
    engine = engine_on(fresh(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    start = threading.Barrier(2)

    def run(who: Any, what: str) -> None:
        start.wait()
        with suppress(Rejected):  # the second comes too late where the first one's no was enough
            engine.do(case, decision(task, who, what))

    threads = [threading.Thread(target=run, args=pair) for pair in ((BEN, first), (TOM, "approve"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = set(engine.instance(case).states)
    assert states == {"lost"} if first == "reject" else {"packed", "billed"} <= states
    assert_whole(engine.store)
    engine.store.close()


def test_the_same_person_twice_at_once_counts_once() -> None:
    engine = engine_on(fresh(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    codes: list[str] = []

    def run() -> None:
        try:
            engine.do(case, decision(task, BEN))
        except Rejected as rejected:
            codes.append(rejected.code)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["already-decided"] * 3
    assert len(engine.instance(case).approvals[task].ballots) == 1
    assert_whole(engine.store)
    engine.store.close()


def test_a_timer_and_the_last_yes_in_the_same_millisecond_leave_one_of_the_two() -> None:
    clock = VirtualClock(NOON)
    engine = engine_on(throwaway(), AGREEING, clock=clock)
    case, task = agreed(engine)
    engine.do(case, decision(task, BEN))
    clock.set(NOON + timedelta(days=2))
    sweep(engine, clock.at)
    assert engine.instance(case).states == ("received",)
    with pytest.raises(Rejected) as caught:
        engine.do(case, decision(task, TOM))
    assert caught.value.code == "no-such-task"
    assert_whole(engine.store)
    engine.store.close()


def test_a_bound_form_edited_between_two_decisions_voids_the_first() -> None:
    engine = engine_on(throwaway(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    engine.do(case, decision(task, BEN))
    seen = engine.instance(case).approvals[task].content
    engine.do(case, Correlate(at=NOON, actor=ANN, message="corrected", values={**LIGHT, "weight": 6}))
    with pytest.raises(Rejected) as caught:
        engine.do(case, decision(task, TOM, content=seen))
    assert caught.value.code == "content-changed"
    assert engine.instance(case).approvals[task].ballots == ()
    assert_whole(engine.store)
    engine.store.close()


def test_a_role_taken_away_midway_leaves_too_few_and_cancelling_ends_the_incident() -> None:
    engine = engine_on(throwaway(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    engine.do(case, decision(task, BEN, "recuse"))
    assert len(engine.instance(case).incidents) == 1
    engine.do(case, Cancel(at=NOON, actor=OLGA, reason="Nobody is left."))
    found = engine.instance(case)
    assert found.approvals == {} and found.incidents == {}
    assert_whole(engine.store)
    engine.store.close()


@pytest.mark.parametrize("crash", range(1, 14))
def test_a_crash_in_a_decision_leaves_nothing_or_all_of_it(crash: int) -> None:
    engine = engine_on(throwaway(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    before = engine.instance(case)
    try:
        with crashing(engine.store, crash):
            engine.do(case, decision(task, BEN))
    except Crash:
        assert engine.instance(case) == before
        engine.do(case, decision(task, BEN))
    assert len(engine.instance(case).approvals[task].ballots) == 1
    assert_whole(engine.store)
    engine.store.close()


def test_a_deputy_who_has_a_part_in_the_case_by_the_time_they_decide_is_excluded() -> None:
    engine = engine_on(throwaway(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    engine.do(case, Delegate(at=NOON, actor=TOM, task=task, to="olga", to_roles=OLGA.roles))
    engine.do(case, decision(task, BEN, "request-changes"))
    sort = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON, actor=BEN, task=sort, outcome="confer", values=LIGHT))
    task = task_in(engine, case, "agreed")
    with pytest.raises(Rejected) as caught:  # she was named for the round before, and is no deputy in this one
        engine.do(case, decision(task, OLGA, on_behalf_of="tom"))
    assert caught.value.code == "not-allowed"
    with pytest.raises(Rejected) as caught:  # Ben has sorted it by now
        engine.do(case, Delegate(at=NOON, actor=TOM, task=task, to="ben", to_roles=BEN.roles))
    assert caught.value.code == "excluded"
    with pytest.raises(Rejected) as caught:
        engine.do(case, decision(task, deputy(BEN, tom="team-lead"), on_behalf_of="tom"))
    assert caught.value.code == "excluded"
    assert_whole(engine.store)
    engine.store.close()


def test_an_approver_who_loses_the_role_midway_no_longer_decides_and_what_they_decided_stands() -> None:
    engine = engine_on(throwaway(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    directory = Directory(engine.store)
    engine.do(case, decision(task, BEN))
    role_of(engine, "ben", "customer")
    role_of(engine, "tom", "agent")
    (ballot,) = engine.instance(case).approvals[task].ballots
    assert (ballot.person, ballot.roles) == ("ben", frozenset({"agent"}))
    with pytest.raises(Rejected) as caught:  # with the roles of before, as if they had been read too early
        engine.do(case, decision(task, Actor("tom", frozenset({"team-lead"}))))
    assert caught.value.code == "not-allowed"
    engine.do(case, decision(task, directory.actor("tom")))
    assert {"packed", "billed"} <= set(engine.instance(case).states)
    given = [line.event for line in history.read(engine.store, case) if line.event.type == "decision-given"]
    assert [(event.actor, event.roles) for event in given] == [("ben", ("agent",)), ("tom", ("agent",))]
    assert_whole(engine.store)
    engine.store.close()


def test_a_bound_form_edited_after_two_of_three_have_agreed_asks_all_three_again() -> None:
    engine = engine_on(throwaway(), THREE, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    for who in (BEN, TOM):
        engine.do(case, decision(task, who))
    seen = engine.instance(case).approvals[task].content
    engine.do(case, Correlate(at=NOON, actor=ANN, message="corrected", values={**LIGHT, "weight": 6}))
    with pytest.raises(Rejected) as caught:
        engine.do(case, decision(task, OLGA, content=seen))
    assert caught.value.code == "content-changed"
    engine.do(case, decision(task, OLGA))
    approval = engine.instance(case).approvals[task]
    assert (approval.round, [ballot.person for ballot in approval.ballots]) == (2, ["olga"])
    voided = next(line.event for line in history.read(engine.store, case) if line.event.type == "approval-voided")
    assert voided.body["decided"] == ["ben", "tom"] and voided.body["changed"] == ["sort.weight"]
    for who in (TOM, BEN):
        engine.do(case, decision(task, who))
    assert {"packed", "billed"} <= set(engine.instance(case).states)
    assert_whole(engine.store)
    engine.store.close()


def test_a_deputy_and_the_one_who_comes_back_at_the_same_instant_count_as_one() -> None:
    engine = engine_on(fresh(), AGREEING, clock=VirtualClock(NOON))
    case, task = agreed(engine)
    start = threading.Barrier(2)
    codes: list[str] = []

    def run(who: Actor) -> None:
        start.wait()
        try:
            engine.do(case, decision(task, who))
        except Rejected as rejected:
            codes.append(rejected.code)

    threads = [threading.Thread(target=run, args=(who,)) for who in (TOM, deputy(OLGA, tom="team-lead"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["already-decided"]
    assert [ballot.person for ballot in engine.instance(case).approvals[task].ballots] == ["tom"]
    assert_whole(engine.store)
    engine.store.close()


THREE = {
    **AGREEING,
    "processes/parcel.yaml": AGREEING["processes/parcel.yaml"].replace(
        "{quorum: 2, of: [agent, team-lead]}", "{quorum: 3, of: [agent, team-lead, process-owner]}"
    ),
}
"""Three have to agree."""


def deputy(who: Actor, **absent: str) -> Actor:
    """The same person, standing in for others."""
    return replace(who, stands_in={person: frozenset({role}) for person, role in absent.items()})


def role_of(engine: Engine, person: str, role: str) -> None:
    """This role from now on, and no other."""
    with engine.store.transaction():
        people.put(engine.store, [people.Person(person, person.title(), roles=(role,))])
