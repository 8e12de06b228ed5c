"""The handle on one database: running statements, one transaction around a unit of work.

Owns transactions and the translation of the drivers' errors into what a person can do. Knows no table. As it stands
here it is for SQLite, which lets one write at a time; `postgresql.py` has what is different there. Everything else in
the store is the same for both.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, TypeVar

from peewee import Database, Model

from engine.store.compiled import Statement
from engine.store.failures import translated, unreachable

T = TypeVar("T")


class Store:
    """One open database.

    Safe to share between threads: each has its own connection. After a fork, the child opens its own.
    """

    locks_rows = False
    """Whether others may write while a unit of work does: then a row that is read to be changed has to be locked."""

    def __init__(self, database: Database, patience: float) -> None:
        self.database = database
        self.patience = patience

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

    def missing(self) -> tuple[str, ...]:
        """What `upgrade` would apply; nothing where the tables are those of this version.

        Asked without waiting: Rejected("database-…") when the database does not answer now, or is not ours to change.
        """
        from engine.store.upgrades import pending

        try:
            return pending(self)
        except Exception as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the connections of every thread."""
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # Statements

    def _send(self, sql: str, values: Sequence[Any], take: Callable[[Any], T]) -> T:
        """Run it, and `take` from the cursor what is wanted: rows come as they are asked for, and so do errors."""
        try:
            return take(self.database.connection().execute(sql, values))
        except Exception as error:
            raise self._failed(error) from error

    def _send_many(self, sql: str, batch: Iterable[Sequence[Any]]) -> None:
        try:
            self.database.connection().cursor().executemany(sql, batch)
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> Exception:
        """What to raise in its place."""
        return translated(error)

    def _run(self, statement: Statement, values: Sequence[Any], take: Callable[[Any], T]) -> T:
        compiled = statement.compiled(self.database)
        if compiled.arrange is not None:
            values = compiled.arrange(values)
        return self._send(compiled.sql, values, take)

    def row(self, statement: Statement, *values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found: tuple[Any, ...] | None = self._run(statement, values, _first)
        return found

    def rows(self, statement: Statement, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._run(statement, values, _all)
        return found

    def change(self, statement: Statement, *values: Any) -> int:
        """Run an INSERT, UPDATE or DELETE once; how many rows it touched."""
        return self._run(statement, values, _count)

    def change_many(self, statement: Statement, batch: Iterable[Sequence[Any]]) -> None:
        """Run it once for each set of values, in one call to the driver."""
        compiled = statement.compiled(self.database)
        if compiled.arrange is not None:
            batch = [compiled.arrange(values) for values in batch]
        self._send_many(compiled.sql, batch)

    def select(self, query: Any) -> list[tuple[Any, ...]]:
        """Build and run a Peewee query: for lists and reports with changing conditions, not for the way of a
        command.
        """
        sql, values = self.database.get_sql_context().sql(query).query()
        found: list[tuple[Any, ...]] = self._send(sql, tuple(values), _all)
        return found

    def alter(self, query: Any) -> int:
        """Build and run a Peewee INSERT, UPDATE or DELETE once; how many rows it touched."""
        sql, values = self.database.get_sql_context().sql(query).query()
        return self._send(sql, tuple(values), _count)

    # Transactions

    def transaction(self) -> Unit:
        """One unit of work: all of it is written, or nothing.

        On SQLite it holds the write lock from its beginning, so what is read inside cannot change. On PostgreSQL
        that holds for a case that was loaded, and for what `hold` keeps.

        Inside another unit it is a savepoint: an error that is caught outside it takes back the inner work
        alone. Waits for other writers up to `patience` seconds, then Rejected("database-busy").
        """
        return Unit(self)

    def unit(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in one unit of work; done again from its beginning when the database takes it back
        for a reason that is not its own. So it may do nothing but read and write the store.
        """
        with self.transaction():
            return work()

    def hold(self, *words: str) -> None:
        """Let no other unit of work hold these same words until this one ends: what is looked for before it is
        written, by others too, is not written twice. On SQLite every unit keeps out all others already.
        """
        if not self.in_transaction:
            raise RuntimeError("What is held is held until the unit of work ends; so there has to be one.")

    def keep_out_writers(self) -> None:
        """Let nobody else write anything until this unit of work ends, whoever has begun already. Every unit on SQLite
        does so.
        """

    def count_on(self, table: type[Model]) -> None:
        """Let the ids that a table counts itself go on behind those that were written into it, as SQLite does."""

    @property
    def in_transaction(self) -> bool:
        return self.database.in_transaction()


def _first(cursor: Any) -> Any:
    return cursor.fetchone()


def _all(cursor: Any) -> Any:
    return cursor.fetchall()


def _count(cursor: Any) -> int:
    count: int = cursor.rowcount
    return count


class Unit:
    """The context manager behind `Store.transaction`."""

    __slots__ = ("_store", "_atomic")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Store:
        store = self._store
        until = 0.0
        while True:
            atomic = store.database.atomic("IMMEDIATE")
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
