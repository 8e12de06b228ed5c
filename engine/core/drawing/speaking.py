"""What people call the names that a process's expressions use: its fields, choices and decisions.

Owns where these words come from. Tells nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.expressions.telling import Spoken
from engine.definition.forms.model import FormField
from engine.definition.model import Definition
from engine.definition.texts import Localised
from engine.definition.wording import Labels


def spoken_in(definition: Definition) -> Spoken:
    """The titles of the process's decisions and of every field of its forms, by the names that expressions use."""
    titles: dict[str, Localised] = {}
    labels: dict[str, Labels] = {}
    for use in definition.forms():
        titles[use.alias] = use.form.title
        for path, one in _fields(use.form.fields, f"{use.alias}."):
            titles[path] = one.title
            if one.labels:
                labels[path] = one.labels
    titles |= {name: decision.title for name, decision in definition.decisions.items() if decision.title}
    places = {id: place.title for id, place in (*definition.states.items(), *definition.tasks.items())}
    return Spoken(titles, labels, places)


def _fields(fields: tuple[FormField, ...], prefix: str) -> Iterator[tuple[str, FormField]]:
    for one in fields:
        yield f"{prefix}{one.name}", one
        yield from _fields(one.columns, f"{prefix}{one.name}.")
