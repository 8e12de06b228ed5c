"""Whether a map fits its process and its organisation: outcomes, messages, moves, fields and people that it
names.

Asked once before the first row, so that a misspelt word is one problem with its place and not a thousand
refused rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.core.ballots import DECISIONS
from engine.definition.model import Definition
from engine.definition.moves import FormUse, Move
from engine.definition.suggest import near
from engine.directory import Directory
from engine.errors import Problem
from engine.importing.cells import Value
from engine.importing.mapping import Map, Then


def problems_of(mapping: Map, definition: Definition, directory: Directory) -> list[Problem]:
    """Every word of the map that means nothing there."""
    who = {person.id for person in directory.people()} | set(directory.organisation().get("roles", ()))
    found = list(_people(mapping.by, who))
    found += _fields(mapping.values, [definition.start.form])
    for step in mapping.steps:
        found += _people(step.by, who)
        found += _step(step, definition)
    for compare in mapping.compares:
        if compare.clock not in definition.clocks:
            known = tuple(definition.clocks)
            message = f"Expected a clock of '{definition.key}', but there is no '{compare.clock}'"
            fix = f"name one of {', '.join(known)}" if known else "remove `compare`: the process has no clocks"
            found.append(Problem(compare.place, "unknown-clock", message + near(compare.clock, known), fix))
    return found


def _people(value: Value, who: set[str]) -> Iterator[Problem]:
    """What stands in the file itself is judged row by row."""
    named = [value.otherwise, value.default, *(value.map or {}).values()] if value.column else [value.literal]
    if value.text:
        return
    for one in named:
        if one is not None and str(one) not in who:
            message = f"Expected a role or a person of the organisation, but there is no '{one}'{near(str(one), who)}"
            yield Problem(value.place, "unknown-person", message, "see `heard people` for both")


def _step(step: Then, definition: Definition) -> Iterator[Problem]:
    known = _offers(step.kind, definition)
    if step.kind == "note":
        return
    if step.kind == "decide":
        yield from _decision(step, definition)
        return
    if step.name not in known:
        what = {
            "do": "an outcome of a task",
            "message": "a message that the process waits for",
            "trigger": "a move that belongs to no task",
        }[step.kind]
        yield Problem(
            step.place,
            f"unknown-{step.kind}",
            f"Expected {what}, but there is no '{step.name}'{near(step.name, known)}",
            f"name one of {', '.join(known)}",
        )
        return
    yield from _fields(step.values, known[step.name])


def _decision(step: Then, definition: Definition) -> Iterator[Problem]:
    asked = (move.needs for _, move in definition.moves())
    if not any(plan is not None for plan in (*asked, *(state.approval for state in definition.states.values()))):
        message = f"Expected an approval in '{definition.key}', but it has none"
        yield Problem(step.place, "unknown-decide", message, "use `do` with an outcome of a task")
    elif step.name not in DECISIONS:
        message = f"Expected a decision, but there is no '{step.name}'{near(step.name, DECISIONS)}"
        yield Problem(step.place, "unknown-decide", message, f"name one of {', '.join(DECISIONS)}")
    yield from _fields(step.values, [])


def _offers(kind: str, definition: Definition) -> Mapping[str, list[FormUse | None]]:
    """What may be named by a step of this kind, each with the forms it may ask for."""
    found: dict[str, list[FormUse | None]] = {}
    for name, move in _moves(kind, definition):
        found.setdefault(name, []).append(move.form)
    return found


def _moves(kind: str, definition: Definition) -> Iterator[tuple[str, Move]]:
    places = (*definition.states.values(), *definition.tasks.values())
    if kind == "message":
        for state in places:
            yield from state.waits.items()
        yield from definition.heeded.items()
        return
    for state in places:
        if state.approval is None and (kind == "do") == (state.task is not None):
            yield from state.on.items()
    if kind == "trigger":
        yield from definition.anywhere.items()


def _fields(values: Mapping[str, Value], uses: Iterable[FormUse | None]) -> Iterator[Problem]:
    forms = [use.form for use in uses if use is not None]
    known = {field.name for form in forms for field in form.fields}
    for name, value in values.items():
        if name.replace("[", ".").split(".")[0] not in known:
            asked = f"of {', '.join(form.id for form in forms)}" if forms else "but nothing is asked for here"
            yield Problem(
                value.place,
                "unknown-field",
                f"Expected a field {asked}, but there is no '{name}'{near(name, known)}",
                "see the form for its fields",
            )
