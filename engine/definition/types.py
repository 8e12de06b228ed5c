"""The types an expression can have, and how a stored value becomes a value to reckon with.

Owns the type vocabulary shared by forms (which give fields their types), expressions (which check against them) and
decision tables. Knows no syntax and no form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Text:
    """Any text; also e-mail addresses, links, phone numbers, languages."""

    format: str = "text"


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number: int or Decimal at run time. Stored as an int, or as text when it has a point or is money."""

    integer: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day; stored as 2026-11-23."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time; stored as ISO text in UTC, an aware datetime at run time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed list of words (an enum). `name` says whose, for messages."""

    values: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person's id."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: stored as {name, type, size, sha256}."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several of one type; a table is a list of records."""

    item: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A record's field: its type and whether it is always there once the record is.

    `when` is the text of the field's `required-when`: the field is surely there where that expression (over the
    record's own fields) is known to hold.
    """

    type: Type
    always: bool = True
    when: str = ""


@dataclass(frozen=True)
class Record:
    """Named fields: a form's values, a table's row."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    name: str = ""

    @cached_property
    def filled(self) -> Record:
        """The same with every field surely there."""
        return Record({name: Field(always(field.type)) for name, field in self.fields.items()}, self.name)


Type = Text | Number | Boolean | Date | Instant | Choice | Person | File | ListOf | Record


def always(kind: Type) -> Type:
    """The type with every field surely there."""
    if isinstance(kind, ListOf):
        return ListOf(always(kind.item))
    return kind.filled if isinstance(kind, Record) else kind
