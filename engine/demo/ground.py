"""A database for the demo, and for nothing else: made, known again by its mark, and begun afresh.

Owns the mark and the question whether a database may be used. Never touches one that holds anything else.
"""

from __future__ import annotations

from datetime import datetime

from engine.errors import Rejected
from engine.store import people, queries, upgrades
from engine.store.database import Store, file_of, open_database, shown

MARK = "demo"


def begin_afresh(url: str) -> bool:
    """Remove an earlier demo, when the file of `url` is one; whether there was one.

    Raises Rejected("not-a-demo") for a database that holds anything else, or that is no file.
    """
    path = file_of(url)
    if path is None:
        raise Rejected(
            "not-a-demo",
            f"Expected a file to begin afresh, but {shown(url)} is none. Empty that database yourself, or name a file.",
        )
    if not path.exists() or path.stat().st_size == 0:
        return False
    with open_database(url) as store:
        if not _is_demo(store):
            if _bare(store):
                return False
            if not _unused(store):
                raise _taken(url)
    try:
        for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Rejected(
            "database-busy",
            f"Expected to begin {path} afresh, but: {error.strerror}. Stop what still uses it.",
        ) from error
    return True


def open_empty(url: str, now: datetime) -> Store:
    """The database with its tables, empty and marked.

    Raises Rejected("not-a-demo") when it holds anything, even an earlier demo.
    """
    store = open_database(url)
    try:
        waiting = upgrades.pending(store)
        if waiting and waiting != upgrades.known():
            raise _taken(url)
        store.upgrade()
        with store.transaction():
            if people.setting(store, MARK) is not None:
                raise Rejected(
                    "not-a-demo",
                    f"Expected an empty database, but {shown(url)} holds an earlier demo. Add --reset to begin it "
                    "afresh.",
                )
            if not _unused(store):
                raise _taken(url)
            people.set_setting(store, MARK, {"made_at": now.isoformat()})
    except BaseException:
        store.close()
        raise
    return store


def _is_demo(store: Store) -> bool:
    """Whether it is marked as one, by this version or by an older one."""
    return upgrades.begun(store) and people.setting(store, MARK) is not None


def _bare(store: Store) -> bool:
    """Whether there is no table yet.

    Another program's tables, or those of an older version, are not ours to remove.
    """
    waiting = upgrades.pending(store)
    if waiting and waiting != upgrades.known():
        raise _taken(str(store.database.database))
    return bool(waiting)


def _unused(store: Store) -> bool:
    return not (queries.counts(store) or queries.deployments(store) or people.everybody(store))


def _taken(url: str) -> Rejected:
    return Rejected(
        "not-a-demo",
        f"Expected a database of its own for the demo, but {shown(url)} holds something else. Name "
        "another with --database, or leave it out.",
    )
