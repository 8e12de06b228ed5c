"""Shapes of single values: texts, flags, numbers, durations.

Owns what each accepts and how an editor is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.core.durations import Duration, parse_duration
from engine.definition.messages import LineSource, read_line
from engine.definition.nodes import Node, Scalar
from engine.definition.shapes.base import Report, Said, Schema, unexpected
from engine.definition.texts import LONGEST, read_localised
from engine.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Text:
    """A text, as it was written.

    Without a pattern numbers and `true` count as the text they are written with; with one they are no words.
    """

    words: str = "a text"
    pattern: str = ""
    advice: str = ""

    def read(self, node: Node, report: Report) -> Said | None:
        if not isinstance(node, Scalar) or node.value is None or (self.pattern and not isinstance(node.value, str)):
            unexpected(node, self.words, report)
            return None
        text = node.value if isinstance(node.value, str) else node.text
        if self.pattern and not re.fullmatch(self.pattern, text):
            report.problem(
                node.place,
                "wrong-shape",
                f"Expected {self.words}, but found '{text[:60]}'",
                self.advice or f"write {self.words}",
            )
            return None
        return Said(text, node.place)

    def schema(self) -> Schema:
        schema: Schema = (
            {"type": ["string", "number", "boolean"]}
            if not self.pattern
            else {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        )
        return schema


def name(what: str) -> Text:
    """An id of a state, role, form…: lower-case words joined by hyphens."""
    return Text(
        what,
        r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*",
        "ids are lower-case words joined by hyphens, such as waiting-for-customer",
    )


EXPRESSION = Text("an expression")


@dataclass(frozen=True, slots=True)
class Localised:
    """A text for people: one text, or one a language."""

    words: str = "a text, or one text a language such as {en: …, de: …}"

    def read(self, node: Node, report: Report) -> str | Mapping[str, str] | None:
        try:
            return read_localised(node)
        except DefinitionError as error:
            report.absorb(error)
            return None

    def schema(self) -> Schema:
        text = {"type": ["string", "number"], "pattern": r"\S", "maxLength": LONGEST}
        return {
            "anyOf": [
                text,
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": "^[a-z]{2}$"},
                    "additionalProperties": text,
                },
            ]
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """A one-line text with `{expressions}` in it, in one language or several."""

    words: str = "a text such as Assess {reference}"

    def read(self, node: Node, report: Report) -> LineSource | None:
        try:
            read_localised(node)
            return read_line(node)
        except DefinitionError as error:
            report.absorb(error)
            return None

    def schema(self) -> Schema:
        return Localised().schema()


@dataclass(frozen=True, slots=True)
class Length:
    """A duration such as 30m, 2bh, 1bd, 30d or P1DT2H."""

    words: str = "a duration such as 30m, 2bh, 1bd or 30d"

    def read(self, node: Node, report: Report) -> Duration | None:
        said = Text(self.words).read(node, report)
        return duration(said, report) if said is not None else None

    def schema(self) -> Schema:
        return {
            "type": "string",
            "pattern": f"^(?:{DURATION})$",
            "maxLength": 60,
            "examples": ["30m", "2bh", "1bd", "30d"],
        }


DURATION = (
    r"(?:[0-9]{1,20}(?:bd|bh|bm|[wdhm]))+"
    r"|P(?=.)(?:[0-9.,]+Y)?(?:[0-9.,]+M)?(?:[0-9.,]+W)?(?:[0-9.,]+D)?"
    r"(?:T(?=.)(?:[0-9.,]+H)?(?:[0-9.,]+M)?(?:[0-9.,]+S)?)?"
)
"""What a duration looks like, for editors; the order and the size of its parts are judged when it is read."""


def duration(said: Said, report: Report) -> Duration | None:
    """The text as a duration; a problem at its place when it is none."""
    try:
        return parse_duration(said.text)
    except ValueError as error:
        report.problem(
            said.place,
            "not-a-duration",
            str(error),
            "write a number and a unit: m, h, d, w, bm, bh or bd, such as 2bh or 1bd",
        )
        return None


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    words: str = "true or false"

    def read(self, node: Node, report: Report) -> bool | None:
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        unexpected(node, self.words, report)
        return None

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, one or more."""

    words: str = "a whole number of one or more"

    def read(self, node: Node, report: Report) -> int | None:
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, int)
            and not isinstance(node.value, bool)
            and node.value >= 1
        ):
            return node.value
        unexpected(node, self.words, report)
        return None

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 1}


@dataclass(frozen=True, slots=True)
class AsIs:
    """Any node, kept as it is: the keyword reads it itself."""

    words: str = "a value"
    of: Schema = field(default_factory=dict)

    def read(self, node: Node, report: Report) -> Node:
        return node

    def schema(self) -> Schema:
        return dict(self.of)
