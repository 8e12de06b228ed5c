"""The map of an import: which columns become which values, and the steps that carry a case on to where the source says it went.

Owns the words of a map file and how a cell becomes a value. Knows no store and no case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definition import nodes
from engine.definition.nodes import Node, Scalar, plain
from engine.definition.reader import read
from engine.definition.shapes import AsIs, Either, Entry, Flag, Got, ListOf, MapOf, OneOrMore, Record, Report, Said, Text, name
from engine.definition.suggest import near
from engine.definition.zones import zones
from engine.errors import DefinitionError, Place

Row = Mapping[str, str]
_COLUMN = re.compile(r"\{([^{}]+)\}")


class BadCell(Exception):
    """A cell that does not fit: what was expected, for the report of refused rows."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a literal, a column (mapped, parsed), or a text with columns in it."""

    literal: Any = None
    column: str = ""
    text: str = ""
    map: Mapping[str, Any] | None = None
    otherwise: Any = None
    has_otherwise: bool = False
    default: Any = None
    format: str = ""
    time: str = ""
    zone: str = ""
    split: str = ""
    decimal: str = ""

    def of(self, row: Row) -> Any:
        """The value for a row; None when the cell is empty. Raises BadCell."""
        if self.text:
            filled = _COLUMN.sub(lambda match: row[match.group(1)].strip(), self.text)
            return filled or None
        if not self.column:
            return self.literal
        cell = row[self.column].strip()
        if not cell:
            return self.default
        if self.split:
            return [self._one(part.strip()) for part in cell.split(self.split) if part.strip()]
        return self._one(cell)

    def _one(self, cell: str) -> Any:
        if self.map is not None:
            if cell in self.map:
                return self.map[cell]
            if self.has_otherwise:
                return self.otherwise
            raise BadCell(f"Expected one of {', '.join(self.map)} in the column '{self.column}', but found '{cell[:60]}'{near(cell, self.map)}")
        if self.format:
            return self._moment(cell)
        if self.decimal == ",":
            return cell.replace(".", "").replace(" ", "").replace("\u00a0", "").replace(",", ".")
        if self.decimal == ".":
            return cell.replace(",", "").replace(" ", "")
        return cell

    def _moment(self, cell: str) -> str:
        try:
            found = datetime.strptime(cell, self.format)
        except ValueError:
            raise BadCell(f"Expected a date such as {date(2026, 11, 23).strftime(self.format)} in the column '{self.column}', but found '{cell[:60]}'") from None
        if not self.time and not _tells_time(self.format):
            return found.date().isoformat()
        return self.placed(found).isoformat()

    def placed(self, found: datetime) -> datetime:
        """The local time with its time of day, in its zone."""
        if self.time:
            hour, minute = self.time.split(":")
            found = found.replace(hour=int(hour), minute=int(minute))
        return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(self.zone or "UTC"))


def _tells_time(format: str) -> bool:
    return any(mark in format for mark in ("%H", "%I", "%T", "%X", "%c", "%R"))


@dataclass(frozen=True, slots=True)
class Condition:
    """`when`: a column is, or is not, one of some texts; or is empty."""

    column: str
    texts: tuple[str, ...]
    wanted: bool

    def holds(self, row: Row) -> bool:
        return (row[self.column].strip() in self.texts) == self.wanted


@dataclass(frozen=True, slots=True)
class Then:
    """One step that carries a row's case on: a task's outcome, a message or a move, by whom and when."""

    kind: str
    name: str
    by: str
    at: Value
    values: Mapping[str, Value]
    conditions: tuple[Condition, ...]
    comment: str
    place: Place


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map. `until`: how far the clock is carried for each case after its last step (None: no further; else a Value, or `now`)."""

    process: str
    encoding: str
    delimiter: str
    external_id: Value
    received: Value
    by: str
    values: Mapping[str, Value]
    then: tuple[Then, ...]
    until: Value | None
    until_now: bool
    columns: tuple[tuple[str, Place], ...]


_LITERAL = AsIs("a value", {"type": ["string", "number", "boolean"]})
_FROM_COLUMN = Record(
    {
        "column": Entry(Text("a column's heading"), "the column the value comes from"),
        "text": Entry(Text("a text such as {Issue}: {Sub-issue}"), "a text with columns in braces"),
        "map": Entry(MapOf(Text("a cell's text"), _LITERAL, "a mapping of cells to values"), "what each text of the column becomes"),
        "else": Entry(_LITERAL, "what every other text becomes"),
        "default": Entry(_LITERAL, "what an empty cell becomes; the field stays empty when nothing is said"),
        "format": Entry(Text("a date's format such as %d.%m.%Y"), "how dates are written in the column"),
        "time": Entry(Text("a time of day such as 09:00", r"\d{1,2}:\d{2}", "such as 09:00"), "the time of day, when the column has none"),
        "zone": Entry(Text("a time zone"), "the zone of the times, such as Europe/Berlin"),
        "split": Entry(Text("a separator"), "what separates several values in a cell"),
        "decimal": Entry(Text("`,` or `.`", r"[.,]", 'write "," or "."'), "the decimal mark, when numbers are grouped"),
    },
    "a value, or a mapping with `column` or `text`",
)


class _ValueShape:
    words = "a value, or a mapping with `column` or `text`"

    def __init__(self) -> None:
        self._shape = Either(scalar=_LITERAL, mapping=_FROM_COLUMN)

    def read(self, node: Node, report: Report) -> Value | None:
        got = self._shape.read(node, report)
        if isinstance(got, Scalar):
            return Value(literal=_typed(got))
        if not isinstance(got, Got):
            return None
        if ("column" in got) == ("text" in got):
            report.problem(got.place, "missing-word", "Expected `column` or `text`, but there is neither, or both", "write {column: …} or {text: …}")
            return None
        zone = got["zone"].text if "zone" in got else ""
        if zone and zone not in zones():
            report.problem(got["zone"].place, "unknown-zone", f"Expected a time zone, but there is no '{zone}'{near(zone, zones())}", "such as Europe/Berlin")
        return Value(
            column=_said(got, "column"),
            text=_said(got, "text"),
            map={said.text: _typed(cell) for said, cell in got["map"]} if "map" in got else None,
            otherwise=_typed(got.get("else")),
            has_otherwise="else" in got,
            default=_typed(got.get("default")),
            format=_said(got, "format"),
            time=_said(got, "time"),
            zone=zone,
            split=_said(got, "split"),
            decimal=_said(got, "decimal"),
        )

    def schema(self) -> dict[str, Any]:
        return self._shape.schema()


_VALUE = _ValueShape()
_CONDITION = Record(
    {
        "column": Entry(Text("a column's heading"), "the column", required=True),
        "is": Entry(Text("a text"), "the cell is this text"),
        "in": Entry(ListOf(Text("a text")), "the cell is one of these texts"),
        "not-in": Entry(ListOf(Text("a text")), "the cell is none of these texts"),
        "empty": Entry(Flag(), "the cell is empty, or is not"),
    },
    "a condition such as {column: …, is: …}",
)
_THEN = Record(
    {
        "do": Entry(name("an outcome"), "the outcome of the open task that offers it"),
        "message": Entry(name("a message's name"), "the message that the case waits for"),
        "trigger": Entry(name("a move's name"), "a move of the process that belongs to no task"),
        "as": Entry(name("a role or a person"), "in whose name", required=True),
        "at": Entry(_VALUE, "when", required=True),
        "when": Entry(OneOrMore(_CONDITION), "only for rows where all of these hold"),
        "values": Entry(MapOf(Text("a field's name"), _VALUE), "the fields of the form"),
        "comment": Entry(Text("a comment"), "a comment that goes with it"),
    },
    "a step with `do`, `message` or `trigger`",
)
SHAPE = Record(
    {
        "import": Entry(name("a process's id"), "the process the cases belong to", required=True),
        "encoding": Entry(Text("an encoding such as utf-8"), "how the file is encoded; utf-8 when nothing is said"),
        "delimiter": Entry(Text("one character"), "what separates the columns; a comma when nothing is said"),
        "external-id": Entry(_VALUE, "what names a row for ever: importing it twice adds nothing", required=True),
        "received": Entry(_VALUE, "when the organisation received it", required=True),
        "by": Entry(name("a role or a person"), "in whose name the case is started", required=True),
        "values": Entry(MapOf(Text("a field's name"), _VALUE), "the fields of the start form", required=True),
        "then": Entry(ListOf(_THEN), "the steps that carry the case on"),
        "until": Entry(_VALUE, "how far time is carried on for each case: `now`, a date, or a column"),
    },
    "a map",
)


def read_map(text: str | bytes, file: str) -> Map:
    """The map. Raises DefinitionError with every problem found."""
    report = Report()
    node = read(text, file)
    got = SHAPE.read(node, report)
    steps = tuple(_then(step, report) for step in got.get("then", ())) if isinstance(got, Got) else ()
    delimiter = _said(got, "delimiter") or "," if isinstance(got, Got) else ","
    if delimiter in ("tab", "\\t"):
        delimiter = "\t"
    if isinstance(got, Got) and len(delimiter) != 1:
        report.problem(got["delimiter"].place, "wrong-shape", f"Expected one character, but found '{delimiter}'", "write delimiter: \";\" or delimiter: tab")
    if report.problems or not isinstance(got, Got):
        raise DefinitionError(report.problems)
    until = got.get("until")
    now = until is not None and until.literal == "now"
    return Map(
        process=got["import"].text,
        encoding=_said(got, "encoding") or "utf-8",
        delimiter=delimiter,
        external_id=got["external-id"],
        received=got["received"],
        by=got["by"].text,
        values={said.text: value for said, value in got["values"]},
        then=tuple(step for step in steps if step is not None),
        until=None if now else until,
        until_now=now,
        columns=tuple(_columns(node)),
    )


def _then(got: Got, report: Report) -> Then | None:
    kinds = [kind for kind in ("do", "message", "trigger") if kind in got]
    if len(kinds) != 1:
        report.problem(got.place, "missing-word", "Expected one of `do`, `message` or `trigger` in a step", "say what is done: {do: answer, as: …, at: …}")
        return None
    if "as" not in got or "at" not in got:
        return None
    conditions = []
    for one in got.get("when", ()):
        tests = [word for word in ("is", "in", "not-in", "empty") if word in one.places]
        if len(tests) != 1:
            report.problem(one.place, "missing-word", "Expected one of `is`, `in`, `not-in` or `empty` in a condition", "write {column: …, is: …}")
            continue
        if "column" in one and tests[0] in one:
            conditions.append(_condition(one, tests[0]))
    values = {said.text: value for said, value in got.get("values", ())}
    return Then(kinds[0], got[kinds[0]].text, got["as"].text, got["at"], values, tuple(conditions), _said(got, "comment"), got.place)


def _condition(got: Got, test: str) -> Condition:
    column = got["column"].text
    if test == "empty":
        return Condition(column, ("",), got["empty"])
    if test == "is":
        return Condition(column, (got["is"].text,), True)
    return Condition(column, tuple(said.text for said in got[test]), test == "in")


def _columns(node: Node) -> list[tuple[str, Place]]:
    """Every column that the map names, with its place."""
    found: list[tuple[str, Place]] = []
    todo: list[Node] = [node]
    while todo:
        here = todo.pop()
        if isinstance(here, nodes.Sequence):
            todo.extend(here.items)
        elif isinstance(here, nodes.Mapping):
            for key, child in here.entries:
                if isinstance(child, Scalar) and key.text == "column":
                    found.append((child.text, child.place))
                elif isinstance(child, Scalar) and key.text == "text":
                    found += [(match, child.place) for match in _COLUMN.findall(child.text)]
                else:
                    todo.append(child)
    return found


def unknown_columns(mapping: Map, headings: list[str]) -> list[tuple[str, Place, str]]:
    """The columns the file does not have: name, place in the map, near miss."""
    return [(column, place, near(column, headings)) for column, place in mapping.columns if column not in headings]


def _said(got: Got, key: str) -> str:
    value = got.get(key)
    return value.text if isinstance(value, Said) else ""


def _typed(node: Node | None) -> Any:
    if node is None:
        return None
    value = plain(node)
    return value if isinstance(value, (str, bool, int)) or value is None else str(value)
