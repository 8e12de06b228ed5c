"""What every driver promises: what a step sends goes out at least once, with one key, or somebody hears of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.commands import Complete, ResolveIncident, WithdrawMessage
from engine.errors import Rejected
from engine.store import history, outbox, queries
from engine.store.outbox import MESSAGE, Parcel
from engine.workers.delivering import FAILED, GIVEN_UP, LEASE, MOST_TRIES, PUT_OFF, SENT, Hopeless, NotNow, pause
from tests.databases import change
from tests.invariants import broken
from tests.runtime.worlds import ANN, OLGA, task_in
from tests.workers.driven import Make
from tests.workers.posting import noting, office, pass_time, write

ROOT = Path(__file__).resolve().parents[2]


def test_what_a_step_sends_goes_out_and_its_receipt_is_kept(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, 3)
    keys: list[str] = []
    assert driver(engine, noting(keys)).deliver_due() == {SENT: 3}
    rows = outbox.of_case(engine.store, case)
    assert keys == [row.key for row in rows]
    assert {row.status for row in rows} == {outbox.SENT}
    assert [row.receipt for row in rows] == [f"<{row.name}@here>" for row in rows]
    assert driver(engine, noting(keys)).deliver_due() == {}


def test_what_was_rolled_back_is_never_sent(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, 0)
    task = task_in(engine, case, "open")
    with pytest.raises(ZeroDivisionError), engine.store.transaction():
        engine.do(case, Complete(at=clock(), actor=ANN, task=task, outcome="write"))
        raise ZeroDivisionError
    pass_time(clock, timedelta(days=1))
    assert driver(engine, noting([])).deliver_due() == {}


def test_after_kill_9_in_the_middle_of_it_the_same_key_goes_out_again_when_the_lease_is_over(
    driver: Make, driven: str, url: str, tmp_path: Path
) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    diary = tmp_path / "diary"
    killed = subprocess.run(
        [sys.executable, "-m", "tests.workers.mortal_hand", url, clock().isoformat(), str(diary), driven],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
    )
    assert killed.returncode == -9, killed.stderr
    (row,) = outbox.of_case(engine.store, case)
    assert (row.status, row.attempts, row.worker) == (outbox.PENDING, 1, "mortal")
    keys: list[str] = []
    assert driver(engine, noting(keys)).deliver_due() == {}, "somebody has it in hand"
    pass_time(clock, LEASE)
    assert driver(engine, noting(keys)).deliver_due() == {SENT: 1}
    assert diary.read_text().split() == keys == [row.key]
    (row,) = outbox.of_case(engine.store, case)
    assert (row.status, row.last_error) == (outbox.SENT, outbox.LEFT), "whoever reads it knows why it came twice"
    assert list(broken(engine.store)) == []


def test_who_is_too_slow_sends_it_twice_with_one_key_and_it_is_settled_once(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    keys: list[str] = []

    def slow(parcel: Parcel) -> str:
        keys.append(parcel.key)
        pass_time(clock, LEASE)
        assert driver(engine, noting(keys), "other").deliver_due() == {SENT: 1}
        raise OSError("the line went dead")

    driver(engine, {MESSAGE: slow}).deliver_due()
    assert len(keys) == 2 and len(set(keys)) == 1
    (row,) = outbox.of_case(engine.store, case)
    assert (row.status, row.last_error) == (outbox.SENT, outbox.LEFT), "the failure of who was too slow counts no more"


def test_several_workers_share_the_work_and_nothing_goes_out_twice(driver: Make, url: str) -> None:
    engine, clock = office(url)
    cases = [write(engine, clock, 10) for _ in range(3)]
    keys: list[str] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        while driver(engine, noting(keys), name).deliver_due(5):
            pass

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [row for case in cases for row in outbox.of_case(engine.store, case)]
    assert {row.status for row in every} == {outbox.SENT}
    assert sorted(keys) == sorted(row.key for row in every)


def test_what_fails_is_tried_again_later_and_later_with_one_key(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    keys: list[str] = []
    waits = []
    for _ in range(4):
        assert driver(engine, noting(keys, OSError("no\nroute"))).deliver_due() == {FAILED: 1}
        (row,) = outbox.of_case(engine.store, case)
        assert (row.worker, row.last_error) == ("", "no route")
        assert driver(engine, noting(keys)).deliver_due() == {}
        assert row.next_at is not None
        waits.append(row.next_at - clock())
        clock.set(row.next_at)
    assert all(1.5 < later / sooner < 2.6 for sooner, later in zip(waits, waits[1:], strict=False)), waits
    assert driver(engine, noting(keys)).deliver_due() == {SENT: 1}
    assert len(keys) == 5 and len(set(keys)) == 1


def test_what_gives_up_is_an_incident_and_goes_out_after_a_retry(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, last="leave")
    for _ in range(MOST_TRIES):
        driver(engine, noting([], OSError("no route"))).deliver_due()
        pass_time(clock, timedelta(hours=6))
    (row,) = outbox.of_case(engine.store, case)
    assert row.status == outbox.DEAD
    (incident,) = queries.incidents(engine.store)
    said = f"Expected to deliver “{row.body['subject']}” to Lena@example.org, but: no route ({MOST_TRIES} tries)"
    assert (incident.instance, incident.message) == (case, said)
    assert driver(engine, noting([])).deliver_due() == {}
    again = ResolveIncident(at=clock(), actor=OLGA, incident=incident.id, action="retry", reason="The line is mended")
    engine.do(case, again)
    keys: list[str] = []
    assert driver(engine, noting(keys)).deliver_due() == {SENT: 1}
    assert keys == [row.key] and queries.incidents(engine.store) == []
    assert [line.event.type for line in history.read(engine.store, case)][-3:] == [
        *("delivery-failed", "incident-raised", "incident-resolved")
    ]
    assert list(broken(engine.store)) == []


def test_what_is_hopeless_gives_up_at_once(driver: Make, url: str) -> None:
    engine, clock = office(url)
    write(engine, clock)
    assert driver(engine, noting([], Hopeless("550 Nobody here"))).deliver_due() == {GIVEN_UP: 1}
    (incident,) = queries.incidents(engine.store)
    assert incident.message.endswith("but: 550 Nobody here")


def test_what_ends_every_worker_that_tries_it_gives_up_without_another_try(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    (row,) = outbox.of_case(engine.store, case)
    for _ in range(MOST_TRIES):
        assert outbox.claim(engine.store, row.id, "mortal", clock(), clock() + LEASE) is not None
        pass_time(clock, LEASE)
    keys: list[str] = []
    assert driver(engine, noting(keys)).deliver_due() == {GIVEN_UP: 1}
    assert keys == []


def test_a_case_that_is_broken_does_not_hold_up_the_others(driver: Make, url: str) -> None:
    engine, clock = office(url)
    broken_one, sound = write(engine, clock), write(engine, clock)
    change(engine.store, "UPDATE instance SET snapshot = 'rubbish' WHERE id = ?", broken_one)
    keys: list[str] = []

    def handle(parcel: Parcel) -> str:
        keys.append(parcel.key)
        if parcel.instance == broken_one:
            raise Hopeless("550 Nobody here")
        return ""

    assert driver(engine, {MESSAGE: handle}).deliver_due() == {FAILED: 1, SENT: 1}
    assert [outbox.of_case(engine.store, case)[0].status for case in (broken_one, sound)] == ["pending", "sent"]


def test_what_has_to_wait_was_not_tried(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    until = clock() + timedelta(hours=1)
    assert driver(engine, noting([], NotNow("too many", until))).deliver_due() == {PUT_OFF: 1}
    (row,) = outbox.of_case(engine.store, case)
    assert (row.attempts, row.next_at, row.available_at, row.last_error) == (0, until, until, "too many")
    assert row.put_off
    clock.set(until)
    assert driver(engine, noting([], OSError("no route"))).deliver_due() == {FAILED: 1}
    assert not outbox.of_case(engine.store, case)[0].put_off


def test_what_has_no_handler_waits(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    assert driver(engine, {}).deliver_due() == {}
    (row,) = outbox.of_case(engine.store, case)
    assert (row.status, row.attempts) == (outbox.PENDING, 0)


def test_what_is_in_hand_cannot_be_taken_back(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock)
    (sent,) = engine.instance(case).sent

    def handle(parcel: Parcel) -> str:
        with pytest.raises(Rejected) as refused:
            engine.do(case, WithdrawMessage(at=sent.at, actor=ANN, message=sent.id))
        assert refused.value.code == "no-longer-possible"
        return ""

    assert driver(engine, {MESSAGE: handle}).deliver_due() == {SENT: 1}


def test_a_clean_stop_finishes_what_is_in_hand_and_begins_nothing_else(driver: Make, url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, 3)
    stop = threading.Event()

    def handle(parcel: Parcel) -> str:
        stop.set()
        return ""

    assert driver(engine, {MESSAGE: handle}, "me", stop).deliver_due() == {SENT: 1}
    assert sorted(row.status for row in outbox.of_case(engine.store, case)) == ["pending", "pending", "sent"]


def test_pauses_grow_to_four_hours_and_chance_keeps_those_who_failed_together_apart() -> None:
    assert pause(1, 0) == timedelta(seconds=30) and pause(2, 0) == timedelta(minutes=1)
    assert pause(99, 0) == timedelta(hours=4)
    assert pause(3, 0) < pause(3, 0.5) < pause(3, 1) < pause(4, 0)
    assert (
        timedelta(hours=20) < sum((pause(tries, 0) for tries in range(1, MOST_TRIES)), timedelta()) < timedelta(days=2)
    )
