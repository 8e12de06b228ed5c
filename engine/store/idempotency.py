"""Keys by which a repeated request is known, and the first answer given again.

Owns the rows. What a fingerprint is made of is the caller's: the same request must have the same, another
request another.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Constraint, Store
from engine.store.fields import decode, encode, to_micros
from engine.store.registers import Idempotency

_INSERT = insert(Idempotency)
_FIND = Statement(
    lambda: Idempotency.select(Idempotency.command, Idempotency.fingerprint, Idempotency.result).where(
        Idempotency.key == Parameter("key")
    ),
    "key",
)
_FORGET = Statement(lambda: Idempotency.delete().where(Idempotency.at < Parameter("before")), "before")


def remembered(store: Store, key: str, command: str, fingerprint: str) -> Any | None:
    """The first result under this key, or None when it is new. Who asks for the same key waits until this unit of work
    has ended, and so is told its result.

    Rejected("key-reused") when it stood for another request. Only inside the transaction of the request.
    """
    store.hold("request", key)
    row = store.row(_FIND, key)
    if row is None:
        return None
    if (row[0], row[1]) != (command, fingerprint):
        raise _reused(key)
    return decode(row[2])


def remember(store: Store, key: str, command: str, fingerprint: str, instance: str, result: Any, at: datetime) -> None:
    """Keep the result (plain JSON, not None) under this key. Only inside the transaction of the request."""
    try:
        store.change(_INSERT, key, command, fingerprint, instance, encode(result), to_micros(at))
    except Constraint as error:
        raise _reused(key) from error


def forget(store: Store, before: datetime) -> int:
    """Drop the keys of requests older than `before`; how many."""
    return store.change(_FORGET, to_micros(before))


def _reused(key: str) -> Rejected:
    return Rejected(
        "key-reused",
        f"Expected a new key for a new request, but {key!r} was used for another one. Make a new key.",
    )
