"""Which kind of value a field holds: from `type`, `format`, `enum` and `items` to a type of the language.

Owns the reading of those words and of local references. Knows neither limits nor conditions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from typing import Any

from engine.definition.forms.choices import Kind, read_choice
from engine.definition.forms.limits import read_limits
from engine.definition.forms.notes import Notes
from engine.definition.forms.vocabulary import DAY_WORDS, FIELD_WORDS, FORMATS_OF_TEXT, PEOPLE, TYPES, words_for
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.suggest import near
from engine.definition.texts import shown
from engine.definition.types import (
    Boolean,
    Date,
    File,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
    Type,
)

_CURRENCY = re.compile(r"[A-Z]{3}")
_SAID_OTHERWISE = {
    "text": "type: string",
    "str": "type: string",
    "int": "type: integer",
    "bool": "type: boolean",
    "float": "type: number",
    "list": "type: array",
    "datetime": "type: string, format: date-time",
    "user": "type: string, format: person",
    "enum": "enum: [one, two]",
    **{name: f"type: string, format: {name}" for name in FORMATS_OF_TEXT},
}


class KindReader:
    """Reads kinds; knows the form's `$defs`. Problems go to its notes."""

    def __init__(self, notes: Notes, definitions: Map[str, Node]) -> None:
        self.notes = notes
        self.definitions = definitions

    def resolve(self, node: Node, within: tuple[str, ...], what: str) -> tuple[Mapping | None, tuple[str, ...]]:
        """The node with the part that its `$ref` names put in its place (words beside the `$ref` win), and
        the references gone through.
        """
        if not isinstance(node, Mapping):
            self.notes.expected(node, "form-shape", f"words such as type: string for {what}", "write {type: string}")
            return None, within
        entries = node.entries
        reference = node.get("$ref")
        while reference is not None:
            text = reference.text if isinstance(reference, Scalar) else ""
            name = text.removeprefix("#/$defs/")
            if not text.startswith("#/$defs/") or name not in self.definitions:
                known = [f"#/$defs/{known}" for known in self.definitions]
                self.notes.add(
                    reference.place,
                    "unknown-ref",
                    f"There is no part '{shown(text)}' in this form{near(text, known)}",
                    "refer to a part of the same form: $ref: '#/$defs/name'",
                )
                return None, within
            if f"#{name}" in within:
                self.notes.add(
                    reference.place,
                    "recursive-ref",
                    f"'{name}' refers back to itself",
                    "write out what is meant; a form cannot contain itself",
                )
                return None, within
            within = (*within, f"#{name}")
            target = self.definitions[name]
            if not isinstance(target, Mapping):
                self.notes.expected(
                    target, "form-shape", f"words such as type: string for '{name}'", "write {type: string}"
                )
                return None, within
            kept = [entry for entry in entries if entry[0].text != "$ref"]
            written = {key.text for key, _ in kept}
            entries = (*kept, *(entry for entry in target.entries if entry[0].text not in written))
            reference = target.get("$ref") if "$ref" not in written else None
        return Mapping(node.place, entries), within

    def read(self, node: Mapping, name: str, within: tuple[str, ...], in_table: bool) -> Kind | None:
        """The kind of the field `name`, or None with a problem."""
        if node.get("enum") is not None:
            return read_choice(node, name, self.notes)
        given = node.get("type")
        if given is None:
            advice = "write type: string" if node.get("items") is None else "write type: array"
            self.notes.add(
                node.place,
                "type-missing",
                f"Expected `type` or `enum` for '{name}', but there is none",
                advice,
            )
            return None
        written = given.text if isinstance(given, Scalar) else ""
        if written == "array":
            return self._list(node, name, within, in_table)
        if written == "object":
            self.notes.add(
                given.place,
                "too-deep",
                f"'{name}' is an object, and objects stand only as rows of a table",
                "write its parts as fields of their own, or a table: type: array, items: {type: object, …}",
            )
            return None
        if written not in TYPES:
            meant = _SAID_OTHERWISE.get(written.lower(), "")
            advice = f"write {meant}" if meant else f"use one of: {', '.join(TYPES)}, or enum: [one, two]"
            self.notes.add(
                given.place,
                "unknown-type",
                f"There is no type '{shown(written)}'{'' if meant else near(written, TYPES)}",
                advice,
            )
            return None
        return self._scalar(node, name, written)

    def _scalar(self, node: Mapping, name: str, written: str) -> Kind | None:
        given = node.get("format")
        format_ = self.notes.text(given, "a format")
        if format_ and format_ not in FORMATS_OF_TEXT and given is not None:
            self.notes.add(
                given.place,
                "unknown-format",
                f"There is no format '{shown(format_)}'{near(format_, FORMATS_OF_TEXT)}",
                f"use one of: {', '.join(FORMATS_OF_TEXT)}",
            )
            return None
        if format_ and written != "string" and given is not None:
            self.notes.add(given.place, "word-not-here", f"`format: {format_}` belongs to text", "write type: string")
            return None
        schema: dict[str, Any] = {"type": written}
        if format_:
            schema["format"] = format_
        of = self._type(node, name, written, format_)
        const = node.get("const")
        if const is not None and of is not None:
            self._const(const, of, name, schema)
        whom = self._whom(node) if isinstance(of, Person) else ""
        return Kind(of, schema, format_, whom=whom) if of is not None else None

    def _whom(self, node: Mapping) -> str:
        """Whom a field for a person can be about."""
        given = node.get("of")
        written = self.notes.text(given, "whom it can be about") if given is not None else PEOPLE[0]
        if given is not None and written and written not in PEOPLE:
            self.notes.add(
                given.place,
                "unknown-people",
                f"Expected whom it can be about, but found '{shown(written)}'{near(written, PEOPLE)}",
                f"use one of: {', '.join(PEOPLE)}",
            )
        return written

    def _type(self, node: Mapping, name: str, written: str, format_: str) -> Type | None:
        if written == "boolean":
            return Boolean()
        if written == "integer":
            return Number(integer=True)
        if written == "number" or format_ == "decimal":
            return Number()
        if format_ == "money":
            currency = node.get("currency")
            text = currency.text if isinstance(currency, Scalar) else ""
            if _CURRENCY.fullmatch(text):
                return Number(currency=text)
            where = currency.place if currency is not None else node.place
            self.notes.add(
                where,
                "currency",
                f"Expected the currency of '{name}' in three capital letters",
                "write currency: EUR",
            )
            return None
        simple: dict[str, Type] = {"date": Date(), "date-time": Instant(), "person": Person(), "file": File()}
        return simple.get(format_) or Text(format_ or "text")

    def _const(self, node: Node, of: Type, name: str, schema: dict[str, Any]) -> None:
        value = node.value if isinstance(node, Scalar) else None
        fits = (
            isinstance(value, bool)
            if isinstance(of, Boolean)
            else isinstance(value, int) and not isinstance(value, bool)
            if isinstance(of, Number) and of.integer
            else isinstance(value, str)
            if isinstance(of, Text)
            else False
        )
        if fits:
            schema["const"] = value
        else:
            self.notes.expected(
                node,
                "const",
                f"a value of the type of '{name}' under `const`",
                "write such a value; const: true asks for a yes",
            )

    def _list(self, node: Mapping, name: str, within: tuple[str, ...], in_table: bool) -> Kind | None:
        given = node.get("items")
        if given is None:
            self.notes.add(
                node.place,
                "type-missing",
                f"Expected `items` for the list '{name}', but there is none",
                "write items: {type: string}",
            )
            return None
        item, inside = self.resolve(given, within, f"the entries of '{name}'")
        if item is None:
            return None
        kind = item.get("type")
        written = kind.text if isinstance(kind, Scalar) else ""
        if written in ("object", "array") and (in_table or written == "array"):
            assert kind is not None
            self.notes.add(
                kind.place,
                "too-deep",
                f"'{name}' nests too deep: a form holds tables, and a table's cells hold none",
                "use a form of its own",
            )
            return None
        if written == "object" or (kind is None and item.get("properties") is not None):
            if kind is None:
                self.notes.add(
                    item.place,
                    "type-missing",
                    f"Expected `type` for the rows of '{name}'",
                    "write items: {type: object, properties: …}",
                )
            return Kind(ListOf(Record({}, name)), {"type": "array"}, rows=item, within=inside)
        self.notes.words(item, FIELD_WORDS, "An entry")
        found = self.read(item, name, inside, in_table)
        if found is None:
            return None
        allowed = words_for(found.type) - {
            "show-when",
            "required-when",
            "compute",
            "default",
            "help",
            "section",
            "widget",
            *DAY_WORDS,
        }
        for key, _ in item.entries:
            if key.text in FIELD_WORDS and key.text not in allowed:
                self.notes.add(
                    key.place,
                    "word-not-here",
                    f"`{key.text}` means nothing for the entries of '{name}'",
                    "write it at the field, or delete it",
                )
        schema = {"type": "array", "items": found.schema | read_limits(item, found.type, self.notes)}
        return Kind(ListOf(found.type), schema, found.format, None, inside, item.get("labels"), found.whom)
