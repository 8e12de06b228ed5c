"""Where somebody is meant by what they did, there was something to do.

Owns `nobody-does-it`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report, Said


def _check(sight: Sight, report: Report) -> None:
    states = sight.outline.states
    for said in _meant(sight):
        if said.text in states and states[said.text].work is None:
            report.warning(
                said.place,
                "nobody-does-it",
                f"Expected a state whose task somebody does, but '{said.text}' has no task",
                "name the state whose task is meant",
            )


def _meant(sight: Sight) -> Iterator[Said]:
    for _, group in sight.outline.head.get("people", ()):
        yield from group.states
    for state in sight.outline.states.values():
        if state.work is not None:
            yield from (said for said in state.work.get("exclude", ()) if said.text not in sight.flow.people)
    for task in sight.outline.tasks.values():
        yield from (said for said in task.get("exclude", ()) if said.text not in sight.flow.people)
    for _, move in sight.graph.moves():
        yield from (said for said in move.words.get("exclude", ()) if said.text not in sight.flow.people)
        needed = move.words.get("needs")
        if needed is not None:
            yield from (said for said in needed.get("exclude", ()) if said.text not in sight.flow.people)


RULE = Rule(
    {"nobody-does-it": "A state named under `people` or `exclude` has no task or approval, so nobody is meant by it."},
    _check,
)
