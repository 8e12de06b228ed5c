"""Values that the process keeps for itself, beside the forms.

```yaml
variables:
  reopened: 0
  urgent: false
  due_date: {type: date}
  track: {one-of: [fast, full], first: full, labels: {fast: {en: Fast lane, de: Schnell}}}
  asked: {title: {en: Questions asked, de: Rückfragen}, first: 0}
```

The first value gives the type: a number, true or false, or a text. Without a first value, `type` says what it will be
(text, number, date, instant, person, boolean) and the variable may only be used where `set` has surely given it one.
`title` is what people read in place of the name, and `labels` what they read in place of the words under `one-of`, on
pages, in titles and in letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.definition.nodes import Node, Scalar
from engine.definition.shapes import (
    AsIs,
    Either,
    Entry,
    Got,
    ListOf,
    Localised,
    MapOf,
    Record,
    Report,
    Text,
    name,
)
from engine.definition.texts import Localised as Title
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
        "title": Entry(Localised(), "what people call it; the name in words when nothing is said"),
        "labels": Entry(MapOf(Text("a word"), Localised()), "what people read for each word of `one-of`"),
    },
    "a first value, or a mapping with `type`, `one-of` or `first`",
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable: its type, its first value (None: not set yet), what people call it and, if it is one of some words,
    these.
    """

    type: Type
    first: Any
    title: Title = ""
    labels: Mapping[str, Title] = field(default_factory=dict)


class _Variable(Either):
    """Read as Declared."""

    def read(self, node: Node, report: Report) -> Declared | None:
        value = super().read(node, report)
        if isinstance(value, Scalar):
            return Declared(_type_of(value), _stored(value))
        if not isinstance(value, Got):
            return None
        first = value.get("first")
        start = _stored(first) if isinstance(first, Scalar) else None
        title, labels = value.get("title", ""), value.get("labels", ())
        words = tuple(said.text for said in value.get("one-of", ()))
        for said in (*((first,) if words and isinstance(first, Scalar) else ()), *(said for said, _ in labels)):
            if said.text not in words:
                report.problem(
                    said.place,
                    "not-in-enum",
                    f"Expected one of {', '.join(words)}, but found '{said.text}'"
                    if words
                    else f"Expected labels of the words under `one-of`, but there are none, and '{said.text}' is one",
                    "write one of these words" if words else "write `one-of`, or remove the labels",
                )
        called = {said.text: label for said, label in labels}
        if "one-of" in value:
            return Declared(Choice(words), start, title, called)
        if "type" in value:
            return Declared(TYPES[value["type"].text], start, title)
        if isinstance(first, Scalar):
            return Declared(_type_of(first), start, title)
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
