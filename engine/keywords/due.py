"""When a task is promised to be done.

A duration from the moment the task opens, a duration by an answer, or a date of the case.

```yaml
due: 1bd
due: {by: severity, S1: 2bh, S2: 4bh, else: 1bd}
due: {by: first-response}              # a decision whose results are durations
due: {at: quote.valid_until}           # a date means the end of that day
```

Durations: `30m` and `2h` pass on the wall clock, `30d` and `2w` are calendar days, `30bm` and `2bh` count only while
the calendar is open, and `1bd` is the close of business on the next business day. Business time needs the process's
`calendar`.
"""

from __future__ import annotations

from typing import Any

from engine.core.durations import Duration
from engine.definition.model import Due
from engine.definition.nodes import Node
from engine.definition.outline import SourcePick
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Got,
    Length,
    MapOf,
    Record,
    Report,
    Said,
    Shape,
    Text,
    duration,
)
from engine.definition.types import Date, Instant
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

ANSWER = Text("an answer")


class Pick:
    """A value of some shape, or one by an answer; `at` is allowed where a time is meant."""

    def __init__(self, item: Shape, *extra: str) -> None:
        entries = {
            "by": Entry(EXPRESSION, "the answer that decides, often a decision's name"),
            "at": Entry(EXPRESSION, "a date or instant of the case"),
            "else": Entry(item, "for every other answer"),
        }
        kept = {key: entry for key, entry in entries.items() if key != "at" or "at" in extra}
        self._item = item
        self._record = Record(kept, "a mapping with `by`", MapOf(ANSWER, item))
        self._shape = Either(scalar=item, sequence=item, mapping=self._record)

    @property
    def words(self) -> str:
        return f"{self._item.words}, or {{by: …, …}}"

    def read(self, node: Node, report: Report) -> SourcePick | None:
        value = self._shape.read(node, report)
        if value is None:
            return None
        if not isinstance(value, Got):
            return SourcePick(node.place, fixed=value)
        if ("by" in value) == ("at" in value):
            if "by" in value.places or "at" in value.places:
                return (
                    None
                    if "by" not in value
                    else SourcePick(node.place, by=value["by"], options=value["rest"], otherwise=value.get("else"))
                )
            report.problem(
                node.place,
                "missing-word",
                "Expected `by` in this mapping, but it is not there",
                "write {by: severity, S1: …, else: …}",
            )
            return None
        return SourcePick(
            node.place, by=value.get("by"), at=value.get("at"), options=value["rest"], otherwise=value.get("else")
        )

    def schema(self) -> dict[str, Any]:
        plain, mapping = self._item.schema(), self._record.schema()
        needs = [{"required": [key]} for key in ("by", "at") if key in mapping["properties"]]
        return {"anyOf": [plain, {**mapping, "anyOf": needs}]}


SHAPE = Pick(Length(), "at")


def bind_due(source: SourcePick, binder: Binder) -> Due | None:
    """When it is due. Raises nothing; problems are reported with their places."""
    if source.at is not None:
        at = binder.expression(source.at, (Date, Instant))
        return Due(at=at) if at is not None else None

    def length(said: Said) -> Duration | None:
        return duration(said, binder.report)

    picked = binder.pick(source, length)
    if picked is None:
        return None
    for value in picked.all():
        binder.needs_calendar(value, source.place)
    return Due(length=picked)


WORD = Keyword("due", ("task",), SHAPE, __doc__, bind=bind_due)
