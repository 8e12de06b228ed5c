"""Somebody holds each role that a process needs, and it is a person.

Owns `role-nobody-holds` and `system-works`. Of the first it speaks only when the organisation's file lists people: else
they live in the store alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definition.organisation import Organisation
from engine.definition.plans import TaskPlan
from engine.definition.roles import CUSTOMER
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Got, Report, Said
from engine.definition.sources import SourcePick
from engine.definition.suggest import closest
from engine.keywords.approval_rule import MODES

SYSTEM = "system"
_FROM_OUTSIDE = (CUSTOMER, SYSTEM)
"""Roles that nobody of the house needs to hold."""


def _check(sight: Sight, report: Report) -> None:
    for said in _workers(sight):
        if said.text == SYSTEM:
            report.problem(
                said.place,
                "system-works",
                "Expected people who work, decide or answer for it, but `system` is the clock and the incoming mail",
                "name a role that people hold; what happens by itself stands under `after`, `go` or `escalate`",
            )
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
                f"Expected somebody to hold the role '{said.text}', but nobody does{_alike(organisation, said.text)}",
                "give it to somebody under `people` in processes/organisation.yaml",
            )


def _alike(organisation: Organisation, role: str) -> str:
    """`; Ann and Ben hold 'lead', which is similar` to hang behind it; empty when no role that people hold is."""
    held = dict.fromkeys(role for person in organisation.people.values() for role in person.roles)
    words = set(role.split("-"))
    similar = closest(role, held) or next((one for one in held if words & set(one.split("-"))), None)
    if similar is None:
        return ""
    holders = [organisation.people[person].name for person in organisation.holders(similar)]
    verb = "holds" if len(holders) == 1 else "hold"
    return f"; {listed(holders, 4)} {verb} '{similar}', which is similar"


def _roles(sight: Sight) -> Iterator[Said]:
    yield from _workers(sight)
    for _, move in sight.graph.moves():
        yield from move.words.get("by", ())
    for actions in sight.outline.doing:
        yield from (said for notice in actions.notices for said in notice.to)
        yield from (send.to for send in actions.sendings if send.to is not None)


def _workers(sight: Sight) -> Iterator[Said]:
    """Those who answer for the process, do its tasks and decide in it."""
    head = sight.outline.head
    yield from (said for said in (head.get("owner"), *head.get("supervisors", ())) if isinstance(said, Said))
    for _, move in sight.graph.moves():
        if "needs" in move.words:
            yield from _of_rule(move.words["needs"])
    for name, state in sight.outline.states.items():
        if "approval" in state.words:
            for _, rule in state.words["approval"].get("by", ()):
                yield from _of_rule(rule)
        if "task" in state.words:
            yield from _candidates(state.words["task"].get("candidates"), sight.bound.states[name].task)
    for said, task in sight.outline.tasks.items():
        bound = sight.bound.tasks.get(said)
        yield from _candidates(task.get("candidates"), bound.task if bound is not None else None)
    for actions in sight.outline.doing:
        yield from actions.reassign


def _candidates(source: Any, plan: TaskPlan | None) -> Iterator[Said]:
    if not isinstance(source, SourcePick):
        return
    for value in source.all():
        yield from (said for said in (value if isinstance(value, tuple) else (value,)) if isinstance(said, Said))
    if plan is not None and source.by is not None and not source.options:
        yield from (Said(role, source.place) for roles in plan.candidates.all() for role in roles)


def _of_rule(rule: Got) -> Iterator[Said]:
    yield from (said for word in (*MODES, "of", "veto") for said in _listed(rule.get(word, ())))


def _listed(value: object) -> tuple[Said, ...]:
    """The roles under a word of a rule; a quorum's number is none."""
    return tuple(said for said in value if isinstance(said, Said)) if isinstance(value, tuple) else ()


RULE = Rule(
    {
        "role-nobody-holds": "The organisation lists people, but none of them holds this role.",
        "system-works": "The role `system`, which is the clock and the incoming mail, is to do a task, decide or own.",
    },
    _check,
)
