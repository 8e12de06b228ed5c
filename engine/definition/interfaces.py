"""What a process shows to those that call it: what it is called, the fields of its start form, how it can end,
the prefix of its references.

Owns this shape, how it is taken from a process's file, and the small canonical text of it that a bundle carries, so
that a pinned version can be read without the files of the process it calls. Knows no expression and no running case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition import nodes
from engine.definition.forms import Form
from engine.definition.nodes import Node, Scalar
from engine.definition.texts import Localised, read_localised
from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    Field,
    File,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
    Type,
)
from engine.errors import DefinitionError

CANCELLED = "cancelled"
"""The outcome of a case that was ended from outside its process."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the start form. `required` when a case cannot begin without it, `computed` when nobody gives it."""

    type: Type
    required: bool
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Interface:
    """See the module. `outcomes` are those of its final states, in the order written; `title` is what people call the
    process, empty where that is not known.
    """

    process: str
    prefix: str
    fields: Mapping[str, Entry]
    outcomes: tuple[str, ...]
    title: Localised = ""

    @property
    def record(self) -> Record:
        """What a case that calls it knows of it."""
        ends = Choice(tuple(dict.fromkeys((*self.outcomes, CANCELLED))), "outcome")
        return Record({"reference": Field(Text(), always=False), "outcome": Field(ends, always=False)})

    def to_json(self) -> str:
        """Canonical: the same interface always gives the same text."""
        data = {
            "process": self.process,
            "prefix": self.prefix,
            "fields": {
                name: [_type_data(entry.type), entry.required, entry.computed] for name, entry in self.fields.items()
            },
            "outcomes": self.outcomes,
            "title": self.title,
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Interface:
        data = json.loads(text)
        fields = {
            name: Entry(_type(said), required, computed) for name, (said, required, computed) in data["fields"].items()
        }
        return cls(data["process"], data["prefix"], fields, tuple(data["outcomes"]), data.get("title", ""))


def interface_of(process: str, node: Node, forms: Mapping[str, Form]) -> Interface | None:
    """The interface of the process in this file; None when the file is no process, or its start form cannot be read.

    Only what is needed is looked at: the process's other problems are its own.
    """
    if not isinstance(node, nodes.Mapping):
        return None
    start, states = node.get("start"), node.get("states")
    if not isinstance(start, nodes.Mapping) or not isinstance(states, nodes.Mapping):
        return None
    said = _text(start.get("form"))
    form = forms.get(said)
    if form is None and said not in ("", "none"):
        return None
    fields = {
        field.name: Entry(
            field.type,
            # What is shown only sometimes is needed only then; whether, the form says when the case begins.
            field.required and field.default is None and field.show_when is None,
            field.compute is not None,
        )
        for field in (form.fields if form is not None else ())
    }
    outcomes = tuple(dict.fromkeys(_outcomes(states)))
    return Interface(process, _text(node.get("reference")), fields, outcomes, _title(node))


def _title(node: nodes.Mapping) -> Localised:
    title = node.get("title")
    try:
        return read_localised(title) if title is not None else ""
    except DefinitionError:
        return ""


def _outcomes(states: nodes.Mapping) -> Iterator[str]:
    for name, state in states.entries:
        final = state.get("final") if isinstance(state, nodes.Mapping) else None
        if isinstance(final, nodes.Mapping):
            yield _text(final.get("outcome")) or name.text
        elif isinstance(final, Scalar):
            yield final.text if isinstance(final.value, str) else name.text


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) and node.value is not None else ""


_PLAIN: Mapping[str, Type] = {
    "boolean": Boolean(),
    "date": Date(),
    "instant": Instant(),
    "person": Person(),
    "file": File(),
}
_NAMES = {type(kind): name for name, kind in _PLAIN.items()}


def _type_data(kind: Type) -> Any:
    """A type as plain JSON: a word, or a mapping with one."""
    match kind:
        case Text():
            return {"text": kind.format}
        case Number():
            return {"number": [kind.integer, kind.currency]}
        case Choice():
            return {"choice": kind.values}
        case ListOf():
            return {"list": _type_data(kind.item)}
        case Record():
            fields = {name: [_type_data(field.type), field.always, field.when] for name, field in kind.fields.items()}
            return {"record": fields}
    return _NAMES[type(kind)]


def _type(data: Any) -> Type:
    if isinstance(data, str):
        return _PLAIN[data]
    ((word, said),) = data.items()
    if word == "text":
        return Text(said)
    if word == "number":
        return Number(*said)
    if word == "choice":
        return Choice(tuple(said))
    if word == "list":
        return ListOf(_type(said))
    return Record({name: Field(_type(kind), always, when) for name, (kind, always, when) in said.items()})
