"""The history is only ever added to, and whoever changes it behind the engine's back is found out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from engine.core.events import Event
from engine.core.promised import Clock
from engine.errors import Rejected
from engine.store import Store, history, instances, queries
from tests.databases import change, sql, tamper

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def chain(store: Store, cases: Any) -> list[history.Line]:
    old = cases.start()
    event = Event("commented", NOON, "bob", "web", {"ü": "ä", "a": [1, None, "1.10"]}, "ann", ("sales", "agent"))
    old = cases.step(old, event, cases.event("moved", to="b"))
    cases.step(old, cases.event("completed", outcome="resolved"))
    return history.read(store, "c1")


def test_every_line_comes_back_as_it_was_written(chain: list[history.Line]) -> None:
    assert [line.seq for line in chain] == [1, 2, 3, 4]
    assert chain[1].event == Event(
        "commented", NOON, "bob", "web", {"a": [1, None, "1.10"], "ü": "ä"}, "ann", ("sales", "agent")
    )
    assert chain[1].recorded_at == NOON


def test_the_history_can_be_read_from_a_line_on(store: Store, chain: list[history.Line]) -> None:
    assert history.read(store, "c1", after=2) == chain[2:]
    assert history.read(store, "c1", after=1, limit=2) == chain[1:3]
    assert history.read(store, "c2") == []
    assert queries.history_of(store, "c1") == chain


def test_anybody_can_compute_the_hashes_from_the_description(store: Store, chain: list[history.Line]) -> None:
    def micros(at: datetime) -> int:
        return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    previous = ""
    for line in chain:
        event = line.event
        parts = [
            *(
                previous,
                line.instance,
                line.seq,
                event.type,
                micros(event.at),
                micros(line.recorded_at),
                event.actor,
            ),
            *(event.on_behalf_of, event.via, list(event.roles), event.body),
            *([line.case_hash] if line.case_hash else []),
        ]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert line.prev_hash == previous
        assert line.hash == sha256(text.encode()).hexdigest()
        previous = line.hash
    assert history.verify(store, "c1") == history.Verified(True, 4, previous, bound_from=NOON)


def test_the_last_line_of_each_step_binds_the_case_as_anybody_can_compute(
    store: Store, chain: list[history.Line]
) -> None:
    assert [bool(line.case_hash) for line in chain] == [True, False, True, True]
    names = (
        "id process digest reference status revision seq states starter received_at started_at updated_at ended_at "
        "outcome priority external_id subject customer_name customer_email next_due_at severity tags"
    )
    (*columns, snapshot), *_ = sql(store, f"SELECT {names.replace(' ', ', ')}, snapshot FROM instance WHERE id = 'c1'")
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":")) + "\n" + snapshot
    assert chain[-1].case_hash == "1:" + sha256(text.encode()).hexdigest()


def test_a_case_without_history_is_whole_and_empty(store: Store) -> None:
    assert history.verify(store, "nobody") == history.Verified(True, 0, "")


@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'eve'", "DELETE FROM history"])
def test_the_database_itself_refuses_to_change_or_delete_a_line(
    store: Store, chain: list[history.Line], change: str
) -> None:
    with pytest.raises(Exception, match="append-only"):
        store.database.execute_sql(change)
    with pytest.raises(Rejected) as refused:
        store.alter(history.History.delete())
    assert refused.value.code == "history-append-only"
    assert history.verify(store, "c1").ok


@pytest.mark.parametrize(
    ("tampering", "line", "why"),
    [
        ("UPDATE history SET actor = 'eve' WHERE seq = 2", 2, "content"),
        ("UPDATE history SET body = '{\"a\":2}' WHERE seq = 2", 2, "content"),
        ("UPDATE history SET body = 'no json' WHERE seq = 2", 2, "content"),
        ("UPDATE history SET roles = 'no json' WHERE seq = 2", 2, "content"),
        ("UPDATE history SET recorded_at = recorded_at + 1 WHERE seq = 3", 3, "content"),
        ("UPDATE history SET prev_hash = 'x' WHERE seq = 3", 3, "follow"),
        ("DELETE FROM history WHERE seq = 2", 2, "missing"),
        ("DELETE FROM history WHERE seq = 1", 1, "missing"),
        ("DELETE FROM history WHERE seq = 4", 4, "4 lines, but 3"),
    ],
)
def test_a_change_behind_our_back_is_found_with_its_line(
    store: Store, chain: list[history.Line], tampering: str, line: int, why: str
) -> None:
    tamper(store, tampering)
    found = history.verify(store, "c1")
    assert (found.ok, found.first_bad_seq) == (False, line)
    assert why in found.why
    assert found.length == line - 1


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("priority", "high", 'priority is "high", by its snapshot it is ""'),
        ("subject", "Another", "something that its history does not spell out"),
        ("received_at", 0, "received_at is 1970-01-01T00:00:00+00:00, by its snapshot it is 2026-11-23T12:00:00"),
        ("status", "cancelled", 'status is "cancelled", by its history it is "running"'),
        ("snapshot", "no json", "its snapshot, which cannot be read"),
        ("snapshot", {"received_at": "2026-11-24T12:00:00+00:00"}, "received_at is"),
        ("snapshot", {"variables": {"amount": "9"}}, 'amount is "9", by its history it is "7"'),
        ("snapshot", {"data": {"answer": {"text": "no"}}}, 'answer.text is "no", by its history it is "yes"'),
        ("snapshot", {"tasks": []}, 'the tasks that wait is [], by its history it is ["c1.1"]'),
        ("snapshot", {"tokens": [["t0", "b", "2026-11-23T12:00:00+00:00"]]}, 'the state is "b", by its history it'),
        ("snapshot", {"clocks": [["answer", 1, *["2026-11-23T12:00:00+00:00", "1 d", "running", []],
                                  *["2030-01-01T00:00:00+00:00", [], None, None]]]},
         'the deadline of the promise answer is "2030-01-01T00:00:00+00:00", by its history it is "2026-11-24T'),
    ],
)  # fmt: skip
def test_a_case_that_was_changed_behind_our_back_is_found_and_what_differs_is_named(
    store: Store, cases: Any, column: str, value: Any, told: str
) -> None:
    due = NOON + timedelta(days=1)
    started = {"reference": "INQ-2026-00001", "process": "inquiry", "received_at": NOON.isoformat()}
    events = [
        cases.event("case-started", **started),
        cases.event("moved", to="received", trigger="begin"),
        cases.event("form-submitted", name="answer", form="answer", changes={"text": [None, "yes"]}),
        cases.event("values-set", changes={"amount": [None, "7"]}),
        cases.event("task-opened", task="c1.1"),
        cases.event("clock-started", clock="answer", due_at=due.isoformat()),
    ]
    with store.transaction():
        new = cases.new(
            reference="INQ-2026-00001",
            data={"answer": {"text": "yes"}},
            variables={"amount": "7"},
            tasks={"c1.1": cases.task("c1", 1)},
            clocks={"answer": Clock("answer", 1, NOON, "1 d", due_at=due)},
        )
        instances.save(store, None, new, events, (), NOON)
    assert history.verify(store, "c1").ok
    if isinstance(value, dict):
        ((snapshot,),) = sql(store, "SELECT snapshot FROM instance")
        value = json.dumps({**json.loads(snapshot), **value})
    change(store, f"UPDATE instance SET {column} = ?", value)
    found = history.verify(store, "c1")
    assert (found.ok, found.length, found.first_bad_seq) == (False, 6, None)
    assert "the case is not what its history says" in found.why
    assert any(str(one).startswith(told) for one in found.differs), found.differs


def test_a_history_from_before_cases_were_bound_is_whole_until_the_next_step_binds_the_case(
    store: Store, cases: Any
) -> None:
    old = cases.start()
    tamper(store, "DELETE FROM history")
    with store.transaction():
        history.append(store, "c1", 0, [cases.event("case-started")], NOON, "")  # as earlier versions wrote it
    change(store, "UPDATE instance SET subject = 'Changed before'")
    found = history.verify(store, "c1")
    assert (found.ok, found.bound_from) == (True, None)
    cases.step(old)
    assert history.verify(store, "c1").bound_from == NOON
    change(store, "UPDATE instance SET subject = 'Changed after'")
    assert history.verify(store, "c1").differs


def test_a_case_that_is_bound_stays_so(store: Store, cases: Any, chain: list[history.Line]) -> None:
    with store.transaction():
        history.append(store, "c1", 4, [cases.event("commented")], NOON, "")
    change(store, "UPDATE instance SET seq = 5, subject = 'Changed'")
    assert history.verify(store, "c1").why == "its last step does not bind the case, as those before it do"


def test_a_long_history_is_verified_page_by_page(store: Store, cases: Any) -> None:
    cases.step(cases.start(), *(cases.event("commented", text=str(n)) for n in range(1200)))
    assert history.verify(store, "c1").length == 1201
    assert len(history.read(store, "c1")) == 1201
    assert len(history.read(store, "c1", limit=700)) == 700
