"""How work is put before people: a state's task, or one that is opened beside the case's own work.

Owns who finds it, whom it is meant for, that too few people for it are told at once, and the timers of its escalation.
No word of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.actors import SYSTEM, plain_actor
from engine.core.deadlines import reached_between
from engine.core.draft import Draft
from engine.core.instance import Task, Timer
from engine.core.roster import nobody
from engine.definition.messages import Line
from engine.definition.model import State
from engine.definition.moves import Rung
from engine.definition.plans import TaskPlan
from engine.definition.roles import CUSTOMER
from engine.definition.texts import localised
from engine.keywords import exclude
from engine.keywords.languages import Words, in_each, in_each_of
from engine.keywords.told import call_for_help
from engine.reasons import stuck_on

ESCALATE = "escalate"


def open_work(draft: Draft, token: str, state: State, plan: TaskPlan) -> None:
    """The task of a state, or one beside the case's own work: put before its candidates, or before the one it is meant
    for.
    """
    values = draft.values(token)
    title, titles = titled(draft, plan.title, state, values)
    excluded = exclude.excluded(draft, plan.exclude, token)
    candidates = plan.candidates.choose(values)
    assignee = designated(draft, plan, token)
    # Who holds the roles is asked only where the answer matters: of a task that anybody of them may do, it does not.
    asked = bool(assignee or excluded)
    may = frozenset[str]().union(*(draft.roll(role) for role in candidates)) - excluded if asked else frozenset()
    meant, assignee = assignee, assignee if assignee in may else ""
    task = draft.open_task(
        Task(
            id=draft.next_id(),
            token=token,
            state=state.id,
            title=title,
            opened_at=draft.at,
            candidates=candidates,
            excluded=tuple(sorted(excluded)),
            status="claimed" if assignee else "open",
            assignee=assignee,
            due_at=draft.due_time(plan.due, token, draft.at) if plan.due is not None else None,
            titles=titles,
        )
    )
    if meant and not assignee and draft.roll is not nobody:
        _passed_over(draft, task, plan, meant)
    if excluded and not may and draft.roll is not nobody and CUSTOMER not in candidates:
        people = {"roles": ", ".join(candidates), "people": ", ".join(sorted(excluded))}
        retry = {"actor": plain_actor(SYSTEM), "do": "reach", "task": task.id}
        call_for_help(draft, stuck_on("nobody", plan.place, title=task.title, **people), state.id, retry)
    set_rungs(draft, task, plan.escalate)


def titled(draft: Draft, line: Line | None, state: State, values: Mapping[str, object]) -> Words:
    """The title of the work in a state: the work's own, else the state's."""
    if line is None:
        return in_each(draft.definition, lambda language: localised(state.title, language))
    return in_each_of(line, draft.definition, values)


def _passed_over(draft: Draft, task: Task, plan: TaskPlan, person: str) -> None:
    """Write down why whoever was named for the task does not get it."""
    by = [one for one in plan.exclude if person in exclude.excluded(draft, (one,), task.token)]
    why = {"excluded": by} if by else {"roles": list(task.candidates)}
    draft.record("assignee-passed-over", task=task.id, state=task.state, person=person, **why)


def designated(draft: Draft, plan: TaskPlan, token: str) -> str:
    """The person whom the definition names for this task, as things stand now; empty when it names nobody or they are
    not known.
    """
    if not plan.assignee:
        return ""
    if plan.assignee in draft.definition.people:
        # By what they have completed: holding this very task must not make somebody its rightful owner.
        states = draft.definition.people[plan.assignee]
        return next((person for state, person in reversed(draft.doers) if state in states), "")
    value: Any = draft.values(token)
    for part in plan.assignee.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def open_task(draft: Draft, name: str) -> None:
    """A task beside the case's own work; nothing when it is open already."""
    if any(task.state == name for task in draft.tasks.values()):
        return
    place = draft.definition.tasks[name]
    assert place.task is not None
    open_work(draft, draft.root.id, place, place.task)


def set_rungs(draft: Draft, task: Task, rungs: Sequence[Rung]) -> None:
    """A timer for each rung: so many per cent of the time from the task's opening to its due time."""
    if task.due_at is None:
        return
    token = "" if task.state in draft.definition.tasks else task.token
    for index, rung in enumerate(rungs):
        at = reached_between(draft.definition.calendar, task.opened_at, task.due_at, rung.percent)
        draft.set_timer(Timer(draft.next_id(), token, task.state, index, at, word=ESCALATE))
