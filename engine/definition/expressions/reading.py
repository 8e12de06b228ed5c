"""Reading a path from the values of a case, converted by its declared type.

Owns the conversion (text to number, date, instant) and what happens when a value is missing or of the wrong
kind: Stuck, with the path in words. Values are plain JSON; a top-level value may be a callable that gives it.
Knows no operators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from engine.definition.expressions.matching import in_words
from engine.definition.expressions.numbers import number_from
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
from engine.errors import Place, Stuck
from engine.reasons import stuck_on

Values = Mapping[str, object]
Read = Callable[[Values], object]


def plain_value(values: Values, parts: tuple[str, ...]) -> object:
    """What stands at a path, as stored; None when nothing does.

    Through a table: the list of what its rows have.
    """
    value = values.get(parts[0])
    if callable(value):
        value = value()
    for index, part in enumerate(parts[1:], 1):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list):
            return _column(value, parts[index:])
        else:
            return None
    return value


def _column(rows: list[object], parts: tuple[str, ...]) -> list[object]:
    """The values below each row, one flat list; None for a row without."""
    result: list[object] = []
    for row in rows:
        value = plain_value(row, parts) if isinstance(row, Mapping) else None
        result.extend(value) if isinstance(value, list) else result.append(value)
    return result


def reads_set(parts: tuple[str, ...]) -> Callable[[Values], bool]:
    """Whether a path has a value. A computed name that cannot be worked out counts as not set."""

    def is_set(values: Values) -> bool:
        try:
            return plain_value(values, parts) is not None
        except Stuck:
            return False

    return is_set


def reader(parts: tuple[str, ...], type_: Type, place: Place) -> Read:
    """A function that reads the path, converts it and raises Stuck when it is missing or not of its type."""
    dotted = ".".join(parts)
    convert = _converter(type_, dotted, place)

    def slow(values: Values) -> object:
        value = plain_value(values, parts)
        if value is None:
            raise missing(dotted, place)
        return convert(value)

    expected: type | None = {Boolean: bool, Text: str, Choice: str, Person: str}.get(type(type_))
    if expected is None:
        expected = int if isinstance(type_, Number) else None
    if expected is None or len(parts) > 2:
        return slow
    first = parts[0]
    if len(parts) == 1:

        def short_read(values: Values) -> object:
            value = values.get(first)
            return value if type(value) is expected and expected is not int else slow(values)

        return short_read
    second = parts[1]

    def field_read(values: Values) -> object:
        record = values.get(first)
        if type(record) is dict:
            value = record.get(second)
            if type(value) is expected and expected is not int:
                return value
        return slow(values)

    return field_read


def missing(dotted: str, place: Place) -> Stuck:
    return stuck_on("no-value", place, {dotted: None}, name=dotted)


def _converter(type_: Type, dotted: str, place: Place) -> Callable[[object], object]:
    def wrong(value: object) -> Stuck:
        shown = repr(value)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        return stuck_on("other-type", place, {dotted: value}, name=dotted, type=in_words(type_), value=shown)

    def convert(value: object) -> object:
        result = _convert(value, type_)
        if result is None:
            raise wrong(value)
        return result

    if not isinstance(type_, ListOf):
        return convert
    inner = _converter(type_.item, dotted, place)

    def convert_list(value: object) -> object:
        if not isinstance(value, list):
            raise wrong(value)
        if None in value:
            raise stuck_on("no-value-in-row", place, {dotted: value}, name=dotted, row=value.index(None) + 1)
        return [inner(item) for item in value]

    return convert_list


def _convert(value: object, type_: Type) -> object:
    """The value as it is reckoned with, or None when it is not of the type."""
    match type_:
        case Boolean():
            return value if isinstance(value, bool) else None
        case Number():
            return number_from(value)
        case Date():
            return _date(value)
        case Instant():
            return _instant(value)
        case Record() | File():
            return value if isinstance(value, Mapping) else None
        case Text() | Choice() | Person():
            return value if isinstance(value, str) else None
        case ListOf():
            return value if isinstance(value, list) else None


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _instant(value: object) -> datetime | None:
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None
