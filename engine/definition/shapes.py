"""What a piece of a document may look like, said once.

A shape reads a node into plain values that still know their places, reports what does not fit, and gives the JSON
Schema that an editor uses: parser and schema cannot disagree, because they are one thing. Owns no word of the language;
the keywords are made of shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.core.durations import Duration, parse_duration
from engine.definition import nodes
from engine.definition.messages import LineSource, read_line
from engine.definition.nodes import Node, Scalar, kind
from engine.definition.suggest import closest, near
from engine.definition.texts import LONGEST, read_localised
from engine.errors import DefinitionError, Place, Problem

Schema = dict[str, Any]


MOST_PROBLEMS = 300
"""Problems that are told of one file; more would help nobody."""


@dataclass(slots=True)
class Report:
    """Collects problems; reading goes on after each, so that all of them are told at once. Raises DefinitionError with
    all of them once there are far too many.
    """

    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, code: str, message: str, advice: str, *witness: str) -> None:
        self.problems.append(Problem(place, code, message, advice, "error", witness))
        self._not_too_many(place)

    def warning(self, place: Place, code: str, message: str, advice: str, *witness: str) -> None:
        self.problems.append(Problem(place, code, message, advice, "warning", witness))

    def absorb(self, error: DefinitionError) -> None:
        self.problems.extend(error.problems)
        if error.problems:
            self._not_too_many(error.problems[-1].place)

    def _not_too_many(self, place: Place) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            more = Problem(
                place,
                "too-many-problems",
                f"Expected fewer mistakes, but there are more than {MOST_PROBLEMS}",
                "mend these first, then check again",
            )
            raise DefinitionError([*self.problems[: MOST_PROBLEMS - 1], more])


@dataclass(frozen=True, slots=True)
class Said:
    """A word or a text with the place where it was said."""

    text: str
    place: Place

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Got:
    """A record as read: the values that were there, by key, and the place of each key."""

    place: Place
    values: Mapping[str, Any]
    places: Mapping[str, Place]

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


class Shape(Protocol):
    """`read` gives the value, or None after reporting; `schema` what an editor needs; `words` what a person is told was
    expected.
    """

    def read(self, node: Node, report: Report) -> Any: ...

    def schema(self) -> Schema: ...

    @property
    def words(self) -> str: ...


def _found(node: Node) -> str:
    if isinstance(node, nodes.Sequence) and not node.items:
        return "an empty list"
    return "an empty mapping" if isinstance(node, nodes.Mapping) and not node.entries else kind(node)


def _unexpected(node: Node, words: str, report: Report, advice: str = "") -> None:
    report.problem(
        node.place, "wrong-shape", f"Expected {words}, but found {_found(node)}", advice or f"write {words} here"
    )


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
            _unexpected(node, self.words, report)
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
        _unexpected(node, self.words, report)
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
        _unexpected(node, self.words, report)
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
            _unexpected(node, self.words, report)
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
            _unexpected(node, self.words, report)
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
            _unexpected(
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
            _unexpected(node, self.words, report, f"write it with the keys {', '.join(self.entries)}")
            return None
        values: dict[str, Any] = {}
        places: dict[str, Place] = {}
        rest: list[tuple[Said, Any]] = []
        meant: set[str | None] = set()
        for key, child in node.entries:
            entry = self.entries.get(key.text)
            if entry is not None:
                value = entry.shape.read(child, report)
                places[key.text] = key.place
                if value is not None:
                    values[key.text] = value
            elif self.rest is not None:
                rest.extend(self.rest.read(nodes.Mapping(key.place, ((key, child),)), report) or ())
            else:
                report.problem(
                    key.place,
                    "unknown-word",
                    f"Expected one of {_some(self.entries)}, but found "
                    f"'{key.text[:60]}'{_meant(key.text, self.entries)}",
                    self.elsewhere.get(key.text) or _spaced(key.text) or "use one of these words, or remove it",
                )
                meant.add(_SYNONYMS.get(key.text.lower()) or closest(key.text, self.entries))
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
            _unexpected(node, self.words, report)
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


# What people write who know another tool, and the word it is here.
_SYNONYMS = {
    "to": "go",
    "target": "go",
    "next": "go",
    "goto": "go",
    "if": "when",
    "guard": "when",
    "condition": "when",
    "if-not": "else",
    "otherwise": "else",
    "default": "else",
    "deadline": "due",
    "sla": "due",
    "role": "candidates",
    "roles": "candidates",
    "candidate": "candidates",
    "who": "candidates",
    "user": "assignee",
    "assign": "assignee",
    "timeout": "after",
    "timer": "after",
    "timers": "after",
    "wait": "wait-for",
    "waits-for": "wait-for",
    "message": "send",
    "notify": "send",
    "mail": "send",
    "email": "send",
    "transitions": "on",
    "outcomes": "on",
    "actions": "on",
    "steps": "states",
    "stages": "states",
    "name": "title",
    "id": "process",
    "key": "process",
    "prefix": "reference",
    "end": "final",
    "allowed-when": "only-when",
    "require": "only-when",
    "forbid": "exclude",
    "vars": "variables",
}


def _meant(word: str, names: Mapping[str, object]) -> str:
    """The near miss, or the word that means here what this one means elsewhere."""
    other = _SYNONYMS.get(word.lower())
    return f", did you mean '{other}'?" if other in names else near(word, names)


def _spaced(key: str) -> str:
    """The advice for `due:1bd` or `10bd:{send`, which YAML takes for one long word; empty for any other key."""
    word, colon, rest = key.partition(":")
    return f"write `{word}: {rest}`, with a space behind the colon" if colon and rest else ""


def _some(names: Mapping[str, object]) -> str:
    return ", ".join(names)
