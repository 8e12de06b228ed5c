"""PostgreSQL: who waits for whom, and units of work that are done again.

Owns what is special to PostgreSQL. Knows no table.

Many may write at once here. Two things keep them out of each other's way: a case that is loaded in a unit of work is
locked until the unit ends, and `hold` does the same for what has no row yet. So READ COMMITTED is enough, nobody waits
for what is not theirs, and what is left (two units that wait for each other, a server that restarts) the server takes
back whole: then the unit is done again.

A connection belongs to a unit of work, or to one statement outside any; between them it lies in the pool. So a thousand
idle threads hold none, and a connection that broke is noticed by whoever takes it next, who takes another.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, TypeVar

from peewee import Model

from engine.store.compiled import Statement
from engine.store.failures import Interrupted, Unreached, lost, refuse, translated
from engine.store.handle import Store, Unit
from engine.store.pool import MOST_CONNECTIONS, Pool, pool

T = TypeVar("T")
_PAUSES = (0.005, 1.0)  # seconds between two tries, at first and at most


def open_postgresql(url: str, patience: float, absence: float | None) -> PostgresqlStore:
    """The store at this address; not yet connected."""
    return PostgresqlStore(pool(url, patience, absence), patience, absence)


class PostgresqlStore(Store):
    """One open PostgreSQL database."""

    locks_rows = True
    database: Pool

    def __init__(self, database: Pool, patience: float, absence: float | None) -> None:
        super().__init__(database, patience)
        self.absence = absence
        self._away = False

    def connect(self) -> None:
        try:
            super().connect()
            encoding = self.database.connection().info.parameter_status("server_encoding")
        except Interrupted as interrupted:
            raise interrupted.refusal from interrupted
        self.hand_back()
        if encoding != "UTF8":
            raise refuse(
                "database-encoding",
                f"Expected a database that holds any text (UTF8), but this one is in {encoding}. "
                "Make it with `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`.",
            )

    def upgrade(self) -> tuple[str, ...]:
        try:
            return super().upgrade()
        finally:
            self.hand_back()

    def missing(self) -> tuple[str, ...]:
        for _ in range(MOST_CONNECTIONS):  # those that a restart of the server has left in the pool
            try:
                return super().missing()
            except Interrupted as interrupted:
                if not self.database.broken:
                    raise interrupted.refusal from interrupted
            finally:
                self.hand_back()
        raise lost().refusal

    def close(self) -> None:
        self.database.close_all()

    def hand_back(self) -> None:
        """This thread's connection goes back into the pool, or away when it broke."""
        self.database.close()

    def persist(self, work: Callable[[], T]) -> T:
        """What `work` gives, done again until the database lets it through or patience is over. Only outside a unit.

        A server that does not answer is waited for once: after that, and until it answers again, whoever finds it away
        is told so at once.
        """
        until, pause = 0.0, _PAUSES[0]
        while True:
            try:
                done = work()
            except Interrupted as interrupted:
                now = time.monotonic()
                gone = interrupted.refusal.code == "database-unreachable"
                until = until or now + (self.absence if gone and self.absence is not None else self.patience)
                if now >= until or self._away and isinstance(interrupted, Unreached):
                    self._away = gone
                    raise interrupted.refusal from interrupted
                self.hand_back()
            else:
                self._away = False
                return done
            time.sleep(random.uniform(0, pause))  # two that took each other's rows must not come back in step
            pause = min(2 * pause, _PAUSES[1])

    # Statements

    def _send(self, sql: str, values: Sequence[Any], take: Callable[[Any], T]) -> T:
        if self.in_transaction:
            return super()._send(sql, values, take)
        try:  # only what reads comes here, so it can be asked again
            return self.persist(lambda: super(PostgresqlStore, self)._send(sql, values, take))
        finally:
            self.hand_back()

    def _failed(self, error: Exception) -> Exception:
        return lost() if self.database.broken else translated(error)

    # A change outside any unit is one of its own: when the connection breaks, it is known whether it was made.

    def change(self, statement: Statement, *values: Any) -> int:
        if self.in_transaction:
            return super().change(statement, *values)
        return self.unit(lambda: super(PostgresqlStore, self).change(statement, *values))

    def change_many(self, statement: Statement, batch: Iterable[Sequence[Any]]) -> None:
        if self.in_transaction:
            return super().change_many(statement, batch)
        rows = list(batch)
        return self.unit(lambda: super(PostgresqlStore, self).change_many(statement, rows))

    def alter(self, query: Any) -> int:
        if self.in_transaction:
            return super().alter(query)
        return self.unit(lambda: super(PostgresqlStore, self).alter(query))

    # Transactions

    def transaction(self) -> Unit:
        return OnceOnly(self)

    def unit(self, work: Callable[[], T]) -> T:
        if self.in_transaction:
            return super().unit(work)

        def once() -> T:
            with PostgresqlUnit(self):
                return work()

        return self.persist(once)

    def hold(self, *words: str) -> None:
        super().hold(*words)
        self._send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["/".join(words)], _nothing)

    def keep_out_writers(self) -> None:
        tables = ", ".join(f'"{name}"' for name in self.database.get_tables())
        self._send(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE", [], _nothing)

    def count_on(self, table: type[Model]) -> None:
        for field in table._meta.sorted_fields:
            if field.auto_increment:
                name, column = table._meta.table_name, field.column_name
                last = f'SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT MAX("{column}") FROM "{name}"))'
                self._send(last, [name, column], _nothing)

    def was_committed(self, number: str) -> bool:
        """What became of the transaction with this number, whose commit was sent and not answered."""

        def status() -> str:
            row = self._send("SELECT pg_xact_status(CAST(%s AS text)::xid8)", [number], _first)
            if row[0] == "in progress":  # the server has not noticed yet that we are gone
                raise lost()
            return str(row[0])

        try:
            return self.persist(status) == "committed"
        except Exception as error:
            raise refuse(
                "database-unconfirmed",
                "Expected the database to confirm what was written, but the connection was lost and it cannot be "
                "asked. Look whether it is there before you do it again.",
            ) from error


def _first(cursor: Any) -> Any:
    return cursor.fetchone()


def _nothing(cursor: Any) -> None:
    return None


class PostgresqlUnit(Unit):
    """A unit of work that raises Interrupted when it can be done again."""

    _store: PostgresqlStore

    def __enter__(self) -> Store:
        self._outermost = not self._store.in_transaction
        if self._outermost:
            self._store.persist(self._begin)
        else:
            self._begin()
        return self._store

    def _begin(self) -> None:
        atomic = self._store.database.atomic()
        try:
            atomic.__enter__()
        except Exception as error:
            raise self._store._failed(error) from error
        self._atomic = atomic

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        store = self._store
        number = store.database.unit.number
        try:
            self._atomic.__exit__(kind, error, trace)
        except Exception as failed:
            if error is not None:
                return  # the server has rolled back by itself; what matters is the error that led here
            if not (self._outermost and store.database.broken):
                raise store._failed(failed) from failed
            store.hand_back()
            if not store.was_committed(number):
                raise lost() from failed
        finally:
            if self._outermost:
                store.hand_back()


class OnceOnly(PostgresqlUnit):
    """One that only a person can do again, so they are told."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        except Interrupted as interrupted:
            raise (interrupted.refusal if self._outermost else interrupted) from interrupted
        if self._outermost and isinstance(error, Interrupted):
            raise error.refusal from error
