"""The map of an import: which columns become which values, and the steps that carry a case on to where the
source says it went.

Owns what a map says, for both shapes of a file: one row a case (`external-id`, `then`) and one row an event
(`case`, `activity`, `on`). Knows no store and no case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Place
from engine.importing.cells import Condition, Value
from engine.importing.comparing import Compare

IGNORE, REFUSE = "ignore", "refuse"


@dataclass(frozen=True, slots=True)
class Then:
    """One step that carries a case on: a task's outcome (`do`), a decision in an approval
    (`decide`), a `message`, a move (`trigger`) or a `note`;
    by whom and when.

    `ignore_impossible`: where the case does not offer it, the step is passed over; else the case is refused.
    `at` is None for the time of the event.
    """

    kind: str
    name: str
    by: Value
    at: Value | None
    values: Mapping[str, Value]
    conditions: tuple[Condition, ...]
    comment: str
    place: Place
    note: Value | None = None
    ignore_impossible: bool = False


@dataclass(frozen=True, slots=True)
class Events:
    """The shape with one row an event.

    `on`: activity -> its steps; none for one that is ignored. `otherwise`: what becomes of other activities.
    """

    activity: Value
    time: Value
    on: Mapping[str, tuple[Then, ...]]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map.

    `key` names a row, or an event's case, for ever. `received` is None when the first event tells it.
    `until`: how far the clock is carried for each case after its last step (None: no further; else a Value,
    or now).
    """

    process: str
    place: Place
    key: Value
    received: Value | None
    by: Value
    values: Mapping[str, Value]
    then: tuple[Then, ...] = ()
    events: Events | None = None
    until: Value | None = None
    until_now: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    compares: tuple[Compare, ...] = ()

    @property
    def steps(self) -> Iterator[Then]:
        yield from self.then
        if self.events is not None:
            for steps in self.events.on.values():
                yield from steps

    @property
    def columns(self) -> Iterator[tuple[str, Place]]:
        """Every heading that the map names, with its place; one that is named twice, twice."""
        single = [self.key, self.received, self.by, self.until, *self.values.values()]
        if self.events is not None:
            single += [self.events.activity, self.events.time]
        for step in self.steps:
            single += [step.by, step.at, step.note, *step.values.values()]
            yield from ((condition.column, condition.place) for condition in step.conditions)
        yield from ((compare.column, compare.place) for compare in self.compares)
        for value in single:
            if value is not None:
                yield from ((column, value.place) for column in value.columns)
