"""Every state can be come to.

Owns `unreachable-state`.
"""

from __future__ import annotations

from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    lost = [name for name in sight.outline.states if name not in sight.graph.before]
    sources: dict[str, set[str]] = {name: set() for name in lost}
    for other in lost:
        for edge in sight.graph.steps.get(other, ()):
            if edge.target in sources and edge.target != other:
                sources[edge.target].add(other)
    for name in lost:
        why = _only(sorted(sources[name])) if sources[name] else "no move leads there"
        report.problem(
            sight.outline.states[name].id.place,
            "unreachable-state",
            f"Expected a way to the state '{name}', but {why}",
            "let a move go there, or remove the state",
        )


def _only(sources: list[str]) -> str:
    if len(sources) == 1:
        return f"only {sources[0]} leads there, and no run comes to it either"
    return f"only {listed(sources)} lead there, and no run comes to them either"


RULE = Rule({"unreachable-state": "No run of the process comes to this state."}, _check)
