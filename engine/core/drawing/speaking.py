"""What people call the names that a process uses: its fields, choices, decisions and variables, its milestones, its
messages, and those who worked on a case.

Owns where these words come from. Tells nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from engine.definition.decisions import Decision
from engine.definition.expressions.telling import Spoken
from engine.definition.forms.model import FormField
from engine.definition.messages import Template
from engine.definition.model import Definition, Variable
from engine.definition.texts import Localised
from engine.definition.wording import Labels

_GAP = "…"
"""What stands in a subject for what is filled in."""


@lru_cache(maxsize=256)
def spoken_in(definition: Definition) -> Spoken:
    """The words of the process for everything in it that has a name."""
    titles: dict[str, Localised] = {}
    labels: dict[str, Labels] = {}
    titles |= {use.alias: use.form.title for use in definition.forms()}
    for path, field in fields_of(definition):
        titles[path] = field.title
        if field.labels:
            labels[path] = field.labels
    kept: Iterable[Variable | Decision] = (*definition.decisions.values(), *definition.variables)
    for one in kept:
        if one.title:
            titles[one.name] = one.title
        if one.labels:
            labels[one.name] = one.labels
    return Spoken(
        titles={**titles, **definition.groups},
        labels=labels,
        places={id: place.title for id, place in (*definition.states.items(), *definition.tasks.items())},
        milestones=_milestones(definition),
        messages=_messages(definition),
        processes=_processes(definition),
        groups=definition.groups,
    )


def fields_of(definition: Definition) -> Iterator[tuple[str, FormField]]:
    """Every field of its forms, a table's columns too, by the dotted path that expressions know it by."""
    for use in definition.forms():
        yield from _fields(use.form.fields, f"{use.alias}.")


def _fields(fields: tuple[FormField, ...], prefix: str) -> Iterator[tuple[str, FormField]]:
    for one in fields:
        yield f"{prefix}{one.name}", one
        yield from _fields(one.columns, f"{prefix}{one.name}.")


def _milestones(definition: Definition) -> Mapping[str, Localised]:
    """By their titles; one that has none, by the stage that it brings a case to."""
    found = dict(definition.milestones)
    for stage in definition.stages:
        for kind, _, name in (fact.partition(" ") for fact in stage.reached):
            if kind == "milestone":
                found.setdefault(name, stage.title)
    return found


def _messages(definition: Definition) -> Mapping[str, Localised]:
    """Those that come in by the title of what they bring about, those that go out by their subject."""
    found: dict[str, Localised] = {}
    for _, move in definition.moves():
        if move.kind in ("heed", "wait-for") and move.title:
            found.setdefault(move.name, move.title)
    for actions in definition.doing():
        for sending in actions.sendings:
            found[sending.message] = {language: _subject(one) for language, one in sending.templates.items()}
    return found


def _processes(definition: Definition) -> Mapping[str, Localised]:
    """Those that are called, by their ids and by what the case that comes of it is known as."""
    callings = [one for one in definition.callings() if one.title]
    return {name: one.title for one in callings for name in (one.process, one.name)}


def _subject(template: Template) -> str:
    """With gaps where it is filled in, and without the reference that it begins with."""
    pieces = (piece if isinstance(piece, str) else _GAP for piece in template.subject)
    return "".join(pieces).removeprefix(f"{_GAP}: ")
