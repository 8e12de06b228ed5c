"""What happened again and again: a reminder that repeats fills the history of a long case and hides the rest of it.

Owns which steps are alike, and which of them stand together. The history itself keeps every line; so does every file
that is taken along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from engine.core.actors import SYSTEM
from engine.store.history import Line

FEWEST = 3
"""So often at least something has to happen in a row to be told once."""
_ALWAYS_OTHERS = frozenset({"timer", "due_at", "not_before", "message", "parcel"})
"""What differs from one time to the next although the same was done: numbers and times."""

Step = tuple[Line, ...]


def steps(lines: Sequence[Line]) -> list[Step]:
    """The lines of each moment together: what one person did at once through one door."""
    return [tuple(together) for _, together in groupby(lines, _moment)]


def _moment(line: Line) -> tuple[Any, ...]:
    event = line.event
    return event.at, event.actor, event.on_behalf_of, event.via


def repeats(lines: Sequence[Line]) -> Iterator[tuple[Step, ...]]:
    """All steps in their order: alone, or those together that nobody did and that did the same again and again, each
    at least FEWEST times. Several that repeat may take turns, and several timers may fire in one moment.
    """
    alone: list[Line] = []
    for together in _again(_each_timer(lines)):
        if len(together) == 1:
            alone += together[0]
            continue
        yield from ((step,) for step in steps(alone))
        yield together
        alone = []
    yield from ((step,) for step in steps(alone))


def _each_timer(lines: Sequence[Line]) -> list[Step]:
    """The steps, with what each timer did for itself."""
    found: list[list[Line]] = []
    before: tuple[Any, ...] = ()
    for line in lines:
        if not found or _moment(line) != before or line.event.type == "timer-fired":
            found.append([])
        found[-1].append(line)
        before = _moment(line)
    return [tuple(step) for step in found]


def _again(every: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    same = [likeness(step) for step in every]
    waiting = [(0, len(every))]
    while waiting:
        first, last = waiting.pop()
        counts = Counter(same[first:last])
        often = [one is not None and counts[one] >= FEWEST for one in same[first:last]]
        if often and all(often):
            yield tuple(every[first:last])
            continue
        at, parts = first, []
        for again, run in groupby(often):
            end = at + len(list(run))
            parts += [(at, end)] if again else [(one, one + 1) for one in range(at, end)]
            at = end
        if len(parts) == 1:  # one step alone
            yield (every[first],)
        else:
            waiting += reversed(parts)


def likeness(step: Step) -> Hashable | None:
    """What is the same of steps that did the same; None for one that somebody did."""
    events = [line.event for line in step]
    if any(event.actor != SYSTEM.id for event in events):
        return None
    return tuple((event.type, _frozen(event.body)) for event in events)


def _frozen(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        kept = ((key, _frozen(one)) for key, one in sorted(value.items()) if key not in _ALWAYS_OTHERS)
        return tuple(kept)
    if isinstance(value, list | tuple):
        return tuple(_frozen(one) for one in value)
    return str(value)


def distinct(steps: Sequence[Step]) -> list[tuple[int, Step]]:
    """Of steps that repeat, the last one of each kind with how often it was done, in the order of their first times."""
    counts: dict[Hashable, int] = {}
    last: dict[Hashable, Step] = {}
    for step in steps:
        one = likeness(step)
        counts[one] = counts.get(one, 0) + 1
        last[one] = step
    return [(count, last[one]) for one, count in counts.items()]
