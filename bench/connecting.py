"""A bare connection to a database file, opened as Heard opens its own.

Owns the pragmas alone, so that whatever is measured beside Heard waits for the disk as it does.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


def connected(path: str | Path) -> sqlite3.Connection:
    """A connection on which each transaction is begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
