"""The names an expression knows at a place of a running case, with their values.

Owns which names there are (the loader types the same ones in `engine.definition.flow`) and that decisions are worked
out when read, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.core.instance import Approval, Instance, Task, Token
from engine.core.links import Link, blocking, names
from engine.definition.model import Definition


class Case(Protocol):
    """What is read of a case here: an instance, or the draft of one."""

    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...
    @property
    def milestones(self) -> Mapping[str, datetime]: ...
    @property
    def doers(self) -> Sequence[tuple[str, str]]: ...
    @property
    def tokens(self) -> Mapping[str, Token]: ...
    @property
    def tasks(self) -> Mapping[str, Task]: ...
    @property
    def links(self) -> Mapping[str, Link]: ...
    @property
    def approvals(self) -> Mapping[str, Approval]: ...


def steady(definition: Definition, first: Instance, at: datetime) -> dict[str, Any]:
    """The names whose values stay as they are for a whole step: `first` is the instance as the step found it."""
    return {
        "reference": first.reference,
        "received_at": first.received_at.isoformat(),
        "now": at.isoformat(),
        "today": definition.calendar.local_date(at).isoformat(),
        "starter": first.starter,
    }


def environment(definition: Definition, steady: Mapping[str, Any], case: Case, token: str) -> dict[str, Any]:
    """Name -> plain value, or a function of no arguments for a decision. A name that has no value is not there.

    `case` is the case as it is by now.
    """
    known: dict[str, Any] = {
        **steady,
        "milestones": {name: reached.isoformat() for name, reached in case.milestones.items()},
        "blocked": bool(case.links) and bool(blocking(case.links)),
    }
    for name, states in definition.people.items():
        person = who_did(case, states)
        if person:
            known[name] = person
    known.update(case.data)
    known.update(case.variables)
    if case.links:
        known.update(names(case.links, _around(case, token)))
    standing = case.tokens.get(token)
    rows = []
    while standing is not None:
        around = case.tokens.get(standing.parent) if standing.parent else None
        if standing.row is not None and around is not None:
            each = definition.states[around.state].each
            rows.append(({**standing.row, **standing.forms}, each.tables if each is not None else ()))
        standing = around
    for row, tables in reversed(rows):
        for table in tables:
            known.pop(table, None)  # within a branch the name stands for its own form alone
        known.update(row)
    for task in case.tasks.values():
        opened = case.approvals.get(task.id)
        confirms = opened is not None and opened.asked is not None
        if task.token == token and not definition.is_beside(task.state) and not confirms:
            known["claimed"] = bool(task.assignee)
            if task.due_at is not None:
                known["due"] = task.due_at.isoformat()
    for name, decision in definition.decisions.items():
        known[name] = _once(decision.decide, known)
    return known


def _around(case: Case, token: str) -> list[str]:
    """The token and those it belongs to."""
    found = []
    while token in case.tokens:
        found.append(token)
        token = case.tokens[token].parent
    return found


def _once(decide: Callable[[Mapping[str, object]], Any], known: Mapping[str, Any]) -> Callable[[], Any]:
    answer: list[Any] = []

    def result() -> Any:
        if not answer:
            answer.append(decide(known).result)
        return answer[0]

    return result


def who_did(case: Case, states: tuple[str, ...]) -> str:
    """Who holds a task of these states now, else who completed one last; empty when nobody did."""
    for task in case.tasks.values():
        if task.assignee and task.state in states:
            return task.assignee
    for state, person in reversed(case.doers):
        if state in states:
            return person
    return ""


def all_who_did(case: Case, states: tuple[str, ...]) -> set[str]:
    """Everybody who completed a task of these states, and whoever holds one now."""
    people = {person for state, person in case.doers if state in states}
    people.update(task.assignee for task in case.tasks.values() if task.assignee and task.state in states)
    return people
