"""Opening a database by its address.

Owns which kind of store an address means. The store itself is in `handle.py`, and is imported from here like the rest.
"""

from __future__ import annotations

from engine.errors import Rejected
from engine.store.failures import Constraint
from engine.store.handle import Store
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
        store = Store(open_sqlite(rest, patience), patience)
    elif scheme in ("postgresql", "postgres") and colon:
        from engine.store.postgresql import open_postgresql

        store = open_postgresql(url, patience)
    else:
        raise Rejected(
            "database-url",
            "Expected a database as sqlite:///heard.db, sqlite:///:memory: or "
            f"postgresql://user@host/name, but got {_shown(url)!r}.",
        )
    store.connect()
    return store


def _shown(url: str) -> str:
    """The URL as far as it may stand in a message: without what could be a password."""
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{after}" if at else url
