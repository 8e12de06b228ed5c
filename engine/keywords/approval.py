"""A decision that several people take: counted, bound to what was decided, and never by somebody who must not.

```yaml
decision-approval:
  approval:
    title: Approve the decision on {reference}
    by:
      - {when: severity == S1, quorum: 2, of: [quality-manager, process-owner, management], reauthenticate: true}
      - {else: {any: [quality-manager]}}
    exclude: [authors, handler, investigator]
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
themselves, with a reason; asking for changes ends the round with `changes-requested`. In the next round everybody is
asked anew and sees what was said before and what has been changed since, but whoever recused themselves: that they must
not decide holds in this approval for the rest of the case. When too few people may decide at all, the process's owner
is told at once, and an incident waits until there are enough.

`binds` names the forms that the decision is about. What they say is hashed when the approval opens, and each decision
is kept with that hash; when one of them changes, the decisions given so far are void and everybody is asked again.
`authors` under `exclude` keeps everybody out who ever filled in one of these forms, whichever way they came to it.
`comment: true` asks for a written reason with a yes too. `reauthenticate: true` asks for the password once more.
`exclude`, `due` and `escalate` are as in a task.

The role `customer` means the customer of this case and nobody else: the `person` of the process's `customer`, else
whoever started the case as a customer. When neither is known, the approval waits for them all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.draft import Draft
from engine.definition.moves import ApprovalPlan
from engine.definition.shapes import Entry, Flag, Got, Localised, OneOrMore, Record, Sentence, name
from engine.definition.sources import SourceMove
from engine.keywords import due, escalate, exclude, opening
from engine.keywords.approval_rule import Rules, bind_rule
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.deciding import put
from engine.reasons import stuck_on

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
        "escalate": Entry(escalate.SHAPE, escalate.WORD.line),
        "comment": Entry(Flag(), "true: a yes needs a written reason too"),
    },
    "a mapping with `by`",
)


def _moves(source: Got) -> Iterable[SourceMove]:
    return escalate.moves(source.get("escalate", ()), "escalate")


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
        exclude=binder.relations(source.get("exclude", ()), exclude.AUTHORS),
        binds=tuple(said.text for said in binds),
        due=due.bind_due(source["due"], binder) if "due" in source else None,
        help=source.get("help", ""),
        place=source.place,
        escalate=escalate.bind(source, binder, "escalate"),
        comment=bool(source.get("comment", False)),
    )


def _enter(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    values = draft.values(token)
    state = draft.definition.states[draft.tokens[token].state]
    number = next(
        (n for n, branch in enumerate(plan.rules) if branch.when is None or branch.when.evaluate(values)), None
    )
    if number is None:
        raise stuck_on("no-rule", plan.place, state=state.id)
    title = opening.titled(draft, plan.title, state, values)
    put(draft, token, state.id, plan, number, title, about_of(draft, plan, token))


def about_of(draft: Draft, plan: ApprovalPlan, token: str) -> dict[str, Any]:
    """What is decided about: the bound forms as they are."""
    values = draft.values(token)
    return {name: values.get(name) for name in plan.binds}


def _leave(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("approval", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves, enter=_enter, leave=_leave)
