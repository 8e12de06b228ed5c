"""The words of one value of a map: a literal, or where in the file it comes from and how it is read there.

Owns these words. How a cell becomes a value is in `cells.py`.
"""

from __future__ import annotations

from typing import Any

from engine.definition.nodes import Node, Scalar, plain
from engine.definition.shapes import AsIs, Either, Entry, Got, MapOf, Record, Report, Said, Text
from engine.definition.zones import zone_meant, zones
from engine.importing.cells import Value, format_fault

_LITERAL = AsIs("a value", {"type": ["string", "number", "boolean"]})
_CLOCK = Text("a time of day such as 09:00", r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]", "such as 09:00")
FROM_COLUMN = Record(
    {
        "column": Entry(Text("a column's heading"), "the column the value comes from"),
        "text": Entry(Text("a text such as {Issue}: {Sub-issue}"), "a text with columns in braces"),
        "map": Entry(
            MapOf(Text("a cell's text"), _LITERAL, "a mapping of cells to values"),
            "what each text of the column becomes",
        ),
        "else": Entry(_LITERAL, "what every other text becomes"),
        "default": Entry(_LITERAL, "what an empty cell becomes; the field stays empty when nothing is said"),
        "format": Entry(Text("a date's format such as %d.%m.%Y"), "how dates are written in the column"),
        "time": Entry(_CLOCK, "the time of day, when the column has none"),
        "zone": Entry(Text("a time zone"), "the zone of the times, such as Europe/Berlin; UTC when nothing is said"),
        "split": Entry(Text("a separator"), "what separates several values in a cell"),
        "decimal": Entry(
            Text("`,` or `.`", r"[.,]", 'write "," or "."'),
            "the decimal mark, when numbers are written with it or grouped",
        ),
    },
    "a value, or a mapping with `column` or `text`",
)


class ValueShape:
    words = "a value, or a mapping with `column` or `text`"

    def __init__(self) -> None:
        self._shape = Either(scalar=_LITERAL, mapping=FROM_COLUMN)

    def read(self, node: Node, report: Report) -> Value | None:
        got = self._shape.read(node, report)
        if isinstance(got, Scalar):
            return Value(node.place, literal=_typed(got))
        if not isinstance(got, Got):
            return None
        if ("column" in got) == ("text" in got):
            report.problem(
                got.place,
                "missing-word",
                "Expected `column` or `text`, but there is neither, or both",
                "write {column: …} or {text: …}",
            )
            return None
        zone, format = said_text(got, "zone"), said_text(got, "format")
        if zone and zone not in zones():
            message = f"Expected a time zone, but there is no '{zone[:60]}'"
            advice = f"write {zone_meant(zone) or 'a name such as Europe/Berlin'}"
            report.problem(got["zone"].place, "unknown-zone", message, advice)
        if format and (fault := format_fault(format)):
            report.problem(
                got["format"].place,
                "wrong-shape",
                f"Expected a date's format, but {fault}",
                "such as %d.%m.%Y or %Y-%m-%d %H:%M:%S",
            )
        return Value(
            node.place,
            column=said_text(got, "column"),
            text=said_text(got, "text"),
            map={said.text: _typed(cell) for said, cell in got["map"]} if "map" in got else None,
            otherwise=_typed(got.get("else")),
            has_otherwise="else" in got,
            default=_typed(got.get("default")),
            format=format,
            time=said_text(got, "time"),
            zone=zone,
            split=said_text(got, "split"),
            decimal=said_text(got, "decimal"),
        )

    def schema(self) -> dict[str, Any]:
        return self._shape.schema()


def said_text(got: Got, key: str) -> str:
    value = got.get(key)
    return value.text if isinstance(value, Said) else ""


def _typed(node: Node | None) -> Any:
    """Numbers with a point stay text, exactly as they are written."""
    if node is None:
        return None
    value = plain(node)
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    return node.text if isinstance(node, Scalar) else str(value)
