"""Shapes made of shapes: lists, mappings, records, one or the other.

Owns how they are read through, and the near misses of their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definition import nodes
from engine.definition.nodes import Node, Scalar
from engine.definition.shapes.base import Got, Report, Said, Schema, Shape, unexpected
from engine.definition.shapes.simple import Text
from engine.definition.shapes.synonyms import SYNONYMS
from engine.definition.suggest import closest, near, slip_of
from engine.errors import Place


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """One value or a list of them; always read as a tuple."""

    item: Shape

    @property
    def words(self) -> str:
        return f"{self.item.words}, or a list of them"

    def read(self, node: Node, report: Report) -> tuple[Any, ...]:
        items = node.items if isinstance(node, nodes.Sequence) else (node,)
        if not items:
            unexpected(node, self.words, report)
        read = (self.item.read(item, report) for item in items)
        return tuple(value for value in read if value is not None)

    def schema(self) -> Schema:
        item = self.item.schema()
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; read as a tuple."""

    item: Shape
    words: str = "a list"

    def read(self, node: Node, report: Report) -> tuple[Any, ...] | None:
        if not isinstance(node, nodes.Sequence) or not node.items:
            unexpected(node, self.words, report)
            return None
        read = (self.item.read(item, report) for item in node.items)
        return tuple(value for value in read if value is not None)

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "minItems": 1}


@dataclass(frozen=True, slots=True)
class MapOf:
    """Keys of the author's own choosing; read as a tuple of (key, value)."""

    key: Text
    value: Shape
    words: str = "a mapping"

    def read(self, node: Node, report: Report) -> tuple[tuple[Said, Any], ...] | None:
        if not isinstance(node, nodes.Mapping) or not node.entries:
            unexpected(
                node,
                self.words,
                report,
                "write each as `name: value` on a line of its own, below this word and further in",
            )
            return None
        pairs = []
        for key_node, value_node in node.entries:
            if not key_node.quoted and (advice := _spaced(key_node.text)):
                report.problem(
                    key_node.place,
                    "wrong-shape",
                    f"Expected a space behind the colon in '{key_node.text[:60]}', but there is none",
                    advice,
                )
                continue
            key = self.key.read(Scalar(key_node.place, key_node.text, key_node.text), report)
            value = self.value.read(value_node, report)
            if key is not None and value is not None:
                pairs.append((key, value))
        return tuple(pairs)

    def schema(self) -> Schema:
        schema: Schema = {"type": "object", "additionalProperties": self.value.schema(), "minProperties": 1}
        if self.key.pattern:
            schema["propertyNames"] = {"pattern": f"^(?:{self.key.pattern})$"}
        return schema


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a record: its shape, what it means (an editor's hover text), whether it must be there."""

    shape: Shape
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Fixed keys. `rest` is the shape of keys of the author's own choosing beside them, when there may be any."""

    entries: Mapping[str, Entry]
    words: str = "a mapping"
    rest: MapOf | None = None
    build: Callable[[Got], Any] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Words that belong to another place: word -> where to write it. They are what a wrong indentation puts here."""

    def read(self, node: Node, report: Report) -> Any:
        if not isinstance(node, nodes.Mapping):
            unexpected(node, self.words, report, f"write it with the keys {', '.join(self.entries)}")
            return None
        values: dict[str, Any] = {}
        places: dict[str, Place] = {}
        rest: list[tuple[Said, Any]] = []
        meant: set[str | None] = set()
        free: list[str] = []  # the words that are not there, once somebody has to know
        for key, child in node.entries:
            word = key.text
            if word not in self.entries and self.rest is None:
                meant.add(self._told(key, report))
                # What a slip of the pen means is read all the same, so that nothing else seems to be missing.
                free = free or [one for one in self.entries if node.get(one) is None]
                word = slip_of(word, free) or word
            entry = self.entries.get(word)
            if entry is not None:
                value = entry.shape.read(child, report)
                places[word] = key.place
                if value is not None:
                    values[word] = value
            elif self.rest is not None:
                places[key.text] = key.place
                rest.extend(self.rest.read(nodes.Mapping(key.place, ((key, child),)), report) or ())
        for missing, entry in self.entries.items():
            # A word that was only misspelt is told once.
            if entry.required and missing not in places and missing not in meant:
                where = "here" if self.words.startswith("a mapping") else f"in {self.words}"
                report.problem(
                    node.place,
                    "missing-word",
                    f"Expected '{missing}' {where}, but it is not there",
                    f"add `{missing}:` — {entry.doc}",
                )
        if self.rest is not None:
            values["rest"] = tuple(rest)
        got = Got(node.place, values, places)
        if self.build is None:
            return got
        if any(entry.required and key not in values for key, entry in self.entries.items()):
            return None
        return self.build(got)

    def _told(self, key: Scalar, report: Report) -> str | None:
        """Tell that the word is none, and give the one that was probably meant."""
        report.problem(
            key.place,
            "unknown-word",
            f"Expected one of {_some(self.entries)}, but found '{key.text[:60]}'{_meant(key.text, self.entries)}",
            self.elsewhere.get(key.text) or _spaced(key.text) or "use one of these words, or remove it",
        )
        return SYNONYMS.get(key.text.lower()) or closest(key.text, self.entries)

    def schema(self) -> Schema:
        schema: Schema = {
            "type": "object",
            "properties": {
                key: {**entry.shape.schema(), "description": entry.doc} for key, entry in self.entries.items()
            },
            "additionalProperties": self.rest.schema()["additionalProperties"] if self.rest else False,
        }
        required = [key for key, entry in self.entries.items() if entry.required]
        if required:
            schema["required"] = required
        return schema


@dataclass(frozen=True, slots=True)
class Either:
    """By the node's kind: a scalar, a list or a mapping, each with its own shape."""

    scalar: Shape | None = None
    sequence: Shape | None = None
    mapping: Shape | None = None

    def _some(self) -> Iterator[Shape]:
        return (shape for shape in (self.scalar, self.sequence, self.mapping) if shape is not None)

    @property
    def words(self) -> str:
        said = list(dict.fromkeys(shape.words for shape in self._some()))
        return " or ".join(
            words for words in said if not any(other != words and other.startswith(f"{words}, or ") for other in said)
        )

    def read(self, node: Node, report: Report) -> Any:
        shape = (
            self.scalar
            if isinstance(node, Scalar)
            else self.sequence
            if isinstance(node, nodes.Sequence)
            else self.mapping
        )
        if shape is None or (isinstance(node, Scalar) and node.value is None):
            unexpected(node, self.words, report)
            return None
        return shape.read(node, report)

    def schema(self) -> Schema:
        return {"anyOf": [shape.schema() for shape in self._some()]}


@dataclass(frozen=True, slots=True)
class Ref:
    """A shape that is used in many places or in itself; it stands once in the schema's $defs."""

    name: str
    shape: Callable[[], Shape]

    @property
    def words(self) -> str:
        return self.shape().words

    def read(self, node: Node, report: Report) -> Any:
        return self.shape().read(node, report)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}


def _meant(word: str, names: Mapping[str, object]) -> str:
    """The near miss, or the word that means here what this one means elsewhere."""
    other = SYNONYMS.get(word.lower())
    return f", did you mean '{other}'?" if other in names else near(word, names)


def _spaced(key: str) -> str:
    """The advice for `due:1bd` or `10bd:{send`, which YAML takes for one long word; empty for any other key."""
    word, colon, rest = key.partition(":")
    return f"write `{word}: {rest}`, with a space behind the colon" if colon and rest else ""


def _some(names: Mapping[str, object]) -> str:
    return ", ".join(names)
