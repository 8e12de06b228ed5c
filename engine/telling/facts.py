"""What happened, in the words of people: what a clock began or ended with, which share of a time is used up, and what
somebody said to a question.

Owns these clauses. Names stay as the process has them where it gives no title.
"""

from __future__ import annotations

from engine.definition.model import Definition
from engine.definition.moves import BREACH, HARD_STOP, Rung
from engine.definition.texts import localised
from engine.keywords.needs import title_of

DUE, HARD_STOP_RUNG = Rung(BREACH, None).name, Rung(HARD_STOP, None).name
"""The rung at which a promise is due, as it is written, and that of a hard stop."""

_BY_A_PERSON = " by a person"

ANSWERS = {
    "approve": "yes",
    "reject": "no",
    "request-changes": "that changes are needed",
    "abstain": "neither yes nor no",
    "recuse": "that they must not decide",
}
"""What somebody says with a decision, after `said`."""


def answered(person: str, decision: str, through: str = "") -> str:
    """`rosa said no`; `through` is the deputy who said it."""
    return f"{person} said {ANSWERS[decision]}{f' (through {through})' if through else ''}"


def begun(definition: Definition, clock: str, fact: str) -> str:
    """`when the case came to working`; of a clock that counts from a date of the case `begun when …`."""
    plan = definition.clocks.get(clock)
    counted = plan is not None and plan.since is not None and fact in plan.starts
    return f"{'begun ' if counted else ''}when {happened(definition, fact)}"


def happened(definition: Definition, fact: str) -> str:
    """`a message to the customer went out`: a fact as `engine.core.clocks` names it, as a clause."""
    kind, _, name = fact.partition(" ")
    if fact == "start":
        return "the case was received"
    if fact == "reopened":
        return "the case was reopened"
    if fact == "sent":
        return "a message to the customer went out"
    if fact == "sent by a person":
        return "somebody wrote to the customer"
    if fact == "received":
        return "a message came in"
    if kind == "sent" and name.endswith(_BY_A_PERSON):
        return f"somebody sent the message {name.removesuffix(_BY_A_PERSON)}"
    if kind == "sent":
        return f"the message {name} went out"
    if kind == "received":
        return f"the message {name} came in"
    if kind == "milestone":
        return f"the milestone {name} was reached"
    return f"the case came to {state(definition, name)}"


def form(definition: Definition, alias: str, id: str) -> str:
    """`the form 'Assessment'`, of the one whose values are kept as `alias`; by its id where it has no title."""
    uses = (move.form for _, move in definition.moves())
    found = next((use.form for use in uses if use is not None and (use.alias, use.form.id) == (alias, id)), None)
    title = localised(found.title, definition.languages[0]) if found is not None else ""
    return f"the form '{title}'" if title else f"the form {id}"


def state(definition: Definition, name: str) -> str:
    """`'Being looked into'`, or the name of a state without a title."""
    known = definition.states.get(name) or definition.tasks.get(name) or definition.house.get(name)
    title = localised(known.title, definition.languages[0]) if known is not None else ""
    return f"'{title}'" if title else name


def move(definition: Definition, name: str, place: str) -> str:
    """What a person calls a move that was asked for in a state, or in a task beside the case's own work."""
    known = definition.states.get(place) or definition.tasks.get(place) or definition.house.get(place)
    found = (known.on.get(name) if known is not None else None) or definition.anywhere.get(name)
    return title_of(found, definition.languages[0]) if found is not None else name


def share(rung: str, clock: str) -> str:
    """`75% of Decision used up`, `Decision is due`: a rung as the author writes it, of a clock by its title."""
    if rung == HARD_STOP_RUNG:
        return f"{clock} at its hard stop"
    return f"{clock} is due" if rung == DUE else f"{rung} of {clock} used up"


def share_of_task(rung: str, place: str) -> str:
    """The same of a task: `200% of the time for investigation used up`, `the task of investigation is due`."""
    return f"the task of {place} is due" if rung == DUE else f"{rung} of the time for {place} used up"
