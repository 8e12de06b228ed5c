"""How the work that nobody watches is doing: what is overdue, since when, and what the newest lines say of the time.

Owns these few questions to the tables. Judges nothing. Each costs what is still to be done, not what ever was: a
monitor asks them every few seconds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from peewee import Case, Select, fn

from engine.store.compiled import literal
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.models import GOING, MISSED, RUNS, Clock, History, Incident, Instance, Outbox, Task, Timer
from engine.store.outbox import PENDING

# Literal, as the indexes have it: a partial index is not used for a bound parameter.
_PENDING = Outbox.status == literal(PENDING)
_OPEN = Incident.status == literal("open")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of one kind should have gone out by now: how many, the oldest since when, how many were tried before."""

    kind: str
    count: int
    since: datetime
    failed: int


def overdue_timers(store: Store, at: datetime) -> tuple[int, datetime | None]:
    """How many timers should have fired by `at`, and since when the oldest."""
    ((count, since),) = store.select(
        Timer.select(fn.COUNT(Timer.id), fn.MIN(Timer.due_at)).where(Timer.due_at <= to_micros(at))
    )
    return count, from_maybe(since)


def waiting(store: Store, at: datetime) -> list[Waiting]:
    """What should have gone out by `at`, by its kind."""
    tried = fn.SUM(Case(None, [(Outbox.attempts > 0, 1)], 0))
    query = (
        Outbox.select(Outbox.kind, fn.COUNT(Outbox.id), fn.MIN(Outbox.available_at), tried)
        .where(_PENDING & (Outbox.available_at <= to_micros(at)))
        .group_by(Outbox.kind)
        .order_by(Outbox.kind)
    )
    return [Waiting(kind, count, from_micros(since), int(failed)) for kind, count, since, failed in store.select(query)]


@dataclass(frozen=True, slots=True)
class Oldest:
    """What should have gone out first: of which case, why it has not, empty when nobody has tried, and the next try."""

    reference: str
    why: str
    next_at: datetime


def oldest(store: Store, kind: str, at: datetime) -> Oldest | None:
    """Of this kind; None when nothing of it waits, or not any more."""
    query = Outbox.select(Instance.reference, Outbox.last_error, Outbox.next_at)
    query = query.join(Instance, on=(Instance.id == Outbox.instance))
    query = query.where(_PENDING & (Outbox.available_at <= to_micros(at)) & (Outbox.kind == kind))
    rows = store.select(query.order_by(Outbox.available_at, Outbox.id).limit(1))
    return next((Oldest(reference, why, from_micros(next_at)) for reference, why, next_at in rows), None)


@dataclass(frozen=True, slots=True)
class Later:
    """What is not to go out yet: how much as its step has said; how much was put off since, and until when the first of
    it, None when nothing was.
    """

    meant: int
    put_off: int
    until: datetime | None


def later(store: Store, at: datetime) -> Later:
    """How much may not go out before a time that `at` has not reached. Only what was put off has a reason there."""
    query = (
        Outbox.select(Outbox.last_error, fn.COUNT(Outbox.id), fn.MIN(Outbox.available_at))
        .where(_PENDING & (Outbox.available_at > to_micros(at)))
        .group_by(Outbox.last_error)
    )
    rows = store.select(query)
    put_off = [(count, until) for why, count, until in rows if why]
    first = min((until for _, until in put_off), default=None)
    return Later(sum(row[1] for row in rows if not row[0]), sum(count for count, _ in put_off), from_maybe(first))


def open_incidents(store: Store) -> tuple[int, datetime | None]:
    """How many, and since when the oldest."""
    ((count, since),) = store.select(Incident.select(fn.COUNT(Incident.id), fn.MIN(Incident.at)).where(_OPEN))
    return int(count), from_maybe(since)


def open_tasks(store: Store) -> dict[str, int]:
    """How many tasks wait for somebody or are in somebody's hand, by process; a process without any is not named."""
    going = Instance.select(Instance.id).where(GOING)
    query = Task.select(Task.process, fn.COUNT(Task.id)).where(
        Task.instance.in_(going) & Task.status.in_(["open", "claimed"])
    )
    return dict(store.select(query.group_by(Task.process)))


def overdue_promises(store: Store, at: datetime) -> dict[str, int]:
    """How many promises should have been kept by `at` and still are to be, by process; one without any is not named.

    A promise that was missed stays overdue while its clock stands still. One that no worker has looked at counts too.
    """
    counted = (Clock.process, fn.COUNT(Clock.instance))
    unseen = RUNS & (Clock.due_at < to_micros(at)) & Clock.missed_at.is_null()
    found: Counter[str] = Counter()
    for which in (MISSED, unseen):
        found.update(dict(store.select(Clock.select(*counted).where(which).group_by(Clock.process))))
    return dict(found)


def last_recorded(store: Store) -> datetime | None:
    """When the newest line of any history was written, by the clock of whoever wrote it."""
    ((at,),) = store.select(History.select(fn.MAX(History.recorded_at)))
    return from_maybe(at)


def database_time(store: Store) -> datetime | None:
    """What time it is for the database's own server; None for a file, which has no clock of its own."""
    if not store.locks_rows:
        return None
    ((at,),) = store.select(Select([], [fn.CLOCK_TIMESTAMP()]))
    assert isinstance(at, datetime)
    return at
