"""The approvals of a case: those that are open, and every round that is over.

Owns what of them the page of a case shows. How they stand, and what was decided, is read by `engine.telling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.events import Event
from engine.core.instance import Instance, Task
from engine.definition.model import Definition
from engine.keywords.needs import title_of
from engine.store.history import Line
from engine.telling.agreed import Agreed, agreed
from engine.telling.approvals import Standing, standing
from web.approvals import bound, draft_of, rule_in_words
from web.house import house
from web.language import language
from web.reading import Filled, answers, forms_by_alias, readable


@dataclass(frozen=True, slots=True)
class Open:
    """One that is open: how it stands, by which rule, and what is decided about. `what` is, in words, what somebody
    asked for and others have to confirm; empty for an approval of the process's own.
    """

    task: Task
    stands: Standing
    rule: str
    what: str
    forms: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """A round that is over, with what it was about in words; `what` as above."""

    round: Agreed
    what: str
    forms: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class Approvals:
    open: tuple[Open, ...]
    over: tuple[Over, ...]

    def __bool__(self) -> bool:
        return bool(self.open or self.over)


def approvals_of(definition: Definition, case: Instance, lines: Sequence[Line]) -> Approvals:
    """Those that are open first, then the rounds that are over, the latest at the top."""
    draft = draft_of(case, definition)
    still = []
    for id in case.approvals:
        task = case.tasks[id]
        stands = standing(draft, task, lines)
        rule = rule_in_words(stands.rule, house().directory.roles())
        what = title_of(stands.asked, language()) if stands.asked is not None else ""
        still.append(Open(task, stands, rule, what, tuple(bound(draft, definition, stands))))
    return Approvals(tuple(still), tuple(_over(definition, one) for one in reversed(agreed(lines))))


def _over(definition: Definition, one: Agreed) -> Over:
    if one.asked is None:
        return Over(one, "", tuple(readable(forms_by_alias(definition), one.about or {})))
    what, asked = _called(definition, one.asked), one.asked.body
    if not asked.get("values"):
        return Over(one, what, ())
    form = forms_by_alias(definition).get(str(asked["name"]))
    return Over(one, what, (Filled("asked", what, tuple(answers(form, asked["values"]))),))


def _called(definition: Definition, asked: Event) -> str:
    """What people call the move that was asked for."""
    name, state = asked.body["move"], asked.body["state"]
    moves = (move for at, move in definition.moves() if move.name == name and (at is None or at.id == state))
    return title_of(next(moves), language())
