"""Opening a database by its address.

Owns what an address means, and how much of it may be shown. The store itself is in `handle.py`, and is imported from
here like the rest.
"""

from __future__ import annotations

import re
from pathlib import Path

from engine.errors import Rejected
from engine.store.failures import Constraint
from engine.store.handle import Store
from engine.store.sqlite import open_sqlite

PATIENCE = 30.0  # seconds a unit of work waits for another process to finish writing

ABSENCE = 3.0
"""Seconds for which a server that does not answer is waited for by whoever has others waiting: pages and workers. A
restart may be over by then.
"""

_FILE = "sqlite:///"

__all__ = ["ABSENCE", "Constraint", "Store", "file_of", "open_database", "shown"]


def open_database(url: str, patience: float = PATIENCE, absence: float | None = None) -> Store:
    """A store for `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:` or
    `postgresql://user@host/name`.

    A server that goes away is waited for so many seconds, `absence`; as long as for everything else when it is None.
    Rejected("database-…") when it cannot be opened. Nothing is made but an empty file: call `upgrade` before
    the first use.
    """
    scheme, colon, rest = url.partition("://")
    if scheme == "sqlite" and colon:
        store = Store(open_sqlite(rest, patience), patience)
    elif scheme in ("postgresql", "postgres") and colon:
        from engine.store.postgresql import open_postgresql

        store = open_postgresql(url, patience, absence)
    else:
        raise Rejected(
            "database-url",
            "Expected a database as sqlite:///heard.db, sqlite:///:memory: or "
            f"postgresql://user@host/name, but got {shown(url)!r}.",
        )
    store.connect()
    return store


def shown(url: str) -> str:
    """The address as far as it may stand in a message: without its password."""
    before, at, after = url.rpartition("@")
    scheme, _, who = before.partition("://")
    user, secret, _ = who.partition(":")
    kept = f"{scheme}://{user}{':…' if secret else ''}@{after}" if at else url
    return re.sub(r"(?i)(password=)[^&]*", r"\1…", kept)


def file_of(url: str) -> Path | None:
    """The file of an SQLite address; None for a database that is no file."""
    rest = url.removeprefix(_FILE)
    return None if rest == url or rest in ("", ":memory:") else Path(rest)
