"""The limits an author sets: lengths, counts, ranges and patterns.

Owns their reading and that they leave room for a value. Knows no field beyond its type.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.definition.forms.model import MOST_ITEMS
from engine.definition.forms.notes import Notes
from engine.definition.forms.pattern_cost import LONGEST_MATCHED
from engine.definition.forms.patterns import PatternError, check_pattern
from engine.definition.forms.vocabulary import NUMBER_WORDS
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.types import ListOf, Number, Text, Type

LONGEST_ALLOWED = 100_000


def read_limits(node: Mapping, of: Type, notes: Notes) -> dict[str, Any]:
    """The limits as part of a JSON Schema; words that mean nothing for the type are left to others to
    refuse.
    """
    if isinstance(of, Text):
        return _text(node, notes)
    if isinstance(of, Number):
        return _number(node, of, notes)
    if isinstance(of, ListOf):
        return _list(node, notes)
    return {}


def _text(node: Mapping, notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {
        word: notes.count(node.get(word), word, LONGEST_ALLOWED) for word in ("minLength", "maxLength")
    }
    found = {word: limit for word, limit in found.items() if limit is not None}
    _check_room(node, notes, found, "minLength", "maxLength")
    pattern = node.get("pattern")
    if pattern is not None:
        text = _pattern(pattern, notes)
        if text:
            found["pattern"] = text
            if found.get("minLength", 0) > LONGEST_MATCHED:
                advice = f"ask for at most {LONGEST_MATCHED:,} characters"
                notes.add(
                    pattern.place,
                    "limit",
                    f"A pattern is tried on texts up to {LONGEST_MATCHED:,} characters only",
                    advice,
                )
    return found


def _pattern(node: Node, notes: Notes) -> str:
    if not isinstance(node, Scalar) or not node.text or isinstance(node.value, bool):
        notes.expected(node, "pattern", "a regular expression", "write it in quotes: '^[A-Z]{3}-[0-9]+$'")
        return ""
    try:
        check_pattern(node.text)
    except PatternError as fault:
        notes.add(
            node.place,
            "pattern",
            f"The pattern cannot be used: {fault}",
            "see the reference of forms for what a pattern may hold",
        )
        return ""
    return node.text


def _number(node: Mapping, of: Number, notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {word: notes.number(node.get(word), word) for word in NUMBER_WORDS}
    found = {word: limit for word, limit in found.items() if limit is not None}
    for low in ("minimum", "exclusiveMinimum"):
        for high in ("maximum", "exclusiveMaximum"):
            _check_room(node, notes, found, low, high)
    step = found.get("multipleOf")
    if of.integer and isinstance(step, Decimal):
        child = node.get("multipleOf")
        assert child is not None
        notes.expected(child, "limit", "a whole number for `multipleOf`", "write a whole number, or type: number")
        del found["multipleOf"]
    return found


def _list(node: Mapping, notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {
        word: notes.count(node.get(word), word, 10 * MOST_ITEMS) for word in ("minItems", "maxItems")
    }
    found = {word: limit for word, limit in found.items() if limit is not None}
    _check_room(node, notes, found, "minItems", "maxItems")
    least = node.get("minItems")
    if least is not None and found.get("minItems", 0) > found.get("maxItems", MOST_ITEMS):
        notes.add(
            least.place,
            "limit",
            f"A list without `maxItems` holds at most {MOST_ITEMS} entries",
            "write maxItems as well",
        )
    unique = node.get("uniqueItems")
    if unique is not None:
        if isinstance(unique, Scalar) and isinstance(unique.value, bool):
            found["uniqueItems"] = unique.value
        else:
            notes.expected(unique, "limit", "true or false for `uniqueItems`", "write true or delete the line")
    return found


def _check_room(node: Mapping, notes: Notes, found: dict[str, Any], low: str, high: str) -> None:
    if low not in found or high not in found:
        return
    touching = found[low] == found[high] and "exclusive" in low + high
    if found[low] > found[high] or touching:
        child = node.get(low)
        assert child is not None
        notes.add(
            child.place,
            "limit",
            f"`{low}` {found[low]} leaves no room below `{high}` {found[high]}",
            "swap or change the two",
        )
