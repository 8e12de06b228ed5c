"""A second person has to say yes before a move is made.

```yaml
on:
  reclassify:
    form: complaint-reclassification
    needs: quality-manager
    go: reclassified
```

Whoever asks for the move fills in its form, and everything is judged as if it happened at once. Then nothing moves:
those named here get an approval that shows what is asked, by whom and with which values. Its title is the move's.

- `needs: quality-manager`, or a list of roles: somebody who holds one of them; the first answer counts, yes or no
- `needs: {quorum: 2, of: [quality-manager, management], exclude: [investigator], due: 1bd}`: a rule as in `approval`,
  with `exclude` and `due`

Whoever asked never decides, and neither does the one on whose behalf they asked. Once the outcome is yes, the move is
made in the name of the person who asked; everything is judged anew, and when it is no longer possible, the last yes is
refused and says why. A no leaves the case as it was: what was typed for a task is the asker's draft again. The task
that it was asked for stays open all the while; when the case moves on another way, the question is withdrawn. It may
stand on the outcomes of a task and on what can be asked for anywhere.
"""

from __future__ import annotations

from typing import Any

from engine.core.draft import Draft
from engine.core.instance import Approval
from engine.definition.model import Definition
from engine.definition.moves import ApprovalPlan, Move
from engine.definition.nodes import Node
from engine.definition.shapes import Either, Entry, Got, Record, Report
from engine.definition.texts import localised
from engine.keywords import deciding, due, exclude
from engine.keywords.approval_rule import ROLES, RULE_ENTRIES, bind_rule
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.languages import in_each


class _Needs:
    """Roles, or a rule; both are read as a rule."""

    words = "a role, a list of roles, or a rule such as {quorum: 2, of: [quality-manager]}"
    _shape = Either(
        scalar=ROLES,
        sequence=ROLES,
        mapping=Record(
            {
                **RULE_ENTRIES,
                "exclude": Entry(exclude.SHAPE, exclude.WORD.line),
                "due": Entry(due.SHAPE, due.WORD.line),
            },
            "a rule such as {quorum: 2, of: [quality-manager]}",
        ),
    )

    def read(self, node: Node, report: Report) -> Got | None:
        value = self._shape.read(node, report)
        if isinstance(value, tuple):
            both = ("any", "veto")  # a lone role answers for all who hold it, whichever way
            return Got(node.place, dict.fromkeys(both, value), dict.fromkeys(both, node.place)) if value else None
        return value if isinstance(value, Got) else None

    def schema(self) -> dict[str, Any]:
        record = self._shape.mapping
        assert record is not None
        return {"anyOf": [*ROLES.schema()["anyOf"], record.schema()]}


SHAPE = _Needs()


def bind_needs(source: Got, binder: Binder) -> ApprovalPlan | None:
    """The rule with its names looked up where the move is asked for; None after reporting problems."""
    rule = bind_rule(None, source, binder)
    if rule is None:
        return None
    return ApprovalPlan(
        title=None,
        rules=(rule,),
        exclude=binder.relations(source.get("exclude", ())),
        binds=(),
        due=due.bind_due(source["due"], binder) if "due" in source else None,
        help="",
        place=source.place,
    )


def title_of(move: Move, language: str) -> str:
    """What a person calls the move."""
    words = move.name.replace("-", " ").replace("_", " ")
    return localised(move.title, language) if move.title else words[:1].upper() + words[1:]


def move_of(definition: Definition, confirmation: Approval) -> Move:
    """The move that somebody asked for and others have to confirm."""
    assert confirmation.asked is not None
    found = definition.move_by(confirmation.state, confirmation.asked["move"])
    assert found is not None
    return found


def is_about(definition: Definition, opened: Approval, move: str) -> bool:
    """Whether this is the confirmation of a move of this name."""
    return opened.asked is not None and move_of(definition, opened).name == move


def plan_of(definition: Definition, opened: Approval) -> ApprovalPlan:
    """By what is decided: what the move needs that was asked for, else the approval of the state."""
    asked = opened.asked is not None
    plan = move_of(definition, opened).needs if asked else definition.place_of(opened.state).approval
    assert plan is not None
    return plan


def put(draft: Draft, token: str, move: Move, asked: dict[str, Any]) -> None:
    """Put what was asked before those who have to confirm it. `asked` is the command as plain data, see
    `engine.core.instance.Approval`.
    """
    assert move.needs is not None
    use = move.form
    task = draft.tasks.get(asked.get("task", ""))
    state = task.state if task is not None else draft.tokens[token].state
    draft.record(
        "confirmation-asked",
        state=state,
        move=move.name,
        **({"form": use.form.id, "name": use.alias, "values": asked["values"]} if use is not None else {}),
        **({"comment": asked["comment"]} if asked["comment"] else {}),
    )
    title = in_each(draft.definition, lambda language: f"{title_of(move, language)} ({draft.before.reference})")
    about = {"move": asked["move"], "values": asked["values"]}
    deciding.put(draft, token, state, move.needs, 0, title, about, asked)


WORD = Keyword("needs", (), SHAPE, __doc__, bind=bind_needs)
