"""By when a customer can still say something about their case, and what they are promised when they do.

Owns this look ahead. Both follow from the process as it stands: when a case ends by itself, and which promises begin
with a move. Does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.core.draft import Draft
from engine.core.instance import RUNNING, Timer
from engine.core.links import blocking
from engine.core.timers import move_of
from engine.definition.moves import Branch, Move
from engine.definition.texts import localised
from engine.errors import Stuck
from engine.keywords.dates_promised import begun_now


def ends_at(draft: Draft) -> datetime | None:
    """When the case ends if nobody does anything, by what is known now. None where somebody has it, or it stays."""
    if draft.status != RUNNING or blocking(draft.before.links):
        return None
    return min((timer.due_at for timer in draft.timers.values() if _ends(draft, timer)), default=None)


def _ends(draft: Draft, timer: Timer) -> bool:
    states = draft.definition.states
    if timer.word != "after" or timer.due_at <= draft.at or states[timer.state].work is not None:
        return False
    move = move_of(draft.definition, timer)
    branch = _taken(draft, timer.token, move) if move is not None else None
    return branch is not None and branch.go in states and states[branch.go].ending is not None


def _taken(draft: Draft, token: str, move: Move) -> Branch | None:
    """The branch of the move that would be taken now; None where that cannot be told yet."""
    values = draft.values(token)
    try:
        return next((one for one in move.branches if one.when is None or one.when.evaluate(values)), None)
    except Stuck:
        return None


def promised_then(draft: Draft, token: str, move: Move, language: str) -> list[tuple[str, datetime]]:
    """What the customer is promised when the move is made now, in their words, with when it is due; the next first."""
    branch = _taken(draft, token, move)
    if branch is None:
        return []
    there = draft.definition.states.get(branch.go)
    doing = (move.actions, branch.actions, *(there.entered if there is not None else ()))
    new = {name for actions in doing for name in actions.milestones} - draft.milestones.keys()
    facts = {f"state {branch.go}", *(f"milestone {name}" for name in new)}
    return sorted(_beginning(draft, token, facts, language), key=lambda one: one[1])


def _beginning(draft: Draft, token: str, facts: set[str], language: str) -> Iterator[tuple[str, datetime]]:
    values = draft.values(token)
    for plan in draft.definition.clocks.values():
        clock = draft.clocks.get(plan.name)
        runs = clock is not None and clock.live
        begins = not facts.isdisjoint(plan.restarts if runs else plan.starts)
        if not plan.promise or not begins or not plan.target.is_known(values):
            continue
        due = begun_now(draft, plan, values)
        if due is not None:
            yield localised(plan.promise, language), due
