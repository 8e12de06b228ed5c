"""Bringing a database's tables up to date with Peewee's own migration runner.

Owns when migrations run and how two processes that open one database at once keep out of each other's way.
The steps themselves are in `migrations/`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from peewee import Database

from engine.errors import Rejected

MIGRATIONS = Path(__file__).with_name("migrations")
LEDGER = "schema_migration"


class Opened(Protocol):
    """What an upgrade needs of a store."""

    database: Database

    @property
    def locks_rows(self) -> bool: ...

    def transaction(self) -> AbstractContextManager[Any]: ...

    def hold(self, *words: str) -> None: ...


def known() -> tuple[str, ...]:
    """The names of all migrations of this version, in order."""
    return tuple(sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py")))


def pending(store: Opened) -> tuple[str, ...]:
    """What has still to be applied.

    Rejected("database-newer") or Rejected("database-foreign") for a database that is not ours to change.
    """
    applied = _applied(store.database)
    newer = sorted(applied - set(known()))
    if newer:
        raise Rejected(
            "database-newer",
            "Expected a database of this or an older version, but it was made by a newer one "
            f"({newer[-1]}). Install the newer version.",
        )
    return tuple(name for name in known() if name not in applied)


def begun(store: Opened) -> bool:
    """Whether it is one of ours, of whatever version. Raises Rejected("database-foreign")."""
    return bool(_applied(store.database))


def _applied(database: Database) -> set[str]:
    tables = set(database.get_tables())
    if LEDGER in tables:
        return {name for (name,) in database.execute_sql(f'SELECT name FROM "{LEDGER}"').fetchall()}
    if tables:
        raise Rejected(
            "database-foreign",
            "Expected an empty database or one of ours, but it holds another program's tables "
            f"({', '.join(sorted(tables)[:3])}). "
            "Choose another database.",
        )
    return set()


def upgrade(store: Opened) -> tuple[str, ...]:
    """Apply what is missing, in one transaction; the names applied.

    A second process waits, and then finds nothing to do.
    """
    if not pending(store):
        return ()
    from playhouse.migrations import Runner  # slow to import, and seldom needed

    database = store.database
    if store.locks_rows:
        with store.transaction():
            # Rewriting a large table takes its time, and so does waiting for a process that does.
            database.execute_sql("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
            store.hold("upgrade")
            applied = _apply(store, Runner)
            _order_by_bytes(database)
            return applied
    # A table that is made anew must not take the rows that refer to it along; SQLite allows this switch
    # outside a transaction alone.
    database.execute_sql("PRAGMA foreign_keys = OFF")
    try:
        with store.transaction():
            return _apply(store, Runner)
    finally:
        database.execute_sql("PRAGMA foreign_keys = ON")


def _apply(store: Opened, runner: Any) -> tuple[str, ...]:
    pending(store)  # again, now that nobody else can write
    return tuple(runner(store.database, str(MIGRATIONS), LEDGER).up())


def _order_by_bytes(database: Database) -> None:
    """Let PostgreSQL order and compare texts as SQLite does, byte by byte: the same on every machine, and indexes that
    no upgrade of a system's language files can break. What migrations have added comes in the database's own order.
    """
    columns = database.execute_sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
    ).fetchall()
    for table in dict.fromkeys(table for table, _ in columns):
        changes = ", ".join(f'ALTER "{name}" TYPE text COLLATE "C"' for of, name in columns if of == table)
        database.execute_sql(f'ALTER TABLE "{table}" {changes}')
