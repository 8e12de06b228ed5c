"""Whom the process keeps out of its work may not go round it by a move that belongs to no task.

Owns `excluded-may-ask`. Speaks of people whom a form names (`assessment.accused`) and whom more than half of all tasks
and approvals exclude: then it is about them, and not about one deed. What somebody did is another matter: whoever wrote
the answer may well say that the customer has withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Definition, State
from engine.definition.moves import Move
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report

CUSTOMER = "customer"
_OUTSIDE_TASKS = ("anywhere", "heed", "on", "wait-for", "reopen")


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    definition = sight.bound
    working = [place for place in (*definition.states.values(), *definition.tasks.values()) if place.work is not None]
    for relation in dict.fromkeys(_paths(definition, working)):
        keeping = {place.id for place in working if place.work is not None and relation in place.work.exclude}
        if 2 * len(keeping) <= len(working):
            continue
        for state, move in definition.moves():
            if _open(definition, state, move, keeping) and relation not in move.exclude:
                report.warning(
                    move.place,
                    "excluded-may-ask",
                    f"Expected '{move.name or move.kind}' to exclude {relation} as {len(keeping)} of {len(working)} "
                    "tasks do, but whoever it names may ask for it",
                    f"write exclude: [{', '.join((*move.exclude, relation))}] beside its `by`",
                )


def _paths(definition: Definition, working: list[State]) -> Iterator[str]:
    """The relations that are paths to people in forms."""
    deeds = {"starter", *definition.people, *definition.states, *definition.tasks}
    for place in working:
        if place.work is not None:
            yield from (relation for relation in place.work.exclude if relation not in deeds)


def _open(definition: Definition, state: State | None, move: Move, keeping: set[str]) -> bool:
    """Whether staff may ask for it outside a task, where the work is theirs no more or nobody works."""
    if move.kind not in _OUTSIDE_TASKS or not set(move.by) - {CUSTOMER}:
        return False
    if state is not None:
        return state.work is None
    places = (definition.states[name] for name in definition.anywhere_sources(move) if name in definition.states)
    return any(place.id in keeping or place.work is None for place in places)


RULE = Rule(
    {
        "excluded-may-ask": (
            "Most tasks exclude somebody whom a form names, but a move that belongs to no task does not: they could go "
            "round the tasks by it."
        ),
    },
    _check,
)
