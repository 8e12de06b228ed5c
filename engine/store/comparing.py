"""Where rows part from what they should be: which is missing, which is too many, and which column is otherwise.

Owns this comparison and its sentences. What they should be, is told by `row_checks` and `parcel_checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.store.fields import encode, from_micros

MOST = 3
"""So many differences of a kind are told of a case; the rest are counted."""

Row = tuple[Any, ...]
Keyed = Mapping[Row, Mapping[str, Any]]
"""Rows by what tells them apart, each by its columns."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: what one is `called`, its columns, those that tell it from others, and what it is held against."""

    called: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    by: str = "snapshot"


def names_of(table: Any) -> tuple[str, ...]:
    """The columns of its rows, in their order."""
    return tuple(field.column_name for field in table._meta.sorted_fields)


def parted(kind: Kind, found: Iterable[Row], expected: Iterable[Row]) -> Iterator[str]:
    """A sentence each."""
    yield from the_first(_all(kind, _by_key(kind, found), _by_key(kind, expected)))


def the_first(differences: Iterable[str]) -> Iterator[str]:
    """Some of them, and how many more there are."""
    told = list(differences)
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"and {len(told) - MOST} more like it"


def _by_key(kind: Kind, rows: Iterable[Row]) -> Keyed:
    every = (dict(zip(kind.names, row, strict=True)) for row in rows)
    return {tuple(row[key] for key in kind.keys): row for row in every}


def _all(kind: Kind, found: Keyed, expected: Keyed) -> Iterator[str]:
    for key in expected.keys() - found.keys():
        yield f"{_called(kind, key)} has no row"
    for key in found.keys() - expected.keys():
        yield f"{_called(kind, key)} has a row, but by its {kind.by} there is none"
    for key, row in found.items():
        if key in expected:
            yield from otherwise(kind, key, row, expected[key])


def otherwise(kind: Kind, key: Row, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    """Of one row, column by column; of those alone that are `expected`."""
    for name, value in expected.items():
        if found[name] != value:
            was, should = spelt(name, found[name]), spelt(name, value)
            yield f"{_called(kind, key)}: {name} is {was}, by its {kind.by} it is {should}"


def _called(kind: Kind, key: Row) -> str:
    return f"{kind.called} {' '.join(map(str, key))}".rstrip()


def spelt(name: str, value: Any) -> str:
    """A value of a column, instants as people read them."""
    if name.endswith("_at") and isinstance(value, int):
        try:
            return from_micros(value).isoformat()
        except (OverflowError, ValueError):  # what stands for no time at all
            return "none"
    return encode(value)
