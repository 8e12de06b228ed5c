"""A decision that several people take: counted, bound to what was decided, and never by somebody who must not.

```yaml
decision-approval:
  approval:
    title: Approve the decision on {reference}
    by:
      - {when: severity == S1, quorum: 2, of: [quality-manager, process-owner, management], reauthenticate: true}
      - {else: {any: [quality-manager]}}
    exclude: [handler, investigator]
    binds: [decision]
    due: {by: severity, S1: 4bh, else: 2bd}
  on: {approved: response-sent, rejected: investigation, changes-requested: decision-draft}
```

`by` says what has to come together, alone or in branches of which the first whose guard holds counts when the approval
opens:

- `any: [roles]` — one yes of somebody who holds one of the roles
- `quorum: 2, of: [roles]` — so many people who hold one of them
- `majority: [roles]` — more than half of them, and `at-least` so many
- `all: [roles]` — a yes for each role, each of a different person
- `sequential: [roles]` — the same, one role after the other

A person counts once, whatever roles they hold; the role held at the moment of deciding counts, and is recorded. The
outcome is known as early as it is certain: `approved` with the last yes needed, `rejected` as soon as it can no longer
pass. A no of a role under `veto` refuses alone; it has to be one of those asked. Somebody may abstain, or recuse
themselves, with a reason; asking for changes ends the round with `changes-requested`. When too few people may decide at
all, an incident tells the process's owner at once.

`binds` names the forms that the decision is about. What they say is hashed when the approval opens, and each decision
is kept with that hash; when one of them changes, the decisions given so far are void and everybody is asked again.
`reauthenticate: true` asks for the password once more. `exclude` and `due` are as in a task.

The role `customer` means the customer of this case and nobody else: the `person` of the process's `customer`, else
whoever started the case as a customer. When neither is known, the approval waits for them all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.ballots import Rule, Tally, tally
from engine.core.draft import Draft
from engine.core.instance import Approval, Task
from engine.definition.model import ApprovalPlan
from engine.definition.shapes import Entry, Got, Localised, OneOrMore, Record, Sentence, name
from engine.definition.texts import localised
from engine.errors import Stuck
from engine.keywords import due, exclude
from engine.keywords.approval_rule import Rules, bind_rule
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

OUTCOMES = ("approved", "rejected", "changes-requested")

SHAPE = Record(
    {
        "title": Entry(Sentence(), "what there is to decide, such as Approve the decision on {reference}"),
        "help": Entry(Localised(), "a sentence or two for those who decide"),
        "by": Entry(Rules(), "what has to come together", required=True),
        "exclude": Entry(exclude.SHAPE, exclude.WORD.line),
        "binds": Entry(
            OneOrMore(name("a form's short name")),
            "what the decision is about: its forms are hashed, and a change voids what was decided",
        ),
        "due": Entry(due.SHAPE, due.WORD.line),
    },
    "a mapping with `by`",
)


def _bind(source: Got, binder: Binder) -> ApprovalPlan | None:
    rules = [bound for when, got in source.get("by", ()) if (bound := bind_rule(when, got, binder)) is not None]
    if not rules:
        return None
    binds = source.get("binds", ())
    if not binds:
        binder.report.problem(
            source.place,
            "approval-binds-nothing",
            "Expected `binds` in an approval, so that it is known what was approved",
            "name the form that is decided about: binds: [decision]",
        )
    for said in binds:
        binder.form_name(said)
    return ApprovalPlan(
        title=binder.line(source["title"]) if "title" in source else None,
        rules=tuple(rules),
        exclude=binder.relations(source.get("exclude", ())),
        binds=tuple(said.text for said in binds),
        due=due.bind_due(source["due"], binder) if "due" in source else None,
        help=source.get("help", ""),
        place=source.place,
    )


def _enter(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    values = draft.values(token)
    state = draft.definition.states[draft.tokens[token].state]
    language = draft.definition.languages[0]
    number = next(
        (n for n, branch in enumerate(plan.rules) if branch.when is None or branch.when.evaluate(values)), None
    )
    if number is None:
        raise Stuck(f"No rule of the approval in '{state.id}' holds", plan.place)
    title = (
        plan.title.render(values, language, ZoneInfo(draft.definition.calendar.zone))
        if plan.title is not None
        else localised(state.title, language)
    )
    put(draft, token, plan, number, title, content_of(draft, plan, token))


def put(
    draft: Draft,
    token: str,
    plan: ApprovalPlan,
    number: int,
    title: str,
    content: str,
    asked: Mapping[str, Any] | None = None,
) -> None:
    """Open an approval by the rule of this number: its task, its count, and who is asked first."""
    rule = plan.rules[number].rule
    state = draft.tokens[token].state
    due_at = draft.due_time(plan.due, token, draft.at) if plan.due is not None else None
    task = Task(draft.next_id(), token, state, title, draft.at, rule.of, due_at=due_at)
    approval = Approval(task.id, token, state, number, content, asked=asked)
    draft.open_approval(task, approval, in_words(rule))
    ask(draft, approval, plan)


def content_of(draft: Draft, plan: ApprovalPlan, token: str) -> str:
    """The hash of what is decided about: the bound forms as they are."""
    values = draft.values(token)
    return hash_of({name: values.get(name) for name in plan.binds})


def hash_of(said: Mapping[str, Any]) -> str:
    """SHA-256 of plain values, whatever order they stand in."""
    return hashlib.sha256(
        json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def barred(draft: Draft, approval: Approval, plan: ApprovalPlan) -> frozenset[str]:
    """Who must not decide: whom `exclude` means now, and whoever asked for what is to be confirmed."""
    return exclude.excluded(draft, plan.exclude, approval.token) | approval.askers


CUSTOMER = "customer"


def holders(draft: Draft, role: str) -> frozenset[str]:
    """Who is asked as somebody of this role. As the customer that is one: the person, or the address or the bare word
    in place of somebody who has no account, so that the approval waits for them instead of finding nobody.
    """
    if role != CUSTOMER:
        return draft.roll(role)
    starter = draft.before.starter if draft.before.starter in draft.roll(CUSTOMER) else ""
    return frozenset({draft.customer.get("person") or starter or draft.customer.get("email") or CUSTOMER})


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
        message = f"Too few people may decide '{task.title}': {in_words(rule)}, and {counted.needed} more are needed"
        draft.raise_incident(
            Stuck(message, plan.place),
            task.state,
            {"actor": ["system", ["system"], "system"], "do": "ask", "task": task.id},
        )
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


def _leave(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("approval", ("state",), SHAPE, __doc__, bind=_bind, enter=_enter, leave=_leave)
