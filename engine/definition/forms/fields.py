"""Reading the fields of a form, and the columns of a table in it.

Owns the shape of a field: its name, its type, the words that go with that type, and what a default may be.
The kinds and the limits are read next door.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.definition.forms.conditions import Rules
from engine.definition.forms.kinds import Kind, KindReader
from engine.definition.forms.limits import read_limits
from engine.definition.forms.model import MOST_FIELDS, FormField, Source
from engine.definition.forms.notes import Notes
from engine.definition.forms.presence import record_of
from engine.definition.forms.pure import pure_record
from engine.definition.forms.records import Fault, Moment, RecordPlan
from engine.definition.forms.sentences import sentence
from engine.definition.forms.vocabulary import CONDITION_WORDS, FIELD_WORDS, ROW_WORDS, WIDGETS, words_for
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, plain
from engine.definition.suggest import near
from engine.definition.texts import shown
from engine.definition.types import Choice, Date, Instant, ListOf

_ANY_TIME = Moment(datetime(2000, 1, 1, tzinfo=UTC), "UTC", {})


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
        return self._with_default(node, field)

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
        columns = self._record(
            properties, kind.rows.get("required"), kind.rows.get("order"), (*kind.within, key.text)
        )
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
            if (
                word in FIELD_WORDS
                and word not in allowed
                and not (word == "required" and isinstance(child, Scalar))
            ):
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

    def _with_default(self, node: Mapping, field: FormField) -> FormField:
        default = node.get("default")
        if default is not None:
            if isinstance(default, Scalar) and default.value is None:
                self.notes.expected(
                    default,
                    "default-unfit",
                    f"a default for '{field.name}'",
                    "write the value, or delete the line",
                )
            elif isinstance(default, Scalar) and default.value == {Instant: "now", Date: "today"}.get(
                type(field.type), _NONE
            ):
                field = replace(field, default=default.value)
            else:
                field = replace(field, default=self._fitting(field, default, "The default"))
                field = (
                    replace(field, schema={**field.schema, "default": field.default})
                    if field.default is not None
                    else field
                )
        examples = node.get("examples")
        if examples is not None:
            if not isinstance(examples, Sequence):
                self.notes.expected(
                    examples, "list-expected", "a list under `examples`", "write examples: [one, two]"
                )
            else:
                fitting = [self._fitting(field, item, "The example") for item in examples]
                field = replace(
                    field, schema={**field.schema, "examples": [item for item in fitting if item is not None]}
                )
        return field

    def _fitting(self, field: FormField, node: Node, what: str) -> Any:
        """The canonical value of a literal, or None with a problem when it does not fit the field."""
        bare = replace(field, required=False, default=None, compute=None, show_when=None, required_when=None)
        faults: list[Fault] = []
        literal = plain(node)
        values = RecordPlan((bare,), Rules(), {}).settle({field.name: literal}, "", _ANY_TIME, faults)
        if not faults:
            return literal if field.name not in values and literal == [] else values.get(field.name)
        said = " ".join(dict.fromkeys(sentence(fault.code, fault.details, "en") for fault in faults))
        advice = "write a value a person could give here"
        if (
            isinstance(node, Scalar)
            and not isinstance(node.value, str)
            and any(fault.code == "text" for fault in faults)
        ):
            advice = f'write it in quotes: "{node.text}"'
        self.notes.add(
            node.place, "default-unfit", f"{what} does not fit the field '{field.name}': {said}", advice
        )
        return None

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


_NONE = object()


def _english(text: Any) -> str:
    return text if isinstance(text, str) else str(text.get("en") or next(iter(text.values())))
