"""The rows beside a snapshot follow it: what waits can be found, what has ended cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core.instance import Incident, Wait
from engine.core.promised import Clock
from engine.store import Store, instances, projections, queries
from engine.store.inbox_parts import Only

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def inbox(store: Store, person: str, *roles: str, **options: Any) -> list[str]:
    return [row.task for row in queries.inbox(store, person, roles, **options).rows]


def test_an_unassigned_task_is_offered_to_its_candidates_and_an_assigned_one_to_its_assignee(
    store: Store, cases: Any
) -> None:
    one = cases.task("c1", 1, candidates=("agent", "sales"))
    old = cases.start(tasks={"c1.1": one, "c1.2": cases.task("c1", 2, assignee="bob")})
    assert inbox(store, "ann", "agent", "sales", "auditor") == ["c1.1"]
    assert inbox(store, "bob", "agent") == ["c1.1", "c1.2"]
    assert inbox(store, "bob") == ["c1.2"]
    assert inbox(store, "eve", "auditor") == []
    taken = cases.step(old, tasks={**old.tasks, "c1.1": replace(one, status="claimed", assignee="ann")})
    assert inbox(store, "ann", "agent") == ["c1.1"]
    assert inbox(store, "eve", "agent", "sales") == []
    cases.step(taken, tasks={**taken.tasks, "c1.1": one})
    assert inbox(store, "eve", "agent", "sales") == ["c1.1"]


def test_a_task_is_not_offered_to_whom_it_excludes(store: Store, cases: Any) -> None:
    old = cases.start(tasks={"c1.1": cases.task("c1", 1, excluded=("ann", "bob"))})
    assert inbox(store, "ann", "agent") == []
    assert queries.waiting(store, "ann", ["agent"]) == 0
    assert inbox(store, "eve", "agent") == ["c1.1"]
    cases.step(old, tasks={"c1.1": cases.task("c1", 1, excluded=("eve",))})
    assert inbox(store, "ann", "agent") == ["c1.1"]
    assert inbox(store, "eve", "agent") == []


def test_a_completed_task_tells_who_did_it_and_a_withdrawn_one_that_nobody_did(store: Store, cases: Any) -> None:
    old = cases.start(tasks={f"c1.{n}": cases.task("c1", n) for n in (1, 2)})
    later = NOON + timedelta(hours=1)
    done = replace(cases.event("task-completed", task="c1.1", outcome="triage"), at=later, on_behalf_of="bob")
    cases.step(old, done, cases.event("task-withdrawn", task="c1.2"), tasks={"c1.3": cases.task("c1", 3)})
    first, second, third = queries.tasks(store, "c1")
    assert (first.status, first.completed_by, first.on_behalf_of, first.outcome) == (
        "completed",
        "ann",
        "bob",
        "triage",
    )
    assert first.closed_at == later
    assert (second.status, second.completed_by, second.closed_at) == ("withdrawn", "", NOON)
    assert (third.status, third.closed_at) == ("open", None)
    assert inbox(store, "ann", "agent") == ["c1.3"]


def test_a_timer_is_due_from_its_moment_on_the_longest_overdue_first(store: Store, cases: Any) -> None:
    cases.start("c1", timers={"c1.1": cases.timer("c1", 1, timedelta(hours=2))})
    cases.start(
        "c2",
        timers={
            "c2.1": cases.timer("c2", 1, timedelta(hours=1)),
            "c2.2": cases.timer("c2", 2, timedelta(hours=2)),
        },
    )
    assert queries.next_due(store) == NOON + timedelta(hours=1)
    assert queries.due_timers(store, NOON) == []
    assert [timer.id for timer in queries.due_timers(store, NOON + timedelta(hours=2))] == [
        "c2.1",
        "c1.1",
        "c2.2",
    ]
    (first,) = queries.due_timers(store, NOON + timedelta(hours=2), 1)
    assert (first.instance, first.state, first.index, first.due_at) == (
        "c2",
        "received",
        0,
        NOON + timedelta(hours=1),
    )


def test_a_timer_that_fired_is_gone_and_one_that_repeats_has_moved(store: Store, cases: Any) -> None:
    old = cases.start(timers={"c1.1": cases.timer("c1", 1), "c1.2": cases.timer("c1", 2)})
    moved = replace(old.timers["c1.2"], due_at=NOON + timedelta(days=9), fired=1)
    cases.step(old, timers={"c1.2": moved})
    assert queries.due_timers(store, NOON + timedelta(days=8)) == []
    assert [timer.id for timer in queries.due_timers(store, NOON + timedelta(days=9))] == ["c1.2"]


def test_the_timers_of_a_suspended_case_are_not_found_and_come_back_with_it(store: Store, cases: Any) -> None:
    old = cases.start(timers={"c1.1": cases.timer("c1", 1)})
    halted = cases.step(old, status="suspended")
    assert queries.due_timers(store, NOON + timedelta(days=2)) == []
    assert queries.next_due(store) is None
    going = cases.step(halted, status="running")
    assert len(queries.due_timers(store, NOON + timedelta(days=2))) == 1
    cases.step(going, status="completed", ended_at=NOON)
    assert queries.due_timers(store, NOON + timedelta(days=2)) == []


def test_a_case_that_waits_for_a_message_is_found_by_what_is_known_of_the_sender(store: Store, cases: Any) -> None:
    wait = Wait("t0", "received", "customer-replied")
    old = cases.start("c1", waits=(wait,), external_id="X-1")
    cases.start("c2", waits=(wait,), customer={"email": "Dora@Example.org"})
    assert [one.instance for one in queries.waits(store, "customer-replied")] == ["c1", "c2"]
    assert [one.instance for one in queries.waits(store, "customer-replied", customer_email="dora@example.ORG")] == [
        "c2"
    ]
    assert [one.instance for one in queries.waits(store, "customer-replied", external_id="X-1")] == ["c1"]
    assert queries.waits(store, "customer-replied", process="other") == []
    cases.step(old, waits=())
    assert [one.instance for one in queries.waits(store, "customer-replied")] == ["c2"]


def test_an_incident_is_open_until_somebody_resolves_it(store: Store, cases: Any) -> None:
    trouble = Incident("c1.9", NOON, "No guard holds.", "inquiry.yaml:9:3", "received", {"do": "complete"})
    old = cases.start(incidents={"c1.9": trouble})
    (row,) = queries.incidents(store)
    assert (row.id, row.reference, row.message, row.place) == (
        "c1.9",
        old.reference,
        "No guard holds.",
        "inquiry.yaml:9:3",
    )
    cases.step(old, cases.event("incident-resolved", incident="c1.9", reason="mended"), incidents={})
    assert queries.incidents(store) == []
    (row,) = queries.incidents(store, status=None, instance="c1")
    assert (row.status, row.resolved_by, row.resolved_at, row.reason) == ("resolved", "ann", NOON, "mended")


def test_the_inbox_is_read_page_by_page_and_shows_each_task_once(store: Store, cases: Any) -> None:
    for case in range(7):
        id = f"c{case}"
        due = None if case % 3 == 0 else NOON + timedelta(hours=case % 2)
        cases.start(id, tasks={f"{id}.1": cases.task(id, 1, candidates=("agent", "sales"), due_at=due)})
    everything = inbox(store, "ann", "agent", "sales")
    assert everything == ["c2.1", "c4.1", "c1.1", "c5.1", "c0.1", "c3.1", "c6.1"]
    seen, after = [], None
    while True:
        page = queries.inbox(store, "ann", ["sales", "agent"], limit=2, after=after)
        seen += [row.task for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == everything
    assert queries.waiting(store, "ann", ["agent", "sales"]) == 7
    assert queries.waiting(store, "ann", ["agent"], most=5) == 5


def test_the_inbox_can_be_narrowed_to_one_process(store: Store, cases: Any) -> None:
    cases.start("c1", tasks={"c1.1": cases.task("c1", 1), "c1.2": cases.task("c1", 2, assignee="ann")})
    assert inbox(store, "ann", "agent", only=Only(process="inquiry")) == ["c1.1", "c1.2"]
    assert inbox(store, "ann", "agent", only=Only(process="complaint")) == []


@pytest.mark.parametrize("person", ["", "%", "' OR 1=1 --", "ann\0"])
def test_odd_names_find_nothing(store: Store, cases: Any, person: str) -> None:
    cases.start(tasks={"c1.1": cases.task("c1", 1)})
    if "\0" in person and store.locks_rows:
        pytest.skip("PostgreSQL refuses NUL")
    assert inbox(store, person, person) == []


def test_the_rows_can_be_made_again_from_the_snapshot(store: Store, cases: Any) -> None:
    case = cases.start(
        tasks={"c1.1": cases.task("c1", 1, excluded=("eve",))},
        timers={"c1.2": cases.timer("c1", 2)},
        waits=(Wait("t0", "received", "customer-replied"),),
    )
    for table in ("candidate", "exclusion", "timer", "wait"):
        store.database.execute_sql(f"DELETE FROM {table}")
    assert inbox(store, "ann", "agent") == []
    loaded = instances.load(store, "c1")
    assert loaded == case
    with store.transaction():
        projections.rebuild(store, case)
    with store.transaction():
        projections.rebuild(store, case)
    assert inbox(store, "ann", "agent") == ["c1.1"]
    assert inbox(store, "eve", "agent") == []
    assert len(queries.due_timers(store, NOON + timedelta(days=1))) == 1
    assert len(queries.waits(store, "customer-replied")) == 1


def test_what_waits_for_a_customer_is_shown_to_the_one_of_the_case_alone(store: Store, cases: Any) -> None:
    one = cases.task("c1", 1, candidates=("customer", "sales"))
    old = cases.start(tasks={"c1.1": one})
    assert inbox(store, "carla", "customer") == ["c1.1"]
    assert inbox(store, "clara", "customer") == []
    assert inbox(store, "eve", "sales") == ["c1.1"]
    cases.step(old, customer={"person": "clara"})
    assert inbox(store, "clara", "customer") == ["c1.1"]
    assert inbox(store, "carla", "customer") == ["c1.1"]
    assert inbox(store, "cora", "customer") == []


def test_odd_ids_of_people_and_roles_are_found_as_they_are(store: Store, cases: Any) -> None:
    cases.start(tasks={"c1.1": cases.task("c1", 1, candidates=("a_b",), assignee="bob", excluded=("x_y",))})
    found = queries.inbox(store, "xay", [], {"bob": {"a_b"}}).rows
    assert [(row.task, row.acting_for) for row in found] == [("c1.1", "bob")]
    assert queries.inbox(store, "x_y", [], {"bob": {"a_b"}}).rows == ()
    assert queries.inbox(store, "eve", [], {"bob": {"aab"}}).rows == ()


def test_what_waits_is_sorted_by_the_case_s_next_deadline_and_follows_it(store: Store, cases: Any) -> None:
    first = cases.start("c1", tasks={"c1.1": cases.task("c1", 1, due_at=None)})
    cases.start("c2", tasks={"c2.1": cases.task("c2", 1, due_at=NOON + timedelta(hours=8))})
    assert inbox(store, "ann", "agent") == ["c2.1", "c1.1"]
    clock = Clock("answer", 1, NOON, "4h", due_at=NOON + timedelta(hours=4))
    promised = cases.step(first, clocks={"answer": clock})
    assert inbox(store, "ann", "agent") == ["c1.1", "c2.1"]
    first_row = queries.inbox(store, "ann", ["agent"]).rows[0]
    assert (first_row.due_at, first_row.next_at) == (None, NOON + timedelta(hours=4))
    cases.step(promised, clocks={"answer": replace(clock, status="paused", due_at=None)})
    assert inbox(store, "ann", "agent") == ["c2.1", "c1.1"]


def test_a_clock_that_begins_anew_twice_in_one_step_has_a_row_for_each_run(store: Store, cases: Any) -> None:
    first = Clock("silence", 1, NOON, "4h", due_at=NOON + timedelta(hours=4))
    anew = [
        event
        for run in (1, 2)
        for event in (
            cases.event("clock-stopped", clock="silence", run=run, by="sent", kept=True, target="4h"),
            cases.event(
                "clock-started", clock="silence", run=run + 1, by="sent", since=NOON.isoformat(), target="none"
            ),
        )
    ]
    cases.step(cases.start("c1", clocks={"silence": first}), *anew, clocks={"silence": Clock("silence", 3, NOON, "")})
    rows = store.database.execute_sql("SELECT run, status, target, ended_at IS NULL FROM clock ORDER BY run").fetchall()
    assert [tuple(row) for row in rows] == [(1, "stopped", "4h", 0), (2, "stopped", "", 0), (3, "running", "", 1)]


def test_a_run_that_another_follows_keeps_its_row_and_how_it_ended(store: Store, cases: Any) -> None:
    first = Clock("silence", 1, NOON, "4h", due_at=NOON + timedelta(hours=4))
    old = cases.start("c1", clocks={"silence": first})
    again = Clock("silence", 2, NOON + timedelta(hours=5), "4h", due_at=NOON + timedelta(hours=9))
    since = again.started_at.isoformat()
    cases.step(
        old,
        cases.event("clock-breached", clock="silence", due_at=(NOON + timedelta(hours=4)).isoformat()),
        cases.event("clock-stopped", clock="silence", by="sent", kept=False, target="4h"),
        cases.event("clock-started", clock="silence", run=2, by="sent", since=since, target="4h"),
        clocks={"silence": again},
    )
    rows = store.database.execute_sql("SELECT run, status, missed_at IS NULL FROM clock ORDER BY run").fetchall()
    assert [tuple(row) for row in rows] == [(1, "stopped", 0), (2, "running", 1)]
