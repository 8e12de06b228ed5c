"""A new version with other opening hours: cases that run keep the calendar and the targets of theirs, new ones have the
new.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.core.actors import IMPORT, Actor
from engine.core.commands import Correlate
from engine.runtime import Engine, VirtualClock
from engine.store import history
from engine.workers.timers import run_until, sweep
from tests.databases import throwaway
from tests.invariants import assert_whole, sql
from tests.runtime.promising import CLAIMS, COMER, asking, claimed, claims_on, completing, deciding, deploy_claims, do
from tests.runtime.worlds import ANN, CARLA, NOON, TOM

CALENDAR = "processes/calendars/desk.yaml"
EARLY = {**CLAIMS, CALENDAR: CLAIMS[CALENDAR].replace("08:00-18:00", "06:00-14:00")}
HOLIDAY = {**CLAIMS, CALENDAR: CLAIMS[CALENDAR] + "holidays: [2026-11-24, 2026-11-25]\n"}


@pytest.fixture
def engine(clock: VirtualClock) -> Iterator[Engine]:
    made = claims_on(throwaway(), clock)
    with made.store:
        yield made


def due(engine: Engine, case: str) -> datetime | None:
    return engine.instance(case).clocks["answer"].due_at


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(("files", "expected"), [(EARLY, at(24, 13)), (HOLIDAY, at(26, 17))])
def test_cases_that_run_keep_their_hours_and_new_ones_have_the_new(
    engine: Engine, files: dict[str, str], expected: datetime
) -> None:
    old = claimed(engine)
    assert due(engine, old) == at(24, 17)
    deploy_claims(engine, files)
    new = claimed(engine)
    assert due(engine, new) == expected and due(engine, old) == at(24, 17)
    assert_whole(engine.store)


def test_what_is_worked_out_anew_in_a_case_that_runs_is_by_its_own_calendar(
    engine: Engine, clock: VirtualClock
) -> None:
    """A changed answer, a pause and a reopening, each after the new hours are in force."""
    old = claimed(engine)
    deploy_claims(engine, EARLY)
    new = claimed(engine)
    for case in (old, new):
        engine.do(case, asking(engine, "reclassify", severity="S2"))
        engine.do(case, deciding(engine, case, TOM))
    assert (due(engine, old), due(engine, new)) == (at(30, 17), at(30, 13))
    for case in (old, new):
        engine.do(case, completing(engine, case, "read", "ask"))
    clock.set(at(23, 16))  # three working hours by the old calendar: 14:00 to 17:00 here; one by the new
    for case in (old, new):
        answer = Correlate(at=clock.at, actor=CARLA, message="customer-replied", values={"text": "Here."})
        engine.do(case, answer)
    assert due(engine, old) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert due(engine, new) == datetime(2026, 12, 1, 6, tzinfo=UTC)
    assert_whole(engine.store)


def test_the_rungs_of_a_case_that_runs_fire_by_its_own_calendar(engine: Engine, clock: VirtualClock) -> None:
    old = claimed(engine)
    deploy_claims(engine, EARLY)
    new = claimed(engine)
    run_until(engine, NOON + timedelta(days=3), clock.set)
    fired = {
        case: [line.event.at for line in history.read(engine.store, case) if line.event.type == "clock-breached"][0]
        for case in (old, new)
    }
    assert fired == {old: at(24, 17), new: at(24, 13)}
    assert_whole(engine.store)


def test_an_import_tells_nobody_however_late_the_case_is(engine: Engine, clock: VirtualClock) -> None:
    door = Actor("ann", ANN.roles, via=IMPORT)
    case = engine.start("claim", door, COMER, received_at=NOON - timedelta(days=90)).instance
    sweep(engine, clock.at, via=IMPORT)
    told = [line.event for line in history.read(engine.store, case) if line.event.type == "notified"]
    assert len(told) > 5 and all(event.body["withheld"] for event in told)
    assert sql(engine.store, "SELECT COUNT(*) FROM outbox") == [(0,)]
    assert engine.instance(case).clocks["answer"].missed is not None
    do(engine, case, "late", "again", who=ANN)
    sweep(engine, clock.at + timedelta(days=3))
    assert sql(engine.store, "SELECT COUNT(*) > 0 FROM outbox WHERE kind = 'notice'") == [(1,)]
    assert_whole(engine.store)
