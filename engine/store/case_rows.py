"""What the rows hold by which a case is found: its tasks and who may take them, its timers, waits and incidents.

Owns each row's values, in the order of its table. When they are written is `projections`', and whether they still are
what they should be `verifying`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.instance import RUNNING, Incident, Instance, Task, Timer
from engine.definition.roles import CUSTOMER
from engine.store.fields import due_micros, encode, maybe_micros, to_micros

TASK, APPROVAL = "task", "approval"
Row = tuple[Any, ...]


def offered_to(task: Task, case: Instance) -> list[str]:
    """The roles that a task is offered to. `customer` is that of this case alone: whom it is about, and who started it;
    no other customer's inbox shows it.
    """
    if CUSTOMER not in task.candidates:
        return list(dict.fromkeys(task.candidates))
    customers = [f"{CUSTOMER}:{one}" for one in (case.customer.get("person"), case.starter) if one]
    return list(dict.fromkeys([*(role for role in task.candidates if role != CUSTOMER), *customers]))


def offered(task: Task) -> bool:
    return not task.assignee


def promised(case: Instance) -> datetime | None:
    """The next deadline of the case's clocks: what waits in an inbox is sorted by it where the task's own is later."""
    return min((clock.due_at for clock in case.clocks.values() if clock.due_at is not None), default=None)


def sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def may_fire(case: Instance) -> Mapping[str, Timer]:
    """The timers of a case that goes on."""
    return case.timers if case.status == RUNNING else {}


def task_row(task: Task, case: Instance, promise: datetime | None) -> Row:
    """Of one that waits; `promise` is the next deadline of the case's clocks."""
    excluded = encode(task.excluded) if task.excluded else "[]"
    left = task.delegation
    since = left.since if left is not None else None
    return (
        task.id,
        case.id,
        case.process,
        task.state,
        task.title,
        task.status,
        task.assignee,
        task.on_behalf_of,
        due_micros(task.due_at),
        due_micros(sooner(task.due_at, promise)),
        to_micros(task.opened_at),
        None,
        "",
        "",
        excluded,
        encode(task.candidates),
        APPROVAL if task.id in case.approvals else TASK,
        encode(task.titles) if task.titles else "{}",
        maybe_micros(left.until) if left is not None else None,
        left.to if left is not None and since is not None else "",
        maybe_micros(since),
    )


def candidate_rows(task: Task, case: Instance, promise: datetime | None) -> list[Row]:
    due = due_micros(sooner(task.due_at, promise))
    return [(task.id, role, case.process, due) for role in offered_to(task, case)]


def exclusion_rows(task: Task) -> list[Row]:
    return [(task.id, person) for person in dict.fromkeys(task.excluded)]


def timer_row(timer: Timer, case: Instance) -> Row:
    return (timer.id, case.id, case.process, timer.state, timer.index, to_micros(timer.due_at))


def wait_rows(case: Instance) -> list[Row]:
    """One for each place and message, however often it is waited for."""
    return list(
        {
            (wait.token, wait.message): (case.id, wait.token, wait.message, wait.state, case.process)
            for wait in case.waits
        }.values()
    )


def settled_as(incident: str, case: Instance) -> str:
    """The status of one that is not open: dismissed while it can be opened again."""
    return "dismissed" if incident in case.dismissed else "resolved"


def incident_row(incident: Incident, case: Instance) -> Row:
    """Of one that is open."""
    return (
        incident.id,
        case.id,
        case.process,
        to_micros(incident.at),
        incident.message,
        incident.place,
        incident.state,
        "open",
        maybe_micros(None),
        "",
        "",
        incident.kind,
        encode(incident.parts),
    )
