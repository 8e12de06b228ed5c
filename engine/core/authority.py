"""Who may do what: judged inside the command, on the real actor, at the moment of acting. Deny by default; no role
passes by everything.

Owns the questions and the refusals with their codes and sentences. Pages may ask the same questions to grey out a
button; only the answer here counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.commands import Actor
from engine.core.draft import Draft
from engine.core.instance import RUNNING, SUSPENDED, Task
from engine.core.values import who_did
from engine.definition.model import Definition, State
from engine.errors import Rejected
from engine.keywords.exclude import excluded

CUSTOMER = "customer"


def running(draft: Draft) -> None:
    """The case must be running."""
    if draft.status == SUSPENDED:
        raise Rejected(
            "suspended",
            "Expected a running case, but it is suspended; somebody who oversees the process has to resume it first",
        )
    if draft.status != RUNNING:
        raise Rejected("ended", f"Expected a running case, but it is {draft.status}")


def task_of(draft: Draft, task_id: str) -> Task:
    """The open task. Raises Rejected("no-such-task") when it is done, withdrawn or was never there."""
    task = draft.tasks.get(task_id)
    if task is None:
        raise Rejected("no-such-task", "Expected an open task, but it has been completed or withdrawn in the meantime")
    return task


def oversees(definition: Definition, actor: Actor) -> bool:
    return definition.owner in actor.roles or any(role in actor.roles for role in definition.supervisors)


def overseer(draft: Draft, verb: str) -> None:
    """The process's owner or a supervisor."""
    definition = draft.definition
    if not oversees(definition, draft.actor):
        roles = ", ".join((definition.owner, *definition.supervisors))
        raise Rejected(
            "not-allowed",
            f"Expected somebody who oversees the process ({roles}) to {verb}, but {draft.actor.id} does not",
        )


def answers(draft: Draft, verb: str) -> None:
    """The process's owner alone."""
    if draft.definition.owner not in draft.actor.roles:
        raise Rejected(
            "not-allowed",
            f"Expected the process's owner ({draft.definition.owner}) to {verb}, but {draft.actor.id} is not",
        )


def theirs(draft: Draft, actor: Actor) -> bool:
    """Whether it is this customer's own case: they started it, or it is about them."""
    return actor.id in (draft.before.starter, draft.customer.get("person"))


def holds(draft: Draft, who: Iterable[str], actor: Actor) -> bool:
    """Whether the actor is among them: a role held now, `starter`, or a name of `people`.

    A customer counts in their own case alone.
    """
    own = actor.kind != CUSTOMER or theirs(draft, actor)
    for one in who:
        if one == "starter":
            if actor.id == draft.before.starter:
                return True
        elif one in draft.definition.people:
            if who_did(draft, draft.definition.people[one]) == actor.id:
                return True
        elif one in actor.roles and own:
            return True
    return False


def may(draft: Draft, who: tuple[str, ...], what: str) -> None:
    if not holds(draft, who, draft.actor):
        raise Rejected(
            "not-allowed", f"Expected one of {', '.join(who)} to {what}, but {draft.actor.id} is none of them"
        )


def may_take(draft: Draft, task: Task, actor: Actor) -> None:
    """Whether this person may have this task, and is not excluded by four eyes.

    It takes a candidate's role now (not when they claimed it), or that an assignee delegated it to them. To be named as
    `assignee` gives nobody a right: a form could name anybody.
    """
    state = draft.definition.place_of(task.state)
    plan = state.task
    assert plan is not None
    deputy = bool(task.on_behalf_of) and actor.id == task.assignee
    if not deputy and not holds(draft, task.candidates, actor):
        raise Rejected(
            "not-allowed",
            f"Expected one of {', '.join(task.candidates)} for '{task.title}', but {actor.id} is none of them",
        )
    if actor.id in excluded(draft, plan.exclude, task.token) or task.on_behalf_of in _excluded_sponsors(
        draft, state, task
    ):
        raise Rejected("excluded", f"Expected somebody else for '{task.title}': {_why(state, actor.id)}")


def _excluded_sponsors(draft: Draft, state: State, task: Task) -> frozenset[str]:
    assert state.task is not None
    return excluded(draft, state.task.exclude, task.token) if task.on_behalf_of else frozenset()


def _why(state: State, person: str) -> str:
    assert state.task is not None
    return f"{person} already had a part in this case (four eyes: {', '.join(state.task.exclude)})"


def may_work_on(draft: Draft, task: Task) -> None:
    """Whether the actor may complete this task now: not somebody else's, and theirs to take."""
    if task.assignee and task.assignee != draft.actor.id:
        raise Rejected("claimed-by-other", f"Expected your own task, but {task.assignee} has claimed '{task.title}'")
    may_take(draft, task, draft.actor)
