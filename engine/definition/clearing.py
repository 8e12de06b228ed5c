"""A first look at a value, or at a schema itself, which clears the many that are right without asking the JSON Schema
library: a hundredth of its time.

Owns the reading of a few common words of JSON Schema in the narrowest sense. What is not cleared is not
wrong: the library has the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DRAFT = "https://json-schema.org/draft/2020-12/schema"
"""The dialect in which every schema of ours is written."""

Check = Callable[[Any], bool]
"""True: surely valid. False: ask the library."""


def clears(schema: Mapping[str, Any], formats: Mapping[str, Check], matches: Callable[[str, str], bool]) -> Check:
    """A check for values of this schema; one that clears nothing when the schema has a word that is not read
    here.
    """
    checks = [_word(word, wanted, formats, matches) for word, wanted in schema.items()]
    if len(checks) == 1:
        return checks[0]
    return lambda value: all(check(value) for check in checks)


def _word(word: str, wanted: Any, formats: Mapping[str, Check], matches: Callable[[str, str], bool]) -> Check:
    match word, wanted:
        case "maxLength", int():
            return lambda value: type(value) is str and len(value) <= wanted
        case "minLength", int():
            return lambda value: type(value) is str and len(value) >= wanted
        case "pattern", str():
            return lambda value: type(value) is str and matches(wanted, value)
        case "format", str() if wanted in formats:
            holds = formats[wanted]
            return lambda value: type(value) is str and holds(value)
        case "enum", list() if all(type(one) is str for one in wanted):
            known = frozenset(wanted)
            return lambda value: type(value) is str and value in known
        case "minimum", int():
            return lambda value: type(value) is int and value >= wanted
        case "maximum", int():
            return lambda value: type(value) is int and value <= wanted
        case "maxItems", int():
            return lambda value: type(value) is list and len(value) <= wanted
        case "minItems", int():
            return lambda value: type(value) is list and len(value) >= wanted
        case "properties", Mapping():
            inner = [(name, clears(schema, formats, matches)) for name, schema in wanted.items()]
            return lambda value: (
                type(value) is dict and all(name not in value or check(value[name]) for name, check in inner)
            )
    return lambda value: False


def sound(schema: Any) -> bool:
    """Whether this is surely a valid JSON Schema; False: ask the library."""
    if type(schema) is not dict:
        return type(schema) is bool
    return all(word in _SAID and _SAID[word](said) for word, said in schema.items())


def _anything(said: Any) -> bool:
    return True


def _text(said: Any) -> bool:
    return type(said) is str


def _flag(said: Any) -> bool:
    return type(said) is bool


def _list(said: Any) -> bool:
    return type(said) is list


def _count(said: Any) -> bool:
    return type(said) is int and said >= 0


def _number(said: Any) -> bool:
    return type(said) in (int, float)


_TYPES = frozenset(("string", "integer", "number", "boolean", "array", "object", "null"))
_SAID: dict[str, Check] = {
    "type": lambda said: type(said) is str and said in _TYPES,
    "properties": lambda said: type(said) is dict and all(sound(inner) for inner in said.values()),
    "required": lambda said: type(said) is list and all(map(_text, said)) and len(set(said)) == len(said),
    "multipleOf": lambda said: _number(said) and said > 0,
    **dict.fromkeys(("items", "additionalProperties"), sound),
    **dict.fromkeys(("title", "description", "format", "pattern"), _text),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _count),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number),
    **dict.fromkeys(("enum", "examples"), _list),
    **dict.fromkeys(("const", "default"), _anything),
    "uniqueItems": _flag,
    "$schema": lambda said: said == DRAFT,
}
"""What each word may say."""
