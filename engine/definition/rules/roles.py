"""Somebody holds each role that a process needs.

Owns `role-nobody-holds`. Speaks only when the organisation's file lists people: else they live in the store
alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.outline import SourcePick
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Got, Report, Said
from engine.keywords.approval_rule import MODES

_FROM_OUTSIDE = ("customer", "system")
"""Roles that nobody of the house needs to hold."""


def _check(sight: Sight, report: Report) -> None:
    organisation = sight.catalog.organisation
    if not organisation.people:
        return
    held = {role for person in organisation.people.values() for role in person.roles}
    told = {*held, *_FROM_OUTSIDE, *sight.flow.people}
    for said in _roles(sight):
        if said.text in organisation.roles and said.text not in told:
            told.add(said.text)
            report.warning(
                said.place,
                "role-nobody-holds",
                f"Expected somebody to hold the role '{said.text}', but nobody does",
                "give it to somebody under `people` in processes/organisation.yaml",
            )


def _roles(sight: Sight) -> Iterator[Said]:
    head = sight.outline.head
    yield from (said for said in (head.get("owner"), *head.get("supervisors", ())) if isinstance(said, Said))
    for _, move in sight.graph.moves():
        yield from move.words.get("by", ())
        if "needs" in move.words:
            yield from _of_rule(move.words["needs"])
    for state in sight.outline.states.values():
        if "approval" in state.words:
            for _, rule in state.words["approval"].get("by", ()):
                yield from _of_rule(rule)
        task = state.words.get("task")
        candidates = task.get("candidates") if task is not None else None
        if isinstance(candidates, SourcePick):
            for value in candidates.all():
                yield from (
                    said for said in (value if isinstance(value, tuple) else (value,)) if isinstance(said, Said)
                )
            plan = sight.bound.states[state.id.text].task
            if plan is not None and candidates.by is not None and not candidates.options:
                yield from (Said(role, candidates.place) for roles in plan.candidates.all() for role in roles)


def _of_rule(rule: Got) -> Iterator[Said]:
    yield from (said for word in (*MODES, "of", "veto") for said in _listed(rule.get(word, ())))


def _listed(value: object) -> tuple[Said, ...]:
    """The roles under a word of a rule; a quorum's number is none."""
    return tuple(said for said in value if isinstance(said, Said)) if isinstance(value, tuple) else ()


RULE = Rule({"role-nobody-holds": "The organisation lists people, but none of them holds this role."}, _check)
