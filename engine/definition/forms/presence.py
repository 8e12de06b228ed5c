"""A form's fields as a record type: which are always there, and under which condition the others are.

Owns that one step from fields to types. Knows neither nodes nor values.
"""

from __future__ import annotations

import re

from engine.definition.expressions import Name, Scope, compile_expression, guards_exhaustive
from engine.definition.forms.model import FormField, Source
from engine.definition.types import Boolean, Field, Record
from engine.errors import DefinitionError

_SKIPPING = re.compile(r"\b(?:or|not|if|is|any|all|default)\b")


def record_of(fields: tuple[FormField, ...], name: str) -> Record:
    """The fields' record. A field is always there when it is never hidden and is required, has a default or
    is computed.
    """
    own = Scope({field.name: Name(field.type) for field in fields})
    return Record({field.name: _field(field, own) for field in fields}, name)


def _field(field: FormField, own: Scope) -> Field:
    settled = field.required or field.default is not None or field.compute is not None
    if field.show_when is None:
        return Field(field.type, settled, "" if settled else _condition(field.required_when, own))
    if settled:
        return Field(field.type, False, _condition(field.show_when, own))
    if field.required_when is not None and _shown_whenever_required(field.show_when, field.required_when, own):
        return Field(field.type, False, _condition(field.required_when, own))
    return Field(field.type, False)


def _condition(source: Source | None, own: Scope) -> str:
    """The condition's text when it speaks of the record's own fields only; another one proves nothing outside
    the form.
    """
    if source is None:
        return ""
    try:
        compile_expression(source.text, own, source.place, expect=Boolean)
    except DefinitionError:
        return ""
    return source.text


def _shown_whenever_required(show: Source, required: Source, own: Scope) -> bool:
    """Whether the field is visible wherever `required` holds: the same text, or true for every answer."""
    if " ".join(show.text.split()) == " ".join(required.text.split()):
        return True
    # With `and` only, a condition that holds has read all its names: none of them can be missing for `show`.
    if _SKIPPING.search(required.text):
        return False
    try:
        shown = compile_expression(show.text, own, show.place, expect=Boolean)
        needed = compile_expression(required.text, own, required.place, expect=Boolean)
        otherwise = compile_expression(f"not ({required.text})", own, required.place, expect=Boolean)
    except DefinitionError:
        return False
    return shown.names <= needed.names and guards_exhaustive([otherwise, shown]).proven is True
