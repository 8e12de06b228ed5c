"""A field's kind, and the one kind that lists its values: an `enum`.

Owns which words may be values. Knows neither limits nor conditions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any

from engine.definition.characters import look_alike, resembles
from engine.definition.forms.notes import Notes
from engine.definition.nodes import Mapping, Node, Scalar, Sequence
from engine.definition.texts import shown, text_problems
from engine.definition.types import Choice, Type

_MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A field's type with its part of the pure schema. `rows` is the node of a table's rows, `within` the
    references it stands in; `whom` says of a person whom the field can be about.
    """

    type: Type
    schema: dict[str, Any] = field(default_factory=dict)
    format: str = ""
    rows: Mapping | None = None
    within: tuple[str, ...] = ()
    item_labels: Node | None = None
    whom: str = ""


def read_choice(node: Mapping, name: str, notes: Notes) -> Kind | None:
    """The kind of a field with an `enum`, or None with a problem."""
    values = node.get("enum")
    assert values is not None
    given = node.get("type")
    if given is not None and not (isinstance(given, Scalar) and given.text == "string"):
        notes.expected(
            given,
            "unknown-type",
            f"string, or no type at all, beside the `enum` of '{name}'",
            "delete `type`",
        )
    if not isinstance(values, Sequence) or not values.items:
        notes.expected(values, "enum-value", f"the values of '{name}' as a list", "write enum: [first, second]")
        return None
    if len(values.items) > _MOST_VALUES:
        notes.add(values.place, "enum-value", f"Expected at most {_MOST_VALUES} values", "use fewer, or a text")
        return None
    found: dict[str, Scalar] = {}
    for item in values:
        if _enum_value(item, found, notes):
            assert isinstance(item, Scalar)
            found[item.text] = item
    if len(found) != len(values.items):
        return None
    schema: dict[str, Any] = {"type": "string", "enum": list(found)}
    of = Choice(tuple(found), name)
    const = node.get("const")
    if const is not None:
        if isinstance(const, Scalar) and const.text in found:
            schema["const"] = const.text
        else:
            notes.expected(
                const,
                "const",
                f"one of the values of '{name}' under `const`",
                f"write one of: {', '.join(list(found)[:20])}",
            )
    return Kind(of, schema)


def _enum_value(item: Node, found: Map[str, Scalar], notes: Notes) -> bool:
    if not isinstance(item, Scalar):
        notes.expected(item, "enum-value", "a word", "write enum: [first, second]")
    elif not isinstance(item.value, str):
        notes.expected(item, "enum-value", "a word", f'write it in quotes: "{item.text or "none"}"')
    elif not item.value.strip() or item.value != item.value.strip() or len(item.value) > 100 or "\n" in item.value:
        notes.expected(
            item,
            "enum-value",
            "a word of 1 to 100 characters without spaces around it",
            "write it shorter; labels hold what people read",
        )
    elif item.value in found:
        notes.add(
            item.place,
            "repeated-value",
            f"'{shown(item.value)}' is one of the values already",
            "delete one of the two",
        )
    elif problems := text_problems(item.value, item.place):
        notes.problems += problems
    elif foreign := next((letter for letter in item.value if _could_deceive(letter)), ""):
        notes.add(
            item.place,
            "look-alike",
            look_alike(foreign),
            "write the value in Latin letters; labels hold what people read",
        )
    else:
        return True
    return False


def _could_deceive(letter: str) -> bool:
    """Whether a letter looks like a Latin one without being one, such as a Cyrillic a."""
    return not letter.isascii() and resembles(letter) != "" and not unicodedata.name(letter, "").startswith("LATIN")
