"""From what was sent to what is stored: one reader per kind of field, made once and used for every value.

Owns the canonical form of single values (decimals and dates as text, instants in UTC, whole numbers as int)
and the bounds that hold
where the author gave none. Knows no record, no visibility and no language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from functools import partial
from typing import Any

from engine.definition.characters import first_refused
from engine.definition.forms.formats import MOST_DIGITS, decimal_text, instant
from engine.definition.forms.model import LONGEST_TEXT, FormField
from engine.definition.types import Boolean, Date, File, Instant, ListOf, Number, Type


class Unfit(Exception):
    """A value that does not fit its field: a sentence's code and its details."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


Reader = Callable[[Any, str], object]
"""(given value, zone for times without one) -> the canonical value, or `Unfit`."""

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WIDE = Context(prec=2 * MOST_DIGITS + 20)
_FILE_KEYS = frozenset(("name", "type", "size", "sha256"))
_MEDIA_TYPE = re.compile(r"[a-zA-Z0-9!#$&^_.+-]{1,80}/[a-zA-Z0-9!#$&^_.+-]{1,120}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def reader(field: FormField) -> Reader:
    """The reader for the field's value; for a list, the reader for one of its items. Tables have none."""
    of: Type = field.type.item if isinstance(field.type, ListOf) else field.type
    schema = field.schema.get("items", field.schema) if isinstance(field.type, ListOf) else field.schema
    if isinstance(of, Number):
        return _whole_number if of.integer else partial(_decimal, _bounds(schema), "money" if of.currency else "number")
    if isinstance(of, Boolean):
        return _boolean
    if isinstance(of, Instant):
        return _instant
    if isinstance(of, File):
        return _file
    if isinstance(of, Date):
        return partial(_text, 10, "date")
    return partial(_text, max(LONGEST_TEXT, schema.get("maxLength", 0)), "text")


def is_blank(value: object) -> bool:
    """Whether a value says nothing: nothing at all, text of spaces only, an empty list."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return isinstance(value, list) and not value


def number_word(word: str, limit: Decimal, value: Decimal) -> bool:
    """Whether a number keeps to one of JSON Schema's words for numbers."""
    if word == "minimum":
        return value >= limit
    if word == "maximum":
        return value <= limit
    if word == "exclusiveMinimum":
        return value > limit
    if word == "exclusiveMaximum":
        return value < limit
    return _WIDE.remainder(value, limit) == 0


NUMBER_SENTENCES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "multiple",
}


def _text(limit: int, code: str, value: Any, zone: str) -> object:
    if not isinstance(value, str):
        raise Unfit(code)
    if len(value) > limit:
        raise Unfit("too-long", limit=limit) if code == "text" else Unfit(code)
    if value.isprintable():
        return value
    if _BROKEN.search(value):
        raise Unfit("characters")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _whole_number(value: Any, zone: str) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit("integer")
    if not isinstance(value, int):
        text = decimal_text(value)
        if text is None or Decimal(text) != Decimal(text).to_integral_value():
            raise Unfit("integer")
        value = int(Decimal(text))
    if not -(10**MOST_DIGITS) < value < 10**MOST_DIGITS:
        raise Unfit("number")
    return int(value)


def _decimal(bounds: tuple[tuple[str, Decimal], ...], code: str, value: Any, zone: str) -> object:
    text = decimal_text(value)
    if text is None:
        raise Unfit(code)
    if bounds:
        number = Decimal(text)
        for word, limit in bounds:
            if not number_word(word, limit, number):
                raise Unfit(NUMBER_SENTENCES[word], limit=limit)
    return text


def _bounds(schema: Mapping[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((word, Decimal(schema[word])) for word in NUMBER_SENTENCES if word in schema)


def _boolean(value: Any, zone: str) -> object:
    if not isinstance(value, bool):
        raise Unfit("boolean")
    return value


def _instant(value: Any, zone: str) -> object:
    found = instant(value, zone) if isinstance(value, str) and len(value) <= 40 else None
    if found is None:
        raise Unfit("date-time")
    return found


def _file(value: Any, zone: str) -> object:
    if not isinstance(value, Mapping) or len(value) != len(_FILE_KEYS) or not all(key in value for key in _FILE_KEYS):
        raise Unfit("file")
    name, media, size, digest = value["name"], value["type"], value["size"], value["sha256"]
    if (
        not isinstance(name, str)
        or not 0 < len(name) <= 255
        or "/" in name
        or "\\" in name
        or "\n" in name
        or name.strip(" .") == ""
    ):
        raise Unfit("file-name")
    if first_refused(name) is not None:
        raise Unfit("file-name")
    if not isinstance(media, str) or not _MEDIA_TYPE.fullmatch(media):
        raise Unfit("file")
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < 2**53:
        raise Unfit("file")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise Unfit("file")
    return {"name": name, "type": media, "size": size, "sha256": digest}
