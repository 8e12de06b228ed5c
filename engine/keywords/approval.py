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

`by` says what has to come together, alone or in branches of which the first whose guard holds counts when the approval opens:

- `any: [roles]` — one yes of somebody who holds one of the roles
- `quorum: 2, of: [roles]` — so many people who hold one of them
- `majority: [roles]` — more than half of them, and `at-least` so many
- `all: [roles]` — a yes for each role, each of a different person
- `sequential: [roles]` — the same, one role after the other

A person counts once, whatever roles they hold; the role held at the moment of deciding counts, and is recorded. The outcome is known as early as it is certain: `approved` with the last yes
needed, `rejected` as soon as it can no longer pass. `veto: [roles]` refuses alone. Somebody may abstain, or recuse themselves, with a reason; asking for changes ends the round with
`changes-requested`. When too few people may decide at all, an incident tells the process's owner at once.

`binds` names the forms that the decision is about. What they say is hashed when the approval opens, and each decision is kept with that hash; when one of them changes, the decisions given so far are
void and everybody is asked again. `reauthenticate: true` asks for the password once more. `exclude` and `due` are as in a task.
"""

from __future__ import annotations

from typing import Any

from engine.core.ballots import Mode, Rule
from engine.core.draft import Draft
from engine.definition.model import ApprovalPlan, RuleBranch
from engine.definition.nodes import Node
from engine.definition.shapes import EXPRESSION, Either, Entry, Flag, Got, ListOf, Localised, OneOrMore, Record, Report, Sentence, Whole, name
from engine.definition.types import Boolean
from engine.keywords import due, exclude
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
    {"when": Entry(EXPRESSION, "this rule counts when it holds and no earlier one did"), "else": Entry(_RULE, "the rule when no guard holds"), **_RULE_ENTRIES},
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
                    report.problem(got.place, "else-not-last", "Expected `else` as the last rule, but more follow that can never count", "move `else` to the end")
                if "else" in got:
                    found.append((None, got["else"]))
            elif "when" in got:
                found.append((got["when"], got))
            elif "when" not in got.places:
                report.problem(got.place, "missing-word", "Expected `when` or `else` in a rule of a list, but it has neither", "write {when: …, any: […]} or {else: {any: […]}}")
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        return self._shape.schema()


SHAPE = Record(
    {
        "title": Entry(Sentence(), "what there is to decide, such as Approve the decision on {reference}"),
        "help": Entry(Localised(), "a sentence or two for those who decide"),
        "by": Entry(_By(), "what has to come together", required=True),
        "exclude": Entry(exclude.SHAPE, exclude.WORD.line),
        "binds": Entry(OneOrMore(name("a form's short name")), "what the decision is about: its forms are hashed, and a change voids what was decided"),
        "due": Entry(due.SHAPE, due.WORD.line),
    },
    "a mapping with `by`",
)


def _bind(source: Got, binder: Binder) -> ApprovalPlan | None:
    rules = [bound for when, got in source.get("by", ()) if (bound := _rule(when, got, binder)) is not None]
    if not rules:
        return None
    if source["by"][-1][0] is not None:
        binder.report.problem(source.places["by"], "no-else", "Expected a rule for every case, but the last one has a guard", "end the list with {else: …}")
    binds = source.get("binds", ())
    if not binds:
        binder.report.problem(source.place, "approval-binds-nothing", "Expected `binds` in an approval, so that it is known what was approved", "name the form that is decided about: binds: [decision]")
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


def _rule(when: Any, got: Got, binder: Binder) -> RuleBranch | None:
    modes = [mode for mode in MODES if mode in got.places]
    if len(modes) != 1:
        binder.report.problem(got.place, "missing-word", f"Expected one of {', '.join(MODES)} in a rule, but found {', '.join(modes) or 'none'}", "write {any: [quality-manager]}, say")
        return None
    mode = modes[0]
    roles = got.get("of" if mode == "quorum" else mode, ())
    if mode == "quorum" and "of" not in got.places:
        binder.report.problem(got.place, "missing-word", "Expected `of` beside `quorum`, but it is not there", "write {quorum: 2, of: [quality-manager, legal]}")
    for misplaced, owner in (("of", "quorum"), ("at-least", "majority")):
        if misplaced in got.places and mode != owner:
            binder.report.problem(got.places[misplaced], "wrong-shape", f"Expected `{misplaced}` beside `{owner}` only, but it stands beside `{mode}`", "remove it")
    for said in (*roles, *got.get("veto", ())):
        binder.role(said)
    if not roles:
        return None
    need = got.get("quorum", 1) if mode == "quorum" else got.get("at-least", 1)
    rule = Rule(mode, tuple(said.text for said in roles), need, tuple(said.text for said in got.get("veto", ())), bool(got.get("reauthenticate", False)))
    guard = binder.expression(when, Boolean) if when is not None else None
    if when is not None and guard is None:
        return None
    return RuleBranch(guard, rule, got.place)


def _enter(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    # Opening needs to know who holds which role; that is the handlers' floor, which is called when the moves have settled.
    draft.opening.append(token)


def _leave(draft: Draft, token: str, plan: ApprovalPlan) -> None:
    draft.withdraw_tasks(token)


WORD = Keyword("approval", ("state",), SHAPE, __doc__, bind=_bind, enter=_enter, leave=_leave)
