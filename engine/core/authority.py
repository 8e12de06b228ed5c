"""Who may do what: judged inside the command, on the real actor, at the moment of acting. Deny by default; no role
passes by everything.

Somebody who stands in for a person who is away may do what that person's roles allow, and what waits for that person by
name; they act on behalf of them, so that what excludes either excludes both. What a rule gives to somebody by their
deed alone (`starter`, a name of `people`) stays theirs.

Owns the questions and the refusals with their codes and sentences. Pages may ask the same questions to grey out a
button; only the answer here counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engine.core.actors import GUEST, Actor
from engine.core.draft import Draft
from engine.core.instance import RUNNING, SUSPENDED, Task
from engine.core.values import who_did
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.definition.plans import TaskPlan
from engine.definition.roles import CUSTOMER, READER
from engine.errors import Rejected
from engine.keywords.exclude import excluded, hitting


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


def may_publish(definition: Definition, actor: Actor) -> None:
    """Those who hold the role that answers for the process, themselves: a deputy does not change the rules."""
    if definition.owner not in actor.roles:
        raise Rejected(
            "not-allowed",
            f"Expected the process's owner ({definition.owner}) to write its next version, but {actor.id} is not",
        )


def overseer(draft: Draft, verb: str) -> None:
    """The process's owner or a supervisor."""
    definition = draft.definition
    if not oversees(definition, draft.actor) and not _stands_in(draft, (definition.owner, *definition.supervisors)):
        roles = ", ".join((definition.owner, *definition.supervisors))
        raise Rejected(
            "not-allowed",
            f"Expected somebody who oversees the process ({roles}) to {verb}, but {draft.actor.id} does not",
        )


def answers(draft: Draft, verb: str) -> None:
    """The process's owner alone."""
    if draft.definition.owner not in draft.actor.roles and not _stands_in(draft, (draft.definition.owner,)):
        raise Rejected(
            "not-allowed",
            f"Expected the process's owner ({draft.definition.owner}) to {verb}, but {draft.actor.id} is not",
        )


def works(person: str, kind: str) -> None:
    """Whoever only reads is given no work: they could neither do it nor hand it on."""
    if kind == READER:
        raise Rejected("only-reads", f"Expected somebody who works here, but {person} only reads and changes nothing")


def is_guest(actor: Actor) -> bool:
    """Whether this is somebody without an account, who fills in a public page."""
    return actor.kind == CUSTOMER and actor.id == GUEST.id


def guest_of(customer: Mapping[str, str]) -> Actor:
    """The customer of a case as they act without signing in: their account, else their address, else a guest."""
    who = customer.get("person") or customer.get("email") or GUEST.id
    return Actor(who, frozenset({CUSTOMER}), CUSTOMER, "web")


def theirs(draft: Draft, actor: Actor) -> bool:
    """Whether it is this customer's own case: they started it, or it is about them. A guest comes by a link to this one
    case, and is its customer where the case knows neither account nor address.
    """
    return bool(actor.id) and actor.id in (draft.before.starter, *_known_as(draft))


def _known_as(draft: Draft) -> tuple[str, ...]:
    known = (draft.customer.get("person", ""), draft.customer.get("email", ""))
    return known if any(known) else (GUEST.id,)


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


def stood_for(who: Iterable[str], actor: Actor) -> list[str]:
    """The people who are away, and for whom the actor stands in as somebody of these roles."""
    named = frozenset(who) - {CUSTOMER}
    return sorted(person for person, roles in actor.stands_in.items() if roles & named)


def _stands_in(draft: Draft, who: Iterable[str], out: Collection[str] = ()) -> bool:
    """Whether the actor may on behalf of somebody else, as whose deputy they then act."""
    found = stood_for(who, draft.actor)
    if not found:
        return False
    draft.act_for(next((person for person in found if person not in out), found[0]))
    return True


def may(draft: Draft, who: tuple[str, ...], what: str, out: Collection[str] = ()) -> None:
    """Whether the actor is among them, or stands in for one of them. `out` are the people who are excluded."""
    if draft.actor.id in out:
        raise Rejected("excluded", _part(draft, draft.actor.id, what))
    if holds(draft, who, draft.actor):
        return
    person = draft.on_behalf_of
    if person in draft.actor.stands_in and holds(draft, who, Actor(person, draft.actor.stands_in[person])):
        return
    if person or not _stands_in(draft, who, out):
        raise Rejected(
            "not-allowed", f"Expected one of {', '.join(who)} to {what}, but {draft.actor.id} is none of them"
        )
    if draft.on_behalf_of in out:
        raise Rejected("excluded", _part(draft, draft.on_behalf_of, what))


def may_ask(draft: Draft, token: str, move: Move, what: str, out: Collection[str] = ()) -> None:
    """Whether the actor may ask for this move: `by` names them, where it says something, and neither `exclude` nor
    `out` leaves them out.
    """
    left = {*excluded(draft, move.exclude, token), *out}
    if move.by:
        may(draft, move.by, what, left)
    elif left & {draft.actor.id, draft.on_behalf_of}:
        raise Rejected("excluded", _part(draft, draft.actor.id if draft.actor.id in left else draft.on_behalf_of, what))


def _part(draft: Draft, person: str, what: str) -> str:
    behalf = "" if person == draft.actor.id else f", for whom {draft.actor.id} acts,"
    return f"Expected somebody else to {what}: {person}{behalf} already has a part in this case"


def open_to(draft: Draft, token: str, move: Move) -> bool:
    """Whether the actor may ask for this move, themselves or for somebody who is away: what a page offers. One without
    `by` is open to everybody whom `exclude` does not name.
    """
    out = excluded(draft, move.exclude, token)
    if draft.actor.id in out:
        return False
    absent = [person for person in stood_for(move.by, draft.actor) if person not in out]
    return not move.by or holds(draft, move.by, draft.actor) or bool(absent)


def may_take(draft: Draft, task: Task, actor: Actor) -> str:
    """Whether this person may have this task, and is not excluded by four eyes; on whose behalf they have it, empty
    when it is their own.

    It takes a candidate's role now (not when they claimed it), that an assignee delegated it to them, or that they
    stand in for somebody who holds such a role. To be named as `assignee` gives nobody a right: a form could name
    anybody.
    """
    out = left_out(draft, task)
    person = task.on_behalf_of if actor.id == task.assignee else ""
    if not person and not holds(draft, task.candidates, actor):
        absent = stood_for(task.candidates, actor)
        if not absent:
            raise Rejected(
                "not-allowed",
                f"Expected one of {', '.join(task.candidates)} for '{task.title}', but {actor.id} is none of them",
            )
        person = next((one for one in absent if one not in out), absent[0])
    _not_excluded(draft, task, out, actor.id, person)
    return person


def left_out(draft: Draft, task: Task) -> frozenset[str]:
    """Who must not have this task, because of the part they already had in the case."""
    return excluded(draft, _plan(draft, task).exclude, task.token)


def _plan(draft: Draft, task: Task) -> TaskPlan:
    plan = draft.definition.place_of(task.state).task
    assert plan is not None
    return plan


def _not_excluded(draft: Draft, task: Task, out: Collection[str], *people: str) -> None:
    for person in people:
        if person in out:
            raise Rejected(
                "excluded",
                f"Expected somebody else for '{task.title}': {person} already had a part in this case "
                f"(four eyes: {', '.join(hitting(draft, _plan(draft, task).exclude, task.token, person))})",
            )


def may_work_on(draft: Draft, task: Task) -> str:
    """Whether the actor may do something with this task now: not somebody else's, and theirs to take; on whose behalf,
    empty when they do it for themselves.
    """
    actor = draft.actor
    if not task.assignee or task.assignee == actor.id:
        return may_take(draft, task, actor)
    if task.on_behalf_of or task.assignee not in stood_for(task.candidates, actor):
        raise Rejected("claimed-by-other", f"Expected your own task, but {task.assignee} has claimed '{task.title}'")
    _not_excluded(draft, task, left_out(draft, task), actor.id, task.assignee)
    return task.assignee
