"""A form in words: what it asks, of which kind, and when. For reference pages and for the pages people work
with.

Owns the wording. Knows neither values nor pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.expressions.telling import Spoken, written_in_plain_words
from engine.definition.forms.model import FormField, Source
from engine.definition.texts import localised
from engine.definition.types import (
    Boolean,
    Choice,
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


@dataclass(frozen=True, slots=True)
class Row:
    """One field in words; `name` is its path (`lines.qty` for a column), `choices` the code and the label of each
    answer that can be chosen.
    """

    name: str
    title: str
    type: str
    required: str
    choices: tuple[tuple[str, str], ...] = ()


_WORDS: dict[str, tuple[str, str]] = {
    "text": ("text", "Text"),
    "email": ("e-mail address", "E-Mail-Adresse"),
    "uri": ("link", "Link"),
    "phone": ("phone number", "Telefonnummer"),
    "time": ("time", "Uhrzeit"),
    "duration": ("duration", "Dauer"),
    "language": ("language", "Sprache"),
    "integer": ("whole number", "ganze Zahl"),
    "number": ("number", "Zahl"),
    "money": ("amount in {currency}", "Betrag in {currency}"),
    "boolean": ("yes or no", "Ja oder Nein"),
    "date": ("day", "Tag"),
    "instant": ("day and time", "Tag und Uhrzeit"),
    "choice": ("one of: {values}", "eines von: {values}"),
    "choices": ("any of: {values}", "beliebige von: {values}"),
    "staff": ("colleague", "Kollegin oder Kollege"),
    "customer": ("customer", "Kundin oder Kunde"),
    "anybody": ("person", "Person"),
    "file": ("file", "Datei"),
    "files": ("files", "Dateien"),
    "list": ("list: {item}", "Liste: {item}"),
    "table": ("table", "Tabelle"),
    "always": ("always", "immer"),
    "when": ("when {text}", "wenn {text}"),
    "shown": ("optional, shown when {text}", "freiwillig, sichtbar wenn {text}"),
    "shown-and": ("{need}, shown when {text}", "{need}, sichtbar wenn {text}"),
    "computed": ("worked out: {text}", "berechnet: {text}"),
    "optional": ("optional", "freiwillig"),
}

NOTHING = Spoken()


def describe(fields: tuple[FormField, ...], language: str, known: Spoken = NOTHING, prefix: str = "") -> list[Row]:
    """A row for every field in display order, a table's columns after the table. `known` is what the names of the
    process are called.
    """
    own = Spoken(
        {field.name: field.title for field in fields}, {field.name: field.labels for field in fields if field.labels}
    )
    spoken = own.over(known)
    rows = []
    for field in fields:
        kind = type_in_words(field.type, language, field)
        title = localised(field.title, language)
        needed = _needed(field, spoken, language)
        rows.append(Row(prefix + field.name, title, kind, needed, _choices(field, language)))
        rows += describe(field.columns, language, known, f"{prefix}{field.name}.")
    return rows


def type_in_words(of: Type, language: str, field: FormField | None = None) -> str:
    """What kind of value it is, with the labels of a choice."""
    if isinstance(of, Text):
        return _word(of.format if of.format in _WORDS else "text", language)
    if isinstance(of, Number):
        if of.currency:
            return _word("money", language, currency=of.currency)
        return _word("integer" if of.integer else "number", language)
    if isinstance(of, Choice):
        return _word("choice", language, values=_values(of, language, field))
    if isinstance(of, ListOf):
        if isinstance(of.item, Record):
            return _word("table", language)
        if isinstance(of.item, File):
            return _word("files", language)
        if isinstance(of.item, Choice):
            return _word("choices", language, values=_values(of.item, language, field))
        return _word("list", language, item=type_in_words(of.item, language, field))
    if isinstance(of, Person):
        return _word(field.whom if field is not None and field.whom in _WORDS else "anybody", language)
    simple = {
        Boolean: "boolean",
        Date: "date",
        Instant: "instant",
        File: "file",
        Record: "table",
    }
    return _word(simple[type(of)], language)


def _needed(field: FormField, spoken: Spoken, language: str) -> str:
    def told(source: Source) -> str:
        return written_in_plain_words(source.text, language, spoken, condition=source is not field.compute)

    if field.compute:
        need = _word("computed", language, text=told(field.compute))
    elif field.required:
        need = _word("always", language)
    elif field.required_when:
        need = _word("when", language, text=told(field.required_when))
    else:
        if field.show_when:
            return _word("shown", language, text=told(field.show_when))
        return _word("optional", language)
    if field.required and field.show_when:
        return _word("when", language, text=told(field.show_when))
    return _word("shown-and", language, need=need, text=told(field.show_when)) if field.show_when else need


def _choices(field: FormField, language: str) -> tuple[tuple[str, str], ...]:
    of = field.type.item if isinstance(field.type, ListOf) else field.type
    if not isinstance(of, Choice):
        return ()
    return tuple(
        (code, localised(field.labels[code], language) if code in field.labels else code) for code in of.values
    )


def _values(of: Choice, language: str, field: FormField | None) -> str:
    labels = field.labels if field else {}
    return ", ".join(localised(labels[value], language) if value in labels else value for value in of.values)


def _word(code: str, language: str, **details: str) -> str:
    english, german = _WORDS[code]
    return (german if language[:2] == "de" else english).format(**details)
