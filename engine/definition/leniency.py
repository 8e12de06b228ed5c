"""Scopes that overlook what may be missing: for places where a missing value does no harm.

Owns these two ways of looking away. What is surely known where is `engine.definition.flow`.
"""

from __future__ import annotations

from dataclasses import replace

from engine.definition.expressions import Name, Scope
from engine.definition.types import ListOf, Record, Type, always


def lenient(scope: Scope) -> Scope:
    """The same names as if every one were surely there: for what may be missing without harm."""
    return Scope({name: Name(always(entry.type)) for name, entry in scope.names.items()})


def with_tables(scope: Scope) -> Scope:
    """The same names, an optional table in a form that is there counting as there: left out, it has no rows."""
    return Scope({name: replace(entry, type=_tables(entry.type)) for name, entry in scope.names.items()})


def _tables(kind: Type) -> Type:
    if not isinstance(kind, Record):
        return kind
    fields = {
        name: replace(field, always=True) if isinstance(field.type, ListOf) else field
        for name, field in kind.fields.items()
    }
    return replace(kind, fields=fields)
