"""The handle on one database: opening it by its URL, running statements, one transaction around a unit of
work.

Owns connections, transactions and the translation of the drivers' errors into what a person can do. Knows no
table. The seam between SQLite and PostgreSQL is here and in `sqlite.py`; everything else in the store is the
same for both.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

from peewee import Database, PostgresqlDatabase

from engine.errors import Rejected
from engine.store.compiled import Compiled, Statement
from engine.store.failures import Constraint, translated, unreachable
from engine.store.sqlite import open_sqlite

PATIENCE = 30.0  # seconds a unit of work waits for another process to finish writing

__all__ = ["Constraint", "Store", "open_database"]


def open_database(url: str, patience: float = PATIENCE) -> Store:
    """A store for `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:` or
    `postgresql://user@host/name`.

    Rejected("database-…") when it cannot be opened. Nothing is made but an empty file: call `upgrade` before
    the first use.
    """
    scheme, colon, rest = url.partition("://")
    if scheme == "sqlite" and colon:
        database: Database = open_sqlite(rest, patience)
    elif scheme in ("postgresql", "postgres") and colon:
        database = PostgresqlDatabase(url, prefer_psycopg3=True)
    else:
        raise Rejected(
            "database-url",
            "Expected a database as sqlite:///heard.db, sqlite:///:memory: or "
            f"postgresql://user@host/name, but got {_shown(url)!r}.",
        )
    store = Store(database, patience)
    store.connect()
    return store


def _shown(url: str) -> str:
    """The URL as far as it may stand in a message: without what could be a password."""
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{after}" if at else url


class Store:
    """One open database.

    Safe to share between threads: each has its own connection. After a fork, the child opens its own.
    """

    def __init__(self, database: Database, patience: float = PATIENCE) -> None:
        self.database = database
        self.patience = patience
        self.locks_rows = isinstance(database, PostgresqlDatabase)
        self._compiled: dict[Statement, Compiled] = {}

    def connect(self) -> None:
        """Open this thread's connection now. Rejected("database-unreachable") when nobody answers."""
        try:
            self.database.connect(reuse_if_open=True)
        except Exception as error:
            raise unreachable(error) from error

    def upgrade(self) -> tuple[str, ...]:
        """Bring the tables up to date; the names of what was applied.

        Does nothing, and takes no lock, when they are.
        """
        from engine.store.upgrades import upgrade

        try:
            return upgrade(self)
        except Exception as error:
            raise translated(error) from None

    def close(self) -> None:
        """Close the connections of every thread (SQLite) or of this one (PostgreSQL)."""
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # Statements

    def _run(self, statement: Statement, values: Sequence[Any]) -> Any:
        compiled = self._compiled.get(statement) or self._compile(statement)
        if compiled.arrange is not None:
            values = compiled.arrange(values)
        try:
            cursor = self.database.connection().cursor()
            cursor.execute(compiled.sql, values)
            return cursor
        except Exception as error:
            raise translated(error) from error

    def _compile(self, statement: Statement) -> Compiled:
        compiled = self._compiled[statement] = Compiled(statement, self.database)
        return compiled

    def row(self, statement: Statement, *values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        cursor = self._run(statement, values)
        try:  # rows come as they are asked for, and so do errors
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
        except Exception as error:
            raise translated(error) from error

    def rows(self, statement: Statement, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._run(statement, values)
        try:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
        except Exception as error:
            raise translated(error) from error

    def change(self, statement: Statement, *values: Any) -> int:
        """Run an INSERT, UPDATE or DELETE once; how many rows it touched."""
        count: int = self._run(statement, values).rowcount
        return count

    def change_many(self, statement: Statement, batch: Iterable[Sequence[Any]]) -> None:
        """Run it once for each set of values, in one call to the driver."""
        compiled = self._compiled.get(statement) or self._compile(statement)
        if compiled.arrange is not None:
            batch = [compiled.arrange(values) for values in batch]
        try:
            self.database.connection().cursor().executemany(compiled.sql, batch)
        except Exception as error:
            raise translated(error) from error

    def select(self, query: Any) -> list[tuple[Any, ...]]:
        """Build and run a Peewee query: for lists and reports with changing conditions, not for the way of a
        command.
        """
        sql, values = self.database.get_sql_context().sql(query).query()
        try:
            cursor = self.database.connection().cursor()
            cursor.execute(sql, tuple(values))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
        except Exception as error:
            raise translated(error) from error

    def alter(self, query: Any) -> int:
        """Build and run a Peewee INSERT, UPDATE or DELETE once; how many rows it touched."""
        sql, values = self.database.get_sql_context().sql(query).query()
        try:
            cursor = self.database.connection().cursor()
            cursor.execute(sql, tuple(values))
            count: int = cursor.rowcount
            return count
        except Exception as error:
            raise translated(error) from error

    # Transactions

    def transaction(self) -> Unit:
        """One unit of work: all of it is written, or nothing.

        On SQLite it holds the write lock from its beginning, so what is read inside cannot change.

        Inside another unit it is a savepoint: an error that is caught outside it takes back the inner work
        alone. Waits for other writers up to `patience` seconds, then Rejected("database-busy").
        """
        return Unit(self)

    @property
    def in_transaction(self) -> bool:
        return self.database.in_transaction()


class Unit:
    """The context manager behind `Store.transaction`."""

    __slots__ = ("_store", "_atomic")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Store:
        store = self._store
        database = store.database
        until = 0.0
        while True:
            atomic = database.atomic() if store.locks_rows else database.atomic("IMMEDIATE")
            try:
                atomic.__enter__()
            except Exception as error:
                refused = translated(error)
                now = time.monotonic()
                until = until or now + store.patience
                if getattr(refused, "code", "") != "database-busy" or now >= until:
                    raise refused from error
                # SQLite's own wait is over; two losers must not come back in step.
                time.sleep(random.uniform(0.001, 0.02))
            else:
                self._atomic = atomic
                return store

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._atomic.__exit__(kind, error, trace)
        except Exception as failed:
            if error is None:
                raise translated(failed) from failed
            # SQLite has rolled back by itself (a full disk, say); what matters is the error that led here.
