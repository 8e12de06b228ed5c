"""How a decision is put before several people and counted: an approval of the process, or the yes to a move.

Owns who is asked, who must not be, that too few people for it are told at once, and the rule in words. The arithmetic
is `engine.core.ballots`. No word of its own: `approval` and `needs` are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core.actors import GUEST, SYSTEM, plain_actor
from engine.core.ballots import Rule, Tally, tally
from engine.core.draft import Draft
from engine.core.instance import Approval, Task, whose
from engine.definition.moves import ApprovalPlan
from engine.definition.roles import CUSTOMER
from engine.keywords import exclude, opening
from engine.keywords.languages import Words
from engine.keywords.told import call_for_help
from engine.reasons import stuck_on


def put(
    draft: Draft,
    token: str,
    state: str,
    plan: ApprovalPlan,
    number: int,
    title: Words,
    about: Mapping[str, Any],
    asked: Mapping[str, Any] | None = None,
) -> None:
    """Open an approval by the rule of this number: its task, its count, and who is asked first. `about` is what is
    decided about, as plain data.
    """
    rule = plan.rules[number].rule
    due_at = draft.due_time(plan.due, token, draft.at) if plan.due is not None else None
    said, others = title
    task = Task(draft.next_id(), token, state, said, draft.at, rule.of, due_at=due_at, titles=others)
    approval = next_round(draft, Approval(task.id, token, state, number, hash_of(about), asked=asked))
    draft.open_approval(task, approval, in_words(rule), about)
    opening.set_rungs(draft, task, plan.escalate)
    ask(draft, approval, plan)


def next_round(draft: Draft, approval: Approval) -> Approval:
    """The approval in its next round: they are counted on when the case comes back to it, in a branch those of its row.
    What somebody asks others to confirm is a question of its own each time.
    """
    if approval.asked is not None:
        return approval
    about = whose(draft.row_holder(approval.token), deed(approval))
    draft.rounds[about] = draft.rounds.get(about, 0) + 1
    return replace(approval, round=draft.rounds[about])


def hash_of(said: Mapping[str, Any]) -> str:
    """SHA-256 of plain values, whatever order they stand in."""
    return hashlib.sha256(
        json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def barred(draft: Draft, approval: Approval, plan: ApprovalPlan) -> frozenset[str]:
    """Who must not decide: whom `exclude` means now, in the form that is asked with a move too, whoever asked, and
    whoever has recused themselves, in an earlier round too.
    """
    return (
        exclude.excluded(draft, plan.exclude, approval.token, _coming(approval), plan.binds)
        | approval.askers
        | recused(draft, approval)
    )


def which_bar(draft: Draft, approval: Approval, plan: ApprovalPlan, person: str) -> tuple[str, ...]:
    """Those relations of `exclude` by which this person must not decide."""
    return exclude.hitting(draft, plan.exclude, approval.token, person, _coming(approval), plan.binds)


def _coming(approval: Approval) -> Mapping[str, Any]:
    """The form that is asked with a move, by its short name."""
    asked = approval.asked or {}
    return {asked["form"]: asked["values"]} if "form" in asked else {}


def deed(approval: Approval) -> str:
    """What a decision counts as having done. Whoever confirms a move has not done the work of the state: `people` and
    `exclude` do not mean them by it.
    """
    return approval.state if approval.asked is None else f"{approval.state}/{approval.asked['move']}"


def recuse(draft: Draft, approval: Approval, *people: str) -> None:
    """They must not decide here, now and in every later round."""
    about = whose(draft.row_holder(approval.token), deed(approval))
    draft.recused += [(about, who) for who in dict.fromkeys(people) if (about, who) not in draft.recused]


def recused(draft: Draft, approval: Approval) -> frozenset[str]:
    """Who has said that they must not decide here, in this round or in an earlier one."""
    about = whose(draft.row_holder(approval.token), deed(approval))
    return frozenset(who for name, who in draft.recused if name == about)


def holders(draft: Draft, role: str) -> frozenset[str]:
    """Who is asked as somebody of this role. As the customer that is one: the person, or the address or a guest in
    place of somebody who has no account, so that the approval waits for them instead of finding nobody.
    """
    if role != CUSTOMER:
        return draft.roll(role)
    starter = draft.before.starter if draft.before.starter in draft.roll(CUSTOMER) else ""
    return frozenset({draft.customer.get("person") or starter or draft.customer.get("email") or GUEST.id})


def count(draft: Draft, approval: Approval, plan: ApprovalPlan) -> Tally:
    """Where it stands, with the people as they are now.

    Roles that somebody lost since they decided still count: they held them then.
    """
    rule = plan.rules[approval.rule].rule
    out = barred(draft, approval, plan)
    return tally(rule, approval.ballots, {role: holders(draft, role) - out for role in rule.of})


def ask(draft: Draft, approval: Approval, plan: ApprovalPlan) -> Tally:
    """Put it before those who may still decide; tell the process's owner when they are too few.

    The tally, for whoever moves on.
    """
    counted = count(draft, approval, plan)
    rule = plan.rules[approval.rule].rule
    task = draft.tasks[approval.id]
    out = barred(draft, approval, plan)
    decided = {who for ballot in approval.ballots for who in (ballot.person, ballot.by) if who}
    draft.tasks[task.id] = replace(
        task, candidates=(counted.turn,) if counted.turn else rule.of, excluded=tuple(sorted(out | decided))
    )
    told = any(incident.retry.get("task") == task.id for incident in draft.incidents.values())
    if counted.outcome == "stuck" and not told:
        stuck = stuck_on(
            "too-few",
            plan.place,
            title=task.title,
            roles=", ".join(rule.of),
            rule=in_words(rule),
            needed=counted.needed,
        )
        retry = {"actor": plain_actor(SYSTEM), "do": "ask", "task": task.id}
        call_for_help(draft, stuck, task.state, retry)
    return counted


def in_words(rule: Rule) -> str:
    """The rule as people read it."""
    roles = ", ".join(rule.of)
    words = {
        "any": f"one of {roles}",
        "quorum": f"{rule.need} of {roles}",
        "majority": f"more than half of {roles}" + (f", at least {rule.need}" if rule.need > 1 else ""),
        "all": f"each of {roles}",
        "sequential": f"{' then '.join(rule.of)}",
    }[rule.mode]
    if rule.mode == "any" and set(rule.veto) == set(rule.of):
        return f"{words}, yes or no"
    return words + (f"; {', '.join(rule.veto)} may refuse alone" if rule.veto else "")
