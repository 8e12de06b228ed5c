"""Text from a web form, a command line or a CSV file as typed JSON.

Owns the conversion by field type and the nested names `lines.0.qty` and `lines[0].qty`. Judges nothing: what
does not convert stays the text
it was, so that the person hears about it at its field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.definition.forms.formats import MOST_DIGITS
from engine.definition.forms.model import FormField
from engine.definition.types import Boolean, Choice, ListOf, Number, Text, Type

_YES = frozenset(("yes", "on", "true", "ja", "1"))
_NO = frozenset(("no", "off", "false", "nein", "0"))
_INDEXED = re.compile(r"([a-z][a-z0-9_]*)(?:\.([0-9]{1,6})|\[([0-9]{1,6})\])(?:\.([a-z][a-z0-9_]*))?")
_WHOLE = re.compile(r"-?[0-9]{1,30}")

assert MOST_DIGITS == 30  # what _WHOLE takes
Given = str | Sequence[str]


def parse_text(fields: tuple[FormField, ...], values: Mapping[str, Given]) -> dict[str, Any]:
    """Typed JSON for the texts; rows and list entries stand in the order of their numbers, rows left blank at
    the end are dropped.
    """
    known = {field.name: field for field in fields}
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    items: dict[str, dict[int, Any]] = {}
    for name, given in values.items():
        field = known.get(name)
        if field is not None:
            found[name] = _field_value(field, given)
            continue
        match = _INDEXED.fullmatch(name) if isinstance(name, str) and len(name) <= 200 else None
        table = known.get(match[1]) if match else None
        if match is None or table is None:
            found[name] = given
            continue
        index = int(match[2] or match[3])
        if table.is_table and match[4]:
            column = next((column for column in table.columns if column.name == match[4]), None)
            rows.setdefault(table.name, {}).setdefault(index, {})[match[4]] = (
                _field_value(column, given) if column else given
            )
        elif table.is_list and not match[4] and isinstance(table.type, ListOf):
            items.setdefault(table.name, {})[index] = _value(table.type.item, given)
        else:
            found[name] = given
    for name, numbered in items.items():
        found[name] = [numbered[index] for index in sorted(numbered)]
    for name, by_index in rows.items():
        ordered = [by_index[index] for index in sorted(by_index)]
        while ordered and all(value in ("", [], None) for value in ordered[-1].values()):
            ordered.pop()
        found[name] = ordered
    return found


def _field_value(field: FormField, given: Any) -> Any:
    if field.is_list and isinstance(field.type, ListOf):
        of = field.type.item
        if isinstance(given, str):
            parts = (
                [part.strip() for part in given.split(",")]
                if not isinstance(of, Text) or of.format != "text"
                else given.splitlines()
            )
            return [_value(of, part) for part in parts if part.strip()]
        if isinstance(given, Sequence):
            return [_value(of, part) for part in given if not (isinstance(part, str) and not part.strip())]
        return given
    if not isinstance(given, str) and isinstance(given, Sequence) and len(given) == 1:
        given = given[0]
    return _value(field.type, given)


def _value(of: Type, given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if isinstance(of, Text) and of.format == "text":
        return given
    text = given.strip()
    if isinstance(of, Boolean):
        word = text.lower()
        return True if word in _YES else False if word in _NO else text
    if isinstance(of, Number):
        return int(text) if of.integer and _WHOLE.fullmatch(text) else text
    if isinstance(of, Choice) and given in of.values:
        return given
    return text
