"""Cases that call one another, on a real store: both are there or neither, each is told of the other, and nothing that
somebody did is lost because of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from engine.core.actors import IMPORT, Actor
from engine.core.commands import Cancel, Command, Complete, Correlate, Reopen, ResolveIncident, Resume, Suspend, Trigger
from engine.core.instance import Instance
from engine.definition.model import Definition
from engine.errors import DefinitionError, Place, Problem, Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import history, instances
from engine.store.database import Store
from tests.databases import fresh, throwaway
from tests.invariants import assert_whole, sql
from tests.runtime.callers import (
    MENDING,
    ROUND,
    built,
    child,
    complete,
    deploy,
    do,
    links,
    mending,
    opened,
    started,
    types,
)
from tests.runtime.crashing import at_each_write
from tests.runtime.worlds import ANN, CARLA, NOON, OLGA, TOM


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = built(throwaway(), "grief", "mending", "round")
    with made.store:
        yield made


# --- both are there


def test_a_called_case_begins_at_once_and_both_know_of_each_other(engine: Engine) -> None:
    case = started(engine)
    assert do(engine, case, "mend", ANN, what="the tap", weight=3) == ""
    (link,) = links(engine, case)
    called = engine.instance(link.instance)
    assert (link.reference, link.status, called.reference) == ("MND-2026-00001", "open", "MND-2026-00001")
    assert called.data["intake"] == {"what": "the tap", "weight": 3}
    assert called.received_at == engine.instance(case).received_at and called.starter == "ann"
    assert called.parent is not None
    assert (called.parent.reference, called.parent.name, called.parent.kind) == ("GRF-2026-00001", "mending", "spawned")
    first = history.read(engine.store, called.id)[0].event
    assert (first.actor, first.via, first.body["called_by"]["reference"]) == ("ann", "call", "GRF-2026-00001")
    assert types(engine, case)[-2:] == ["task-opened", "case-linked"]
    assert_whole(engine.store)


def test_the_case_that_calls_is_read_once_for_each_case_that_begins(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = started(engine)
    read: list[str] = []

    def reading(store: Store, id: str) -> Instance | None:
        read.append(id)
        return instances.load(store, id)

    monkeypatch.setattr("engine.children.instances", SimpleNamespace(load=reading))
    do(engine, case, "mend", ANN, what="the tap", weight=3)
    assert read == [case]


def test_the_answer_tells_the_revision_and_the_events_after_all_of_it(engine: Engine) -> None:
    case = started(engine)
    result = engine.do(case, complete(engine, case, "mend", what="the tap"))
    assert result.revision == engine.instance(case).revision
    assert [event.type for event in result.events][-1] == "case-linked"


def test_a_repeated_request_calls_once(engine: Engine) -> None:
    case = started(engine)
    command = complete(engine, case, "mend", key="once", what="the tap")
    assert engine.do(case, command).revision == engine.do(case, command).revision
    assert len(links(engine, case)) == 1
    assert_whole(engine.store)


def test_a_crash_at_any_write_leaves_both_cases_or_neither(engine: Engine) -> None:
    def prepared(attempt: int) -> tuple[str, Command]:
        case = started(engine)
        return case, complete(engine, case, "mend", key=f"once-{attempt}", what="the tap")

    writes = 0
    for case, command in at_each_write(engine, prepared):
        writes += 1
        assert engine.do(case, command).stuck == "" and child(engine, case).reference == f"MND-2026-{writes:05d}"
    assert writes > 10
    assert_whole(engine.store)


def test_a_crash_at_any_write_of_the_end_leaves_both_cases_as_they_were(engine: Engine) -> None:
    cases = []

    def prepared(attempt: int) -> tuple[str, Command]:
        cases.append(started(engine))
        do(engine, cases[-1], "wait", what="the tap")
        called = child(engine, cases[-1]).id
        return called, complete(engine, called, "done", TOM, key=f"end-{attempt}", note="new tap")

    for called, command in at_each_write(engine, prepared):
        engine.do(called, command)
        assert engine.instance(cases[-1]).states == ("answering",)
    assert len(cases) - 1 > 10
    assert_whole(engine.store)


# --- one is told of the other


def test_the_case_that_waits_goes_on_when_the_called_one_ends(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "wait", what="the tap")
    called = child(engine, case)
    assert engine.instance(case).states == ("waiting",)
    do(engine, called.id, "done", TOM, note="new tap")
    here = engine.instance(case)
    assert here.states == ("answering",)
    assert (links(engine, case)[0].status, links(engine, case)[0].outcome) == ("ended", "mended")
    lines = [line.event for line in history.read(engine.store, case)]
    (told,) = [event for event in lines if event.type == "child-ended"]
    assert (told.actor, told.via) == ("system", "call")
    assert_whole(engine.store)


def test_a_called_case_that_ends_at_its_beginning_is_told_after_it_is_linked(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "wait", what="broken")
    happened = types(engine, case)
    assert happened.index("case-linked") < happened.index("child-ended")
    assert engine.instance(case).states == ("read",) and links(engine, case)[0].outcome == "unmended"
    assert_whole(engine.store)


def test_a_cancelled_case_is_told_to_the_one_that_waits(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "wait", what="the tap")
    engine.do(child(engine, case).id, Cancel(at=NOON, actor=OLGA, reason="not ours"))
    assert engine.instance(case).states == ("read",) and links(engine, case)[0].outcome == "cancelled"
    assert_whole(engine.store)


def test_a_reopened_case_is_open_again_for_the_one_that_called_it(engine: Engine) -> None:
    case, called = mending(engine)
    do(engine, called.id, "done", TOM, note="new tap")
    engine.do(called.id, Reopen(at=NOON, actor=TOM, comment="it drips"))
    assert links(engine, case)[0].status == "open" and types(engine, case)[-1] == "child-reopened"
    do(engine, called.id, "fail", TOM, note="no tap")
    assert links(engine, case)[0].outcome == "unmended"
    assert_whole(engine.store)


def test_an_end_is_held_until_the_called_case_has_ended(engine: Engine) -> None:
    case, called = mending(engine, blocks=True)
    do(engine, case, "answer", text="soon")
    assert (engine.instance(case).status, engine.instance(case).states) == ("running", ("answering",))
    do(engine, called.id, "fail", TOM, note="no tap")
    assert engine.instance(case).outcome == "closed"
    assert_whole(engine.store)


def test_of_two_called_cases_the_last_lets_go(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "both", what="taps")
    assert [link.reference for link in links(engine, case)] == ["MND-2026-00001", "MND-2026-00002"]
    do(engine, child(engine, case, 1).id, "done", TOM, note="new tap")
    assert engine.instance(case).status == "running"
    do(engine, child(engine, case, 0).id, "done", TOM, note="new tap")
    assert engine.instance(case).outcome == "closed"
    assert_whole(engine.store)


def test_a_suspended_case_follows_when_it_is_resumed(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "wait", what="the tap")
    engine.do(case, Suspend(at=NOON, actor=TOM, reason="holiday"))
    do(engine, child(engine, case).id, "done", TOM, note="new tap")
    assert engine.instance(case).states == ("waiting",)
    engine.do(case, Resume(at=NOON, actor=TOM))
    assert engine.instance(case).states == ("answering",)
    assert_whole(engine.store)


def test_cancelling_a_case_leaves_those_that_it_has_called(engine: Engine) -> None:
    case, called = mending(engine, blocks=True)
    engine.do(case, Cancel(at=NOON, actor=OLGA, reason="not ours"))
    assert engine.instance(called.id).status == "running"
    do(engine, called.id, "done", TOM, note="new tap")
    assert types(engine, case)[-1] == "child-ended" and engine.instance(case).status == "cancelled"
    assert_whole(engine.store)


# --- a case that cannot begin


def test_a_refused_call_is_an_incident_that_costs_nobody_their_work(engine: Engine) -> None:
    case = started(engine)
    stuck = do(engine, case, "mend", what="the tap", weight=11)
    assert "Expected to start 'mending' from here" in stuck and "weight:" in stuck
    here = engine.instance(case)
    assert here.states == ("answering",) and here.data["reading"]["weight"] == 11
    (incident,) = here.incidents
    assert links(engine, case)[0].status == "failed"
    resolve = ResolveIncident(
        at=NOON, actor=TOM, incident=incident, action="retry", reason="light", values={"what": "the tap", "weight": 9}
    )
    assert engine.do(case, resolve).stuck == ""
    called = child(engine, case)
    assert (called.reference, called.starter) == ("MND-2026-00001", "ann"), "nobody's number was used up"
    assert called.data["intake"]["weight"] == 9
    assert_whole(engine.store)


def test_a_retry_that_is_refused_again_is_an_incident_again(engine: Engine) -> None:
    case = started(engine)
    do(engine, case, "mend", what="the tap", weight=11)
    (first,) = engine.instance(case).incidents
    stuck = engine.do(case, ResolveIncident(at=NOON, actor=TOM, incident=first, action="retry", reason="again")).stuck
    (second,) = engine.instance(case).incidents
    assert "weight:" in stuck and first != second
    assert_whole(engine.store)


def test_a_process_that_is_not_in_force_is_an_incident_until_it_is() -> None:
    engine = built(throwaway(), "grief")
    with engine.store:
        case = started(engine)
        assert "there is no 'mending'" in do(engine, case, "mend", what="the tap")
        deploy(engine, "mending")
        (incident,) = engine.instance(case).incidents
        engine.do(case, ResolveIncident(at=NOON, actor=TOM, incident=incident, action="retry", reason="there now"))
        assert child(engine, case).states == ("doing",)
        assert_whole(engine.store)


def test_a_version_that_this_program_cannot_read_is_an_incident(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(process: str) -> Definition:
        raise DefinitionError(
            [Problem(Place("processes/mending.yaml"), "unknown-word", "Expected other words", "mend")]
        )

    case = started(engine)
    monkeypatch.setattr(engine, "in_force", unreadable)
    assert "cannot be read: Expected other words" in do(engine, case, "mend", what="the tap")
    assert links(engine, case)[0].status == "failed"


def test_a_process_that_calls_itself_comes_to_rest(engine: Engine) -> None:
    engine.start("round", ANN, {})
    ((cases,),) = sql(engine.store, "SELECT COUNT(*) FROM instance")
    ((incidents,),) = sql(
        engine.store, "SELECT COUNT(*) FROM incident WHERE message LIKE '%does a process call itself%'"
    )
    assert (cases, incidents) == (11, 1)
    assert_whole(engine.store)


def test_processes_that_call_ever_more_come_to_rest(engine: Engine) -> None:
    once = "{process: round, when: received_at <= now}"
    deploy(engine, round=ROUND.replace(once, f"[{once}, {once[:-1]}, as: other}}]"))
    engine.start("round", ANN, {})
    ((cases,),) = sql(engine.store, "SELECT COUNT(*) FROM instance")
    assert cases == 101
    assert_whole(engine.store)


# --- who


def test_a_customer_becomes_no_party_to_a_case_that_customers_may_not_start(engine: Engine) -> None:
    case = started(engine)
    engine.do(case, Correlate(at=NOON, actor=CARLA, message="demanded"))
    called = child(engine, case)
    assert called.starter == "system" and called.parent is not None and called.parent.kind == "follows"
    with pytest.raises(Rejected):
        engine.do(called.id, Complete(at=NOON, actor=CARLA, task=next(iter(called.tasks)), outcome="done"))
    assert_whole(engine.store)


def test_what_an_import_calls_writes_to_nobody(engine: Engine) -> None:
    importer = Actor("ann", frozenset({"agent"}), via=IMPORT)
    case = started(engine, importer)
    do(engine, case, "mend", importer, what="the tap")
    assert "message-withheld" in types(engine, child(engine, case).id)
    assert sql(engine.store, "SELECT COUNT(*) FROM outbox") == [(0,)]


# --- versions


def test_a_pinned_version_calls_though_the_file_of_the_other_process_is_not_there() -> None:
    url = fresh()
    with built(url, "grief", "mending").store:
        pass
    again = Engine(opened(url), VirtualClock(NOON), VirtualClock(NOON))
    with again.store:
        case, called = mending(again)
        assert called.reference == "MND-2026-00001"
        assert again.in_force("grief").digest == again.instance(case).digest


def test_a_case_calls_the_version_that_is_in_force_when_it_calls(engine: Engine) -> None:
    case = started(engine)
    deploy(engine, mending=MENDING.replace("title: Mend,", "title: Mend it well,"))
    do(engine, case, "mend", what="the tap")
    called = child(engine, case)
    assert [task.title for task in called.tasks.values()] == ["Mend it well"]
    assert called.digest == engine.in_force("mending").digest


def test_a_withdrawal_is_held_like_any_other_way(engine: Engine) -> None:
    case, called = mending(engine, blocks=True)
    engine.do(case, Trigger(at=NOON, actor=CARLA, name="withdraw"))
    assert engine.instance(case).status == "running"
    do(engine, called.id, "done", TOM, note="new tap")
    assert engine.instance(case).outcome == "closed"
    assert_whole(engine.store)
