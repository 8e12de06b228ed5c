"""Cases that nothing and nobody will move on.

Owns the search: by the projections first, which is quick, then by the snapshot, which is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.standstill import waits_for_nothing
from engine.definition.roles import CUSTOMER
from engine.store import instances
from engine.store.database import Store
from engine.store.fields import decode, from_micros
from engine.store.models import GOING, MINE, RUNS, Candidate, Incident, Instance, Task, Timer, Wait
from engine.store.registers import Membership, Person

MOST = 100


@dataclass(frozen=True, slots=True)
class Stalled:
    """A case with what is wrong: `title` is that of a task that nobody can do, with `titles` in the process's other
    languages; empty when it waits for nothing. `since` is when it last moved, or when the task was opened. `roles` are
    those of the task; `assignee` is who has it and is no longer here, empty where nobody has it.
    """

    instance: str
    reference: str
    process: str
    state: str
    since: datetime
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    assignee: str = ""
    dismissed: bool = False
    """Whether it waits for nothing since an incident was dismissed that can be opened again."""


def stalled(store: Store) -> list[Stalled]:
    """The longest standing first, at most a hundred of each kind."""
    found = [*_waiting_for_nothing(store), *_waiting_for_nobody(store)]
    return sorted(found, key=lambda one: (one.since, one.instance))


def _waiting_for_nothing(store: Store) -> Iterator[Stalled]:
    open_tasks = Task.select(Task.instance).where(Task.status.in_(["open", "claimed"]))
    incidents = Incident.select(Incident.instance).where(Incident.status == "open")
    query = Instance.select(
        Instance.id, Instance.reference, Instance.process, Instance.states, Instance.updated_at
    ).where(GOING & RUNS)
    for others in (open_tasks, Timer.select(Timer.instance), Wait.select(Wait.instance), incidents):
        query = query.where(Instance.id.not_in(others))
    for row in store.select(query.order_by(Instance.updated_at, Instance.id).limit(MOST)):
        case = instances.load(store, row[0])
        if case is not None and waits_for_nothing(case):
            again = bool(case.dismissed)
            yield Stalled(case.id, case.reference, case.process, row[3], from_micros(row[4]), dismissed=again)


def _waiting_for_nobody(store: Store) -> Iterator[Stalled]:
    """Open tasks whose roles nobody holds who is still here, and those that somebody has who is not. Customers have no
    account and need none.
    """
    able = (
        Candidate.select(Candidate.task)
        .join(Membership, on=(Membership.role == Candidate.role), attr="membership")
        .join(Person, on=(Person.id == Membership.person))
        .where(Person.active == 1)
    )
    theirs = Candidate.select(Candidate.task).where(Candidate.role.startswith(f"{CUSTOMER}:"))
    gone = Person.select(Person.id).where(Person.active == 0)
    open_one = Task.id.in_(Candidate.select(Candidate.task)) & Task.id.not_in(able) & Task.id.not_in(theirs)
    left = Task.id.in_(Task.select(Task.id).where(MINE & Task.assignee.in_(gone)))
    columns: tuple[Any, ...] = (
        *(Task.instance, Instance.reference, Task.process, Task.state, Task.opened_at, Task.title, Task.titles),
        *(Task.roles, Task.assignee),
    )
    for which in (open_one, left):
        query = (
            Task.select(*columns)
            .join(Instance, on=(Instance.id == Task.instance))
            .where(which)
            .order_by(Task.opened_at, Task.id)
            .limit(MOST)
        )
        for row in store.select(query):
            instance, reference, process, state, since, title, titles, roles, assignee = row
            told = (title, decode(titles), tuple(decode(roles)), assignee or "")
            yield Stalled(instance, reference, process, state, from_micros(since), *told)
