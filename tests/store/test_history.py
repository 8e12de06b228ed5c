"""The history is only ever added to, and whoever changes it behind the engine's back is found out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from engine.core.events import Event
from engine.errors import Rejected
from engine.store import Store, history, queries
from tests.databases import tamper

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
        ]
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert line.prev_hash == previous
        assert line.hash == sha256(text.encode()).hexdigest()
        previous = line.hash
    assert history.verify(store, "c1") == history.Verified(True, 4, previous)


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


def test_a_long_history_is_verified_page_by_page(store: Store, cases: Any) -> None:
    cases.step(cases.start(), *(cases.event("commented", text=str(n)) for n in range(1200)))
    assert history.verify(store, "c1").length == 1201
    assert len(history.read(store, "c1")) == 1201
    assert len(history.read(store, "c1", limit=700)) == 700
