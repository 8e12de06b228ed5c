"""A bare connection to a database, opened as Heard opens its own.

Owns the pragmas, so that whatever is measured beside Heard waits for the disk as it does, and what the statements of
the floor are on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bench.floor import LOAD


def connected(path: str | Path) -> sqlite3.Connection:
    """A connection on which each transaction is begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class OnPostgres:
    """A connection of psycopg's that takes the floor's statements. Each is prepared by the driver after a few times."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._connection.execute(_said(sql), values)

    def executemany(self, sql: str, batch: Iterable[Sequence[Any]]) -> None:
        self._connection.cursor().executemany(_said(sql), batch)

    def close(self) -> None:
        self._connection.close()


@cache
def _said(sql: str) -> str:
    """The same for PostgreSQL. Others may write meanwhile there, so that a case has to be locked when it is loaded."""
    if sql == "BEGIN IMMEDIATE":
        return "BEGIN"
    return sql.replace("?", "%s") + (" FOR UPDATE" if sql == LOAD else "")
