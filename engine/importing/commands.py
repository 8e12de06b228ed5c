"""A step of the map as a command on a case as it stands, in somebody's name.

Owns finding the task, the wait or the move that a step means, and the person. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from engine.core.actors import IMPORT, Actor
from engine.core.ballots import Decision
from engine.core.commands import Command, Comment, Complete, Correlate, Decide, Trigger
from engine.core.instance import RUNNING, Instance
from engine.definition.forms import Form
from engine.definition.model import Definition
from engine.definition.moves import FormUse, Move
from engine.definition.roles import CUSTOMER
from engine.directory import Directory
from engine.importing.cells import BadCell, Row, Value
from engine.importing.mapping import Then


class Impossible(Exception):
    """The case does not offer the step; the message says why."""


class Actors:
    """Who a step is done by. A person of the organisation, else somebody unnamed who holds that role: the
    source does not say who it was.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._people = {person.id for person in directory.people()}
        self._roles = frozenset(directory.organisation().get("roles", ()))
        self._known: dict[str, Actor] = {}

    def of(self, who: Value, row: Row) -> Actor:
        """The one whom the map, or the row, names. Raises BadCell."""
        found = who.of(row)
        if found is None:
            raise BadCell(f"Expected a role or a person in the column '{who.column}', but the cell is empty")
        name = str(found)
        if name not in self._known:
            self._known[name] = self._actor(name)
        return self._known[name]

    def holders(self, role: str, acting: str) -> frozenset[str]:
        """Who holds a role, for approvals: the people who do, and somebody unnamed who acts for it now; where
        nobody holds it, somebody unnamed is thought of as there.
        """
        found = set(self._directory.holders(role))
        if not found or acting == role:
            found.add(role)
        return frozenset(found)

    def _actor(self, name: str) -> Actor:
        if name in self._people:
            return self._directory.actor(name, IMPORT)
        if name not in self._roles:
            raise BadCell(f"Expected a role or a person of the organisation, but there is no '{name[:60]}'")
        return Actor(name, frozenset({name}), CUSTOMER if name == CUSTOMER else "staff", IMPORT)


def command_for(
    definition: Definition, instance: Instance, then: Then, actor: Actor, at: datetime, row: Row
) -> Command | None:
    """The step as a command; None for a note that says nothing. Raises Impossible, BadCell."""
    if then.note is not None:
        text = then.note.of(row)
        return Comment(at=at, actor=actor, text=str(text)) if text is not None else None
    if instance.status != RUNNING:
        ended = instance.outcome or instance.status
        raise Impossible(f"Expected a running case for '{then.name}', but it has ended as {ended}")
    if then.kind == "do":
        task, use = _task(definition, instance, then)
        values = _of(then, use, row)
        return Complete(at=at, actor=actor, task=task, outcome=then.name, values=values, comment=then.comment)
    if then.kind == "decide":
        decision, task = cast(Decision, then.name), _approval(instance, actor)
        return Decide(at=at, actor=actor, task=task, decision=decision, comment=then.comment, reauthenticated=True)
    if then.kind == "message":
        values = _of(then, _expected(definition, instance, then), row)
        return Correlate(at=at, actor=actor, message=then.name, values=values)
    values = _of(then, _asked(definition, instance, then), row)
    return Trigger(at=at, actor=actor, name=then.name, values=values, comment=then.comment)


def _task(definition: Definition, instance: Instance, then: Then) -> tuple[str, FormUse | None]:
    for task in instance.tasks.values():
        state = definition.place_of(task.state)
        if then.name in state.on and task.id not in instance.approvals:
            return task.id, state.on[then.name].form
    raise Impossible(f"Expected an open task with the outcome '{then.name}', but {_where(instance)}")


def _approval(instance: Instance, actor: Actor) -> str:
    """The open approval; of several, the first that asks the actor."""
    found = [task for task in instance.tasks.values() if task.id in instance.approvals]
    for task in sorted(found, key=lambda task: actor.roles.isdisjoint(task.candidates)):
        return task.id
    raise Impossible(f"Expected an open approval, but {_where(instance)}")


def _expected(definition: Definition, instance: Instance, then: Then) -> FormUse | None:
    for wait in instance.waits:
        if wait.message == then.name:
            return definition.states[wait.state].waits[then.name].form
    move = _from_the_head(definition, instance, definition.heeded.get(then.name))
    if move is not None:
        return move.form
    raise Impossible(f"Expected a case that waits for '{then.name}', but {_where(instance)}")


def _asked(definition: Definition, instance: Instance, then: Then) -> FormUse | None:
    """The form of a move that belongs to no task."""
    move = _from_the_head(definition, instance, definition.anywhere.get(then.name))
    if move is not None:
        return move.form
    for name in instance.states:
        state = definition.states.get(name)
        if state is not None and state.work is None and then.name in state.on:
            return state.on[then.name].form
    raise Impossible(f"Expected '{then.name}' to be possible, but {_where(instance)}")


def _from_the_head(definition: Definition, instance: Instance, move: Move | None) -> Move | None:
    """A move of the process as a whole, where the case stands in one of its states."""
    return move if move is not None and instance.states[0] in definition.anywhere_sources(move) else None


def _where(instance: Instance) -> str:
    return f"the case is in {', '.join(instance.states)}"


def _of(then: Then, use: FormUse | None, row: Row) -> dict[str, Any]:
    return values_of(then.values, row, use.form if use is not None else None)


def values_of(values: Mapping[str, Value], row: Row, form: Form | None) -> dict[str, Any]:
    """The fields of a form: texts become what the form asks for, an empty cell leaves its field out."""
    found = {name: value.of(row) for name, value in values.items()}
    found = {name: value for name, value in found.items() if value is not None}
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    return {**found, **form.parse_text(texts)} if form is not None else found
