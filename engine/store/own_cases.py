"""Cases that somebody follows without a task of theirs in them: those that wait for the customer, those they watch;
and what a list of tasks tells of its cases.

Owns these questions. Reads alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import SQL, Select, Tuple, fn

from engine.store.database import Store
from engine.store.fields import from_micros, to_micros
from engine.store.front import Watch
from engine.store.inbox import LARGEST_PAGE, Page
from engine.store.models import DONE, GOING, MINE, RUNS, Clock, Instance, Outbox, Task, Wait
from engine.store.queries import CASE_COLUMNS, Case, case_of_row


def waiting_for_customer(person: str) -> Any:
    """That a case waits for a word from outside, and somebody has worked in it."""
    done = Task.select(Task.instance).where(DONE & (Task.completed_by == person))
    held = Task.select(Task.instance).where(MINE & (Task.assignee == person))
    waits = Wait.select(Wait.instance)
    busy = Task.select(SQL("1")).where(
        (Task.instance == Instance.id) & (Task.status << ("open", "claimed")) & (Task.kind == "task")
    )
    # Those that wait come first: they are fewer than what somebody has worked in.
    return GOING & Instance.id.in_(waits) & (Instance.id.in_(done) | Instance.id.in_(held)) & ~fn.EXISTS(busy)


def watched(person: str) -> Any:
    """That somebody watches a case, also one that has ended."""
    return Instance.id.in_(Watch.select(Watch.instance).where(Watch.person == person))


def page(store: Store, condition: Any, *, limit: int = 50, after: tuple[int, str] | None = None) -> Page[Case]:
    """The cases of which this holds, the latest received first."""
    query = Instance.select(*CASE_COLUMNS).where(condition).order_by(Instance.received_at.desc(), Instance.id.desc())
    if after is not None:
        query = query.where(Tuple(Instance.received_at, Instance.id) < Tuple(*after))
    size = max(1, min(limit, LARGEST_PAGE))
    rows = store.select(query.limit(size + 1))
    found = tuple(case_of_row(row) for row in rows[:size])
    last = found[-1] if len(rows) > size else None
    return Page(found, (to_micros(last.received_at), last.id) if last else None)


def count(store: Store, condition: Any, *, most: int = 100) -> int:
    """Of how many cases this holds, counted up to `most`."""
    first = Instance.select(Instance.id).where(condition).limit(most).alias("first")
    found: int = store.select(Select([first], [fn.COUNT(SQL("*"))]))[0][0]
    return found


def lengths(store: Store, instances: Sequence[str]) -> dict[str, int]:
    """How many lines the histories of these cases have."""
    if not instances:
        return {}
    rows = store.select(Instance.select(Instance.id, Instance.seq).where(Instance.id << list(dict.fromkeys(instances))))
    return {row[0]: row[1] for row in rows}


def with_held_letters(store: Store, instances: Sequence[str], at: datetime) -> frozenset[str]:
    """Those of these cases with something in the outbox that is not to go out before it can no more be taken back."""
    if not instances:
        return frozenset()
    held = (Outbox.instance << list(instances)) & (Outbox.status == "pending") & (Outbox.available_at > to_micros(at))
    return frozenset(row[0] for row in store.select(Outbox.select(Outbox.instance).where(held)))


def promised(store: Store, instances: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """Of each of these cases the promise that is due next, and when; those without one are left out."""
    if not instances:
        return {}
    running = RUNS & (Clock.instance << list(dict.fromkeys(instances))) & Clock.due_at.is_null(False)
    query = Clock.select(Clock.instance, Clock.name, Clock.due_at).where(running)
    rows = store.select(query.order_by(Clock.instance, Clock.due_at.desc(), Clock.name.desc()))
    return {instance: (name, from_micros(due)) for instance, name, due in rows}
