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
`reauthenticate: true` asks for the password once more. `exclude`, `due` and `escalate` are as in a task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.ballots import Mode, Rule, Tally, tally
from engine.core.draft import Draft
from engine.core.instance import Approval, Task
from engine.definition.model import ApprovalPlan, RuleBranch
from engine.definition.nodes import Node
from engine.definition.outline import SourceMove
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Flag,
    Got,
    ListOf,
    Localised,
    OneOrMore,
    Record,
    Report,
    Sentence,
    Whole,
    name,
)
from engine.definition.texts import localised
from engine.definition.types import Boolean
from engine.errors import Stuck
from engine.keywords import due, escalate, exclude, opening
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

OUTCOMES = ("approved", "rejected", "changes-requested")
MODES: tuple[Mode, ...] = ("any", "quorum", "majority", "all", "sequential")

_ROLES = OneOrMore(name("a role"))
_RULE_ENTRIES = {
    "any": Entry(_ROLES, "one yes of somebody who holds one of these roles"),
    "quorum": Entry(Whole(), "so many people who hold one of the roles in `of`"),
    "of": Entry(_ROLES, "the roles a quorum is taken of"),
    "majority": Entry(_ROLES, "more than half of the people who hold one of these roles"),
    "at-least": Entry(Whole(), "the least number of yeses for a majority"),
    "all": Entry(_ROLES, "a yes for each role, each of a different person"),
    "sequential": Entry(_ROLES, "a yes for each role, one after the other"),
    "veto": Entry(_ROLES, "roles whose no refuses alone"),
    "reauthenticate": Entry(Flag(), "true: the password is asked for once more"),
}
_RULE = Record(_RULE_ENTRIES, "a rule such as {any: [quality-manager]}")
_BRANCH = Record(
    {
        "when": Entry(EXPRESSION, "this rule counts when it holds and no earlier one did"),
        "else": Entry(_RULE, "the rule when no guard holds"),
        **_RULE_ENTRIES,
    },
    "a rule with `when`, or `else`",
)


class _By:
    """A rule, or rules with guards; read as a tuple of (when or None, rule)."""

    words = "a rule such as {any: [quality-manager]}, or a list of them with `when`"
    _shape = Either(sequence=ListOf(_BRANCH), mapping=_RULE)

    def read(self, node: Node, report: Report) -> tuple[tuple[Any, Got], ...] | None:
        value = self._shape.read(node, report)
        if isinstance(value, Got):
            return ((None, value),)
        if value is None:
            return None
        found = []
        for number, got in enumerate(value):
            if "else" in got.places:
                if number != len(value) - 1:
                    report.problem(
                        got.place,
                        "else-not-last",
                        "Expected `else` as the last rule, but more follow that can never count",
                        "move `else` to the end",
                    )
                for extra in set(got.places) - {"else"}:
                    report.problem(
                        got.places[extra],
                        "wrong-shape",
                        f"Expected nothing beside `else`, but found '{extra}'",
                        "write {else: {any: […], …}} to say more",
                    )
                if "else" in got:
                    found.append((None, got["else"]))
            elif "when" in got:
                found.append((got["when"], got))
            elif "when" not in got.places:
                report.problem(
                    got.place,
                    "missing-word",
                    "Expected `when` or `else` in a rule of a list, but it has neither",
                    "write {when: …, any: […]} or {else: {any: […]}}",
                )
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        branch = _BRANCH.schema()
        guarded = {
            **branch,
            "properties": {key: value for key, value in branch["properties"].items() if key != "else"},
            "required": ["when"],
        }
        last = {
            "type": "object",
            "properties": {"else": branch["properties"]["else"]},
            "required": ["else"],
            "additionalProperties": False,
        }
        return {"anyOf": [_RULE.schema(), {"type": "array", "minItems": 1, "items": {"anyOf": [guarded, last]}}]}


SHAPE = Record(
    {
        "title": Entry(Sentence(), "what there is to decide, such as Approve the decision on {reference}"),
        "help": Entry(Localised(), "a sentence or two for those who decide"),
        "by": Entry(_By(), "what has to come together", required=True),
        "exclude": Entry(exclude.SHAPE, exclude.WORD.line),
        "binds": Entry(
            OneOrMore(name("a form's short name")),
            "what the decision is about: its forms are hashed, and a change voids what was decided",
        ),
        "due": Entry(due.SHAPE, due.WORD.line),
        "escalate": Entry(escalate.SHAPE, escalate.WORD.line),
    },
    "a mapping with `by`",
)


def _moves(source: Got) -> Iterable[SourceMove]:
    return escalate.moves(source.get("escalate", ()), "escalate")


def _bind(source: Got, binder: Binder) -> ApprovalPlan | None:
    rules = [bound for when, got in source.get("by", ()) if (bound := _rule(when, got, binder)) is not None]
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
        escalate=escalate.bind(source, binder, "escalate"),
    )


def _rule(when: Any, got: Got, binder: Binder) -> RuleBranch | None:
    modes = [mode for mode in MODES if mode in got.places]
    if len(modes) != 1:
        binder.report.problem(
            got.place,
            "missing-word",
            f"Expected one of {', '.join(MODES)} in a rule, but found {', '.join(modes) or 'none'}",
            "write {any: [quality-manager]}, say",
        )
        return None
    mode = modes[0]
    roles = got.get("of" if mode == "quorum" else mode, ())
    if mode == "quorum" and "of" not in got.places:
        binder.report.problem(
            got.place,
            "missing-word",
            "Expected `of` beside `quorum`, but it is not there",
            "write {quorum: 2, of: [quality-manager, legal]}",
        )
    for misplaced, owner in (("of", "quorum"), ("at-least", "majority")):
        if misplaced in got.places and mode != owner:
            binder.report.problem(
                got.places[misplaced],
                "wrong-shape",
                f"Expected `{misplaced}` beside `{owner}` only, but it stands beside `{mode}`",
                "remove it",
            )
    for said in (*roles, *got.get("veto", ())):
        binder.role(said)
    for number, said in enumerate(roles):
        if said.text in {earlier.text for earlier in roles[:number]}:
            binder.report.problem(
                said.place,
                "name-twice",
                f"Expected each role once, but '{said.text}' stands here twice",
                "ask for several people of one role with {quorum: 2, of: […]}",
            )
    for said in got.get("veto", ()):
        if roles and said.text not in {role.text for role in roles}:
            binder.report.problem(
                said.place,
                "veto-not-asked",
                f"Expected a role that this rule asks to have the veto, but '{said.text}' is not asked",
                f"add it to `{'of' if mode == 'quorum' else mode}`, or remove it here",
            )
    if not roles:
        return None
    need = got.get("quorum", 1) if mode == "quorum" else got.get("at-least", 1)
    rule = Rule(
        mode,
        tuple(said.text for said in roles),
        need,
        tuple(said.text for said in got.get("veto", ())),
        bool(got.get("reauthenticate", False)),
    )
    guard = binder.expression(when, Boolean) if when is not None else None
    if when is not None and guard is None:
        return None
    return RuleBranch(guard, rule, got.place)


def _enter(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    values = draft.values(token)
    state = draft.definition.states[draft.tokens[token].state]
    language = draft.definition.languages[0]
    number = next(
        (n for n, branch in enumerate(plan.rules) if branch.when is None or branch.when.evaluate(values)), None
    )
    if number is None:
        raise Stuck(f"No rule of the approval in '{state.id}' holds", plan.place)
    rule = plan.rules[number].rule
    title = (
        plan.title.render(values, language, ZoneInfo(draft.definition.calendar.zone))
        if plan.title is not None
        else localised(state.title, language)
    )
    due_at = draft.due_time(plan.due, token, draft.at) if plan.due is not None else None
    task = Task(draft.next_id(), token, state.id, title, draft.at, rule.of, due_at=due_at)
    approval = Approval(task.id, token, state.id, number, content_of(draft, plan, token))
    draft.open_approval(task, approval, in_words(rule))
    opening.set_rungs(draft, task, plan.escalate)
    ask(draft, approval, plan)


def content_of(draft: Draft, plan: ApprovalPlan, token: str) -> str:
    """SHA-256 of what is decided about: the bound forms as they are."""
    values = draft.values(token)
    bound = {name: values.get(name) for name in plan.binds}
    return hashlib.sha256(
        json.dumps(bound, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def count(draft: Draft, approval: Approval, plan: ApprovalPlan) -> Tally:
    """Where it stands, with the people as they are now.

    Roles that somebody lost since they decided still count: they held them then.
    """
    rule = plan.rules[approval.rule].rule
    out = exclude.excluded(draft, plan.exclude, approval.token)
    return tally(rule, approval.ballots, {role: draft.roll(role) - out for role in rule.of})


def ask(draft: Draft, approval: Approval, plan: ApprovalPlan) -> Tally:
    """Put it before those who may still decide; tell the process's owner when they are too few.

    The tally, for whoever moves on.
    """
    counted = count(draft, approval, plan)
    rule = plan.rules[approval.rule].rule
    task = draft.tasks[approval.id]
    out = exclude.excluded(draft, plan.exclude, approval.token)
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
    return words + (f"; {', '.join(rule.veto)} may refuse alone" if rule.veto else "")


def _leave(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("approval", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves, enter=_enter, leave=_leave)
