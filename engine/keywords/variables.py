"""Values that the process keeps for itself, beside the forms.

```yaml
variables:
  reopened: 0
  urgent: false
  due_date: {type: date}
  track: {one-of: [fast, full], first: full}
```

The first value gives the type: a number, true or false, or a text. Without a first value, `type` says what it will be
(text, number, date, instant, person, boolean) and the variable may only be used where `set` has surely given it one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.definition.nodes import Node, Scalar
from engine.definition.shapes import AsIs, Either, Entry, Got, ListOf, MapOf, Record, Report, Text, name
from engine.definition.types import Boolean, Choice, Date, Instant, Number, Person, Type
from engine.definition.types import Text as TextType
from engine.keywords.base import Keyword

TYPES: dict[str, Type] = {
    "text": TextType(),
    "number": Number(),
    "date": Date(),
    "instant": Instant(),
    "person": Person(),
    "boolean": Boolean(),
}

_RECORD = Record(
    {
        "type": Entry(
            Text("text, number, date, instant, person or boolean", "|".join(TYPES), "write one of " + ", ".join(TYPES)),
            "what kind of value it will be",
        ),
        "one-of": Entry(ListOf(Text("a word")), "the words it can be"),
        "first": Entry(AsIs(of={"type": ["string", "number", "boolean"]}), "its first value"),
    },
    "a first value, or a mapping with `type` or `one-of`",
)


class _Variable(Either):
    """Read as (type, first value or None)."""

    def read(self, node: Node, report: Report) -> tuple[Type, Any] | None:
        value = super().read(node, report)
        if isinstance(value, Scalar):
            return _type_of(value), _stored(value)
        if not isinstance(value, Got):
            return None
        first = value.get("first")
        start = _stored(first) if isinstance(first, Scalar) else None
        if "one-of" in value:
            choice = Choice(tuple(said.text for said in value["one-of"]))
            if isinstance(first, Scalar) and first.text not in choice.values:
                report.problem(
                    first.place,
                    "not-in-enum",
                    f"Expected one of {', '.join(choice.values)}, but found '{first.text}'",
                    "write one of these words",
                )
            return choice, start
        if "type" in value:
            return TYPES[value["type"].text], start
        if isinstance(first, Scalar):
            return _type_of(first), start
        report.problem(
            node.place,
            "missing-word",
            "Expected `type`, `one-of` or `first`, but there is none",
            "write {type: date}, or a first value",
        )
        return None

    def schema(self) -> dict[str, Any]:
        first, mapping = super().schema()["anyOf"]
        return {"anyOf": [first, {**mapping, "anyOf": [{"required": [word]} for word in ("type", "one-of", "first")]}]}


def _type_of(node: Scalar) -> Type:
    if isinstance(node.value, bool):
        return Boolean()
    return Number() if isinstance(node.value, (int, Decimal)) else TextType()


def _stored(node: Scalar) -> Any:
    return str(node.value) if isinstance(node.value, Decimal) else node.value


WORD = Keyword(
    "variables",
    ("process",),
    MapOf(
        name("a variable's name"),
        _Variable(scalar=AsIs("a first value", {"type": ["string", "number", "boolean"]}), mapping=_RECORD),
        "a mapping of variables",
    ),
    __doc__,
)
