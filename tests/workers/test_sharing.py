"""Several workers on one PostgreSQL share what is due: nobody waits for what another has in hand, and nobody is idle
while something waits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from engine.core.instance import Instance
from engine.runtime import Engine, VirtualClock
from engine.store import instances, outbox
from engine.store.outbox import MESSAGE, Parcel
from engine.workers.delivering import LEASE, SENT
from engine.workers.embedded import Embedded
from engine.workers.timers import Swept, sweep
from tests.databases import POSTGRESQL
from tests.runtime.worlds import CARLA, FILES, INTAKE, NOON, engine_on
from tests.workers.posting import noting, office, write


@pytest.fixture
def kind() -> str:
    return POSTGRESQL


@contextmanager
def in_hand(engine: Engine, case: str) -> Iterator[None]:
    """Somebody else is in the middle of a step of this case."""
    has_it, done = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.store.transaction():
            assert isinstance(instances.load(engine.store, case), Instance)
            has_it.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_case_that_somebody_has_in_hand_is_passed_over_and_its_timers_fire_at_the_next_sweep(url: str) -> None:
    engine = engine_on(url, FILES, clock=VirtualClock(NOON))
    cases = [engine.start("parcel", CARLA, INTAKE).instance for _ in range(3)]
    late = NOON + timedelta(hours=4)
    with in_hand(engine, cases[0]):
        fired: list[str] = []
        assert sweep(engine, late, each=lambda timer: fired.append(timer.instance)).fired == 2
        assert sorted(fired) == sorted(cases[1:])
    assert sweep(engine, late) == Swept(fired=1)


def test_what_somebody_is_just_taking_is_passed_over_and_the_next_is_taken(url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, 2)
    first, second = outbox.of_case(engine.store, case)
    now = clock()
    with engine.store.transaction():
        assert outbox.claim(engine.store, first.id, "other", now, now + LEASE) is not None
        found: list[Parcel | None] = []
        taking = threading.Thread(
            target=lambda: found.extend(
                outbox.claim_next(engine.store, [MESSAGE], "me", now, now + LEASE) for _ in range(2)
            )
        )
        taking.start()
        taking.join(10)
    assert [one and (one.id, one.worker, one.attempts) for one in found] == [(second.id, "me", 1), None]


def test_two_workers_at_once_both_have_their_hands_full_while_enough_waits(url: str) -> None:
    engine, clock = office(url)
    write(engine, clock, 12)
    keys: list[str] = []
    other: list[object] = []

    def handle(parcel: Parcel) -> str:
        if not keys:
            keys.append(parcel.key)
            other.append(Embedded(engine, noting(keys), "other").deliver_due(6))
        else:
            keys.append(parcel.key)
        return ""

    assert Embedded(engine, {MESSAGE: handle}, "me").deliver_due(6) == {SENT: 6}
    assert other == [{SENT: 6}] and len(set(keys)) == 12
