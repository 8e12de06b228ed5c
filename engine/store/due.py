"""What the clock or the outside may wake: timers that are due, and cases that wait for a message.

Owns those lookups. Firing and correlating are commands, made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.models import Instance, Timer, Wait


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that may fire: its case is running."""

    id: str
    instance: str
    process: str
    state: str
    index: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a message."""

    instance: str
    reference: str
    process: str
    state: str
    message: str
    external_id: str
    customer_email: str


_DUE = Statement(
    lambda: (
        Timer.select(Timer.id, Timer.instance, Timer.process, Timer.state, Timer.number, Timer.due_at)
        .where(Timer.due_at <= Parameter("at"))
        .order_by(Timer.due_at, Timer.id)
        .limit(Parameter("limit"))
    ),
    "at",
    "limit",
)
_FREE = Statement(
    lambda: (
        Instance.select(Instance.id)
        .join(Timer, on=(Timer.instance == Instance.id))
        .where(Timer.id == Parameter("id"))
        .for_update(of=Instance, skip_locked=True)
    ),
    "id",
)
_NEXT = Statement(lambda: Timer.select(fn.MIN(Timer.due_at)))


def due_timers(store: Store, at: datetime, limit: int = 100) -> list[DueTimer]:
    """The timers due at `at`, the longest overdue first; of one instant, those of a case in the order in
    which they were set.
    """
    due = [
        DueTimer(row[0], row[1], row[2], row[3], row[4], from_micros(row[5]))
        for row in store.rows(_DUE, to_micros(at), limit)
    ]
    return sorted(due, key=lambda timer: (timer.due_at, timer.instance, len(timer.id), timer.id))


def free(store: Store, timer: str) -> bool:
    """Whether it is still set, and nobody has its case in hand: then the case is this unit of work's, as when it is
    loaded. Whoever has it in hand is not waited for. Only inside a transaction, and only where rows are locked.
    """
    return store.row(_FREE, timer) is not None


def next_due(store: Store) -> datetime | None:
    """When the next timer is due, or None when none is set."""
    row = store.row(_NEXT)
    return from_maybe(row[0]) if row else None


def waits(
    store: Store,
    message: str,
    *,
    process: str | None = None,
    instance: str | None = None,
    external_id: str | None = None,
    customer_email: str | None = None,
    limit: int = 100,
) -> list[Waiting]:
    """The cases that wait for `message`, narrowed down by what is known of its sender, by reference."""
    query = (
        Wait.select(
            Wait.instance,
            Instance.reference,
            Wait.process,
            Wait.state,
            Wait.message,
            Instance.external_id,
            Instance.customer_email,
        )
        .join(Instance, on=(Instance.id == Wait.instance))
        .where(Wait.message == message)
        .order_by(Instance.reference)
        .limit(limit)
    )
    if process is not None:
        query = query.where(Wait.process == process)
    if instance is not None:
        query = query.where(Wait.instance == instance)
    if external_id is not None:
        query = query.where(Instance.external_id == external_id)
    if customer_email is not None:
        query = query.where(fn.LOWER(Instance.customer_email) == customer_email.lower())
    return [Waiting(*row) for row in store.select(query)]
