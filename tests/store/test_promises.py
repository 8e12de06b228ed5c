"""The promises of all cases: what is due next and what was missed, page by page, each through its own index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.promised import Clock
from engine.store import Store
from engine.store.promises import Promises, promises
from tests.store.conftest import VERSION

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def clock(name: str, due: int | None, **more: Any) -> Clock:
    """`due` in days from noon; None for one that stands still."""
    status = "running" if due is not None else "paused"
    return Clock(
        name, 1, NOON - DAY, "1bd", due_at=NOON + due * DAY if due is not None else None, **{"status": status, **more}
    )


@pytest.fixture
def some(cases: Any) -> Any:
    def start(case: str, *clocks: Clock, **more: Any) -> None:
        cases.start(case, clocks={one.name: one for one in clocks}, **more)

    start("c1", clock("answer", 3), clock("triage", -1, missed=NOON - DAY), priority="high")
    start("c2", clock("answer", 1), clock("triage", 1))
    start("c3", clock("answer", None, missed=NOON - 2 * DAY), clock("triage", None))
    start("c4", clock("answer", 2), status="suspended")
    done = {"status": "stopped", "missed": NOON - 3 * DAY, "ended_at": NOON}
    start("c5", clock("answer", None, **done), Clock("triage", 1, NOON, "", "running"))
    return cases


def named(page: Promises) -> list[str]:
    return [f"{row.instance} {row.clock}" for row in page.rows]


def test_what_runs_comes_by_its_due_time_and_what_is_overdue_before_all(store: Store, some: Any) -> None:
    assert named(promises(store)) == ["c1 triage", "c2 answer", "c2 triage", "c4 answer", "c1 answer"]


def test_what_was_missed_and_is_still_to_be_kept_is_found_also_while_it_stands_still(store: Store, some: Any) -> None:
    page = promises(store, breached=True)
    assert named(page) == ["c3 answer", "c1 triage"]
    assert [(row.status, row.missed_at, row.due_at) for row in page.rows] == [
        ("paused", NOON - 2 * DAY, None),
        ("running", NOON - DAY, NOON - DAY),
    ]


def test_a_row_tells_of_its_case(store: Store, some: Any) -> None:
    first = promises(store).rows[0]
    assert (first.reference, first.process, first.digest) == ("INQ-2026-00001", "inquiry", VERSION)
    assert (first.case_status, first.states, first.priority, first.subject) == (
        "running",
        "received",
        "high",
        "About c1",
    )
    assert (first.subject, first.run, first.target, first.started_at) == ("About c1", 1, "1bd", NOON - DAY)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"due_before": NOON + DAY}, ["c1 triage"]),
        ({"due_before": NOON + 2 * DAY}, ["c1 triage", "c2 answer", "c2 triage"]),
        ({"case_status": "suspended"}, ["c4 answer"]),
        ({"process": "complaint"}, []),
        ({"process": "inquiry", "limit": 1}, ["c1 triage"]),
        ({"breached": True, "due_before": NOON - DAY}, ["c3 answer"]),
    ],
)
def test_they_are_filtered(store: Store, some: Any, filters: dict[str, Any], found: list[str]) -> None:
    assert named(promises(store, **filters)) == found


@pytest.mark.parametrize("breached", [False, True])
def test_pages_follow_one_another_without_a_gap_even_at_one_instant(store: Store, some: Any, breached: bool) -> None:
    seen, after = [], None
    while True:
        page = promises(store, breached=breached, limit=1, after=after)
        seen += named(page)
        after = page.next
        if after is None:
            break
    assert seen == named(promises(store, breached=breached))


@pytest.mark.parametrize(("breached", "index"), [(False, "clock_due"), (True, "clock_missed")])
def test_each_list_is_one_statement_on_its_index(
    store: Store, some: Any, monkeypatch: pytest.MonkeyPatch, breached: bool, index: str
) -> None:
    if store.locks_rows:
        pytest.skip("PostgreSQL plans by the size of the tables")
    asked: list[Any] = []
    select = Store.select
    monkeypatch.setattr(Store, "select", lambda self, query: asked.append(query) or select(self, query))
    promises(store, breached=breached)
    (query,) = asked
    sql, values = store.database.get_sql_context().sql(query).query()
    plan = "\n".join(row[3] for row in store.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
    assert index in plan and "SCAN instance" not in plan
