"""What can be done with a task: claim, release, assign, delegate, escalate, complete, save a draft.

Owns these handlers and the question what a person may choose. Each judges lifecycle, authority and form before it
changes the draft.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.core import authority, confirming, delegating
from engine.core.actors import Actor
from engine.core.commands import Assign, Claim, Complete, Delegate, Escalate, Release, SaveDraft
from engine.core.draft import Draft
from engine.core.effects import KeepDraft
from engine.core.instance import Instance, Task
from engine.core.machine import fire, next_status
from engine.core.submitting import judged, keep
from engine.definition.moves import Move
from engine.definition.roles import STAFF
from engine.definition.suggest import near
from engine.errors import Rejected, Stuck
from engine.keywords.exclude import excluded
from engine.keywords.told import tell


def _work(draft: Draft, task_id: str) -> Task:
    """The open task; an approval is none that one person could take."""
    if task_id in draft.approvals:
        raise Rejected(
            "is-approval", "Expected a task, but this is an approval: everybody asked decides for themselves"
        )
    return authority.task_of(draft, task_id)


def claim(draft: Draft, command: Claim) -> None:
    authority.running(draft)
    task = _work(draft, command.task)
    if delegating.take_back(draft, task) or task.assignee == draft.actor.id:
        return
    if task.assignee:
        raise Rejected(
            "claimed-by-other", f"Expected an unclaimed task, but {task.assignee} has claimed '{task.title}'"
        )
    draft.act_for(authority.may_take(draft, task, draft.actor))
    # A deputy takes it for the one who is away: it is theirs again as soon as they are back.
    assignee = draft.on_behalf_of or draft.actor.id
    status = next_status("task", "claim", task.status)
    draft.change_task(task.of(assignee, status=status), "task-claimed")


def reach_again(draft: Draft, task_id: str) -> None:
    """Look again whether somebody may do a task that nobody could: how the incident about it is resolved."""
    task = _work(draft, task_id)
    out = authority.left_out(draft, task)
    if not any(draft.roll(role) - out for role in task.candidates):
        raise Rejected(
            "still-stuck", "Expected somebody who may do it, but there is nobody yet; give somebody the role"
        )


def release(draft: Draft, command: Release) -> None:
    """A deputy gives it back to whoever delegated it; who oversees the process frees it for all."""
    authority.running(draft)
    task = _work(draft, command.task)
    delegated = bool(task.on_behalf_of)
    if task.assignee in authority.stood_for(task.candidates, draft.actor):
        draft.act_for(task.assignee)
    elif task.assignee != draft.actor.id:
        authority.overseer(draft, "release somebody else's task")
        delegated = False
    if delegated:
        delegating.come_back(draft, task)
        return
    status = next_status("task", "release", task.status)
    draft.change_task(task.of(status=status), "task-released", was=task.assignee)


def assign(draft: Draft, command: Assign) -> None:
    authority.running(draft)
    task = _work(draft, command.task)
    authority.overseer(draft, "assign a task")
    authority.works(command.to, command.to_kind)
    authority.may_take(draft, task.of(), Actor(command.to, command.to_roles))
    status = next_status("task", "assign", task.status)
    draft.change_task(task.of(command.to, status=status), "task-assigned", to=command.to, was=task.assignee)


def delegate(draft: Draft, command: Delegate) -> None:
    authority.running(draft)
    delegating.delegate(draft, _work(draft, command.task), command)


def escalate(draft: Draft, command: Escalate) -> None:
    """The task is free for those who oversee the process, and they are told; four eyes still hold."""
    authority.running(draft)
    task = _work(draft, command.task)
    if not command.reason.strip():
        raise Rejected("invalid-values", "Expected a reason, but there is none", {"reason": ("Please say why.",)})
    if not authority.oversees(draft.definition, draft.actor):
        draft.act_for(authority.may_work_on(draft, task))
    definition = draft.definition
    above = definition.supervisors or (definition.owner,)
    plan = definition.place_of(task.state).task
    assert plan is not None
    out = excluded(draft, plan.exclude, task.token)
    if not any(draft.roll(role) - out for role in above):
        raise Rejected(
            "nobody-above",
            f"Expected somebody among {', '.join(above)} to hand it to, but everybody there already had a part in this "
            "case, or there is nobody; speak to the process's owner",
        )
    if task.candidates == above and not task.assignee:
        message = f"Expected a task to hand up, but it waits for {', '.join(above)} already"
        raise Rejected("with-them-already", message)
    given = replace(task, candidates=above).of()
    was = {"was": list(task.candidates), **({"assignee": task.assignee} if task.assignee else {})}
    reason = command.reason.strip()
    draft.change_task(given, "task-escalated", candidates=list(above), reason=reason, **was)
    for role in above:
        tell(draft, f"role:{role}", reason, {"escalated": task.state})


def save_draft(draft: Draft, command: SaveDraft) -> None:
    """Kept beside the task, unjudged; no history is written for it."""
    authority.running(draft)
    task = _work(draft, command.task)
    authority.may_work_on(draft, task)
    draft.effects.append(KeepDraft(task.id, draft.actor.id, command.values))


def complete(draft: Draft, command: Complete) -> None:
    task, move, values = handed_in(draft, command)
    asked = {"do": "complete", "task": task.id, "outcome": move.name, "values": values, "comment": command.comment}
    if confirming.held(draft, task.token, move, asked):
        return
    draft.personal |= draft.actor.kind == STAFF
    draft.occasion = {"state": task.state, "outcome": move.name}
    keep(draft, task.token, move.form, values)
    draft.close_task(replace(task, on_behalf_of=draft.on_behalf_of), move.name, command.comment)
    fire(draft, task.token, move.trigger)


def handed_in(draft: Draft, command: Complete) -> tuple[Task, Move, dict[str, Any]]:
    """The task, the outcome that was chosen and the values: whether the actor may, and whether all that is asked for is
    there.
    """
    authority.running(draft)
    task = _work(draft, command.task)
    draft.act_for(authority.may_work_on(draft, task))
    move = _outcome(draft, task, command.outcome)
    if move.comment and not command.comment.strip():
        raise Rejected(
            "comment-needed",
            f"Expected a comment with '{command.outcome}', but there is none",
            {"comment": ("Please say why.",)},
        )
    values = judged(draft, task.token, move.form, command.values, task.state)
    next_status("task", "complete", task.status)
    return task, move, values


def acting_for(draft: Draft, task_id: str) -> str:
    """On whose behalf the actor would do this task; empty for themselves, and when they may not do it."""
    try:
        return authority.may_work_on(draft, authority.task_of(draft, task_id))
    except Rejected:
        return ""


def _outcome(draft: Draft, task: Task, name: str) -> Move:
    moves = draft.definition.place_of(task.state).on
    move = moves.get(name)
    if move is None:
        raise Rejected(
            "no-such-outcome",
            f"Expected one of {', '.join(moves)}, but there is no outcome '{name}'{near(name, moves)}",
        )
    authority.may_ask(draft, task.token, move, f"choose '{name}'", authority.left_out(draft, task) if move.by else ())
    why = not_offered(draft, task.token, move)
    if why:
        raise Rejected("not-offered", why)
    return move


def not_offered(draft: Draft, token: str, move: Move) -> str:
    """Why a move is not offered now; empty when it is."""
    if move.only_when is None or move.only_when.evaluate(draft.values(token)):
        return ""
    return f"'{move.name or move.kind}' is offered only when {move.only_when.text}, and that does not hold"


def next_for(case: Instance, actor: Actor) -> Task | None:
    """The first open task of the case that this person could take by their roles; None when there is none."""
    roles = {*actor.roles, *(role for held in actor.stands_in.values() for role in held)}
    for task in case.tasks.values():
        free = not task.assignee and not roles.isdisjoint(task.candidates) and actor.id not in task.excluded
        if task.assignee == actor.id or free:
            return task
    return None


@dataclass(frozen=True, slots=True)
class Offer:
    """An outcome a person sees: the move, where its branches lead, and why it cannot be chosen now (empty: it can)."""

    move: Move
    targets: tuple[str, ...]
    why_not: str


def offers(draft: Draft, task_id: str) -> tuple[Offer, ...]:
    """The outcomes of a task for the draft's actor, in the order of the definition."""
    task = authority.task_of(draft, task_id)
    found = []
    for move in draft.definition.place_of(task.state).on.values():
        if not authority.open_to(draft, task.token, move):
            why = f"only for {', '.join(move.by or task.candidates)}"
            why += f", without {', '.join(move.exclude)}" if move.exclude else ""
        else:
            try:
                why = not_offered(draft, task.token, move)
            except Stuck as stuck:
                why = stuck.message
        found.append(Offer(move, tuple(dict.fromkeys(branch.go for branch in move.branches if branch.go)), why))
    return tuple(found)
