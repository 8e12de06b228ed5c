"""What PostgreSQL does that SQLite does not: connections break, units wait for each other, others write meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import Rejected
from engine.store import Store, open_database, people, personal, references
from engine.store.pool import MOST_CONNECTIONS
from engine.store.postgresql import PostgresqlStore
from tests.databases import POSTGRESQL, Databases, Server

psycopg = pytest.importorskip(
    "psycopg", exc_type=ImportError, reason="No driver for PostgreSQL: pip install heard[test]"
)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def kind() -> str:
    return POSTGRESQL


@pytest.fixture
def store(url: str) -> Iterator[PostgresqlStore]:
    with open_database(url, patience=5.0) as opened:
        assert isinstance(opened, PostgresqlStore)
        yield opened


def put(store: Store, *names: str) -> None:
    people.put(store, [people.Person(name, name) for name in names])


def names(store: Store) -> list[str]:
    return [one.id for one in people.everybody(store)]


def test_a_user_who_may_make_no_tables_here_is_told_whose_the_database_has_to_be(databases: Databases) -> None:
    url = databases.bare()
    url += f"{'&' if '?' in url else '?'}options=-c%20role%3Dpg_monitor"
    with open_database(url) as store, pytest.raises(Rejected, match="Let that user own the database"):
        store.upgrade()


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as other:
        return other.execute(sql).fetchall()


def cut(url: str) -> int:
    """End every other connection to this database, as a restart of the server does; how many there were."""
    found = ask(
        url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    return len(found)


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Each in a thread of its own; what went wrong."""
    wrong: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


# --- connections


def test_a_connection_belongs_to_a_unit_or_a_statement_and_then_to_whoever_comes_next(
    store: PostgresqlStore, url: str
) -> None:
    for _ in range(30):
        assert at_once(lambda: names(store)) == []
    with store.transaction():
        put(store, "ann")
    assert names(store) == ["ann"]
    assert cut(url) == 1


def test_more_threads_than_connections_wait_for_each_other(store: PostgresqlStore, url: str) -> None:
    def work() -> None:
        with store.transaction():
            names(store)
            time.sleep(0.01)

    assert at_once(*[work] * (3 * MOST_CONNECTIONS)) == []
    assert 1 < cut(url) <= MOST_CONNECTIONS


def test_who_waits_too_long_for_a_connection_is_told(url: str) -> None:
    with open_database(url, patience=0.3) as store:
        done = threading.Event()
        ready = threading.Barrier(MOST_CONNECTIONS + 1)

        def keep() -> None:
            with store.transaction():
                ready.wait()
                done.wait(10)

        threads = [threading.Thread(target=keep) for _ in range(MOST_CONNECTIONS)]
        for thread in threads:
            thread.start()
        ready.wait()
        with pytest.raises(Rejected) as refused:
            names(store)
        done.set()
        for thread in threads:
            thread.join()
        assert refused.value.code == "database-busy"
        assert names(store) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_leaves_its_parents_connections_alone(url: str) -> None:
    code = f"""
import os
from engine.store import open_database, people
store = open_database({url!r})
with store.transaction():
    people.put(store, [people.Person("before", "x")])
    child = os.fork()
    if child == 0:
        with store.transaction():
            people.put(store, [people.Person("child", "x")])
        os._exit(0)
    os.waitpid(child, 0)
    people.put(store, [people.Person("parent", "x")])
print([one.id for one in people.everybody(store)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("['before', 'child', 'parent']", "")


def test_an_address_may_say_more_and_what_it_says_counts(url: str) -> None:
    more = f"{url}{'&' if '?' in url else '?'}application_name=night-shift&options=-c%20statement_timeout%3D1234"
    with open_database(more, patience=7) as store:
        shown = [
            store.database.execute_sql(f"SHOW {name}").fetchone()[0]
            for name in ("application_name", "statement_timeout", "lock_timeout")
        ]
    assert shown == ["night-shift", "1234ms", "7s"]


@pytest.mark.parametrize("url", ["postgresql://[::1/x", "postgresql://host/x?no_such_option=1"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(Rejected) as refused:
        open_database(url)
    assert refused.value.code == "database-url"


def test_a_database_that_is_not_there_is_told_at_once(store: PostgresqlStore, url: str) -> None:
    began = time.monotonic()
    with pytest.raises(Rejected) as refused:
        open_database(url.replace("heard_test", "no_such"))
    assert refused.value.code == "database-unreachable"
    assert "no_such" in refused.value.message
    assert time.monotonic() - began < 5


def test_a_database_that_cannot_hold_any_text_is_refused(postgresql: Server, databases: Databases) -> None:
    name = f"heard_test_latin_{os.getpid()}"
    there = databases.bare()
    ask(there, "SELECT 1")
    with psycopg.connect(there, autocommit=True) as other:
        other.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        with pytest.raises(Rejected) as refused:
            open_database(there.replace(_name(there), name))
        assert refused.value.code == "database-encoding"
    finally:
        with psycopg.connect(there, autocommit=True) as other:
            other.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


# --- a connection that breaks


def test_a_reading_goes_on_when_its_connection_broke(store: PostgresqlStore, url: str) -> None:
    assert names(store) == []
    assert cut(url) == 1
    assert names(store) == []


def test_whether_it_is_ready_is_known_at_once_when_every_connection_in_the_pool_broke(
    store: PostgresqlStore, url: str
) -> None:
    meeting = threading.Barrier(3)

    def hold() -> None:
        with store.transaction():
            meeting.wait(10)

    assert at_once(hold, hold, hold) == []
    assert cut(url) >= 3
    assert store.missing() == ()


def test_a_server_that_is_away_is_not_waited_for_by_who_asks_whether_it_is_ready(
    store: PostgresqlStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise psycopg.OperationalError("connection refused")

    cut(url)
    monkeypatch.setattr(psycopg, "connect", refuse)
    began = time.monotonic()
    with pytest.raises(Rejected) as refused:
        store.missing()
    assert refused.value.code == "database-unreachable"
    assert time.monotonic() - began < 2


def test_a_change_is_made_once_when_its_connection_broke(store: PostgresqlStore, url: str) -> None:
    people.set_setting(store, "a", 1)
    assert cut(url) == 1
    people.set_setting(store, "b", 2)
    assert people.setting(store, "b") == 2


def test_a_unit_is_done_again_from_its_beginning_when_its_connection_breaks(store: PostgresqlStore, url: str) -> None:
    tries = []

    def work() -> str:
        tries.append(names(store))
        reference = references.take(store, "INQ", 2026)
        if len(tries) == 1:
            assert cut(url) == 1
        put(store, "ann")
        return reference

    assert store.unit(work) == "INQ-2026-00001"
    assert tries == [[], []]
    assert names(store) == ["ann"]


def test_a_unit_that_nobody_can_do_again_tells_that_nothing_was_written(store: PostgresqlStore, url: str) -> None:
    with pytest.raises(Rejected) as refused, store.transaction():
        put(store, "ann")
        cut(url)
        put(store, "ben")
    assert refused.value.code == "database-unreachable"
    assert "Nothing was written" in refused.value.message
    assert names(store) == []


def test_a_unit_inside_another_breaks_with_it_and_is_not_done_again_alone(store: PostgresqlStore, url: str) -> None:
    tries = []

    def inner() -> None:
        tries.append("inner")
        if len(tries) == 2:
            cut(url)
        put(store, "ben")

    def outer() -> None:
        tries.append("outer")
        put(store, "ann")
        store.unit(inner)

    store.unit(outer)
    assert tries == ["outer", "inner", "outer", "inner"]
    assert names(store) == ["ann", "ben"]


class Deaf:
    """Lets a COMMIT go out (or not), and loses the answer with the connection."""

    def __init__(self, store: PostgresqlStore, url: str, monkeypatch: pytest.MonkeyPatch, *, sent: bool) -> None:
        self.lost = 0
        original = type(store.database).commit

        def commit(pool: Any) -> None:
            if self.lost:
                return original(pool)
            self.lost += 1
            if sent:
                original(pool)
            cut(url)
            return original(pool)

        monkeypatch.setattr(type(store.database), "commit", commit)


@pytest.mark.parametrize("sent", [True, False])
def test_a_commit_whose_answer_was_lost_is_asked_about_and_done_once(
    store: PostgresqlStore, url: str, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    deaf, tries = Deaf(store, url, monkeypatch, sent=sent), []

    def work() -> str:
        tries.append(1)
        return references.take(store, "INQ", 2026)

    assert store.unit(work) == "INQ-2026-00001"
    assert (deaf.lost, len(tries)) == (1, 1 if sent else 2)
    assert ask(url, "SELECT last FROM counter") == [(1,)]


@pytest.mark.parametrize("sent", [True, False])
def test_a_person_is_told_only_when_the_commit_did_not_come_through(
    store: PostgresqlStore, url: str, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    Deaf(store, url, monkeypatch, sent=sent)
    if sent:
        with store.transaction():
            put(store, "ann")
    else:
        with pytest.raises(Rejected) as refused, store.transaction():
            put(store, "ann")
        assert "Nothing was written" in refused.value.message
    assert names(store) == (["ann"] if sent else [])


def test_who_cannot_ask_what_became_of_a_commit_says_so(
    store: PostgresqlStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Deaf(store, url, monkeypatch, sent=True)
    monkeypatch.setattr(store, "patience", 0.2)

    def gone(*_: object, **__: object) -> Any:
        raise psycopg.OperationalError("connection failed: nobody there")

    with pytest.raises(Rejected) as refused, store.transaction():
        put(store, "ann")
        monkeypatch.setattr("psycopg.connect", gone)
        monkeypatch.setattr(f"{__name__}.cut", lambda _: store.database._state.conn.close())
    assert refused.value.code == "database-unconfirmed"
    assert "Look whether it is there" in refused.value.message


def test_a_server_that_stays_away_is_reported_after_a_while(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_database(url, patience=0.3) as store:

        def gone(*_: object, **__: object) -> Any:
            raise psycopg.OperationalError("connection failed: nobody there")

        assert cut(url) == 1
        monkeypatch.setattr("psycopg.connect", gone)
        began = time.monotonic()
        with pytest.raises(Rejected) as refused:
            names(store)
        assert refused.value.code == "database-unreachable"
        assert time.monotonic() - began >= 0.3


# --- others who write


def test_two_units_that_wait_for_each_other_are_both_done(store: PostgresqlStore) -> None:
    with store.transaction():
        put(store, "ann", "ben")
    both_began, tries = threading.Barrier(2), []

    def change(first: str, second: str) -> None:
        def work() -> None:
            tries.append(first)
            put(store, first)
            if len(tries) <= 2:
                both_began.wait(5)
            put(store, second)

        store.unit(work)

    assert at_once(lambda: change("ann", "ben"), lambda: change("ben", "ann")) == []
    assert len(tries) > 2, "one of them was taken back and done again"


def test_what_is_held_keeps_out_those_who_hold_the_same_words_and_nobody_else(store: PostgresqlStore) -> None:
    seen: list[str] = []

    def work(*words: str) -> None:
        with store.transaction():
            store.hold(*words)
            seen.append(f"{words[-1]} in")
            time.sleep(0.3 if len(seen) == 1 else 0)
            seen.append(f"{words[-1]} out")

    def later(*words: str) -> None:
        time.sleep(0.1)
        work(*words)

    assert at_once(lambda: work("x", "a"), lambda: later("x", "a"), lambda: later("x", "b")) == []
    assert seen == ["a in", "b in", "b out", "a out", "a in", "a out"]


def test_who_waits_too_long_for_a_row_is_told_that_it_is_busy(store: PostgresqlStore, url: str) -> None:
    with open_database(url, patience=0.2) as hasty, store.transaction():
        put(store, "ann")
        with pytest.raises(Rejected) as refused, hasty.transaction():
            put(hasty, "ann")
        assert refused.value.code == "database-busy"


def test_a_statement_that_takes_too_long_is_stopped(url: str) -> None:
    more = f"{url}{'&' if '?' in url else '?'}options=-c%20statement_timeout%3D100"
    with open_database(more) as store, pytest.raises(Rejected) as refused:
        store._send("SELECT pg_sleep(20)", [], lambda cursor: None)
    assert refused.value.code == "database-slow"


def test_a_failure_that_is_passed_over_does_not_pass_for_a_success(store: PostgresqlStore) -> None:
    with pytest.raises(RuntimeError, match="nothing was written"), store.transaction():
        put(store, "ann")
        with pytest.raises(Exception, match="no_such"):
            store.database.execute_sql("SELECT no_such")
    assert names(store) == []


def test_two_who_watch_or_choose_at_once_both_do(store: PostgresqlStore) -> None:
    for number in range(10):
        person = f"p{number}"
        works = [lambda person=person: personal.watch(store, person, "c1", NOON) for _ in range(3)]
        choices = [
            lambda person=person, key=key: personal.choose(store, person, {key: "on"}) for key in ("a", "b", "c")
        ]
        assert at_once(*works, *choices) == []
        assert personal.preferences(store, person) == {"a": "on", "b": "on", "c": "on"}
    assert len(personal.watchers(store, "c1")) == 10


# --- the tables


def test_texts_are_ordered_byte_by_byte_as_in_sqlite(databases: Databases) -> None:
    with open_database(databases.bare()) as store:
        store.upgrade()
        with store.transaction():
            put(store, "b", "B", "a-c", "ab", "Ä", "z")
        assert names(store) == ["B", "a-c", "ab", "b", "z", "Ä"]
        others = store.database.execute_sql(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        ).fetchall()
        assert others == []
