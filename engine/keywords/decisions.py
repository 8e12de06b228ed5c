"""Decision tables: an answer worked out from other answers, such as a severity, a queue or a promised time.

```yaml
decisions:
  severity:
    inputs: [triage.impact, triage.urgency]
    results: [S1, S2, S3, S4]          # highest first
    rows:
      - [organisation, [critical, high], S1]
      - [team, critical, S1]
      - [any, any, S4]
    at-least: {S1: triage.safety or triage.legal}
    raise-by-one: triage.repeated
```

Each row has a cell for each input and then the result. A cell is a value, a list of values, `any`, a comparison such as
`"< 100"` or a range such as `"100..1000"`; the last row may be `[else, result]`. Every combination of answers has to
meet exactly one row: a gap or an overlap is a problem, told with an example. With `hit: first` rows may overlap and the
first that fits counts. `at-least` lifts the result to at least the named one while its expression holds; `raise-by-one`
then lifts it one further.

`title` is what people call the table, and `labels` what they read for its results, on pages, in titles and in letters,
as in `labels: {large: {en: A large amount, de: Ein großer Betrag}}`. A result without a label is told as it is written.

A decision is a name like any other: `severity == S1` in a guard, `{severity}` in a message, `{by: severity, …}` in a
due time. It is worked out anew whenever it is read.
"""

from __future__ import annotations

from typing import Any

from engine.definition import nodes
from engine.definition.nodes import Node
from engine.definition.shapes import (
    EXPRESSION,
    AsIs,
    Entry,
    ListOf,
    Localised,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Text,
    name,
)
from engine.keywords.base import Keyword

_VALUE = {"type": ["string", "number", "boolean"]}
_CELL = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}
_ROW: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": _CELL, "minItems": 2},
        {
            "type": "object",
            "properties": {"when": {"type": "array", "items": _CELL}, "result": _VALUE},
            "required": ["when", "result"],
            "additionalProperties": False,
        },
        {"type": "object", "properties": {"else": _VALUE}, "required": ["else"], "additionalProperties": False},
    ]
}

TABLE = Record(
    {
        "title": Entry(Localised(), "what it decides, for people"),
        "inputs": Entry(OneOrMore(EXPRESSION), "the answers it looks at", required=True),
        "results": Entry(ListOf(Text("a result")), "every possible result, highest first"),
        "labels": Entry(MapOf(Text("a result"), Localised()), "what people read for each result"),
        "rows": Entry(ListOf(AsIs("a row", _ROW)), "cells for the inputs, then the result", required=True),
        "at-least": Entry(
            MapOf(Text("a result"), EXPRESSION), "lifts the result to at least this one while the expression holds"
        ),
        "raise-by-one": Entry(EXPRESSION, "lifts the result one further while it holds"),
        "hit": Entry(
            Text("`unique` or `first`", "unique|first", "write hit: unique or hit: first"),
            "unique (when nothing is said): rows may not overlap; first: the first that fits counts",
        ),
    },
    "a decision table",
)


class _Tables:
    """Names of tables; each table is read by `engine.definition.decisions`, which knows the types."""

    words = "a mapping of names to decision tables"
    _shape = MapOf(name("a decision's name"), TABLE)

    def read(self, node: Node, report: Report) -> tuple[tuple[Said, nodes.Mapping], ...] | None:
        if self._shape.read(node, report) is None or not isinstance(node, nodes.Mapping):
            return None
        return tuple(
            (Said(key.text, key.place), table) for key, table in node.entries if isinstance(table, nodes.Mapping)
        )

    def schema(self) -> dict[str, Any]:
        return self._shape.schema()


WORD = Keyword("decisions", ("process",), _Tables(), __doc__)
