"""Reading the fields of a form, and the columns of a table in it.

Owns the shape of a field: its name, its type, the words that go with that type, and what a default may be.
The kinds and the limits are read next door.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from typing import Any

from engine.definition.forms.choices import Kind
from engine.definition.forms.days import DayLimits, read_days
from engine.definition.forms.kinds import KindReader
from engine.definition.forms.limits import read_limits
from engine.definition.forms.literals import with_literals
from engine.definition.forms.model import MOST_FIELDS, FormField, Source
from engine.definition.forms.notes import Notes
from engine.definition.forms.presence import record_of
from engine.definition.forms.pure import pure_record
from engine.definition.forms.vocabulary import CONDITION_WORDS, FIELD_WORDS, ROW_WORDS, WIDGETS, words_for
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.suggest import near
from engine.definition.texts import shown
from engine.definition.types import Choice, ListOf


class FieldReader:
    """Reads fields one after another and counts them; problems go to its notes."""

    def __init__(self, notes: Notes, definitions: Map[str, Node]) -> None:
        self.notes = notes
        self.kinds = KindReader(notes, definitions)
        self.count = 0

    def fields(self, properties: Mapping, required: Node | None, order: Node | None) -> tuple[FormField, ...]:
        """The fields under `properties` that could be read, in display order."""
        return self._record(properties, required, order, ())

    def _record(
        self, properties: Mapping, required: Node | None, order: Node | None, within: tuple[str, ...]
    ) -> tuple[FormField, ...]:
        names = properties.keys()
        needed = {item.text: item for item in self.notes.names(required, names, "required")}
        shown_order = [item.text for item in self.notes.names(order, names, "order")]
        found: dict[str, FormField] = {}
        for key, node in properties.entries:
            self.count += 1
            if self.count > MOST_FIELDS:
                self.notes.add(
                    key.place,
                    "too-many-fields",
                    f"Expected at most {MOST_FIELDS} fields in a form",
                    "split the form",
                )
                break
            if not self.notes.field_name(key):
                continue
            field = self._field(key, node, within)
            if field is None:
                continue
            if key.text in needed:
                field = replace(field, required=True)
            self._check_conflicts(field, needed.get(key.text))
            found[field.name] = field
        return tuple(found[name] for name in dict.fromkeys([*shown_order, *found]) if name in found)

    def _field(self, key: Scalar, given: Node, within: tuple[str, ...]) -> FormField | None:
        notes = self.notes
        node, inside = self.kinds.resolve(given, within, f"the field '{key.text}'")
        if node is None:
            return None
        notes.words(node, FIELD_WORDS, "A field")
        self._check_required_word(key, node)
        kind = self.kinds.read(node, key.text, inside, in_table=bool(within))
        columns: tuple[FormField, ...] = ()
        if kind is not None and kind.rows is not None:
            kind, columns = self._table(key, kind)
        sources = {word: self._source(node.get(word), word) for word in CONDITION_WORDS if word != "default"}
        field = FormField(
            name=key.text,
            type=kind.type if kind else Choice(()),
            place=key.place,
            title=notes.localised(node.get("title")) or key.text.replace("_", " ").capitalize(),
            help=notes.localised(node.get("help")),
            section=notes.text(node.get("section"), "a section's name"),
            widget=notes.text(node.get("widget"), "a widget"),
            format=kind.format if kind else "",
            show_when=sources["show-when"],
            required_when=sources["required-when"],
            compute=sources["compute"],
            columns=columns,
            whom=kind.whom if kind else "",
            days=read_days(node, kind.type, notes) if kind else DayLimits(),
        )
        description = notes.localised(node.get("description"))
        if kind is None:
            return None
        self._check_words(node, field)
        self._check_widget(node, field)
        if within and field.section:
            notes.add(
                key.place,
                "word-not-here",
                "A column belongs to no section",
                "delete `section` from the column",
            )
        schema: dict[str, Any] = {"title": _english(field.title)}
        if description:
            schema["description"] = _english(description)
        schema |= kind.schema | read_limits(node, field.type, notes)
        if columns or kind.rows is not None:
            schema["items"] = pure_record(columns)
        field = replace(field, schema=schema, labels=self._labels(node, field, kind))
        return with_literals(node, field, self.notes)

    def _table(self, key: Scalar, kind: Kind) -> tuple[Kind, tuple[FormField, ...]]:
        assert kind.rows is not None
        self.notes.words(kind.rows, ROW_WORDS, "A table's row")
        properties = kind.rows.get("properties")
        if not isinstance(properties, Mapping) or not properties.entries:
            self.notes.add(
                kind.rows.place,
                "form-shape",
                "Expected the table's columns under `properties`, but there are none",
                "write items: {type: object, properties: {item: {type: string}}}",
            )
            return kind, ()
        columns = self._record(properties, kind.rows.get("required"), kind.rows.get("order"), (*kind.within, key.text))
        return replace(kind, type=ListOf(record_of(columns, key.text))), columns

    def _source(self, node: Node | None, word: str) -> Source | None:
        if node is None:
            return None
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, str | int)
            and node.text.strip()
            and not isinstance(node.value, bool)
        ):
            return Source(node.text, node.place)
        advice = "write a condition such as category == billing, or delete the line"
        self.notes.expected(node, "expression-expected", f"an expression under `{word}`", advice)
        return None

    def _check_required_word(self, key: Scalar, node: Mapping) -> None:
        word = node.key("required")
        if word is not None and isinstance(node.get("required"), Scalar):
            self.notes.add(
                word.place,
                "word-not-here",
                "Whether a field is required is said once, for all of them, beside `properties`",
                f"delete the line and write required: [{key.text}] there, or use required-when",
            )

    def _check_words(self, node: Mapping, field: FormField) -> None:
        allowed = words_for(field.type)
        for key, child in node.entries:
            word = key.text
            if word in FIELD_WORDS and word not in allowed and not (word == "required" and isinstance(child, Scalar)):
                fitting = ", ".join(name for name in FIELD_WORDS if name in allowed)
                self.notes.add(
                    key.place,
                    "word-not-here",
                    f"`{word}` means nothing for the field '{field.name}'",
                    f"use {fitting}",
                )

    def _check_widget(self, node: Mapping, field: FormField) -> None:
        child = node.get("widget")
        if not field.widget or child is None:
            return
        of = field.type
        if field.widget not in WIDGETS:
            self.notes.add(
                child.place,
                "unknown-widget",
                f"There is no widget '{shown(field.widget)}'{near(field.widget, WIDGETS)}",
                f"use one of: {', '.join(WIDGETS)}, or leave it out",
            )
        elif not isinstance(of, WIDGETS[field.widget]) or (
            isinstance(of, ListOf) and field.is_table != (field.widget == "table")
        ):
            fitting = [name for name, kinds in WIDGETS.items() if isinstance(of, kinds)]
            self.notes.add(
                child.place,
                "unknown-widget",
                f"The widget '{field.widget}' cannot show the field '{field.name}'",
                f"use {' or '.join(fitting)}, or leave it out" if fitting else "leave it out",
            )

    def _labels(self, node: Mapping, field: FormField, kind: Kind) -> dict[str, Any]:
        of = field.type.item if isinstance(field.type, ListOf) else field.type
        given = node.get("labels") or kind.item_labels
        if given is None or not isinstance(of, Choice):
            return {}
        if not isinstance(given, Mapping):
            self.notes.expected(
                given, "labels", "labels by value", "write labels: {web: {en: Web form, de: Webformular}}"
            )
            return {}
        for key, _ in given.entries:
            if key.text not in of.values:
                self.notes.add(
                    key.place,
                    "unknown-label",
                    f"'{shown(key.text)}' is none of the values of '{field.name}'{near(key.text, of.values)}",
                    f"label one of: {', '.join(of.values[:20])}",
                )
        return {key.text: self.notes.localised(child) for key, child in given.entries}

    def _check_conflicts(self, field: FormField, required: Scalar | None) -> None:
        if field.compute is not None:
            others = [
                word
                for word, given in (("required-when", field.required_when), ("default", field.default))
                if given is not None
            ]
            if required is not None:
                self.notes.add(
                    required.place,
                    "compute-conflict",
                    f"'{field.name}' is worked out and never asked for, so it cannot be required",
                    "take it out of `required`",
                )
            if others:
                self.notes.add(
                    field.compute.place,
                    "compute-conflict",
                    f"'{field.name}' is worked out and never asked for, so `{others[0]}` means nothing",
                    f"delete `{others[0]}` or `compute`",
                )
            if field.columns or field.holds_files:
                self.notes.add(
                    field.compute.place,
                    "compute-conflict",
                    "Tables and files cannot be worked out",
                    "delete `compute`",
                )
        elif field.required_when is not None and (required is not None or field.default is not None):
            because = "it is always required" if required is not None else "it has a default"
            self.notes.add(
                field.required_when.place,
                "required-conflict",
                f"`required-when` means nothing for '{field.name}', since {because}",
                "delete one of the two",
            )


def _english(text: Any) -> str:
    return text if isinstance(text, str) else str(text.get("en") or next(iter(text.values())))
