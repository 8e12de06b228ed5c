"""Who does what is due, and when they were last heard of.

Owns these rows. One that was killed stays here with its last sign of life, for a week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import from_micros, to_micros
from engine.store.registers import Worker as Row

FORGOTTEN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Worker:
    """`id` says where it runs: host, process, and something that is new each time."""

    id: str
    began_at: datetime
    seen_at: datetime


_BEAT = upsert(Row, Row.began_at)
_GONE = Statement(lambda: Row.delete().where(Row.id == Parameter("id")), "id")
_FORGET = Statement(lambda: Row.delete().where(Row.seen_at < Parameter("before")), "before")
_ALL = Statement(lambda: Row.select().order_by(Row.seen_at.desc(), Row.id))


def beat(store: Store, worker: str, at: datetime) -> None:
    """It lives."""
    store.change(_BEAT, worker, to_micros(at), to_micros(at))


def leave(store: Store, worker: str, at: datetime) -> None:
    """It has stopped; whoever has not been heard of for a week is forgotten too."""
    store.change(_GONE, worker)
    store.change(_FORGET, to_micros(at - FORGOTTEN))


def everybody(store: Store) -> list[Worker]:
    """Whoever was last heard of first."""
    return [Worker(row[0], from_micros(row[1]), from_micros(row[2])) for row in store.rows(_ALL)]
