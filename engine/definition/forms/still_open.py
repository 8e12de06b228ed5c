"""What of a field's JSON Schema is still open once its value is in its canonical form.

Owns that one question: the rest is judged by the reader of the field's kind (`engine.definition.forms.values`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.forms.model import FormField
from engine.definition.types import Choice, Instant, ListOf, Number

_NOT_CHECKED = frozenset(("title", "description", "default", "examples"))


def checked_schema(field: FormField) -> dict[str, Any]:
    """The part of a field's JSON Schema that is still open once its value is canonical; empty when nothing
    is.
    """
    schema = {word: value for word, value in field.schema.items() if word not in _NOT_CHECKED}
    if isinstance(field.type, ListOf):
        items = schema.pop("items")
        if not field.is_table:
            kept = _open_words(field.type.item, items)
            if kept:
                schema["items"] = kept
        schema.pop("type", None)
        if isinstance(field.type.item, Choice):
            schema.setdefault("uniqueItems", True)
        return schema
    return _open_words(field.type, schema)


def _open_words(of: object, schema: Mapping[str, Any]) -> dict[str, Any]:
    words = {word: value for word, value in schema.items() if word not in _NOT_CHECKED and word != "type"}
    if isinstance(of, Instant) or (isinstance(of, Number) and not of.integer):
        return {word: value for word, value in words.items() if word in ("enum", "const")}
    if words.get("format") == "file":
        del words["format"]
    return words
