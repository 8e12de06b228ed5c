"""What happened, in the words of people: what a clock began or ended with, which share of a time is used up, and what
somebody said to a question.

Owns these clauses. Names stay as the process has them where it gives no title.
"""

from __future__ import annotations

from engine.definition.moves import BREACH, HARD_STOP, Rung
from engine.definition.texts import localised
from engine.telling.voice import Voice

DUE, HARD_STOP_RUNG = Rung(BREACH, None).name, Rung(HARD_STOP, None).name
"""The rung at which a promise is due, as it is written, and that of a hard stop."""

_BY_A_PERSON = " by a person"


def answer(voice: Voice, decision: str) -> str:
    """What somebody says with a decision, after `said`."""
    match decision:
        case "approve":
            return voice.say("yes")
        case "reject":
            return voice.say("no")
        case "request-changes":
            return voice.say("that changes are needed")
        case "abstain":
            return voice.say("neither yes nor no")
        case "recuse":
            return voice.say("that they must not decide")
    raise KeyError(decision)


def answered(voice: Voice, person: str, decision: str, through: str = "") -> str:
    """`rosa said no`; `through` is the deputy who said it."""
    deputy = voice.say(" (through {person})", person=voice.person(through)) if through else ""
    return voice.say("{person} said {answer}", person=voice.person(person), answer=answer(voice, decision)) + deputy


def begun(voice: Voice, clock: str, fact: str) -> str:
    """`when the case came to working`; of a clock that counts from a date of the case `begun when …`."""
    plan = voice.definition.clocks.get(clock)
    counted = plan is not None and plan.since is not None and fact in plan.starts
    what = happened(voice, fact)
    return voice.say("begun when {what}", what=what) if counted else voice.say("when {what}", what=what)


def happened(voice: Voice, fact: str) -> str:
    """`a message to the customer went out`: a fact as `engine.core.clocks` names it, as a clause."""
    kind, _, name = fact.partition(" ")
    if fact == "start":
        return voice.say("the case was received")
    if fact == "reopened":
        return voice.say("the case was reopened")
    if fact == "sent":
        return voice.say("a message to the customer went out")
    if fact == "sent by a person":
        return voice.say("somebody wrote to the customer")
    if fact == "received":
        return voice.say("a message came in")
    if kind == "sent" and name.endswith(_BY_A_PERSON):
        return voice.say("somebody sent the message {name}", name=voice.letter(name.removesuffix(_BY_A_PERSON)))
    if kind == "sent":
        return voice.say("the message {name} went out", name=voice.letter(name))
    if kind == "received":
        return voice.say("the message {name} came in", name=voice.letter(name))
    if kind == "milestone":
        return voice.say("the milestone {name} was reached", name=voice.milestone(name))
    return voice.say("the case came to {place}", place=voice.titled(name) or name)


def form(voice: Voice, alias: str, id: str) -> str:
    """`the form 'Assessment'`, of the one whose values are kept as `alias`; by its id where it has no title."""
    uses = (move.form for _, move in voice.definition.moves())
    found = next((use.form for use in uses if use is not None and (use.alias, use.form.id) == (alias, id)), None)
    title = localised(found.title, voice.language) if found is not None else ""
    return voice.say("the form '{title}'", title=title) if title else voice.say("the form {id}", id=id)


def share(voice: Voice, rung: str, clock: str) -> str:
    """`75% of Decision used up`, `Decision is due`: a rung as the author writes it, of a clock by its title."""
    if rung == HARD_STOP_RUNG:
        return voice.say("{clock} at its hard stop", clock=clock)
    if rung == DUE:
        return voice.say("{clock} is due", clock=clock)
    return voice.say("{rung} of {clock} used up", rung=rung, clock=clock)


def share_of_task(voice: Voice, rung: str, place: str) -> str:
    """The same of a task: `200% of the time for investigation used up`, `the task of investigation is due`."""
    if rung == DUE:
        return voice.say("the task of {place} is due", place=voice.place(place))
    return voice.say("{rung} of the time for {place} used up", rung=rung, place=voice.place(place))
