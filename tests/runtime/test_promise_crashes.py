"""A fault of our own at every single write of a step with promised times, second persons or called cases: all of it is
taken back, in every case that has a part in it, and the same request works afterwards, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from engine.core.actors import SYSTEM
from engine.core.commands import Cancel, Command, Correlate, FireTimer, Reopen
from engine.runtime import Engine, VirtualClock
from tests.databases import throwaway
from tests.invariants import assert_whole
from tests.runtime.crashing import at_each_write
from tests.runtime.promising import asking, called, claimed, claims_on, completing, deciding, do, weighed
from tests.runtime.worlds import ANN, BEN, CARLA, NOON, OLGA, TOM


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = claims_on(throwaway(), VirtualClock(NOON))
    with made.store:
        yield made


def next_rung(engine: Engine, case: str) -> FireTimer:
    timer = min(engine.instance(case).timers.values(), key=lambda one: one.due_at)
    return FireTimer(at=timer.due_at, actor=SYSTEM, timer=timer.id, due_at=timer.due_at)


def deadline(engine: Engine, case: str) -> Command:
    """The rung that tells of the breach, opens a task, notifies and raises the priority."""
    do(engine, case, "read", "split")
    while True:
        found = next_rung(engine, case)
        timer = engine.instance(case).timers[found.timer]
        if (timer.state, timer.index) == ("answer", 1):
            return found
        engine.do(case, found)


def stuck_rung(engine: Engine, case: str) -> Command:
    engine.do(case, asking(engine, "count", parts=0))
    engine.do(case, deadline(engine, case))
    while True:
        found = next_rung(engine, case)
        if engine.instance(case).timers[found.timer].state == "answer":
            return found
        engine.do(case, found)


def last_yes(engine: Engine, case: str) -> Command:
    do(engine, case, "read", "agree", **weighed("S2"))
    for who in (BEN, TOM):
        engine.do(case, deciding(engine, case, who))
    return deciding(engine, case, OLGA)


def voiding(engine: Engine, case: str) -> Command:
    last_yes(engine, case)
    return Correlate(at=NOON, actor=ANN, message="corrected", values=weighed("S1"))


def confirming(engine: Engine, case: str) -> Command:
    engine.do(case, asking(engine, "reclassify", **weighed("S1")))
    return deciding(engine, case, TOM)


def refusing(engine: Engine, case: str) -> Command:
    engine.do(case, completing(engine, case, "read", "refuse", reason="Not ours."))
    return deciding(engine, case, TOM, "reject")


def pausing(engine: Engine, case: str) -> Command:
    return completing(engine, case, "read", "ask")


def resuming(engine: Engine, case: str) -> Command:
    do(engine, case, "read", "ask")
    return Correlate(at=NOON + timedelta(hours=3), actor=CARLA, message="customer-replied", values={"text": "Here."})


def calling(engine: Engine, case: str) -> Command:
    return completing(engine, case, "read", "await", **weighed("S2"))


def letting_go(engine: Engine, case: str) -> Command:
    """The called case ends, and with it the one whose end it has held back."""
    do(engine, case, "read", "mend", **weighed("S2"))
    do(engine, case, "answering", "answer")
    return completing(engine, called(engine, case).id, "doing", "done", who=TOM, note="New.")


def ending(engine: Engine, case: str) -> Command:
    engine.do(case, deadline(engine, case))
    return Cancel(at=NOON + timedelta(days=9), actor=OLGA, reason="A double.")


def reopening(engine: Engine, case: str) -> Command:
    do(engine, case, "read", "split")
    for state in ("packed", "billed"):
        do(engine, case, state, "done")
    do(engine, case, "answering", "answer")
    return Reopen(at=NOON + timedelta(days=2), actor=ANN, values={"text": "Again."})


STEPS: dict[str, Callable[[Engine, str], Command]] = {
    "a deadline": deadline,
    "a rung that gets stuck": stuck_rung,
    "the last yes of three": last_yes,
    "a change that voids two": voiding,
    "a second person's yes": confirming,
    "a second person's no": refusing,
    "a pause": pausing,
    "the end of a pause": resuming,
    "a call": calling,
    "an end that lets another go": letting_go,
    "a cancellation": ending,
    "a reopening": reopening,
}


@pytest.mark.parametrize("what", STEPS)
def test_a_crash_at_any_write_leaves_every_case_as_it_was_and_the_request_works_afterwards(
    engine: Engine, what: str
) -> None:
    def prepared(attempt: int) -> tuple[str, Command]:
        case = claimed(engine)
        command = STEPS[what](engine, case)
        return called(engine, case).id if what == "an end that lets another go" else case, command

    writes = 0
    for case, command in at_each_write(engine, prepared):
        writes += 1
        revision = engine.instance(case).revision
        assert engine.do(case, command).revision > revision
    assert writes > 3
    assert_whole(engine.store)
