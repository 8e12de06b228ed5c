"""How an approval stands, for people: what is decided about, by which rule, who has said what, what is still needed.

Owns this view of it. Counts nothing: `engine.core.ballots` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.core.ballots import Rule
from engine.core.draft import Draft
from engine.core.instance import Approval, Task
from engine.definition.model import Definition
from engine.definition.moves import ApprovalPlan, Move
from engine.keywords.deciding import count
from engine.keywords.needs import move_of, plan_of
from engine.store.history import Line
from engine.telling.rounds import Changed, Round, Said, changed, earlier, said


@dataclass(frozen=True, slots=True)
class Standing:
    """See the module. `given` are the decisions of this round, `needed` is how many more have to say yes, `may` who may
    still decide now, `turn` the role whose turn it is in a sequence. `outcomes` are pairs of an outcome and the states
    it leads to (none: the case stays). `changes` tells whether changes can be asked for, `asked` the move that somebody
    asked for and this confirms. `earlier` are the rounds before, the oldest first, `changed` what is not as it was in
    the last of them.
    """

    approval: Approval
    plan: ApprovalPlan
    rule: Rule
    given: tuple[Said, ...]
    needed: int
    may: tuple[str, ...]
    turn: str
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]
    changes: bool
    asked: Move | None = None
    earlier: tuple[Round, ...] = ()
    changed: tuple[Changed, ...] = ()


def standing(draft: Draft, task: Task, lines: Sequence[Line]) -> Standing:
    """How the approval of this task stands; `lines` are the case's history."""
    approval = draft.approvals[task.id]
    plan = plan_of(draft.definition, approval)
    tally = count(draft, approval, plan)
    move = move_of(draft.definition, approval) if approval.asked is not None else None
    outcomes = tuple(_outcomes(draft.definition, approval, move))
    in_row = draft.row_holder(approval.token) is not None
    return Standing(
        approval,
        plan,
        plan.rules[approval.rule].rule,
        tuple(_given(approval, lines)),
        tally.needed,
        tuple(sorted(tally.may)),
        tally.turn,
        outcomes,
        any(name == "changes-requested" for name, _ in outcomes),
        move,
        earlier(task, lines, in_row=in_row) if move is None else (),
        changed(task, lines, plan.binds, in_row=in_row) if move is None else (),
    )


def _outcomes(definition: Definition, approval: Approval, asked: Move | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    if asked is not None:
        yield "approved", targets(asked)
        yield "rejected", ()
        yield "changes-requested", ()
        return
    for name, move in definition.states[approval.state].on.items():
        yield name, targets(move)


def targets(move: Move) -> tuple[str, ...]:
    """The states that a move can lead to; none when the case stays."""
    return tuple(dict.fromkeys(branch.go for branch in move.branches if branch.go))


def _given(approval: Approval, lines: Sequence[Line]) -> Iterator[Said]:
    """The decisions that count in this round, in their order."""
    told: dict[str, Said] = {}
    for line in lines:
        event = line.event
        this = event.type == "decision-given" and event.body["task"] == approval.id
        if this and event.body["round"] == approval.round:
            told[event.on_behalf_of or event.actor] = said(event)
    yield from (told[ballot.person] for ballot in approval.ballots if ballot.person in told)
