"""One unit of work is written whole or not at all, whoever else writes at the same moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Rejected
from engine.store import Store, instances, open_database, queries, references

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_an_error_takes_everything_back(store: Store, cases: Any) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        assert references.take(store, "INQ", 2026) == "INQ-2026-00001"
        raise ZeroDivisionError
    assert not store.in_transaction
    assert cases.start().reference == "INQ-2026-00001"


def test_a_unit_inside_another_can_fail_alone(store: Store) -> None:
    with store.transaction():
        references.take(store, "INQ", 2026)
        with pytest.raises(ZeroDivisionError), store.transaction():
            references.take(store, "INQ", 2026)
            raise ZeroDivisionError
        assert references.take(store, "INQ", 2026) == "INQ-2026-00002"
    with store.transaction():
        assert references.take(store, "INQ", 2026) == "INQ-2026-00003"


def test_references_count_for_each_prefix_and_year_and_go_on_past_five_digits(store: Store) -> None:
    with store.transaction():
        taken = [
            references.take(store, *which) for which in (("INQ", 2026), ("CLM", 2026), ("INQ", 2027), ("INQ", 2026))
        ]
        assert taken == ["INQ-2026-00001", "CLM-2026-00001", "INQ-2027-00001", "INQ-2026-00002"]
        store.database.execute_sql("UPDATE counter SET last = 99999 WHERE prefix = 'CLM'")
        assert references.take(store, "CLM", 2026) == "CLM-2026-100000"


def test_a_reference_is_not_taken_outside_a_transaction(store: Store) -> None:
    with pytest.raises(RuntimeError, match="gaps"):
        references.take(store, "INQ", 2026)


def test_a_writer_that_keeps_the_database_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/heard.db"
    with open_database(url) as one, open_database(url, patience=0.3) as other:
        one.upgrade()
        with one.transaction(), pytest.raises(Rejected) as refused, other.transaction():
            pass
        assert refused.value.code == "database-busy"
        with other.transaction():
            references.take(other, "INQ", 2026)


def test_threads_that_move_one_case_lose_no_step(store: Store, cases: Any) -> None:
    cases.start()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with store.transaction():
                    old = instances.load(store, "c1")
                    assert old is not None
                    count = old.variables.get("n", 0) + 1
                    cases.step(old, variables={"n": count})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    final = instances.load(store, "c1")
    assert final is not None
    assert (final.variables["n"], final.revision, final.seq) == (80, 81, 81)


WORK = """
import sys
from datetime import datetime, UTC
from engine.core.events import Event
from engine.core.instance import Instance, Token
from engine.store import instances, open_database, references
now = datetime(2026, 11, 23, tzinfo=UTC)
with open_database(sys.argv[1]) as store:
    for n in range(25):
        with store.transaction():
            id = f"{sys.argv[2]}-{n}"
            reference = references.take(store, "INQ", 2026)
            tokens = {"t0": Token("t0", "received", now)}
            new = Instance(id, "inquiry", "digest-1", reference, "carla", now, now, tokens=tokens)
            instances.save(store, None, new, [Event("case-started", now, "carla", "web")], [], now)
"""


def test_processes_that_start_cases_at_once_leave_no_gap_and_no_double(url: str) -> None:
    from engine.store import deployments

    with open_database(url) as store:
        deployments.deploy(store, "digest-1", "inquiry", "{}", NOON, "ann")
        started = [
            subprocess.Popen([sys.executable, "-c", WORK, url, str(n)], stderr=subprocess.PIPE, text=True)
            for n in range(4)
        ]
        assert [process.communicate(timeout=120)[1] for process in started] == [""] * 4
        found = sorted(case.reference for case in queries.cases(store, limit=500).rows)
    assert found == [f"INQ-2026-{n:05d}" for n in range(1, 101)]
