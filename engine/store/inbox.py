"""The inbox: which tasks wait for a person, found in well under a millisecond among a million.

Owns one query: mine, and what nobody has yet and one of my roles may take; and the same for each person for whom I
stand in. Each role is a leg of its own with its own index and its own limit; an OR, or an offset, would read
everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Generic, TypeVar

from peewee import SQL, NodeList, Select, Tuple, fn

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import decode, due_micros, from_due, from_micros
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
    """A task that waits. `assignee` is empty while nobody has it; `case_status` tells of a suspended case.

    `acting_for` is the person who is away and on whose behalf it can be done; empty when it is one's own to do.
    `priority` is the case's: empty, high or urgent.
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


StandsIn = Mapping[str, Collection[str]]
"""Person who is away -> the roles in which somebody stands in for them."""
NOBODY: StandsIn = {}


def inbox(
    store: Store,
    person: str,
    roles: Iterable[str],
    stands_in: StandsIn = NOBODY,
    *,
    process: str | None = None,
    limit: int = 50,
    after: tuple[int, str] | None = None,
) -> Page[InboxRow]:
    """What waits for `person`: the next due first, what has no due date last.

    Tasks the person is excluded from are left out, and those for which the one who is away is.
    """
    held = _held(person, roles)
    absent = {one: sorted(stands_in[one]) for one in sorted(stands_in)}
    size = max(1, min(limit, LARGEST_PAGE))
    statement = _listing(len(held), _shape(absent), process is not None)
    rows = store.rows(
        statement,
        person,
        *held,
        *_given(person, absent),
        *([process] if process is not None else []),
        *(after or _BEFORE_ALL),
        size + 1,
    )
    found = [_row(row, person, frozenset(held), absent) for row in rows[:size]]
    last = found[-1] if len(rows) > size else None
    return Page(tuple(found), (due_micros(last.due_at), last.task) if last else None)


def _held(person: str, roles: Iterable[str]) -> list[str]:
    """The roles as offers name them: a customer's is that of their own cases."""
    return sorted({f"{CUSTOMER}:{person}" if role == CUSTOMER else role for role in roles})


def _row(row: tuple[Any, ...], person: str, held: frozenset[str], absent: Mapping[str, list[str]]) -> InboxRow:
    columns: tuple[Any, ...] = (*row[:8], from_due(row[8]), from_micros(row[9]), *row[10:13], "", row[15])
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


def waiting(store: Store, person: str, roles: Iterable[str], stands_in: StandsIn = NOBODY, *, most: int = 100) -> int:
    """How many tasks the inbox holds, counted up to `most`: a badge says `99+` and need not count on."""
    held = _held(person, roles)
    absent = {one: sorted(stands_in[one]) for one in sorted(stands_in)}
    row = store.row(_counting(len(held), _shape(absent)), person, *held, *_given(person, absent), *_BEFORE_ALL, most)
    return row[0] if row else 0


Shape = tuple[int, ...]
"""How many roles each absent person has: what tells one statement from another."""


def _shape(absent: Mapping[str, list[str]]) -> Shape:
    return tuple(len(roles) for roles in absent.values())


def _given(person: str, absent: Mapping[str, list[str]]) -> list[str]:
    """The values for `_absent_names`."""
    if not absent:
        return []
    given = [_within(person)]
    for one, roles in absent.items():
        given += [one, *roles, *(_within(role) for role in roles)]
    return given


def _absent_names(shape: Shape) -> list[str]:
    names = ["deputy-within"] if shape else []
    for number, roles in enumerate(shape):
        names.append(f"absent{number}")
        names += [f"absent{number}-{kind}{role}" for kind in ("role", "within") for role in range(roles)]
    return names


def _within(word: str) -> str:
    """The pattern of a list in JSON that holds this word."""
    for special in "!%_":
        word = word.replace(special, f"!{special}")
    return f'%"{word}"%'


def _holds(column: Any, parameter: str) -> Any:
    return NodeList((column, SQL("LIKE"), Parameter(parameter), SQL("ESCAPE '!'")), parens=True)


def _legs(roles: int, absent: Shape, by_process: bool) -> Any:
    """`task, due` of each leg's first tasks behind the cursor, a task once."""
    legs: list[Any] = [_mine("person", by_process)]
    legs += [_free(f"role{number}", by_process, "person") for number in range(roles)]
    for number, count in enumerate(absent):
        person = f"absent{number}"
        some = reduce(or_, (_holds(Task.roles, f"{person}-within{role}") for role in range(count)))
        kept = (Task.on_behalf_of == "") & some & ~_holds(Task.excluded, "deputy-within")
        legs.append(_mine(person, by_process, kept))
        legs += [_free(f"{person}-role{role}", by_process, "person", person) for role in range(count)]
    return _union(legs)


def _mine(person: str, by_process: bool, condition: Any = None) -> Any:
    behind = Tuple(Parameter("due"), Parameter("task"))
    leg = Task.select(Task.id.alias("task"), Task.due_at.alias("due")).where(
        MINE & (Task.assignee == Parameter(person)) & (Tuple(Task.due_at, Task.id) > behind)
    )
    if condition is not None:
        leg = leg.where(condition)
    if by_process:
        leg = leg.where(Task.process == Parameter("process"))
    return leg.order_by(Task.due_at, Task.id).limit(Parameter("limit"))


def _free(role: str, by_process: bool, *people: str) -> Any:
    """What nobody has yet and this role may take; none of these people is excluded from it."""
    behind = Tuple(Parameter("due"), Parameter("task"))
    leg = Candidate.select(Candidate.task.alias("task"), Candidate.due_at.alias("due")).where(
        (Candidate.role == Parameter(role)) & (Tuple(Candidate.due_at, Candidate.task) > behind)
    )
    for person in people:
        excluded = Exclusion.select(Exclusion.task).where(
            (Exclusion.task == Candidate.task) & (Exclusion.person == Parameter(person))
        )
        leg = leg.where(~fn.EXISTS(excluded))
    if by_process:
        leg = leg.where(Candidate.process == Parameter("process"))
    return leg.order_by(Candidate.due_at, Candidate.task).limit(Parameter("limit"))


def _union(legs: Sequence[Any]) -> Any:
    together: Any = None
    for number, leg in enumerate(legs):
        source = leg.alias(f"leg{number}")
        part = Select([source], [source.c.task, source.c.due])
        together = part if together is None else together | part  # UNION: several roles may offer the same task
    return together


def _names(roles: int, absent: Shape, by_process: bool) -> list[str]:
    return [
        "person",
        *(f"role{number}" for number in range(roles)),
        *_absent_names(absent),
        *(["process"] if by_process else []),
        "due",
        "task",
        "limit",
    ]


@lru_cache(maxsize=128)
def _listing(roles: int, absent: Shape, by_process: bool) -> Statement:
    def build() -> Any:
        found = _legs(roles, absent, by_process).alias("found")
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
            )
            .join(found, on=(found.c.task == Task.id))
            .join(Instance, on=(Instance.id == Task.instance))
            .order_by(found.c.due, found.c.task)
            .limit(Parameter("limit"))
        )

    return Statement(build, *_names(roles, absent, by_process))


@lru_cache(maxsize=64)
def _counting(roles: int, absent: Shape) -> Statement:
    def build() -> Any:
        legs = _legs(roles, absent, False).alias("legs")
        first = Select([legs], [legs.c.task]).limit(Parameter("limit")).alias("first")
        return Select([first], [fn.COUNT(first.c.task)])

    return Statement(build, *_names(roles, absent, False))
