"""A whole copy: every row and every chain arrives in the other kind of database, or nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from engine.core.effects import SendMessage
from engine.core.instance import Incident, Wait
from engine.core.promised import Clock
from engine.errors import Rejected
from engine.store import Store, absences, drafts, files, history, open_database, people, personal, sessions, workers
from engine.store.copying import MOVED, PAGE, Copied, copy
from tests.databases import SQLITE, Databases, Server, tamper
from tests.store.conftest import Cases

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]


@pytest.fixture
def kind() -> str:
    return SQLITE


@pytest.fixture(params=WAYS, ids=" to ".join)
def ways(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[Databases, Databases]]:
    """Where the databases from which, and to which, come from."""
    if "postgresql" not in request.param:
        yield databases, databases
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.lent() as lent:
        yield tuple(lent if one == "postgresql" else databases for one in request.param)  # type: ignore[misc]


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table._meta.table_name: sorted(map(tuple, store.select(table.select(*table._meta.sorted_fields))))  # type: ignore[attr-defined]
        for table in MOVED
    }


def filled(url: str) -> Store:
    """A database with something in most tables, odd letters too."""
    store = open_database(url)
    store.upgrade()
    cases = Cases(store)
    with store.transaction():
        people.put(
            store,
            [people.Person(one, f"{one} Ünal 🙂", roles=("agent", "Ä")) for one in ("ann", "Ben", "a-b", "ab", "ödön")],
        )
        people.set_setting(store, "organisation", {"name": "Wäre\n'x'"})
        files.put(store, bytes(range(256)) * 100, NOON)
        for number in range(12):
            files.put(store, str(number).encode(), NOON)
        absences.hold(store)
        drafts.keep(store, "c1.1", "ann", {"a": "\u2028%s ?"}, "sort", NOON)
        personal.look(store, "ann", "c1", 3, NOON)
    personal.keep_view(store, "ann", "inbox", "Mine", "q=1")
    personal.watch(store, "ann", "c1", NOON)
    workers.beat(store, "here:1:a", NOON)
    sessions.use(store, "sign-in ann", NOON, NOON - timedelta(days=1))
    sessions.use(store, "sign-in ann", NOON, NOON - timedelta(days=1))
    trouble = Incident("c1.9", NOON, "No guard holds.", "inquiry.yaml:9:3", "received", {"do": "complete"})
    mail = SendMessage("m1", "receipt", "en", "carla@example.org", "Carla", "Hello", "Text", timedelta(0))
    case = cases.start(
        "c1",
        effects=(mail,),
        tasks={"c1.1": cases.task("c1", 1, excluded=("eve",))},
        timers={"c1.2": cases.timer("c1", 2)},
        waits=(Wait("t0", "received", "customer-replied"),),
        clocks={"answer": Clock("answer", 1, NOON, "4h", due_at=NOON + timedelta(hours=4))},
        incidents={"c1.9": trouble},
    )
    for number in range(3):
        case = cases.step(case, cases.event("commented", text=f"ä {number}"), subject=f"S {number}")
    return store


def test_every_row_of_every_table_arrives_as_it_was(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with filled(there.new()) as source, open_database(here.bare()) as target:
        before = rows(source)
        told: dict[str, int] = {}
        copied = copy(source, target, told.__setitem__)
        assert rows(target) == rows(source) == before
        assert copied == Copied(sum(map(len, before.values())), 1, 4)
        assert told == {**{name: len(found) for name, found in before.items()}, "history": 1}
        assert sum(1 for found in before.values() if found) > 15
        assert history.verify(target, "c1") == history.verify(source, "c1")
        assert len(workers.everybody(source)) == 1 and workers.everybody(target) == []


def test_work_goes_on_in_the_copy(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with filled(there.new()) as source, open_database(here.new()) as target:
        copy(source, target)
        sessions.use(target, "sign-in ben", NOON, NOON - timedelta(days=1))
        personal.keep_view(target, "ann", "inbox", "Theirs", "q=2")
        cases = Cases(target)
        assert cases.start("c2").reference == "INQ-2026-00002"
        assert history.verify(target, "c2").ok


def test_there_and_back_again_is_the_same(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    urls = [there.new(), here.new(), there.new()]
    filled(urls[0]).close()
    for one, other in pairwise(urls):
        with open_database(one) as source, open_database(other) as target:
            copy(source, target)
    with open_database(urls[0]) as first, open_database(urls[2]) as last:
        assert rows(first) == rows(last)


def test_more_rows_than_a_page_arrive_too(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with open_database(there.new()) as source, open_database(here.new()) as target:
        with source.transaction():
            three = ("a", "b", "z")  # of which a page ends behind the second
            people.put(source, [people.Person(f"p{number}", "x", roles=three) for number in range(PAGE + 1)])
            people.put(source, [people.Person(f"q{number}", "x") for number in range(PAGE - 1)])
            cases = Cases(source)
            case = cases.start("c1")
        for _ in range(3):
            case = cases.step(case, *[cases.event("commented") for _ in range(PAGE)])
        copied = copy(source, target)
        assert (copied.cases, copied.lines) == (1, 1 + 3 * PAGE)
        assert rows(target) == rows(source)


def test_what_is_not_empty_is_left_alone(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with filled(there.new()) as source, open_database(here.new()) as target:
        people.set_setting(target, "mine", True)
        before = rows(target)
        with pytest.raises(Rejected) as refused:
            copy(source, target)
        assert (refused.value.code, "setting" in refused.value.message) == ("not-empty", True)
        assert rows(target) == before


def test_a_database_without_our_tables_is_not_copied_from(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with open_database(there.bare()) as source, open_database(here.new()) as target:
        with pytest.raises(Rejected) as refused:
            copy(source, target)
        assert refused.value.code == "database-old"


def test_a_history_that_was_tampered_with_is_found_and_nothing_is_copied(ways: tuple[Databases, Databases]) -> None:
    there, here = ways
    with filled(there.new()) as source, open_database(here.new()) as target:
        tamper(source, "UPDATE history SET body = '{}' WHERE seq = 2")
        with pytest.raises(Rejected) as refused:
            copy(source, target)
        assert (refused.value.code, "INQ-2026-00001" in refused.value.message) == ("copy-differs", True)
        assert not any(rows(target).values())


def test_a_row_that_arrives_otherwise_is_found_and_nothing_is_copied(
    ways: tuple[Databases, Databases], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, here = ways
    with filled(there.new()) as source, open_database(here.new()) as target:
        monkeypatch.setattr(
            type(target), "count_on", lambda self, table: self.alter(people.Row.update({people.Row.zone: "Mars"}))
        )
        with pytest.raises(Rejected) as refused:
            copy(source, target)
        assert (refused.value.code, "person" in refused.value.message) == ("copy-differs", True)
        monkeypatch.undo()
        assert not any(rows(target).values())
