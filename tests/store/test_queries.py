"""The lists: what is filtered, in which order, page by page, and through which index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from peewee import Select

from engine.core.instance import Token, Wait
from engine.core.promised import Clock
from engine.store import Store, due, inbox, instances, own_cases, personal, queries
from engine.store.compiled import Compiled, Parameter, Statement
from engine.store.inbox_parts import EVERYTHING, GIVEN, Only
from engine.store.models import Task
from engine.store.search import Eyes

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def some(cases: Any) -> Any:
    for number in range(6):
        cases.start(
            f"c{number}",
            received_at=NOON + timedelta(minutes=number // 2),
            starter="carla" if number % 2 else "dora",
            subject=f"50% off_{number}",
            customer={"name": "Ünal", "email": f"Person{number}@Example.org"},
            external_id=f"X{number}",
        )
    return cases


def ids(page: queries.Page[queries.Case]) -> list[str]:
    return [case.id for case in page.rows]


def test_cases_come_the_latest_received_first_page_by_page(store: Store, some: Any) -> None:
    assert ids(queries.cases(store)) == ["c5", "c4", "c3", "c2", "c1", "c0"]
    seen, after = [], None
    while True:
        page = queries.cases(store, limit=4, after=after)
        seen += ids(page)
        after = page.next
        if after is None:
            break
    assert seen == ["c5", "c4", "c3", "c2", "c1", "c0"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"process": "complaint"}, []),
        ({"process": "inquiry", "status": "running", "limit": 1}, ["c5"]),
        ({"status": "completed"}, []),
        ({"text": "off_3"}, ["c3"]),
        ({"text": "50%"}, ["c5", "c4", "c3", "c2", "c1", "c0"]),
        ({"text": "%5"}, ["c5", "c4", "c3", "c2", "c1", "c0"]),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
        ({"text": "person2@"}, ["c2"]),
        ({"text": "inq-2026-00001"}, ["c0"]),
        ({"text": "x4"}, ["c4"]),
        ({"text": "' OR 1=1 --"}, []),
        (
            {"received_from": NOON + timedelta(minutes=1), "received_before": NOON + timedelta(minutes=2)},
            ["c3", "c2"],
        ),
    ],
)
def test_cases_are_filtered(store: Store, some: Any, filters: dict[str, Any], found: list[str]) -> None:
    assert ids(queries.cases(store, **filters)) == found


def test_a_case_is_found_by_each_of_its_states_and_by_no_part_of_one(store: Store, cases: Any) -> None:
    states = ("analysis", "dev-analysis", "legal")
    cases.start(tokens={f"t{n}": Token(f"t{n}", state, NOON, "t0" if n else "") for n, state in enumerate(states)})
    for state in states:
        assert ids(queries.cases(store, state=state)) == ["c1"]
    for other in ("lega", "anal", "dev", "legal, x", "%", "analysis, legal"):
        assert ids(queries.cases(store, state=other)) == []


def test_a_case_shows_what_lists_need(store: Store, cases: Any) -> None:
    old = cases.start(tasks={"c1.1": cases.task("c1", 5), "c1.2": cases.task("c1", 3)})
    row = queries.case(store, old.reference)
    assert row is not None
    assert (row.states, row.next_due_at, row.subject) == ("received", NOON + timedelta(hours=3), "About c1")
    assert (row.customer_name, row.customer_email) == ("Carla", "carla@example.org")
    assert (row.received_at, row.updated_at, row.ended_at, row.outcome) == (NOON, NOON, None, "")
    assert queries.case(store, "INQ-2026-99999") is None


def test_cases_are_counted_by_process_status_and_states(store: Store, some: Any) -> None:
    case = some.start("d1")
    some.step(case, status="completed", ended_at=NOON, outcome="resolved", tokens={})
    assert queries.counts(store) == [
        queries.Count("inquiry", "running", "received", 6),
        queries.Count("inquiry", "completed", "", 1),
    ]


def test_a_parameter_that_is_not_given_or_not_used_is_found_when_compiling(store: Store) -> None:
    query = Statement(lambda: Task.select(Task.id).where(Task.id == Parameter("id")), "ID")
    with pytest.raises(ValueError, match="Expected the parameters"):
        Compiled(query, store.database)


def plan(store: Store, statement: Statement, *values: Any) -> str:
    if store.locks_rows:
        pytest.skip("PostgreSQL plans by the size of the tables")
    sql = Compiled(statement, store.database)
    given = sql.arrange(values) if sql.arrange else values
    return "\n".join(row[3] for row in store.database.execute_sql(f"EXPLAIN QUERY PLAN {sql.sql}", given).fetchall())


def test_the_inbox_reads_only_the_indexes_of_what_is_open(store: Store) -> None:
    for process, index in ((False, "candidate_role "), (True, "candidate_role_process ")):
        values = ("ann", "agent", "sales", *(["inquiry"] if process else []), 0, "", 51)
        found = plan(store, inbox._listing(2, (), Only(process="inquiry" if process else "").shape), *values)
        assert "task_mine" in found
        assert f"COVERING INDEX {index}" in found
        assert "SCAN task" not in found
        assert "SCAN candidate" not in found


def test_what_one_has_delegated_or_will_is_read_from_indexes_of_that_alone(store: Store) -> None:
    found = plan(store, inbox._listing(0, (), Only(whose=GIVEN).shape), "ann", 0, "", 51)
    assert "task_delegated" in found and "task_to_delegate" in found and "SCAN task" not in found


def test_what_waits_for_those_one_stands_in_for_is_read_from_the_same_indexes(store: Store) -> None:
    values = ("ann", "agent", '%"ann"%', "bob", "agent", "sales", '%"agent"%', '%"sales"%', 0, "", 51)
    found = plan(store, inbox._listing(1, (2,), EVERYTHING.shape), *values)
    assert found.count("task_mine") == 2
    assert found.count("COVERING INDEX candidate_role ") == 3
    assert "SCAN task" not in found and "SCAN candidate" not in found


def test_due_timers_are_read_in_the_order_of_their_index(store: Store) -> None:
    found = plan(store, due._DUE, 0, 100)
    assert "timer_due" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize(("order", "index"), [(queries.LATEST, "instance_received"), (queries.DUE, "instance_due")])
def test_cases_are_read_in_the_order_of_an_index_whichever_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch, order: str, index: str
) -> None:
    asked: list[Select] = []
    monkeypatch.setattr(Store, "select", lambda self, query: asked.append(query) or [])
    assert queries.cases(store, order=order, after=(0, "c1")).rows == ()
    found = plan(store, Statement(lambda: asked[0]))
    assert index in found and "TEMP B-TREE" not in found


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (Only(text="tag:vip"), ["c1.1", "c2.1"]),
        (Only(text="tag:bil tag:vip"), ["c1.1"]),
        (Only(text="tag:Rückruf"), ["c2.1"]),
        (Only(text="tag:up"), []),
        (Only(text="%"), []),
        (Only(severity="S1"), ["c2.1"]),
        (Only(severity="s1"), []),
        (Only(severity="S1", text="tag:vip", whose="free"), ["c2.1"]),
        (Only(severity="S1", text="tag:v category:billing"), []),
        (Only(text="tag:vip about"), ["c1.1", "c2.1"]),
        (Only(text="c2"), ["c2.1"]),
        (Only(text="carla"), ["c1.1", "c2.1", "c3.1"]),
        (Only(customer="carla example.org"), ["c1.1", "c2.1", "c3.1"]),
        (Only(customer="about"), []),
        (Only(text="carla", eyes=Eyes(personal=False)), []),
        (Only(customer="carla", eyes=Eyes(personal=False)), []),
        (Only(text="tag:vip", eyes=Eyes(house=False)), []),
        (Only(assignee="ann"), []),
        (Only(text="c2", process="inquiry", kind="task", state="received"), ["c2.1"]),
    ],
)
def test_an_inbox_is_narrowed_down_by_words_and_marks(store: Store, cases: Any, only: Only, found: list[str]) -> None:
    for number, (tags, severity) in enumerate(
        [(("billing", "follow-up", "vip"), "S3"), (("rückruf", "vip"), "S1"), ((), "")], 1
    ):
        id = f"c{number}"
        cases.start(id, tasks={f"{id}.1": cases.task(id, 1)}, tags=tags, severity=severity)
    page = inbox.inbox(store, "ann", ["agent"], only=only)
    assert sorted(row.task for row in page.rows) == found
    assert inbox.waiting(store, "ann", ["agent"], only=only) == len(found)


def test_cases_are_found_by_who_has_one_of_their_open_tasks(store: Store, cases: Any) -> None:
    for number, assignee in enumerate(("ann", "bob", "", ""), 1):
        status = "claimed" if assignee else "open"
        task = cases.task(f"c{number}", 1, assignee=assignee, status=status)
        cases.start(f"c{number}", tasks={task.id: task} if number < 4 else {})
    found = {who: ids(queries.cases(store, assignee=who)) for who in ("ann", "bob", "eve", "")}
    assert found == {"ann": ["c1"], "bob": ["c2"], "eve": [], "": ["c3"]}
    (mine,) = inbox.inbox(store, "ann", ["agent"], only=Only(assignee="ann")).rows
    assert (mine.task, mine.kind) == ("c1.1", "task")


def test_cases_that_are_followed_are_counted_up_to_a_bound(store: Store, cases: Any) -> None:
    for number in range(4):
        task = cases.task(f"c{number}", 1, assignee="ann", status="claimed")
        old = cases.start(f"c{number}", tasks={task.id: task})
        done = cases.event("task-completed", task=task.id)
        cases.step(old, done, tasks={}, waits=(Wait("t0", "received", "reply"),) if number else ())
        personal.watch(store, "bob", f"c{number}", NOON)
    waiting, watched = own_cases.waiting_for_customer, own_cases.watched
    assert ids(own_cases.page(store, waiting("ann"))) == ["c3", "c2", "c1"]
    assert [own_cases.count(store, waiting(who), most=2) for who in ("ann", "bob")] == [2, 0]
    assert [own_cases.count(store, watched("bob"), most=most) for most in (3, 100)] == [3, 4]


def test_the_next_promise_of_each_case_is_told_by_its_name(store: Store, cases: Any) -> None:
    clocks = [
        Clock("answer", 1, NOON, "P2D", due_at=NOON + timedelta(days=2)),
        Clock("receipt", 1, NOON, "P1D", due_at=NOON + timedelta(days=1)),
        Clock("visit", 1, NOON, "P1D", status="paused"),
    ]
    cases.start("c1", clocks={clock.name: clock for clock in clocks})
    cases.start("c2", clocks={"visit": clocks[2]})
    assert own_cases.promised(store, ["c1", "c2", "c9"]) == {"c1": ("receipt", NOON + timedelta(days=1))}
    assert own_cases.promised(store, []) == {}


def test_a_row_of_the_inbox_tells_tags_and_severity_as_they_are_now(store: Store, cases: Any) -> None:
    old = cases.start("c1", tasks={"c1.1": cases.task("c1", 1)})
    assert [(row.tags, row.severity) for row in inbox.inbox(store, "ann", ["agent"]).rows] == [((), "")]
    cases.step(old, tags=("a", "b-c"), severity="S2")
    assert [(row.tags, row.severity) for row in inbox.inbox(store, "ann", ["agent"]).rows] == [(("a", "b-c"), "S2")]
    loaded = instances.load(store, "c1")
    assert loaded is not None and (loaded.tags, loaded.severity) == (("a", "b-c"), "S2")
