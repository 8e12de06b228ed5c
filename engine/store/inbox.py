"""The inbox: which tasks wait for a person, found in well under a millisecond among a million.

Owns one query: mine, and what nobody has yet and one of my roles may take. Each role is a leg of its own with
its own index and its own limit; an OR, or an offset, would read everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from peewee import Select, Tuple, fn

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import due_micros, from_due, from_micros
from engine.store.models import MINE, Candidate, Exclusion, Instance, Task
from engine.store.projections import CUSTOMER

T = TypeVar("T")
LARGEST_PAGE = 500
_BEFORE_ALL = (-(2**63), "")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor to hand in as `after` for those behind them; None at the end."""

    rows: tuple[T, ...]
    next: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task that waits. `assignee` is empty while nobody has it; `case_status` tells of a suspended case."""

    task: str
    reference: str
    process: str
    title: str
    state: str
    status: str
    assignee: str
    on_behalf_of: str
    due_at: datetime | None
    opened_at: datetime
    subject: str
    instance: str
    case_status: str


def inbox(
    store: Store,
    person: str,
    roles: Iterable[str],
    *,
    process: str | None = None,
    limit: int = 50,
    after: tuple[int, str] | None = None,
) -> Page[InboxRow]:
    """What waits for `person`: the next due first, what has no due date last.

    Tasks the person is excluded from are left out.
    """
    held = _held(person, roles)
    size = max(1, min(limit, LARGEST_PAGE))
    statement = _listing(len(held), process is not None)
    rows = store.rows(
        statement,
        person,
        *held,
        *([process] if process is not None else []),
        *(after or _BEFORE_ALL),
        size + 1,
    )
    found = [_row(row) for row in rows[:size]]
    last = found[-1] if len(rows) > size else None
    return Page(tuple(found), (due_micros(last.due_at), last.task) if last else None)


def _held(person: str, roles: Iterable[str]) -> list[str]:
    """The roles as offers name them: a customer's is that of their own cases."""
    return sorted({f"{CUSTOMER}:{person}" if role == CUSTOMER else role for role in roles})


def _row(row: tuple[Any, ...]) -> InboxRow:
    columns: tuple[Any, ...] = (*row[:8], from_due(row[8]), from_micros(row[9]), *row[10:])
    return InboxRow(*columns)


def waiting(store: Store, person: str, roles: Iterable[str], *, most: int = 100) -> int:
    """How many tasks the inbox holds, counted up to `most`: a badge says `99+` and need not count on."""
    held = _held(person, roles)
    row = store.row(_counting(len(held)), person, *held, *_BEFORE_ALL, most)
    return row[0] if row else 0


def _legs(roles: int, by_process: bool) -> Any:
    """`task, due` of each leg's first tasks behind the cursor, a task once."""
    behind = Tuple(Parameter("due"), Parameter("task"))
    mine = Task.select(Task.id.alias("task"), Task.due_at.alias("due")).where(
        MINE & (Task.assignee == Parameter("person")) & (Tuple(Task.due_at, Task.id) > behind)
    )
    if by_process:
        mine = mine.where(Task.process == Parameter("process"))
    legs: list[Any] = [mine.order_by(Task.due_at, Task.id).limit(Parameter("limit"))]
    for number in range(roles):
        excluded = Exclusion.select(Exclusion.task).where(
            (Exclusion.task == Candidate.task) & (Exclusion.person == Parameter("person"))
        )
        leg = Candidate.select(Candidate.task.alias("task"), Candidate.due_at.alias("due")).where(
            (Candidate.role == Parameter(f"role{number}"))
            & (Tuple(Candidate.due_at, Candidate.task) > behind)
            & ~fn.EXISTS(excluded)
        )
        if by_process:
            leg = leg.where(Candidate.process == Parameter("process"))
        legs.append(leg.order_by(Candidate.due_at, Candidate.task).limit(Parameter("limit")))
    return _union(legs)


def _union(legs: Sequence[Any]) -> Any:
    together: Any = None
    for number, leg in enumerate(legs):
        source = leg.alias(f"leg{number}")
        part = Select([source], [source.c.task, source.c.due])
        together = part if together is None else together | part  # UNION: several roles may offer the same task
    return together


def _names(roles: int, by_process: bool) -> list[str]:
    return [
        "person",
        *(f"role{number}" for number in range(roles)),
        *(["process"] if by_process else []),
        "due",
        "task",
        "limit",
    ]


@lru_cache(maxsize=128)
def _listing(roles: int, by_process: bool) -> Statement:
    def build() -> Any:
        found = _legs(roles, by_process).alias("found")
        return (
            Task.select(
                Task.id,
                Instance.reference,
                Task.process,
                Task.title,
                Task.state,
                Task.status,
                Task.assignee,
                Task.on_behalf_of,
                Task.due_at,
                Task.opened_at,
                Instance.subject,
                Instance.id,
                Instance.status,
            )
            .join(found, on=(found.c.task == Task.id))
            .join(Instance, on=(Instance.id == Task.instance))
            .order_by(found.c.due, found.c.task)
            .limit(Parameter("limit"))
        )

    return Statement(build, *_names(roles, by_process))


@lru_cache(maxsize=64)
def _counting(roles: int) -> Statement:
    def build() -> Any:
        legs = _legs(roles, False).alias("legs")
        first = Select([legs], [legs.c.task]).limit(Parameter("limit")).alias("first")
        return Select([first], [fn.COUNT(first.c.task)])

    return Statement(build, *_names(roles, False))
