"""When a task is promised to be done.

A duration from the moment the task opens, a duration by an answer, or a date of the case.

```yaml
due: 1bd
due: {by: severity, S1: 2bh, S2: 4bh, else: 1bd}
due: {by: first-response}              # a decision whose results are durations
due: {at: quote.valid_until}           # a date means the end of that day
due: {at: quote.valid_until, before: 2bd}
```

Durations: `30m` and `2h` pass on the wall clock, `30d` and `2w` are calendar days, `30bm` and `2bh` count only while
the calendar is open, and `1bd` is the close of business on the next business day. Business time needs the process's
`calendar`.
"""

from __future__ import annotations

from typing import Any

from engine.core.durations import Duration
from engine.definition.moves import Due
from engine.definition.nodes import Node
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
from engine.definition.sources import SourcePick
from engine.definition.suggest import near
from engine.definition.types import Date, Instant
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

ANSWER = Text("an answer")


def unread(got: Got) -> frozenset[str]:
    """The keys of a mapping with `by` that are there, and whose values could not be read."""
    return frozenset(got.places) - got.values.keys() - {said.text for said, _ in got["rest"]}


class Pick:
    """A value of some shape, or one by an answer; `at` is allowed where a time is meant."""

    def __init__(self, item: Shape, *extra: str) -> None:
        entries = {
            "by": Entry(EXPRESSION, "the answer that decides, often a decision's name"),
            "at": Entry(EXPRESSION, "a date or instant of the case"),
            "before": Entry(item, "so long before that date or instant"),
            "else": Entry(item, "for every other answer"),
        }
        kept = {key: entry for key, entry in entries.items() if key not in ("at", "before") or "at" in extra}
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
        if "by" not in value.places and "at" not in value.places:
            report.problem(
                node.place,
                "missing-word",
                "Expected `by` in this mapping, but it is not there",
                "write {by: severity, S1: …, else: …}",
            )
            return None
        self._alone(value, report)
        return SourcePick(
            node.place,
            by=value.get("by"),
            at=value.get("at") if "by" not in value.places else None,
            before=value.get("before"),
            options=value["rest"],
            otherwise=value.get("else"),
            unread=unread(value),
        )

    @staticmethod
    def _alone(value: Got, report: Report) -> None:
        """`by` goes with answers, `at` with `before`; nothing that would be passed over stays unsaid."""
        if "by" in value.places:
            lost = [(word, value.places[word]) for word in ("at", "before") if word in value.places]
            allowed = "answers and `else`"
        else:
            lost = [(said.text, said.place) for said, _ in value["rest"]]
            lost += [("else", value.places["else"])] if "else" in value.places else []
            allowed = "`before`"
        for word, place in lost:
            beside = "by" if "by" in value.places else "at"
            near_miss = near(word, ("before",)) if beside == "at" else ""
            report.problem(
                place,
                "wrong-shape",
                f"Expected only {allowed} beside `{beside}`, but found '{word}'{near_miss}",
                "write {at: quote.valid_until, before: 3bd}"
                if beside == "at"
                else "write {by: severity, S1: …, else: …}",
            )

    def schema(self) -> dict[str, Any]:
        plain, mapping = self._item.schema(), self._record.schema()
        times = {key: mapping["properties"].pop(key) for key in ("at", "before") if key in mapping["properties"]}
        by = {**mapping, "required": ["by"], "properties": {**mapping["properties"], **dict.fromkeys(times, False)}}
        if not times:
            return {"anyOf": [plain, by]}
        at = {"type": "object", "properties": times, "required": ["at"], "additionalProperties": False}
        return {"anyOf": [plain, by, at]}


SHAPE = Pick(Length(), "at")


def bind_due(source: SourcePick, binder: Binder) -> Due | None:
    """When it is due. Raises nothing; problems are reported with their places."""
    if source.at is not None:
        at = binder.expression(source.at, (Date, Instant))
        if source.before is not None:
            binder.needs_calendar(source.before, source.place)
        return Due(at=at, before=source.before) if at is not None else None

    def length(said: Said) -> Duration | None:
        return duration(said, binder.report)

    picked = binder.pick(source, length)
    if picked is None:
        return None
    for value in picked.all():
        binder.needs_calendar(value, source.place)
    return Due(length=picked)


WORD = Keyword("due", ("task",), SHAPE, __doc__, bind=bind_due)
