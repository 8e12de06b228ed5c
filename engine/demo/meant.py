"""Which task, decision or called case an act of a story means, when a case has several.

Owns the choice: what waits for the person by name, then what their roles may take. Plays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.actors import Actor
from engine.core.instance import Instance, Task
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.keywords.needs import is_about


def task_offering(definition: Definition, instance: Instance, outcome: str, actor: Actor) -> Task:
    """The open task with this outcome. Raises Rejected("no-such-task")."""
    offering = (
        task
        for task in instance.tasks.values()
        if task.id not in instance.approvals and outcome in definition.place_of(task.state).on
    )
    return _nearest(offering, instance, actor)


def approval_meant(definition: Definition, instance: Instance, actor: Actor, move: str) -> Task:
    """The open decision: the one about this move, when one is named. Raises Rejected("no-such-task")."""
    found = [
        instance.tasks[approval.id]
        for approval in instance.approvals.values()
        if not move or is_about(definition, approval, move)
    ]
    return _nearest(found, instance, actor)


def open_task(instance: Instance, actor: Actor) -> Task:
    """The task that somebody takes, gives back or hands on. Raises Rejected("no-such-task")."""
    return _nearest(instance.tasks.values(), instance, actor)


def called_case(parent: Instance, process: str) -> str:
    """The id of the case of this process that was called last. Raises Rejected("no-such-case")."""
    called = [link.instance for link in parent.links.values() if link.process == process and link.instance]
    if not called:
        raise Rejected("no-such-case", f"{parent.reference} has called no case of '{process}'")
    return called[-1]


def _nearest(tasks: Iterable[Task], instance: Instance, actor: Actor) -> Task:
    def distance(task: Task) -> int:
        if task.assignee:
            return 0 if task.assignee == actor.id else 3
        return 1 if not actor.roles.isdisjoint(task.candidates) else 2

    found = sorted(tasks, key=distance)
    if not found:
        raise Rejected("no-such-task", f"the case is in {', '.join(instance.states)}")
    return found[0]
