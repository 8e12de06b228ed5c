"""Single tasks as plain rows, whether they still wait or not. The inbox has its own file.

Owns these rows' reading. Writes nothing: `engine.store.projections` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import decode, from_due, from_maybe, from_micros
from engine.store.models import GOING, MINE, Instance, Task


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task, whether it still waits or not. `status`: open, claimed, completed, withdrawn; `returns_at` is when it
    comes back to whoever delegated it, if it was delegated until some time, and `begins_at` when `deputy` gets it, if
    that is still to come.
    """

    id: str
    instance: str
    process: str
    state: str
    title: str
    status: str
    assignee: str
    on_behalf_of: str
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    completed_by: str
    outcome: str
    excluded: tuple[str, ...]
    titles: Mapping[str, str]
    returns_at: datetime | None
    deputy: str
    begins_at: datetime | None


_TASK = Statement(lambda: Task.select().where(Task.id == Parameter("id")), "id")
_PART = Statement(
    lambda: (
        Task.select(Task.id)
        .where(
            (Task.instance == Parameter("instance"))
            & (
                (Task.assignee == Parameter("assignee"))
                | (Task.completed_by == Parameter("doer"))
                | (Task.on_behalf_of == Parameter("person"))
            )
        )
        .limit(1)
    ),
    *("instance", "assignee", "doer", "person"),
)
_TASKS = Statement(
    lambda: Task.select().where(Task.instance == Parameter("instance")).order_by(Task.opened_at, Task.id),
    "instance",
)


def task(store: Store, id: str) -> TaskRow | None:
    row = store.row(_TASK, id)
    return None if row is None else _task(row)


def has_part(store: Store, instance: str, person: str) -> bool:
    """Whether a task of this case is, or was, this person's."""
    return store.row(_PART, instance, person, person, person) is not None


def tasks(store: Store, instance: str) -> list[TaskRow]:
    """Every task of a case that was ever open at the end of a step, the oldest first."""
    return [_task(row) for row in store.rows(_TASKS, instance)]


def _task(row: tuple[Any, ...]) -> TaskRow:
    instants = (from_due(row[8]), from_micros(row[10]), from_maybe(row[11]))
    columns: tuple[Any, ...] = (*row[:8], *instants, row[12], row[13], tuple(decode(row[14])))
    more: tuple[Any, ...] = (decode(row[17]), from_maybe(row[18]), row[19], from_maybe(row[20]))
    return TaskRow(*columns, *more)


def with_open(store: Store, instances: Collection[str], state: str) -> frozenset[str]:
    """Those of these cases in which a task of this state waits."""
    if not instances:
        return frozenset()
    waits = Task.status << ("open", "claimed")
    rows = store.select(
        Task.select(Task.instance).where((Task.instance << list(instances)) & (Task.state == state) & waits)
    )
    return frozenset(row[0] for row in rows)


def held_by(assignee: str) -> Any:
    """That somebody has an open task of the case; that one waits for whoever takes it, for nobody."""
    if assignee:
        return Instance.id.in_(Task.select(Task.instance).where(MINE & (Task.assignee == assignee)))
    free = Task.select(SQL("1")).where(
        (Task.instance == Instance.id) & (Task.assignee == "") & (Task.status == "open") & (Task.kind == "task")
    )
    return GOING & fn.EXISTS(free)
