"""Cases that somebody follows without a task of theirs in them: those that wait for the customer, those they watch.

Owns these two lists. Reads alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import Tuple

from engine.store.database import Store
from engine.store.fields import to_micros
from engine.store.front import Watch
from engine.store.inbox import LARGEST_PAGE, Page
from engine.store.models import GOING, Instance, Task, Wait
from engine.store.queries import CASE_COLUMNS, Case, case_of_row


def waiting_for_customer(
    store: Store, person: str, *, limit: int = 50, after: tuple[int, str] | None = None
) -> Page[Case]:
    """Cases that wait for a word from outside and in which somebody has worked, the latest received first."""
    worked = Task.select(Task.instance).where((Task.completed_by == person) | (Task.assignee == person))
    waits = Wait.select(Wait.instance)
    busy = Task.select(Task.instance).where((Task.status << ("open", "claimed")) & (Task.kind == "task"))
    condition = GOING & Instance.id.in_(worked) & Instance.id.in_(waits) & Instance.id.not_in(busy)
    return _page(store, condition, limit, after)


def watched(store: Store, person: str, *, limit: int = 50, after: tuple[int, str] | None = None) -> Page[Case]:
    """Cases that somebody watches, the latest received first, ended ones too."""
    theirs = Watch.select(Watch.instance).where(Watch.person == person)
    return _page(store, Instance.id.in_(theirs), limit, after)


def _page(store: Store, condition: Any, limit: int, after: tuple[int, str] | None) -> Page[Case]:
    query = Instance.select(*CASE_COLUMNS).where(condition).order_by(Instance.received_at.desc(), Instance.id.desc())
    if after is not None:
        query = query.where(Tuple(Instance.received_at, Instance.id) < Tuple(*after))
    size = max(1, min(limit, LARGEST_PAGE))
    rows = store.select(query.limit(size + 1))
    found = tuple(case_of_row(row) for row in rows[:size])
    last = found[-1] if len(rows) > size else None
    return Page(found, (to_micros(last.received_at), last.id) if last else None)


def lengths(store: Store, instances: Sequence[str]) -> dict[str, int]:
    """How many lines the histories of these cases have."""
    if not instances:
        return {}
    rows = store.select(Instance.select(Instance.id, Instance.seq).where(Instance.id << list(dict.fromkeys(instances))))
    return {row[0]: row[1] for row in rows}
