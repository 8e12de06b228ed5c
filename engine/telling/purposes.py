"""What a timer is for, in a line: whose it is, when it fires, and what happens then.

Owns this line. It is read off the definition: an index says nothing to people.
"""

from __future__ import annotations

from engine.core.arming import CLOCK
from engine.core.drawing.wording import Wording, one_line
from engine.definition.model import Definition
from engine.definition.moves import BREACH, Move
from engine.definition.texts import localised
from engine.keywords.opening import ESCALATE
from engine.telling.facts import share, share_of_task

BREACHED = "the promise counts as not kept"


def purpose(definition: Definition, word: str, state: str, index: int) -> str:
    """`waiting, after 3 working days: sends inquiry-reminder`; `75% of Decision used up: tells assignee`.

    `word`, `state` and `index` are the timer's, see `engine.core.instance.Timer`; names stay as the process has them.
    """
    english = _English("en")
    if word == CLOCK:
        plan = definition.clocks[state]
        rung = plan.rungs[index]
        title = one_line(localised(plan.title, definition.languages[0]))
        return _line(share(rung.name, title), rung.move, english, rung.percent == BREACH)
    place = definition.place_of(state)
    if word == ESCALATE:
        assert place.work is not None
        rung = place.work.escalate[index]
        return _line(share_of_task(rung.name, state), rung.move, english)
    after = place.after[index]
    return _line(f"{state}, {english.time(after)}", after.move, english)


class _English(Wording):
    """The words of a picture, but with a message as the process has it, so that it can be looked up."""

    def message(self, id: str) -> str:
        return id

    def milestone(self, id: str) -> str:
        return self.name(id)


def _line(whose: str, move: Move | None, words: Wording, breach: bool = False) -> str:
    happens = [BREACHED] if breach else []
    if move is not None:
        happens += _happens(move, words)
    return f"{whose}: {'; '.join(happens)}" if happens else whose


def _happens(move: Move, words: Wording) -> list[str]:
    """What happens in any case, and then one for each branch in which something happens."""
    found = [words.effects(move.actions)]
    for branch in move.branches:
        said = _listed(words.effects(branch.actions), f"goes to {branch.go}" if branch.go else "")
        guard = words.guard(move, branch)
        found.append(f"{guard}: {said}" if guard and said else said)
    return [said for said in found if said]


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
