"""Promised times across all cases: which are due next, and which have been missed and are still to be kept.

Owns these two lists. Each is read in the order of its own index, so that a page costs the same among a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, Tuple

from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.inbox import LARGEST_PAGE
from engine.store.models import Clock, Instance

Cursor = tuple[int, str, str]
"""The instant in microseconds, the case and the clock behind which the next page begins."""

_CLOCK = Clock.alias("promise")
# Literal, as the indexes have it: a partial index is not used for a bound parameter.
_RUNS = SQL("promise.status = 'running' AND promise.due_at IS NOT NULL")
_MISSED = SQL("promise.missed_at IS NOT NULL AND promise.ended_at IS NULL")


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock that is still to be stopped. `status` is running or paused; `due_at` None while it stands still;
    `missed_at` the deadline that was not kept. `case_status` tells of a suspended case.
    """

    clock: str
    run: int
    status: str
    target: str
    started_at: datetime
    due_at: datetime | None
    missed_at: datetime | None
    instance: str
    digest: str
    process: str
    reference: str
    case_status: str
    states: str
    priority: str
    subject: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Some of them, and the cursor to hand in as `after` for those behind them; None at the end."""

    rows: tuple[Promise, ...]
    next: Cursor | None = None


def promises(
    store: Store,
    *,
    breached: bool = False,
    process: str | None = None,
    case_status: str | None = None,
    due_before: datetime | None = None,
    limit: int = 50,
    after: Cursor | None = None,
) -> Promises:
    """The clocks that run, the next due first and what is overdue before all; or with `breached` those whose promise
    was not kept and still is to be, the longest overdue first, whether they run or stand still.

    `due_before` leaves out what is due at that moment or later.
    """
    at = _CLOCK.missed_at if breached else _CLOCK.due_at
    query = (
        _CLOCK.select(
            _CLOCK.name,
            _CLOCK.run,
            _CLOCK.status,
            _CLOCK.target,
            _CLOCK.started_at,
            _CLOCK.due_at,
            _CLOCK.missed_at,
            Instance.id,
            Instance.digest,
            Instance.process,
            Instance.reference,
            Instance.status,
            Instance.states,
            Instance.priority,
            Instance.subject,
        )
        .join(Instance, on=(Instance.id == _CLOCK.instance))
        .where(_MISSED if breached else _RUNS)
        .order_by(at, _CLOCK.instance, _CLOCK.name)
    )
    if process is not None:
        query = query.where(_CLOCK.process == process)
    if case_status is not None:
        query = query.where(Instance.status == case_status)
    if due_before is not None:
        query = query.where(at < to_micros(due_before))
    if after is not None:
        query = query.where(Tuple(at, _CLOCK.instance, _CLOCK.name) > Tuple(*after))
    size = max(1, min(limit, LARGEST_PAGE))
    rows = store.select(query.limit(size + 1))
    found = tuple(_promise(row) for row in rows[:size])
    if len(rows) <= size:
        return Promises(found)
    last = rows[size - 1]
    return Promises(found, (last[6] if breached else last[5], last[7], last[0]))


def _promise(row: tuple[Any, ...]) -> Promise:
    columns: tuple[Any, ...] = (*row[:4], from_micros(row[4]), from_maybe(row[5]), from_maybe(row[6]), *row[7:])
    return Promise(*columns)
