"""What a timer is for, in a line: whose it is, when it fires, and what happens then.

Owns this line. It is read off the definition: an index says nothing to people.
"""

from __future__ import annotations

from engine.core.arming import CLOCK
from engine.core.drawing.wording import Wording, one_line
from engine.definition.model import Definition
from engine.definition.moves import BREACH, Move, Rung
from engine.definition.texts import localised
from engine.keywords.opening import ESCALATE
from engine.telling.facts import share, share_of_task

BREACHED = "the promise counts as not kept"


def purpose(definition: Definition, word: str, state: str, index: int) -> str:
    """`waiting, after 3 working days: sends inquiry-reminder`; `75% of Decision used up: tells assignee`.

    `word`, `state` and `index` are the timer's, see `engine.core.instance.Timer`; names stay as the process has them.
    """
    english = _English("en")
    rung = _rung(definition, word, state, index)
    move = definition.place_of(state).after[index].move if rung is None else rung.move
    happens = [BREACHED] if word == CLOCK and rung is not None and rung.percent == BREACH else []
    if move is not None:
        happens += _happens(move, english)
    said = whose(definition, word, state, index)
    return f"{said}: {'; '.join(happens)}" if happens else said


def whose(definition: Definition, word: str, state: str, index: int) -> str:
    """`waiting, after 3 working days`; `75% of Decision used up`: the timer without what follows from it."""
    rung = _rung(definition, word, state, index)
    if rung is None:
        return f"{state}, {_English('en').time(definition.place_of(state).after[index])}"
    if word == CLOCK:
        return share(rung.name, one_line(localised(definition.clocks[state].title, definition.languages[0])))
    return share_of_task(rung.name, state)


def _rung(definition: Definition, word: str, state: str, index: int) -> Rung | None:
    """The rung that it is; None for an `after`."""
    if word == CLOCK:
        return definition.clocks[state].rungs[index]
    if word == ESCALATE:
        work = definition.place_of(state).work
        assert work is not None
        return work.escalate[index]
    return None


class _English(Wording):
    """The words of a picture, but with a message as the process has it, so that it can be looked up."""

    def message(self, id: str) -> str:
        return id

    def milestone(self, id: str) -> str:
        return self.name(id)


def _happens(move: Move, words: Wording) -> list[str]:
    """What happens in any case, and then one for each branch in which something happens; where it is for some states
    alone, those first.
    """
    found = [f"in {', '.join(move.sources)} alone"] if move.sources else []
    found.append(words.effects(move.actions))
    for branch in move.branches:
        said = _listed(words.effects(branch.actions), f"goes to {branch.go}" if branch.go else "")
        guard = words.guard(move, branch)
        found.append(f"{guard}: {said}" if guard and said else said)
    return [said for said in found if said]


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
