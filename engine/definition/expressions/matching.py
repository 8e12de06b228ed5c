"""Which types go together, and what they are called in a message.

Owns comparability, the type of two branches taken together, and the words for a type. Knows no tree and
reports nothing.
"""

from __future__ import annotations

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

TEXTY = (Text, Choice, Person)
ORDERED = (Number, Date, Instant)
_WORDS: dict[type, str] = {
    Text: "text",
    Number: "a number",
    Boolean: "true or false",
    Date: "a date",
    Instant: "a point in time",
    Person: "a person",
    File: "a file",
    Record: "a group of fields",
    Choice: "one of a list of words",
}


def in_words(type_: Type) -> str:
    """`a number`, `one of S1, S2, S3`, `a table`: for a sentence such as "`x` is …"."""
    if isinstance(type_, Choice):
        return f"one of {listed(type_.values)}"
    if isinstance(type_, ListOf):
        return "a table" if isinstance(type_.item, Record) else "a list"
    return f"an amount in {type_.currency}" if isinstance(type_, Number) and type_.currency else _WORDS[type(type_)]


def class_in_words(wanted: type | tuple[type, ...]) -> str:
    """The words for a type class, or several: `a number or a date`."""
    classes = wanted if isinstance(wanted, tuple) else (wanted,)
    return " or ".join(dict.fromkeys("a list" if each is ListOf else _WORDS[each] for each in classes))


def listed(words: tuple[str, ...]) -> str:
    """Up to twelve words in a row."""
    return ", ".join(words[:12]) + (f" and {len(words) - 12} more" if len(words) > 12 else "")


def comparable(left: Type, right: Type) -> bool:
    """Whether two values can ever be equal."""
    if isinstance(left, Choice) and isinstance(right, Choice):
        return bool(set(left.values) & set(right.values))
    if isinstance(left, Number) and isinstance(right, Number):
        return not (left.currency and right.currency and left.currency != right.currency)
    if isinstance(left, TEXTY) and isinstance(right, TEXTY):
        return not (
            isinstance(left, Choice)
            and isinstance(right, Person)
            or isinstance(left, Person)
            and isinstance(right, Choice)
        )
    return type(left) is type(right) and not isinstance(left, File | Record | ListOf)


def together(first: Type, second: Type) -> Type | None:
    """The type of a value that is of the one or the other, or None when they do not go together."""
    if first == second:
        return first
    if isinstance(first, Choice) and isinstance(second, Choice):
        return Choice(
            tuple(dict.fromkeys((*first.values, *second.values))),
            first.name if first.name == second.name else "",
        )
    if isinstance(first, Number) and isinstance(second, Number):
        if first.currency and second.currency and first.currency != second.currency:
            return None
        return Number(first.integer and second.integer, first.currency or second.currency)
    if isinstance(first, TEXTY) and isinstance(second, TEXTY):
        return first if type(first) is type(second) else Text()
    if isinstance(first, ListOf) and isinstance(second, ListOf):
        item = together(first.item, second.item)
        return ListOf(item) if item is not None else None
    return None


def computed(operator: str, left: Number, right: Number) -> Number | None:
    """The type of an arithmetic result, or None for two currencies that do not go together."""
    if operator in ("+", "-"):
        both = together(left, right)
        return both if isinstance(both, Number) else None
    integer = left.integer and right.integer and operator == "*"
    if operator == "*":
        return None if left.currency and right.currency else Number(integer, left.currency or right.currency)
    if right.currency and left.currency != right.currency:
        return None
    return Number(False, "" if right.currency else left.currency)
