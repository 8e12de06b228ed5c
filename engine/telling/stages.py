"""The stages of a case with the time that was promised for each and the time it was: from receipt to what follows.

Owns how a stage stands. Works from the history and the clocks alone, so that it can be recomputed from the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from engine.core.clock_explanations import ClockExplanation
from engine.core.clocks import PAUSED, STOPPED, facts_of
from engine.core.counting import told_outside
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.links import OPEN
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.telling.arrivals import InVain, clocks_in_vain, facts_in_vain

Sign = Literal["done", "late", "overtaken", "overdue", "waits", "still", "open", "skipped", "lost"]


@dataclass(frozen=True, slots=True)
class Station:
    """One stage. `target` is by when it was promised, `actual` when it was reached; None where there is none. Where the
    promise was missed, `again` is what is promised now, if it is something else. `under_way` is the one that the case
    is on its way to: the first that is still to be reached, behind the last that was.

    `sign`: reached (`done`, or `late`; `overtaken` when its time was past already as it was promised; `lost` when that
    was by a letter that did not arrive, and the customer has not been told in another way since); not reached,
    with a promise that is `overdue`, `waits` or stands `still`; not reached and nothing promised (`open`), or no longer
    to be reached (`skipped`).
    """

    title: str
    target: datetime | None
    actual: datetime | None
    sign: Sign
    again: datetime | None = None
    under_way: bool = False


def stations(
    definition: Definition, case: Instance, events: Sequence[Event], clocks: Iterable[ClockExplanation], language: str
) -> tuple[Station, ...]:
    """The stages of the process, in its order; its clocks one by one where it names no stages."""
    told = {one.clock.name: one for one in clocks}
    if not definition.stages:
        return tuple(_promises(told.values(), clocks_in_vain(definition, events)))
    first, in_vain = _first(events, case), facts_in_vain(definition, events)
    times = [min((first[fact] for fact in stage.reached if fact in first), default=None) for stage in definition.stages]
    waited = {f"end {link.name}" for link in case.links.values() if link.status == OPEN}
    found = []
    for index, (stage, actual) in enumerate(zip(definition.stages, times, strict=True)):
        passed = case.ended_at is not None or any(times[index + 1 :])
        clock = told.get(stage.clock)
        target = clock.clock.missed or clock.due if clock is not None else None
        sign = _sign(clock, actual, passed and waited.isdisjoint(stage.reached))
        title = localised(stage.title, language)
        vain = next((in_vain[fact] for fact in stage.reached if fact in in_vain and first.get(fact) == actual), None)
        if vain is not None:
            sign, actual = _in_vain(vain, target, actual)
        if sign == "skipped":
            found.append(Station(title, None, actual, sign))
        else:
            found.append(Station(title, target, actual, sign, _again(clock)))
    return _on_the_way(found)


def _again(clock: ClockExplanation | None) -> datetime | None:
    if clock is None or not clock.clock.live or clock.clock.missed is None or clock.due == clock.clock.missed:
        return None
    return clock.due


def _on_the_way(stations: Sequence[Station]) -> tuple[Station, ...]:
    behind = max((index for index, one in enumerate(stations) if one.actual is not None), default=-1)
    ahead = (index for index, one in enumerate(stations) if index > behind and one.sign != "skipped")
    here = next(ahead, None)
    return tuple(replace(one, under_way=True) if index == here else one for index, one in enumerate(stations))


def _first(events: Iterable[Event], case: Instance) -> Mapping[str, datetime]:
    """When each fact came true for the first time, and was not undone."""
    found = {"start": case.received_at}
    for event in sorted(told_outside(events), key=lambda event: event.at):
        for fact in _facts(event):
            found.setdefault(fact, event.at)
    return found


def _facts(event: Event) -> Iterator[str]:
    if event.type in ("completed", "cancelled"):
        yield "end"
    elif event.type == "child-ended":
        yield f"end {event.body['name']}"
    else:
        yield from facts_of(event, personal=False)


def _sign(clock: ClockExplanation | None, actual: datetime | None, passed: bool) -> Sign:
    missed = clock is not None and clock.clock.missed is not None
    if actual is not None:
        if clock is not None and clock.promised_late is not None:
            return "overtaken"
        return "late" if missed else "done"
    if clock is not None and clock.clock.live and (missed or clock.steps is not None):
        return "overdue" if missed else "still" if clock.clock.status == PAUSED else "waits"
    return "skipped" if passed else "open"


def _in_vain(vain: InVain, target: datetime | None, actual: datetime | None) -> tuple[Sign, datetime | None]:
    if vain.done_at is None:
        return "lost", actual
    return "late" if target is not None and vain.done_at > target else "done", vain.done_at


def _promises(clocks: Iterable[ClockExplanation], in_vain: Mapping[tuple[str, int], InVain]) -> Iterator[Station]:
    """In the order in which they were, or are, to be kept; what nobody waits for any more is left out."""
    told = [one for one in clocks if one.steps is not None or one.clock.missed is not None]
    told = [one for one in told if one.clock.live or one.clock.status == STOPPED]
    for one in sorted(told, key=lambda one: (_when(one) is None, _when(one))):
        actual = one.clock.ended_at if one.clock.status == STOPPED else None
        sign = _sign(one, actual, passed=False)
        vain = in_vain.get((one.clock.name, one.clock.run))
        if vain is not None and actual is not None:
            sign, actual = _in_vain(vain, one.clock.missed or one.due, actual)
        yield Station(one.title, one.clock.missed or one.due, actual, sign, _again(one))


def _when(one: ClockExplanation) -> datetime | None:
    return one.clock.ended_at or one.clock.missed or one.due
