"""The rows beside a snapshot that make its parts findable: tasks and who may take them, timers, clocks, waits,
incidents.

Owns what changes in them from one snapshot to the next; what they hold is `case_rows`'. The snapshot is the truth:
`rebuild` makes these rows again from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.events import Event
from engine.core.instance import Incident, Instance, Task, Timer
from engine.definition.roles import CUSTOMER
from engine.store import clock_rows, questions, search
from engine.store.case_rows import (
    candidate_rows,
    exclusion_rows,
    incident_row,
    may_fire,
    offered,
    offered_to,
    promised,
    settled_as,
    sooner,
    task_row,
    timer_row,
    wait_rows,
)
from engine.store.compiled import Parameter, Statement, insert, upsert
from engine.store.database import Store
from engine.store.fields import to_micros
from engine.store.models import Candidate, Exclusion
from engine.store.models import Incident as IncidentRow
from engine.store.models import Task as TaskRow
from engine.store.models import Timer as TimerRow
from engine.store.models import Wait as WaitRow

COMPLETED, WITHDRAWN = "completed", "withdrawn"

_OPEN_TASK = upsert(TaskRow, TaskRow.opened_at)
_CLOSE_TASK = Statement(
    lambda: TaskRow.update(
        {
            TaskRow.status: Parameter("status"),
            TaskRow.closed_at: Parameter("at"),
            TaskRow.completed_by: Parameter("by"),
            TaskRow.on_behalf_of: Parameter("on_behalf_of"),
            TaskRow.outcome: Parameter("outcome"),
        }
    ).where(TaskRow.id == Parameter("id")),
    "status",
    "at",
    "by",
    "on_behalf_of",
    "outcome",
    "id",
)
_OFFER = insert(Candidate)
_UNOFFER = Statement(lambda: Candidate.delete().where(Candidate.task == Parameter("task")), "task")
_EXCLUDE = insert(Exclusion)
_UNEXCLUDE = Statement(lambda: Exclusion.delete().where(Exclusion.task == Parameter("task")), "task")
_SET_TIMER = upsert(TimerRow)
_UNSET_TIMER = Statement(lambda: TimerRow.delete().where(TimerRow.id == Parameter("id")), "id")
_WAIT = insert(WaitRow)
_UNWAIT = Statement(lambda: WaitRow.delete().where(WaitRow.instance == Parameter("instance")), "instance")
_RAISE = upsert(IncidentRow)
_RESOLVE = Statement(
    lambda: IncidentRow.update(
        {
            IncidentRow.status: Parameter("status"),
            IncidentRow.resolved_at: Parameter("at"),
            IncidentRow.resolved_by: Parameter("by"),
            IncidentRow.reason: Parameter("reason"),
        }
    ).where(IncidentRow.id == Parameter("id")),
    "status",
    "at",
    "by",
    "reason",
    "id",
)

_NOBODY: Mapping[str, Any] = {}


def write(store: Store, old: Instance | None, new: Instance, events: Sequence[Event]) -> None:
    """Bring the rows from `old` (None: there are none) to `new`; `events` tell how what is gone has ended."""
    search.write(store, old, new)
    if old is None:
        _tasks(store, None, new, events)
        _timers(store, _NOBODY, new)
        if new.clocks:
            clock_rows.write(store, _NOBODY, new, events)
        if new.questions:
            questions.write(store, _NOBODY, new, events)
        if new.waits:
            _waits(store, new)
        if new.incidents:
            _incidents(store, _NOBODY, new, events)
        return
    if old.tasks is not new.tasks or old.clocks is not new.clocks or old.customer != new.customer:
        _tasks(store, old, new, events)
    if old.timers is not new.timers or old.status != new.status:
        _timers(store, may_fire(old), new)
    if old.clocks is not new.clocks:
        clock_rows.write(store, old.clocks, new, events)
    if old.questions is not new.questions:
        questions.write(store, old.questions, new, events)
    if old.waits != new.waits:
        store.change(_UNWAIT, new.id)
        if new.waits:
            _waits(store, new)
    if old.incidents is not new.incidents:
        _incidents(store, old.incidents, new, events)


def _differs(old: object, new: object) -> bool:
    # What a step leaves alone is the same object in both snapshots; looking inside is for what it touched.
    return old is not new and old != new


def _tasks(store: Store, old: Instance | None, new: Instance, events: Sequence[Event]) -> None:
    known = old.tasks if old is not None else _NOBODY
    was, now = (promised(old) if old is not None else None), promised(new)
    fresh = [
        task
        for task in new.tasks.values()
        if _differs(known.get(task.id), task) or sooner(task.due_at, was) != sooner(task.due_at, now)
    ]
    gone = [task for task in known.values() if task.id not in new.tasks]
    if gone:
        ends = {event.body.get("task"): event for event in events if event.type in ("task-completed", "task-withdrawn")}
        store.change_many(_CLOSE_TASK, [_closing(task, ends.get(task.id, events[-1])) for task in gone])
    if fresh:
        store.change_many(_OPEN_TASK, [task_row(task, new, now) for task in fresh])
    _offers(store, old, new, fresh, gone, (was, now))


def _closing(task: Task, end: Event) -> tuple[Any, ...]:
    at = to_micros(end.at)
    if end.type == "task-completed":
        return (COMPLETED, at, end.actor, end.on_behalf_of, str(end.body.get("outcome", "")), task.id)
    return (WITHDRAWN, at, "", task.on_behalf_of, "", task.id)


def _offers(
    store: Store,
    old: Instance | None,
    new: Instance,
    fresh: Sequence[Task],
    gone: Sequence[Task],
    promised: tuple[datetime | None, datetime | None],
) -> None:
    """Candidates and exclusions: there while a task waits for somebody to take it. `promised` is the next deadline of
    the case's clocks, before the step and after it.
    """
    known = old.tasks if old is not None else _NOBODY
    was_promised, now_promised = promised
    if old is not None and old.customer != new.customer:
        others = [task for task in new.tasks.values() if CUSTOMER in task.candidates and task not in fresh]
        fresh = [*fresh, *others]
    stale = [(task.id,) for task in gone if offered(task)]
    offers: list[tuple[Any, ...]] = []
    exclusions: list[tuple[str, str]] = []
    for task in fresh:
        before = known.get(task.id)
        waits, was = offered(task), before is not None and offered(before)
        if was and before is not None and old is not None:
            same_due = sooner(before.due_at, was_promised) == sooner(task.due_at, now_promised)
            if waits and same_due and _same_offer(before, old, task, new):
                continue
            stale.append((task.id,))
        if waits:
            offers += candidate_rows(task, new, now_promised)
            exclusions += exclusion_rows(task)
    if stale:
        store.change_many(_UNOFFER, stale)
        excluding = [key for key in stale if known[key[0]].excluded]
        if excluding:
            store.change_many(_UNEXCLUDE, excluding)
    if offers:
        store.change_many(_OFFER, offers)
    if exclusions:
        store.change_many(_EXCLUDE, exclusions)


def _same_offer(one: Task, before: Instance, other: Task, now: Instance) -> bool:
    return offered_to(one, before) == offered_to(other, now) and one.excluded == other.excluded


def _timers(store: Store, old: Mapping[str, Timer], new: Instance) -> None:
    now = may_fire(new)
    gone = [(id,) for id in old if id not in now]
    if gone:
        store.change_many(_UNSET_TIMER, gone)
    fresh = [timer_row(timer, new) for timer in now.values() if _differs(old.get(timer.id), timer)]
    if fresh:
        store.change_many(_SET_TIMER, fresh)


def _waits(store: Store, new: Instance) -> None:
    store.change_many(_WAIT, wait_rows(new))


def _incidents(store: Store, old: Mapping[str, Incident], new: Instance, events: Sequence[Event]) -> None:
    gone = [id for id in old if id not in new.incidents]
    if gone:
        ends = {event.body.get("incident"): event for event in events if event.type == "incident-resolved"}
        rows = []
        for id in gone:
            end = ends.get(id, events[-1])
            status = settled_as(id, new)
            rows.append((status, to_micros(end.at), end.actor, str(end.body.get("reason", "")), id))
        store.change_many(_RESOLVE, rows)
    fresh = [incident_row(one, new) for one in new.incidents.values() if _differs(old.get(one.id), one)]
    if fresh:
        store.change_many(_RAISE, fresh)


def rebuild(store: Store, instance: Instance) -> None:
    """Make the open rows of a case again from its snapshot, whatever is there. Only inside a transaction."""
    offers: tuple[Any, ...] = (Candidate, Exclusion)
    for model in offers:
        open_tasks = TaskRow.select(TaskRow.id).where(TaskRow.instance == instance.id)
        store.alter(model.delete().where(model.task.in_(open_tasks)))
    wakers: tuple[Any, ...] = (TimerRow, WaitRow)
    for model in wakers:
        store.alter(model.delete().where(model.instance == instance.id))
    write(store, None, instance, ())
