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
        if said.text in states and "task" not in states[said.text].words.places:
            report.warning(
                said.place,
                "nobody-does-it",
                f"Expected a state whose task somebody does, but '{said.text}' has no task",
                "name the state whose task is meant",
            )


def _meant(sight: Sight) -> Iterator[Said]:
    for _, names in sight.outline.head.get("people", ()):
        yield from names
    for state in sight.outline.states.values():
        task = state.words.get("task")
        if task is not None:
            yield from (said for said in task.get("exclude", ()) if said.text not in sight.flow.people)


RULE = Rule(
    {"nobody-does-it": "A state named under `people` or `exclude` has no task, so nobody is meant by it."},
    _check,
)
