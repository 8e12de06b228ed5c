"""The queue beside the outbox: what is queued when, who gets it, and choosing to have one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.core.commands import Complete
from engine.doctor import examine
from engine.errors import Rejected
from engine.findings import BAD, GOOD
from engine.runtime import Engine, VirtualClock
from engine.store import jobs, outbox, workers
from engine.store.database import open_database
from engine.store.outbox import LETTER, MESSAGE, Parcel
from engine.workers import distributed
from engine.workers.delivering import SENT
from engine.workers.distributed import Distributed
from engine.workers.driving import DISTRIBUTED, EMBEDDED, VARIABLE, chosen, settle
from engine.workers.embedded import Embedded
from engine.workers.rounds import rounds
from tests.databases import POSTGRESQL, change, sql
from tests.runtime.worlds import ANN, engine_on, task_in
from tests.workers.posting import LETTERS, noting, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def kind() -> str:
    return POSTGRESQL


@pytest.fixture
def clock() -> VirtualClock:
    """A minute ago: what waits until later on this clock may still be due for the server's."""
    return VirtualClock(datetime.now(UTC) - timedelta(minutes=1))


@pytest.fixture
def engine(url: str, clock: VirtualClock) -> Engine:
    made = engine_on(url, LETTERS, clock=clock, process="letters")
    settle(made.store, {VARIABLE: DISTRIBUTED})
    return made


def soon(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


# --- what is queued


def test_a_step_queues_what_it_sends_in_its_own_transaction(engine: Engine, clock: VirtualClock) -> None:
    case = write(engine, clock, 1)
    assert jobs.counts(engine.store) == {"todo": 1}
    step = Complete(at=clock(), actor=ANN, task=task_in(engine, case, "open"), outcome="write")
    with pytest.raises(ZeroDivisionError), engine.store.transaction():
        engine.do(case, step)
        assert jobs.counts(engine.store) == {"todo": 2}
        raise ZeroDivisionError
    assert jobs.counts(engine.store) == {"todo": 1}


def test_nothing_is_left_in_the_queue_of_what_is_done(engine: Engine, clock: VirtualClock) -> None:
    write(engine, clock, 2)
    assert Distributed(engine, noting([]), "me").deliver_due() == {SENT: 2}
    assert jobs.counts(engine.store) == {}


def test_what_may_go_out_much_later_does_not_hold_up_what_is_due_in_the_same_case(
    engine: Engine, clock: VirtualClock
) -> None:
    case = write(engine, clock, 3)
    first, *_ = outbox.of_case(engine.store, case)
    mine = outbox.claim(engine.store, first.id, "me", clock(), clock())
    assert mine is not None and outbox.failed(engine.store, mine, "no route", clock() + timedelta(hours=4))
    keys: list[str] = []
    assert Distributed(engine, noting(keys), "me").deliver_due() == {SENT: 2}
    assert first.key not in keys


def test_what_nobody_here_has_a_handler_for_is_queued_again_by_whoever_has_one(
    engine: Engine, clock: VirtualClock
) -> None:
    write(engine, clock, 2)
    assert Distributed(engine, {LETTER: lambda parcel: ""}, "without").deliver_due() == {}
    assert jobs.counts(engine.store) == {}
    assert Distributed(engine, noting([]), "with").deliver_due() == {SENT: 2}


# --- a worker that goes on


def test_a_worker_is_called_when_a_step_is_written_and_has_of_each_case_one_thing_in_hand(
    engine: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "_LOOKS", 60.0)
    at_once: list[tuple[str, ...]] = []
    in_hand: list[str] = []
    both = threading.Barrier(2)

    def handle(parcel: Parcel) -> str:
        in_hand.append(parcel.instance)
        at_once.append(tuple(sorted(in_hand)))
        both.wait(20)  # passed only if two cases are in hand
        in_hand.remove(parcel.instance)
        return ""

    drives = Distributed(engine, {MESSAGE: handle}, "me")
    with drives.at_work():
        soon(lambda: sql(engine.store, "SELECT COUNT(*) FROM heard_jobs.procrastinate_workers") == [(1,)])
        time.sleep(0.2)  # it listens by now, or asks once more before it waits
        with engine.store.transaction():  # a call for the second that comes while the first is fetched may be missed
            cases = [write(engine, clock, 1) for _ in range(2)]
        soon(lambda: len(at_once) == 2)
    assert drives.deliver_due() == {SENT: 2}
    assert max(at_once, key=len) == tuple(sorted(cases))


def test_two_parcels_of_one_case_are_never_in_hand_at_once(
    engine: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "_LOOKS", 0.05)
    write(engine, clock, 4)
    in_hand = threading.Lock()

    def handle(parcel: Parcel) -> str:
        assert in_hand.acquire(blocking=False)
        time.sleep(0.05)
        in_hand.release()
        return ""

    drives = Distributed(engine, {MESSAGE: handle}, "me")
    with drives.at_work():
        soon(lambda: jobs.counts(engine.store) == {})
    assert drives.deliver_due() == {SENT: 4}


def test_what_a_dead_worker_had_in_hand_is_given_to_another(
    engine: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, clock, 1)
    with engine.store.transaction():
        engine.store.database.execute_sql("SET LOCAL search_path = heard_jobs")
        change(engine.store, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
        change(engine.store, "UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1")
    monkeypatch.setattr(distributed, "HEARTBEAT", 0.1)
    keys: list[str] = []
    with Distributed(engine, noting(keys), "me").at_work():
        soon(lambda: len(keys) == 1)


def test_the_command_works_by_the_queue_and_stops_cleanly(url: str) -> None:
    told = LETTERS["processes/letters.yaml"].replace(
        "go: open}\nstates:",
        "go: first}\nstates:\n  first: {go: [{else: {go: open, notify: {to: team-lead, say: Look, urgent: true}}}]}",
    )
    engine = engine_on(url, {**LETTERS, "processes/letters.yaml": told}, process="letters")
    command = [sys.executable, "-c", "from engine.cli import main; main()", "--database", url, "worker", "--every", "9"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: DISTRIBUTED}
    started = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE)
    try:
        soon(lambda: bool(workers.everybody(engine.store)) or started.poll() is not None)
        assert chosen(engine.store) == DISTRIBUTED
        case = engine.start("letters", ANN, {}).instance
        soon(lambda: {row.status for row in outbox.of_case(engine.store, case)} == {outbox.SENT})
        started.send_signal(signal.SIGTERM)
        _, said = started.communicate(timeout=30)
    finally:
        started.kill()
    assert (started.returncode, said) == (0, b"")
    assert workers.everybody(engine.store) == []
    assert sql(engine.store, "SELECT COUNT(*) FROM heard_jobs.procrastinate_workers") == [(0,)]


# --- choosing it


def test_a_database_keeps_its_driver_until_it_is_told_to_have_the_other(
    engine: Engine, clock: VirtualClock, url: str
) -> None:
    write(engine, clock, 2)
    with open_database(url) as store:
        for said, kept in (("", DISTRIBUTED), (EMBEDDED, EMBEDDED), ("", EMBEDDED), (EMBEDDED, EMBEDDED)):
            settle(store, {VARIABLE: said})
            assert chosen(store) == kept
    write(engine, clock, 1)
    assert Embedded(engine, noting([]), "me").deliver_due(1) == {SENT: 1}
    settle(engine.store, {VARIABLE: DISTRIBUTED})
    assert Distributed(engine, noting([]), "me").deliver_due() == {SENT: 2}


def test_the_doctor_says_which_driver_there_is_and_when_this_machine_is_told_another(
    engine: Engine, clock: VirtualClock
) -> None:
    write(engine, clock, 2)
    for told, sign in (("", GOOD), (DISTRIBUTED, GOOD), (EMBEDDED, BAD)):
        (found,) = [one for one in examine(engine, {}, None, {VARIABLE: told}) if one.what == "driver"]
        assert found.sign == sign
        assert found.said == (
            "distributed: jobs that are due: 2, in hand: 0"
            if sign == GOOD
            else "HEARD_DRIVER is embedded here, but this database has the driver distributed"
        )


def test_what_goes_out_later_is_no_job_that_is_due(engine: Engine, clock: VirtualClock) -> None:
    clock.set(datetime.now(UTC) + timedelta(hours=1))
    write(engine, clock, 2)
    clock.set(clock() - timedelta(minutes=30))
    found = {one.what: one.said for one in examine(engine, {}, None)}
    assert found["driver"] == "distributed: jobs that are due: 0, in hand: 0"
    assert found["outbox"] == "nothing is due; 2 go out later"


def test_a_worker_that_goes_on_follows_when_the_database_gets_the_other_driver(
    engine: Engine, clock: VirtualClock
) -> None:
    def queues() -> int:
        return sum(thread.name == "heard-jobs" for thread in threading.enumerate())

    keys: list[str] = []
    stop = threading.Event()
    turns = rounds(engine, stop, noting(keys), every=0.01)
    assert next(turns).trouble == [] and queues() == 1
    for said, threads in ((EMBEDDED, 0), (DISTRIBUTED, 1)):
        settle(engine.store, {VARIABLE: said})
        write(engine, clock, 1)
        keys.clear()
        soon(lambda: next(turns).trouble == [] and len(keys) == 1)
        assert queues() == threads
    stop.set()
    assert list(turns) == [] and queues() == 0


def test_several_who_choose_it_at_once_make_one_queue(url: str) -> None:
    engine_on(url, LETTERS, process="letters").store.close()
    failed: list[Exception] = []

    def choose() -> None:
        try:
            with open_database(url) as store:
                settle(store, {VARIABLE: DISTRIBUTED})
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=choose) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_database(url) as store:
        assert (failed, jobs.counts(store)) == ([], {})


def test_a_newer_library_brings_the_queue_up_to_date_and_an_older_one_leaves_it(engine: Engine) -> None:
    store = engine.store
    newer = {"03.01.00_01_pre_add_heartbeat": "SELECT 1 / 0", "98.00.00_01_pre": "CREATE TABLE later (id integer)"}
    for changes in (newer, newer, {"03.01.00_01_pre_add_heartbeat": "SELECT 1 / 0"}):
        jobs.install(store, "SELECT 1 / 0", changes)
        assert sql(store, "SELECT COUNT(*) FROM heard_jobs.later") == [(0,)]
    assert sql(store, "SELECT to_regclass('later')") == [(None,)]


@pytest.mark.parametrize("said", [DISTRIBUTED, "celery"])
def test_a_driver_that_cannot_be_had_is_refused(said: str) -> None:
    with open_database("sqlite:///:memory:") as store, pytest.raises(Rejected) as refused:
        settle(store, {VARIABLE: said})
    assert refused.value.code == "driver" and VARIABLE in refused.value.message


def test_without_the_library_one_is_told_what_to_install(
    url: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "procrastinate.schema", None)
    with open_database(url) as store:
        with pytest.raises(Rejected) as refused:
            settle(store, {VARIABLE: DISTRIBUTED})
        assert "heard[postgres]" in refused.value.message
        assert chosen(store) == EMBEDDED
