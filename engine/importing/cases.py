"""From rows to cases: one row a case as it comes, or all the rows of a case together in the order of time.

Owns the grouping, and that an external id counts once in a file. Knows no process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.importing.cells import BadCell, Row
from engine.importing.mapping import Map
from engine.importing.table import Line


@dataclass(frozen=True, slots=True)
class Event:
    """A row of an event log: its line, when it happened and what; the row itself."""

    line: int
    at: datetime
    activity: str
    row: Row


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says about one case: the line where it begins, its external id, and its rows; or why it
    cannot be used.
    """

    line: int
    external_id: str = ""
    row: Row | None = None
    events: tuple[Event, ...] = ()
    fault: str = ""


def sources(lines: Iterable[Line], mapping: Map) -> Iterator[Source]:
    """One a row, read as it is needed; or one a case, in the order in which the cases began, after the whole
    file was read.
    """
    return _by_case(lines, mapping) if mapping.events is not None else _by_row(lines, mapping)


def _by_row(lines: Iterable[Line], mapping: Map) -> Iterator[Source]:
    seen: dict[str, tuple[int, int]] = {}
    for line in lines:
        if line.fault:
            yield Source(line.number, fault=line.fault)
            continue
        try:
            key = _key(line, mapping)
        except BadCell as bad:
            yield Source(line.number, fault=str(bad))
            continue
        mark = hash(tuple(line.cells.values()))
        first, as_before = seen.setdefault(key, (line.number, mark))
        if first != line.number and as_before != mark:
            yield Source(
                line.number,
                key,
                fault=f"Expected an external id of its own, but line {first} has '{key[:60]}' too, "
                "and says something else",
            )
        else:
            yield Source(line.number, key, line.cells)


def _key(line: Line, mapping: Map) -> str:
    found = mapping.key.of(line.cells)
    key = "" if found is None else str(found).strip()
    if not key:
        raise BadCell("Expected an external id, but the cell is empty")
    if len(key) > 200:
        raise BadCell(f"Expected an external id of at most 200 characters, but it has {len(key)}")
    return key


def _by_case(lines: Iterable[Line], mapping: Map) -> Iterator[Source]:
    assert mapping.events is not None
    faults: list[Source] = []
    events: dict[str, list[Event]] = {}
    broken: dict[str, Source] = {}
    for line in lines:
        key = ""
        try:
            if line.fault:
                raise BadCell(line.fault)
            key = _key(line, mapping)
            row = {sys.intern(name): sys.intern(cell) for name, cell in line.cells.items()}
            at = mapping.events.time.moment(row, "the event")
            activity = mapping.events.activity.of(row)
            if activity is None:
                raise BadCell("Expected an activity, but the cell is empty")
            events.setdefault(key, []).append(Event(line.number, at, str(activity), row))
        except BadCell as bad:
            if key:  # a case of which one row cannot be read is refused as a whole
                broken.setdefault(key, Source(line.number, key, fault=str(bad)))
            else:
                faults.append(Source(line.number, fault=str(bad)))
    # such a row could belong to any case, and a case is imported once: without it, it would stay incomplete
    # for ever
    if faults:
        yield from (
            replace(
                fault,
                fault=f"{fault.fault}. Nothing is imported before it is known to which case this row belongs",
            )
            for fault in faults
        )
        return
    yield from broken.values()
    whole = [(sorted(found, key=lambda event: event.at), key) for key, found in events.items() if key not in broken]
    for found, key in sorted(whole, key=lambda case: case[0][0].at):
        yield Source(found[0].line, key, found[0].row, tuple(found))
