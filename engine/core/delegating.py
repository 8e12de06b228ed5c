"""Letting somebody else do one's task: at once or from a moment on, for good or until a moment, and taking it back.

Owns when a delegation begins and ends, and whose the task is then. Each moment that lies ahead is a timer of the case
like any other; whatever else gives the task into other hands calls it off (`Draft.change_task`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.core import authority
from engine.core.actors import Actor
from engine.core.commands import Delegate
from engine.core.delegation import Delegation
from engine.core.draft import Draft
from engine.core.instance import DELEGATION, Instance, Task, Timer
from engine.core.machine import next_status
from engine.core.roster import nobody
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.keywords.exclude import hitting

BEGINS, ENDS = 0, 1
"""Which of the two moments a timer stands for."""


def delegate(draft: Draft, task: Task, command: Delegate) -> None:
    """The deputy acts on the assignee's behalf, so that both count as having done it.

    A deputy may not delegate further. Raises Rejected("invalid-delegation") for times that cannot be.
    """
    actor, to = draft.actor, command.to
    if task.assignee != actor.id:
        raise Rejected("not-allowed", "Expected your own task to delegate, but you have not claimed it")
    if task.on_behalf_of:
        raise Rejected(
            "not-allowed",
            f"Expected the task's own assignee to delegate it, but you act on behalf of {task.on_behalf_of}",
        )
    if to == actor.id:
        raise Rejected("not-allowed", "Expected somebody else to delegate to, but that is you")
    if not command.to_roles - {CUSTOMER}:
        raise Rejected("not-allowed", f"Expected a colleague to delegate to, but {to} is none")
    authority.works(to, command.to_kind)
    since = command.since if command.since is not None and command.since > draft.at else None
    _refuse_senseless(draft, command)
    given = _given(task, to)
    authority.may_take(draft, task, actor)
    authority.may_take(draft, given, Actor(to, command.to_roles))
    times = {"from": since, "until": command.until}
    told = {name: at.isoformat() for name, at in times.items() if at is not None}
    if since is None:
        draft.change_task(given, "task-delegated", to=to, on_behalf_of=actor.id, **told)
        _ahead(draft, given, Delegation(to, None, command.until, ""))
    else:
        draft.change_task(replace(task, delegation=None), "task-delegated", to=to, on_behalf_of=actor.id, **told)
        _ahead(draft, task, Delegation(to, since, command.until, ""))


def _refuse_senseless(draft: Draft, command: Delegate) -> None:
    if command.until is None:
        return
    if command.until <= draft.at:
        raise Rejected("invalid-delegation", "Expected an end that lies ahead, but it is over already")
    if command.since is not None and command.until <= command.since:
        raise Rejected("invalid-delegation", "Expected an end after the beginning, but it lies before it")


def _given(task: Task, to: str) -> Task:
    return task.of(to, status=next_status("task", "delegate", task.status), on_behalf_of=task.assignee)


def _ahead(draft: Draft, task: Task, left: Delegation) -> None:
    """Set the timer of what comes next, if anything does."""
    due = left.since or left.until
    if due is None:
        return
    timer = Timer(draft.next_id(), "", task.state, BEGINS if left.since else ENDS, due, word=DELEGATION)
    draft.tasks[task.id] = replace(task, delegation=replace(left, timer=timer.id))
    draft.set_timer(timer)


def take_back(draft: Draft, task: Task) -> bool:
    """Whether the actor has the task again, or keeps it, because they had delegated it."""
    if task.on_behalf_of == draft.actor.id:
        come_back(draft, task)
    elif task.delegation is not None and task.assignee == draft.actor.id and not task.on_behalf_of:
        _called_off(draft, task, {})
    else:
        return False
    return True


def concerned(draft: Draft | Instance, timer: Timer) -> Task | None:
    """The task whose delegation this timer begins or ends."""
    return next((one for one in draft.tasks.values() if one.delegation and one.delegation.timer == timer.id), None)


def fired(draft: Draft, timer: Timer) -> None:
    """The time has come: the deputy gets the task, or it comes back."""
    task = concerned(draft, timer)
    assert task is not None and task.delegation is not None
    if timer.index == ENDS:
        come_back(draft, task)
        return
    left = task.delegation
    given = _given(task, left.to)
    if why := _kept_from(draft, task, task.assignee) or _cannot_act(draft, given):
        _called_off(draft, task, why)
        return
    until = {"until": left.until.isoformat()} if left.until is not None else {}
    draft.change_task(given, "delegation-began", to=left.to, on_behalf_of=task.assignee, **until)
    _ahead(draft, given, replace(left, since=None))


def come_back(draft: Draft, task: Task) -> None:
    """The task is again that of whoever delegated it; everybody's for whom it is, when it cannot be theirs any more."""
    person = task.on_behalf_of
    why = _kept_from(draft, task, person)
    status = next_status("task", "release" if why else "return", task.status)
    given = task.of("" if why else person, status=status)
    draft.change_task(given, "delegation-ended", deputy=task.assignee, person=person, **why)


def _called_off(draft: Draft, task: Task, why: dict[str, Any]) -> None:
    """The task stays where it is."""
    assert task.delegation is not None
    kept = replace(task, delegation=None)
    draft.change_task(kept, "delegation-dropped", deputy=task.delegation.to, person=task.assignee, **why)


def _kept_from(draft: Draft, task: Task, person: str) -> dict[str, Any]:
    """Why a person cannot have the task as their own now, as an event says it; empty when they can."""
    if why := _excluded(draft, task, person):
        return why
    if draft.roll is nobody or any(person in draft.roll(role) for role in task.candidates):
        return {}
    return {"barred": person, "roles": list(task.candidates)}


def _cannot_act(draft: Draft, given: Task) -> dict[str, Any]:
    """Why the deputy cannot act for whoever delegates; likewise."""
    if not draft.roster.works(given.assignee):
        return {"barred": given.assignee, "left": True}
    return _excluded(draft, given, given.assignee)


def _excluded(draft: Draft, task: Task, person: str) -> dict[str, Any]:
    plan = draft.definition.place_of(task.state).task
    assert plan is not None
    hits = hitting(draft, plan.exclude, task.token, person)
    return {"barred": person, "excluded": list(hits)} if hits else {}
