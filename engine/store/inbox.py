"""The inbox: which tasks wait for a person, found in well under a millisecond among a million.

Owns one query: mine, and what nobody has yet and one of my roles may take; and the same for each person for whom I
stand in. Each role is a leg of its own with its own index and its own limit; an OR, or an offset, would read
everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from peewee import Select, fn

from engine.definition.roles import CUSTOMER
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import decode, due_micros, from_due, from_maybe, from_micros
from engine.store.inbox_legs import Shape, legs, names, within
from engine.store.inbox_parts import EVERYTHING, FREE, GIVEN, MINE_ALONE, Only, Wanted
from engine.store.models import Instance, Task

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
    """A task that waits. `assignee` is empty while nobody has it; `case_status` tells of a suspended case.

    `acting_for` is the person who is away and on whose behalf it can be done; empty when it is one's own to do.
    `priority` is the case's: empty, high or urgent; `severity` what its process says, `tags` what people do. `due_at`
    is the task's own, `next_at` what it is sorted by: the case's next deadline when that is sooner. `titles` has the
    title in the process's other languages; `kind` is task or approval. `returns_at` is when it comes back to whoever
    delegated it (None: no time was said); `deputy` gets it from its assignee at `begins_at` (empty, None: nobody does).
    """

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
    acting_for: str = ""
    priority: str = ""
    next_at: datetime | None = None
    severity: str = ""
    tags: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    kind: str = "task"
    returns_at: datetime | None = None
    deputy: str = ""
    begins_at: datetime | None = None


StandsIn = Mapping[str, Collection[str]]
"""Person who is away -> the roles in which somebody stands in for them."""
NOBODY: StandsIn = {}


def inbox(
    store: Store,
    person: str,
    roles: Iterable[str],
    stands_in: StandsIn = NOBODY,
    *,
    only: Only = EVERYTHING,
    limit: int = 50,
    after: tuple[int, str] | None = None,
) -> Page[InboxRow]:
    """What waits for `person`: the next due first, what has no due date last; `only` a part of it.

    Tasks the person is excluded from are left out, and those for which the one who is away is.
    """
    held, absent = _asked(person, roles, stands_in, only)
    size = max(1, min(limit, LARGEST_PAGE))
    statement = _listing(len(held), _shape(absent), only.shape)
    rows = store.rows(
        statement,
        person,
        *held,
        *_given(person, absent, only),
        *only.values(store, person),
        *(after or _BEFORE_ALL),
        size + 1,
    )
    found = [_row(row, person, frozenset(held), absent) for row in rows[:size]]
    last = found[-1] if len(rows) > size else None
    return Page(tuple(found), (due_micros(last.next_at), last.task) if last else None)


def _asked(
    person: str, roles: Iterable[str], stands_in: StandsIn, only: Only
) -> tuple[list[str], dict[str, list[str]]]:
    """The roles, and those of the people who are away, as far as they matter for this part."""
    if only.whose in (MINE_ALONE, GIVEN):
        return [], {}
    return _held(person, roles), {one: sorted(stands_in[one]) for one in sorted(stands_in)}


def _held(person: str, roles: Iterable[str]) -> list[str]:
    """The roles as offers name them: a customer's is that of their own cases."""
    return sorted({f"{CUSTOMER}:{person}" if role == CUSTOMER else role for role in roles})


def _row(row: tuple[Any, ...], person: str, held: frozenset[str], absent: Mapping[str, list[str]]) -> InboxRow:
    columns: tuple[Any, ...] = (
        *row[:8],
        from_due(row[8]),
        from_micros(row[9]),
        *row[10:13],
        "",
        row[15],
        from_due(row[16]),
        row[17],
        tuple(row[18].split()),
        decode(row[19]),
        row[20],
        from_maybe(row[21]),
        row[22],
        from_maybe(row[23]),
    )
    found = InboxRow(*columns)
    if not absent or found.assignee == person:
        return found
    roles, excluded = decode(row[13]), decode(row[14])
    if found.assignee:
        return replace(found, acting_for=found.assignee)
    if not held.isdisjoint(_held(person, roles)):
        return found
    able = (one for one, theirs in absent.items() if one not in excluded and not set(theirs).isdisjoint(roles))
    return replace(found, acting_for=next(able, ""))


def waiting(
    store: Store,
    person: str,
    roles: Iterable[str],
    stands_in: StandsIn = NOBODY,
    *,
    only: Only = EVERYTHING,
    most: int = 100,
) -> int:
    """How many tasks the inbox holds, counted up to `most`: a badge says `99+` and need not count on."""
    held, absent = _asked(person, roles, stands_in, only)
    statement = _counting(len(held), _shape(absent), only.shape)
    given = _given(person, absent, only)
    row = store.row(statement, person, *held, *given, *only.values(store, person), *_BEFORE_ALL, most)
    return row[0] if row else 0


def _shape(absent: Mapping[str, list[str]]) -> Shape:
    return tuple(len(roles) for roles in absent.values())


def _given(person: str, absent: Mapping[str, list[str]], only: Only) -> list[str]:
    """The values for `_absent_names`."""
    given = [within(person)] if absent and only.whose != FREE else []
    for one, roles in absent.items():
        given += [one, *roles, *(within(role) for role in roles if only.whose != FREE)]
    return given


@lru_cache(maxsize=512)
def _listing(roles: int, absent: Shape, only: Wanted) -> Statement:
    def build() -> Any:
        found = legs(roles, absent, only).alias("found")
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
                Task.roles,
                Task.excluded,
                Instance.priority,
                Task.next_at,
                Instance.severity,
                Instance.tags,
                Task.titles,
                Task.kind,
                Task.returns_at,
                Task.deputy,
                Task.begins_at,
            )
            .join(found, on=(found.c.task == Task.id))
            .join(Instance, on=(Instance.id == Task.instance))
            .order_by(found.c.due, found.c.task)
            .limit(Parameter("limit"))
        )

    return Statement(build, *names(roles, absent, only))


@lru_cache(maxsize=512)
def _counting(roles: int, absent: Shape, only: Wanted) -> Statement:
    def build() -> Any:
        found = legs(roles, absent, only).alias("legs")
        first = Select([found], [found.c.task]).limit(Parameter("limit")).alias("first")
        return Select([first], [fn.COUNT(first.c.task)])

    return Statement(build, *names(roles, absent, only))
