"""A customer always reads where their case stands.

Owns `no-label`.
"""

from __future__ import annotations

from engine.definition.model import BEGIN
from engine.definition.roles import CUSTOMER
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    by = [said for said in sight.outline.start.words.get("by", ()) if said.text == CUSTOMER]
    states = sight.outline.states
    if not by or not states:
        return
    if not any("label" in state.words.places for state in states.values()):
        report.warning(
            by[0].place,
            "no-label",
            "Expected labels, since customers may start this process, but no state has a `label` for them to read",
            "give states a `label`, such as label: We are reading it",
        )
        return
    bare = {BEGIN}
    todo = [BEGIN]
    while todo:
        for edge in sight.graph.steps.get(todo.pop(), ()):
            if edge.target not in bare and "label" not in states[edge.target].words.places:
                bare.add(edge.target)
                todo.append(edge.target)
    for name, state in states.items():
        if name in sight.graph.belonging or name not in sight.graph.before or "label" in state.words.places:
            continue
        if state.ending is not None:
            why = "when it has ended they go on reading the label of the state before"
        elif name in bare and "go" not in state.words.places:
            why = "until then no state has told them anything"
        else:
            continue
        report.warning(
            state.id.place,
            "no-label",
            f"Expected a `label` for customers in '{name}', but there is none, and {why}",
            "add one, such as label: We are reading it",
        )


RULE = Rule(
    {"no-label": "Customers may start the process, but read nothing, or something outdated, in this state."},
    _check,
)
