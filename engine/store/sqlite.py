"""Opening a SQLite database: the checks a person is told about, the pragmas, and the life of each thread's
connection.

Owns what is special to SQLite. Knows no table.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from engine.errors import Rejected
from engine.store.failures import refuse, translated

MAGIC = b"SQLite format 3\x00"
_PRAGMAS = (("synchronous", "FULL"), ("foreign_keys", "ON"), ("cache_size", -16_000))
_memories = itertools.count(1)
_open: weakref.WeakSet[ThreadedSqlite] = weakref.WeakSet()
_opening = threading.Lock()
"""Held from the look at a file until it counts as open."""


class ThreadedSqlite(SqliteDatabase):
    """Peewee's own, a connection a thread; closes those of threads that have ended, and all of them with
    `close`.
    """

    def __init__(self, path: str, **options: Any) -> None:
        self._connections: dict[int, Any] = {}
        self._kept: list[Any] = []
        self.file = None if options.get("uri") else Path(path).absolute()
        super().__init__(path, pragmas=_PRAGMAS, check_same_thread=False, **options)
        _open.add(self)

    @property
    def holds(self) -> bool:
        """Whether any thread has it open."""
        return bool(self._connections or self._kept)

    def _connect(self) -> Any:
        living = {thread.ident for thread in threading.enumerate()}
        for ident in [ident for ident in self._connections if ident not in living]:
            self._connections.pop(ident).close()
        connection = super()._connect()  # type: ignore[misc]
        stale = self._connections.pop(threading.get_ident(), None)  # of an ended thread with the same number
        if stale is not None:
            stale.close()
        self._connections[threading.get_ident()] = connection
        return connection

    def close(self) -> bool:
        closed: bool = super().close()
        while self._connections:
            self._connections.popitem()[1].close()
        while self._kept:
            self._kept.pop().close()
        return closed

    def keep(self) -> None:
        """Hold one connection beside the threads': a database in memory lives as long as somebody has it
        open.
        """
        self._kept.append(super()._connect())  # type: ignore[misc]

    def forget(self) -> None:
        """In a forked child: never touch the parent's connections, not even to close them, says SQLite."""
        _forgotten.append((dict(self._connections), list(self._kept)))
        self._connections.clear()
        self._kept.clear()
        self._state.reset()  # type: ignore[attr-defined]
        self._lock = threading.Lock()  # another thread of the parent may have held it


_forgotten: list[object] = []


def _after_fork() -> None:
    for database in list(_open):
        database.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def open_sqlite(rest: str, patience: float) -> ThreadedSqlite:
    """`rest` is what follows `sqlite://`: `/file.db`, `//absolute/file.db`, `/:memory:` or nothing."""
    wait = min(5.0, patience)
    if rest in ("", "/", "/:memory:", ":memory:"):
        return _in_memory(wait)
    if not rest.startswith("/"):
        raise refuse(
            "database-url",
            f"Expected three strokes before the file, sqlite:///{rest}, but got sqlite://{rest}.",
        )
    if "?" in rest or "\0" in rest:
        raise refuse("database-url", f"Expected a plain file name, but sqlite://{rest!r} holds a `?` or a NUL.")
    path = Path(rest[1:])
    with _opening:
        _check(path)
        database = ThreadedSqlite(str(path), timeout=wait)
        with _closing_when_refused(database, path):
            database.connect(reuse_if_open=True)
    with _closing_when_refused(database, path):
        _write_ahead(database, patience)
    return database


@contextmanager
def _closing_when_refused(database: ThreadedSqlite, path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        database.close()
        refused = translated(error)
        if isinstance(refused, Rejected):
            raise Rejected(refused.code, f"{refused.message} ({path})") from error
        raise refused from error


def _in_memory(wait: float) -> ThreadedSqlite:
    if sqlite3.sqlite_version_info < (3, 36):
        raise refuse(
            "database-driver",
            "Expected SQLite 3.36 or newer for a database in memory, but this is "
            f"{sqlite3.sqlite_version}. Use a file.",
        )
    # The memdb VFS, other than `:memory:`, is one database for all threads.
    database = ThreadedSqlite(f"file:/heard-{os.getpid()}-{next(_memories)}?vfs=memdb", uri=True, timeout=wait)
    database.keep()
    return database


def _check(path: Path) -> None:
    try:
        _check_place(path)
    except OSError as error:
        raise refuse("database-file", f"Expected to open the database {path}, but: {error.strerror}.") from error


def _check_place(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise refuse(
            "database-folder",
            f"Expected the folder {folder} for the database {path.name}, but there is none. Make it first.",
        )
    if path.is_dir():
        raise refuse("database-file", f"Expected {path} to be a file, but it is a folder. Name a file in it.")
    if not path.exists():
        if not os.access(folder, os.W_OK):
            raise refuse(
                "database-read-only",
                f"Expected to make the database {path}, but you may not write to its folder.",
            )
        return
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(folder, os.W_OK):
        raise refuse(
            "database-read-only",
            f"Expected to read and write {path} and its folder, but you may not. Change the permissions.",
        )
    if not path.is_file():
        raise refuse("database-file", f"Expected {path} to be a file, but it is something else.")
    if _is_open(path):
        return
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if start and start != MAGIC:
        raise refuse(
            "database-file",
            f"Expected {path} to be a SQLite database, but it is another kind of file. Choose another name.",
        )


def _is_open(path: Path) -> bool:
    """Whether this program has the file open already. Then nobody may read it beside SQLite: closing any handle of a
    file drops all locks that this program holds on it, and another program would take what we write for abandoned.
    """
    return any(one.file.exists() and path.samefile(one.file) for one in list(_open) if one.file and one.holds)


def _write_ahead(database: ThreadedSqlite, patience: float) -> None:
    """Switch to write-ahead logging, which lasts.

    SQLite does not wait when two switch at once: so this does.
    """
    until = time.monotonic() + patience
    while True:
        try:
            if str(database.pragma("journal_mode")).lower() == "wal" or database.pragma("journal_mode", "wal"):
                return
        except Exception as error:
            refused = translated(error)
            if not (isinstance(refused, Rejected) and refused.code == "database-busy") or time.monotonic() >= until:
                raise
            time.sleep(0.01)
