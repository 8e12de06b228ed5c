"""What waits for a second person when things happen at once: done once or not at all, and nothing typed is lost."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from engine.core.commands import Complete, Decide
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import drafts
from tests.databases import fresh, throwaway
from tests.invariants import assert_whole
from tests.runtime.crashing import Crash, crashing
from tests.runtime.worlds import (
    ANN,
    BEN,
    INTAKE,
    LIGHT,
    NOON,
    OLGA,
    STAFF,
    TOM,
    changed,
    engine_on,
)

NEEDING = changed(
    "spam: {form: parcel-reason, go: spam}",
    "spam: {form: parcel-reason, needs: [team-lead, process-owner], go: spam}",
)
WHY = {"reason": "It sells watches."}


def asked(url: str = "") -> tuple[Engine, str, str, str]:
    """A case whose task waits for a yes to `spam`: the engine, the case, the task and the question."""
    engine = engine_on(url or throwaway(), NEEDING, clock=VirtualClock(NOON))
    case = engine.start("parcel", ANN, INTAKE).instance
    (task,) = engine.instance(case).tasks
    engine.do(case, ask(task))
    (question,) = engine.instance(case).approvals
    assert_whole(engine.store)
    return engine, case, task, question


def ask(task: str, key: str = "") -> Complete:
    return Complete(at=NOON, actor=ANN, task=task, outcome="spam", values=WHY, key=key)


def answer(question: str, who: object, what: str = "approve") -> Decide:
    return Decide(at=NOON, actor=who, task=question, decision=what, comment="Because.")  # type: ignore[arg-type]


def test_a_yes_and_a_no_at_the_same_instant_leave_one_of_the_two() -> None:
    engine, case, task, question = asked(fresh())
    start = threading.Barrier(2)
    codes: list[str] = []

    def run(who: object, what: str) -> None:
        start.wait()
        try:
            engine.do(case, answer(question, who, what))
        except Rejected as rejected:
            codes.append(rejected.code)

    threads = [threading.Thread(target=run, args=pair) for pair in ((TOM, "approve"), (OLGA, "reject"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = engine.instance(case)
    assert len(codes) == 1 and found.approvals == {}
    assert found.states in (("spam",), ("received",))
    typed = drafts.load(engine.store, task, "ann")
    assert (typed is not None and typed.values == WHY) == (found.states == ("received",))
    assert_whole(engine.store)
    engine.store.close()


def test_the_task_done_another_way_and_the_yes_at_once_move_the_case_once() -> None:
    engine, case, task, question = asked(fresh())
    start = threading.Barrier(2)

    def run(command: Complete | Decide) -> None:
        start.wait()
        with suppress(Rejected):
            engine.do(case, command)

    sort = Complete(at=NOON, actor=BEN, task=task, outcome="sort", values=LIGHT)
    threads = [threading.Thread(target=run, args=(one,)) for one in (sort, answer(question, TOM))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = engine.instance(case)
    assert found.approvals == {}
    assert ("spam" in found.states) != ("packed" in found.states)
    if "packed" in found.states:
        typed = drafts.load(engine.store, task, "ann")
        assert typed is not None and typed.values == WHY
    assert_whole(engine.store)
    engine.store.close()


def test_the_same_request_again_asks_once() -> None:
    engine = engine_on(throwaway(), NEEDING, clock=VirtualClock(NOON))
    case = engine.start("parcel", ANN, INTAKE).instance
    (task,) = engine.instance(case).tasks
    first = engine.do(case, ask(task, key="k1"))
    again = engine.do(case, ask(task, key="k1"))
    assert (again.revision, again.events) == (first.revision, ())
    assert len(engine.instance(case).approvals) == 1
    assert_whole(engine.store)
    engine.store.close()


@pytest.mark.parametrize("crash", range(1, 16))
@pytest.mark.parametrize("what", ["approve", "reject"])
def test_a_crash_in_the_answer_leaves_nothing_or_all_of_it(crash: int, what: str) -> None:
    engine, case, _, question = asked()
    before = engine.instance(case)
    try:
        with crashing(engine.store, crash):
            engine.do(case, answer(question, TOM, what))
    except Crash:
        assert engine.instance(case) == before
        engine.do(case, answer(question, TOM, what))
    assert engine.instance(case).states == (("spam",) if what == "approve" else ("received",))
    assert_whole(engine.store)
    engine.store.close()


def test_everybody_who_may_tries_at_once_and_the_case_ends_once() -> None:
    engine, case, _, question = asked(fresh())
    codes: list[str] = []

    def run(who: object) -> None:
        try:
            engine.do(case, answer(question, who))
        except Rejected as rejected:
            codes.append(rejected.code)

    threads = [threading.Thread(target=run, args=(who,)) for who in STAFF]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.instance(case).outcome == "spam" and len(codes) == 3
    assert_whole(engine.store)
    engine.store.close()
