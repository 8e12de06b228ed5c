"""Nothing is put in force but what was agreed to.

Owns `publish-unapproved`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import State
from engine.definition.moves import Move
from engine.definition.plans import Publishing
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.keywords.approval import OUTCOMES

APPROVED = OUTCOMES[0]


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for state in sight.bound.states.values():
        meaning = state.words.get("publish")
        if not isinstance(meaning, Publishing):
            continue
        named = meaning.names & set(sight.flow.form_names())
        for origin, move in _ways_to(sight, state.id):
            approval = origin.words.get("approval") if origin is not None else None
            if approval is None or move.name != APPROVED:
                report.problem(
                    meaning.place,
                    "publish-unapproved",
                    f"Expected an approval alone to lead to '{state.id}', because a version is put in force there, but "
                    f"{_way(origin, move)} does too",
                    "let only `approved` of an approval lead there",
                )
            elif unbound := sorted(named - set(approval.binds)):
                report.problem(
                    meaning.place,
                    "publish-unapproved",
                    f"Expected the approval in '{_id(origin)}' to be about what is put in force, but it does not bind "
                    f"{listed(tuple(unbound))}",
                    f"write binds: [{', '.join(sorted({*approval.binds, *named}))}]",
                )


def _ways_to(sight: Sight, target: str) -> Iterator[tuple[State | None, Move]]:
    for origin, move in sight.bound.moves():
        if any(branch.go == target for branch in move.branches):
            yield origin, move


def _way(origin: State | None, move: Move) -> str:
    return f"'{move.name}' in '{origin.id}'" if origin is not None else f"'{move.name or move.kind}'"


def _id(origin: State | None) -> str:
    return origin.id if origin is not None else ""


RULE = Rule(
    {"publish-unapproved": "A version of a process would be put in force that no approval is about."},
    _check,
)
