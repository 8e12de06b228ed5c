"""Which fields of a form say who a task is for: `assignee: assignment.investigator`, or in a branch `action.owner`.

Derived from the tasks, so that no author says it twice. Knows no case: whether somebody may do the task is
`engine.core.designating`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.definition.model import State
from engine.definition.plans import Designation


def designations(states: Mapping[str, State], tasks: Iterable[State]) -> dict[str, tuple[Designation, ...]]:
    """By the short name of the form."""
    found: dict[str, tuple[Designation, ...]] = {}
    for place in (*states.values(), *tasks):
        if place.task is None or "." not in place.task.assignee:
            continue
        path, row = _in_forms(states, place, place.task.assignee)
        alias, _, field = path.partition(".")
        found[alias] = (*found.get(alias, ()), Designation(field, place.id, row))
    return found


def _in_forms(states: Mapping[str, State], place: State, path: str) -> tuple[str, str]:
    """The path, with a table in the place of the row that it begins with in a branch; and what that row is called."""
    first, _, column = path.partition(".")
    around = states.get(place.owner)
    while around is not None:
        each = around.each
        if each is not None and each.name == first and each.rows.text in each.rows.paths:
            return f"{each.rows.text}.{column}", first
        around = states.get(around.owner)
    return path, ""
