"""Deciding in an approval: who may, what it counts, when it is void, and what follows once the outcome is certain.

The counting itself is `engine.core.ballots`, and how it is put before people `engine.keywords.approval`. Two deciders
at the same instant are two steps, one after the other: the second finds the first one's decision, or the approval
closed. When the approval confirms a move that somebody asked for, its end is `engine.core.confirming`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from engine.core import authority, confirming
from engine.core.ballots import Ballot, Rule
from engine.core.commands import Decide, Delegate
from engine.core.confirming import Again
from engine.core.draft import Draft
from engine.core.instance import Approval
from engine.core.machine import fire, next_status
from engine.definition.moves import ApprovalPlan
from engine.definition.roles import CUSTOMER, STAFF
from engine.errors import Rejected
from engine.keywords.approval import about_of
from engine.keywords.deciding import ask, barred, count, deed, hash_of, holders, next_round, recuse, recused, which_bar
from engine.keywords.needs import plan_of

NEEDS_REASON = ("reject", "request-changes", "abstain", "recuse")


def decide(draft: Draft, command: Decide, again: Again) -> None:
    """One person's decision, for themselves or for somebody who made them their deputy.

    `again` is how a move is made that this decision confirms.
    """
    authority.running(draft)
    task = authority.task_of(draft, command.task)
    approval = draft.approvals.get(task.id)
    if approval is None:
        raise Rejected("no-approval", f"Expected an approval, but '{task.title}' is a task; complete it instead")
    plan = plan_of(draft.definition, approval)
    rule = plan.rules[approval.rule].rule
    person = command.on_behalf_of or _for_whom(draft, approval, plan, rule)
    roles = _voter(draft, person, approval, plan, rule)
    offered = approval.asked is not None or "changes-requested" in draft.definition.place_of(task.state).on
    if command.decision == "request-changes" and not offered:
        raise Rejected("not-offered", "Expected approve or reject, because this process does not ask for changes here")
    if (plan.comment or command.decision in NEEDS_REASON) and not command.comment.strip():
        raise Rejected(
            "comment-needed",
            f"Expected a reason with '{command.decision}', but there is none",
            {"comment": ("Please say why.",)},
        )
    if command.content and command.content != approval.content:
        raise Rejected(
            "content-changed",
            "Expected a decision on what you saw, but it has been changed in the meantime; look at it again",
        )
    if rule.reauthenticate and not command.reauthenticated:
        raise Rejected("reauthenticate", "Expected your password once more for this decision")
    deputy = draft.actor.id if person != draft.actor.id else ""
    draft.act_for(person if deputy else "")
    approval = replace(approval, ballots=(*approval.ballots, Ballot(person, command.decision, roles, deputy)))
    draft.approvals[task.id] = approval
    body: dict[str, Any] = {"decision": command.decision, "round": approval.round, "content": approval.content}
    body["counted"] = sorted(roles)
    if rule.reauthenticate:
        body["reauthenticated"] = True
    draft.record(
        "decision-given",
        task=task.id,
        state=task.state,
        **body,
        **({"comment": command.comment} if command.comment else {}),
    )
    done = deed(approval)
    draft.doers += [(done, who) for who in (draft.actor.id, person) if (done, who) not in draft.doers]
    if command.decision == "recuse":
        recuse(draft, approval, draft.actor.id, person)
    draft.changed()
    draft.personal = draft.actor.kind == STAFF
    draft.occasion = {"state": task.state, "decision": command.decision}
    recount(draft, approval, again)


def delegate(draft: Draft, command: Delegate) -> None:
    """Make somebody one's deputy for this approval.

    What excludes either of them excludes the deputy's decision too; that is judged when they decide.
    """
    authority.running(draft)
    task = authority.task_of(draft, command.task)
    approval = draft.approvals[task.id]
    if command.since is not None or command.until is not None:
        raise Rejected(
            "invalid-delegation",
            "Expected a deputy until it is decided, because an approval leaves nobody's hands; say for days as an "
            "absence who stands in",
        )
    plan = plan_of(draft.definition, approval)
    if draft.actor.id not in count(draft, approval, plan).may:
        raise Rejected(
            "not-allowed",
            f"Expected somebody who may decide '{task.title}' to name a deputy, but {draft.actor.id} may not",
        )
    if draft.actor.kind == CUSTOMER:
        raise Rejected("not-allowed", "Expected the customer to decide for themselves, but a deputy was named")
    if command.to == draft.actor.id or not command.to_roles - {CUSTOMER}:
        raise Rejected("not-allowed", f"Expected a colleague as deputy, but {command.to} is none")
    authority.works(command.to, command.to_kind)
    if command.to in barred(draft, approval, plan):
        raise Rejected("excluded", f"Expected somebody else as deputy: {_why(draft, command.to, approval, plan)}")
    draft.approvals[task.id] = replace(approval, deputies={**approval.deputies, draft.actor.id: command.to})
    draft.record("task-delegated", task=task.id, state=task.state, to=command.to, on_behalf_of=draft.actor.id)


def decides_for(draft: Draft, task_id: str) -> tuple[str, ...]:
    """For whom the actor may decide now: whoever is meant when they name nobody comes first, themselves if they may."""
    approval = draft.approvals[task_id]
    plan = plan_of(draft.definition, approval)
    rule = plan.rules[approval.rule].rule
    found = []
    for person in dict.fromkeys((_for_whom(draft, approval, plan, rule), *_represented(draft, approval, rule))):
        with suppress(Rejected):
            _voter(draft, person, approval, plan, rule)
            found.append(person)
    return tuple(found)


def _voter(draft: Draft, person: str, approval: Approval, plan: ApprovalPlan, rule: Rule) -> frozenset[str]:
    """The roles with which the actor decides for this person. Raises Rejected when they may not."""
    actor = draft.actor
    absent = person in actor.stands_in
    if person != actor.id and not absent and approval.deputies.get(person) != actor.id:
        raise Rejected("not-allowed", f"Expected {person} to have made you their deputy, but they have not")
    out = barred(draft, approval, plan)
    for who in {person, actor.id}:
        if any(who in (ballot.person, ballot.by) for ballot in approval.ballots):
            raise Rejected(
                "already-decided",
                f"Expected a first decision, but {who} has decided in this round already; nobody counts twice",
            )
        if who in out:
            raise Rejected("excluded", f"Expected somebody else to decide: {_why(draft, who, approval, plan)}")
    roles = frozenset(role for role in (*rule.of, *rule.veto) if person in holders(draft, role))
    if person == actor.id:
        roles &= actor.roles
    elif absent and approval.deputies.get(person) != actor.id:
        roles &= actor.stands_in[person]
    if actor.kind != CUSTOMER or not authority.theirs(draft, actor):
        roles -= {CUSTOMER}
    if not roles & set(rule.of):
        raise Rejected("not-allowed", f"Expected one of {', '.join(rule.of)} to decide, but {person} is none of them")
    counted = count(draft, approval, plan)
    if person not in counted.may:
        raise Rejected("not-yet", f"Expected somebody whose turn it is, but it is not {person}'s yet")
    return roles


def _for_whom(draft: Draft, approval: Approval, plan: ApprovalPlan, rule: Rule) -> str:
    """The actor, when they can be counted now; else the first who can of those whose deputy they are."""
    actor = draft.actor
    others = _represented(draft, approval, rule)
    if not others:
        return actor.id
    left = count(draft, approval, plan).may
    usual = actor.id if actor.roles & set(rule.of) else others[0]
    return next((person for person in (actor.id, *others) if person in left), usual)


def _represented(draft: Draft, approval: Approval, rule: Rule) -> list[str]:
    """Those whose deputy the actor is here: who named them for this approval, and who is away and would be asked."""
    named = [person for person, deputy in approval.deputies.items() if deputy == draft.actor.id]
    return list(dict.fromkeys((*named, *authority.stood_for(rule.of, draft.actor))))


def _why(draft: Draft, person: str, approval: Approval, plan: ApprovalPlan) -> str:
    if person in approval.askers:
        return f"{person} asked for this, and a second person has to confirm it"
    if person in recused(draft, approval):
        return f"{person} has said in an earlier round that they must not decide"
    hits = which_bar(draft, approval, plan, person)
    return f"{person} already had a part in this case (four eyes: {', '.join(hits)})"


def recount(draft: Draft, approval: Approval, again: Again) -> None:
    """Move on when the outcome is certain, else ask those who are left."""
    counted = ask(draft, approval, plan_of(draft.definition, approval))
    if counted.outcome in ("approved", "rejected", "changes-requested"):
        task = draft.tasks[approval.id]
        next_status("task", "complete", task.status)
        draft.close_approval(task, counted.outcome)
        if approval.asked is None:
            fire(draft, task.token, f"on:{counted.outcome}")
        else:
            confirming.conclude(draft, approval, counted.outcome, again)


def ask_again(draft: Draft, task: str, again: Again) -> None:
    """Count anew, because the people have changed: how the incident of a stuck approval is resolved."""
    approval = draft.approvals.get(task)
    if approval is None:
        raise Rejected(
            "no-such-task", "Expected an open approval, but it has been decided or withdrawn in the meantime"
        )
    if count(draft, approval, plan_of(draft.definition, approval)).outcome == "stuck":
        raise Rejected(
            "still-stuck",
            "Expected enough people who may decide, but they are still too few; give somebody the role first",
        )
    recount(draft, approval, again)


def void_changed(draft: Draft, again: Again) -> None:
    """Ask again where what is decided about has changed: the decisions given so far do not stand for it."""
    for approval in [approval for approval in draft.approvals.values() if approval.asked is None]:
        plan = plan_of(draft.definition, approval)
        about = about_of(draft, plan, approval.token)
        content = hash_of(about)
        if content == approval.content:
            continue
        lost = [ballot.person for ballot in approval.ballots]
        changed = _changed(draft, plan, approval.token)
        renewed = next_round(draft, replace(approval, content=content, ballots=()))
        draft.approvals[approval.id] = renewed
        draft.record(
            "approval-voided",
            task=approval.id,
            state=approval.state,
            round=renewed.round,
            was=approval.content,
            content=content,
            about=about,
            decided=lost,
            changed=changed,
        )
        recount(draft, renewed, again)


def _changed(draft: Draft, plan: ApprovalPlan, token: str) -> list[str]:
    """The fields of the bound forms that this step has changed, such as `quote.total`."""
    values = draft.values(token)
    earlier = Draft(draft.definition, draft.before, draft.actor, draft.at).values(token)
    found = []
    for name in plan.binds:
        was, now = earlier.get(name), values.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            found += [f"{name}.{field}" for field in dict.fromkeys((*was, *now)) if was.get(field) != now.get(field)]
        elif was != now:
            found.append(name)
    return found
