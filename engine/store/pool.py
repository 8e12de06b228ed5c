"""The connections to a PostgreSQL server: opened by an address, kept in a pool, never shared with a forked child.

Owns what is said to the server when a connection is opened, and the beginning and end of a transaction. Knows no table.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

from playhouse.pool import PooledPostgresqlDatabase

from engine.errors import Rejected
from engine.store.failures import Unreached, refuse, unreachable

MOST_CONNECTIONS = 20
"""Of one process. More threads than this at work at once wait for each other."""
_KEPT_FOR = 3600  # seconds: a connection that is older is made anew, so that none outlives a server's move
_SLOWEST = 60  # seconds that one statement may take
_SILENCE = 60  # seconds that a unit may do nothing before the server takes it back: its program has frozen or is gone
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id()::text"
_open: weakref.WeakSet[Pool] = weakref.WeakSet()
_forgotten: list[object] = []


class Pool(PooledPostgresqlDatabase):
    """Peewee's pool. Knows each transaction's number, so that a commit whose answer was lost can be asked about.

    `parameters` are those of its connections, as libpq names them.
    """

    def __init__(self, parameters: dict[str, Any], patience: float) -> None:
        self.unit = threading.local()
        self.parameters = parameters
        super().__init__(
            "postgresql://",  # nothing is said in it: what an address leaves out, the PG… variables may say
            max_connections=MOST_CONNECTIONS,
            stale_timeout=_KEPT_FOR,
            timeout=max(patience, 0.001),
            prefer_psycopg3=True,
            **parameters,
        )
        _open.add(self)

    def _connect(self) -> Any:
        import psycopg

        try:
            return super()._connect()
        except psycopg.OperationalError as error:  # the server may be starting: somebody who has time tries again
            refusal = unreachable(error)
            raise (Unreached(refusal) if isinstance(refusal, Rejected) else refusal) from error

    def _is_closed(self, conn: Any) -> bool:
        # Peewee would ask the server, a whole round trip; who finds a connection broken takes the next instead.
        closed: bool = conn.closed
        return closed

    def begin(self, isolation_level: Any = None) -> None:
        """Begin, and learn the transaction's number, in one round trip."""
        cursor = self.cursor()
        cursor.execute(_BEGIN, prepare=False)
        cursor.nextset()
        self.unit.number = cursor.fetchone()[0]

    def commit(self) -> None:
        cursor = self.cursor()
        cursor.execute("COMMIT")
        if cursor.statusmessage != "COMMIT":
            raise RuntimeError("A statement failed in this unit of work and was passed over: nothing was written.")

    def rollback(self) -> None:
        """Nothing is to be done where the connection is gone: the server has rolled back by itself."""
        if not self.broken:
            super().rollback()

    @property
    def broken(self) -> bool:
        """Whether this thread's connection was lost."""
        return bool(not self.is_closed() and self._state.conn.closed)

    def forget(self) -> None:
        """In a forked child: the parent's connections are the parent's, and its threads' locks are nobody's."""
        _forgotten.append((dict(self._in_use), list(self._connections)))
        self._pool_lock = threading.RLock()
        self._pool_available = threading.Condition(self._pool_lock)
        self._lock = threading.RLock()
        self.dispose()


def _after_fork() -> None:
    for pool in list(_open):
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def pool(url: str, patience: float, absence: float | None) -> Pool:
    """The pool for this address; nothing is connected yet. Rejected("database-url") or ("database-driver").

    `absence` says how many seconds a server that does not answer is waited for; None, as long as is usual.
    """
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise refuse(
            "database-driver",
            "Expected a driver for PostgreSQL, but none is installed. Install heard[postgres].",
        ) from error
    try:
        given = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise refuse(
            "database-url", "Expected a database as postgresql://user@host/name, but this address cannot be read."
        ) from error
    limits = {
        "lock_timeout": max(1, round(patience * 1000)),
        "statement_timeout": _SLOWEST * 1000,
        "idle_in_transaction_session_timeout": _SILENCE * 1000,
    }
    ours = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in limits.items())
    # What the address says itself comes last, and so counts. A peer that is gone without a word is noticed in a minute,
    # and sooner by who has said something to it.
    usual = {
        "connect_timeout": 10 if absence is None else max(2, round(absence)),  # libpq knows none under two
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "fallback_application_name": "heard",
    }
    parameters = {**usual, **given, "options": f"{ours} {given.get('options') or ''}".strip()}
    return Pool(parameters, patience)
