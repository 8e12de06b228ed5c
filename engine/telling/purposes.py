"""What a timer is for, in a line: whose it is, when it fires, and what happens then.

Owns this line. It is read off the definition: an index says nothing to people.
"""

from __future__ import annotations

from engine.core.arming import CLOCK
from engine.core.drawing.wording import Wording, one_line
from engine.core.instance import DELEGATION
from engine.definition.model import Definition
from engine.definition.moves import BREACH, Move, Rung
from engine.definition.texts import localised
from engine.keywords.opening import ESCALATE
from engine.telling import delegations
from engine.telling.conditions import Told
from engine.telling.facts import share, share_of_task
from engine.telling.voice import Voice


def purpose(voice: Voice, word: str, state: str, index: int) -> str:
    """`waiting, after 3 working days: sends inquiry-reminder`; `75% of Decision used up: tells assignee`.

    `word`, `state` and `index` are the timer's, see `engine.core.instance.Timer`.
    """
    definition = voice.definition
    if word == DELEGATION:
        return delegations.purpose(voice, state, index)
    rung = _rung(definition, word, state, index)
    move = definition.place_of(state).after[index].move if rung is None else rung.move
    breach = word == CLOCK and rung is not None and rung.percent == BREACH
    happens = [voice.say("the promise counts as not kept")] if breach else []
    if move is not None:
        happens += _happens(move, voice)
    said = whose(voice, word, state, index)
    return f"{said}: {'; '.join(happens)}" if happens else said


def whose(voice: Voice, word: str, state: str, index: int) -> str:
    """`waiting, after 3 working days`; `75% of Decision used up`: the timer without what follows from it."""
    definition = voice.definition
    if word == DELEGATION:
        return delegations.purpose(voice, state, index)
    rung = _rung(definition, word, state, index)
    if rung is None:
        return f"{voice.place(state)}, {_words(voice).time(definition.place_of(state).after[index])}"
    if word == CLOCK:
        return share(voice, rung.name, one_line(localised(definition.clocks[state].title, voice.language)))
    return share_of_task(voice, rung.name, state)


def _rung(definition: Definition, word: str, state: str, index: int) -> Rung | None:
    """The rung that it is; None for an `after`."""
    if word == CLOCK:
        return definition.clocks[state].rungs[index]
    if word == ESCALATE:
        work = definition.place_of(state).work
        assert work is not None
        return work.escalate[index]
    return None


class _AsWritten(Wording):
    """The words of a picture, but with names and messages as the process has them, so that they can be looked up."""

    def name(self, id: str) -> str:
        return id.replace("-", " ").replace("_", " ")

    def message(self, id: str) -> str:
        return id

    def milestone(self, id: str) -> str:
        return self.name(id)


def _words(voice: Voice) -> Wording:
    return Told(voice) if voice.tongue.language else _AsWritten("en")


def _happens(move: Move, voice: Voice) -> list[str]:
    """What happens in any case, and then one for each branch in which something happens; where it is for some states
    alone, those first.
    """
    words = _words(voice)
    places = ", ".join(voice.place(state) for state in move.sources)
    found = [voice.say("in {places} alone", places=places)] if places else []
    found.append(words.effects(move.actions))
    for branch in move.branches:
        goes = voice.say("goes to {place}", place=voice.place(branch.go)) if branch.go else ""
        said = _listed(words.effects(branch.actions), goes)
        guard = words.guard(move, branch)
        found.append(f"{guard}: {said}" if guard and said else said)
    return [said for said in found if said]


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
