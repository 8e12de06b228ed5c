"""What holds of every case's promises, escalations and notices, whatever happened to it: read from its history and its
rows alone. A part of `tests.invariants`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from engine.core.clock_histories import runs
from engine.core.effects import whom
from engine.core.instance import Instance
from engine.store.database import Store
from engine.store.fields import decode, from_micros
from engine.store.history import Line
from tests.databases import sql

PRIORITIES = ("normal", "high", "urgent")
HARD_STOP = "hard-stop"


def of_promises(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    yield from _priority(store, instance, lines)
    yield from _notices(store, instance, lines)
    yield from _rungs(lines)
    yield from _breaches(instance, lines)
    yield from _told(instance, lines)


def _told(instance: Instance, lines: list[Line]) -> Iterator[str]:
    """The history alone tells how each clock stands: whoever reads it can reckon every deadline."""
    told = runs(line.event for line in lines)
    for clock in instance.clocks.values():
        # The last run, unless it began with what was undone: then the one before it goes on.
        counting = [run for run in told[clock.name] if not run.undone] or told[clock.name]
        seen = counting[-1].clock
        stands = replace(clock, fired=(), due_at=None)
        if seen != stands:
            yield f"the clock {clock.name} is {stands}, but by its history {seen}"


def _priority(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    """It only ever rises, and history, snapshot and row say the same."""
    now = "normal"
    for line in lines:
        if line.event.type == "priority-raised":
            was, to = line.event.body["was"], line.event.body["now"]
            if was != now or PRIORITIES.index(to) <= PRIORITIES.index(was):
                yield f"the priority went from {was} to {to}, but it was {now}"
            now = to
    (row,) = sql(store, "SELECT priority FROM instance WHERE id = ?", instance.id)
    if not (now == (instance.priority or "normal") == (row[0] or "normal")):
        yield f"the priority is {now} by history, {instance.priority!r} in the snapshot and {row[0]!r} in the row"


def _notices(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    """Whoever was told has a row in the outbox, once, from the time on that history names; an import tells nobody."""
    told = [line.event for line in lines if line.event.type == "notified"]
    for event in told:
        if (event.via == "import") != bool(event.body.get("withheld")):
            yield f"{event.body} came by {event.via}"
    expected = [
        (event.body["notice"], whom(event.body), event.body["not_before"])
        for event in told
        if not event.body.get("withheld")
    ]
    rows = sql(
        store, "SELECT body, created_at, available_at FROM outbox WHERE instance = ? AND kind = 'notice'", instance.id
    )
    found = [
        (decode(body)["id"], whom(decode(body)), from_micros(available).isoformat()) for body, _, available in rows
    ]
    if sorted(expected) != sorted(found):
        yield f"notices: expected {expected}, found {found}"
    if len({notice for notice, _, _ in found}) != len(found):
        yield "a notice is there twice"


def _rungs(lines: list[Line]) -> Iterator[str]:
    """In one run of a clock the shares fire in order, and each is due no earlier than the one before was when it
    fired first; one that failed may come again.
    """
    runs: dict[str, int] = {}
    first: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for line in lines:
        body = line.event.body
        if line.event.type == "clock-started":
            runs[body["clock"]] = body.get("run", 1)
        elif line.event.type == "timer-fired" and body.get("word") == "clock" and body["rung"] != HARD_STOP:
            seen = first.setdefault((body["state"], runs[body["state"]]), [])
            percent = int(body["rung"].removesuffix("%"))
            if percent not in (one for one, _ in seen):
                seen.append((percent, body["due_at"]))
    for (clock, run), seen in first.items():
        if any(later[0] < earlier[0] for earlier, later in pairwise(seen)):
            yield f"the rungs of {clock} (run {run}) did not fire in order: {seen}"


def _breaches(instance: Instance, lines: list[Line]) -> Iterator[str]:
    """What a clock has missed is in the history, and what it kept is not; nothing is missed before it is due."""
    missed: dict[str, str | None] = {}
    of_run: dict[tuple[str, int], str] = {}
    for line in lines:
        body = line.event.body
        if line.event.type == "clock-started":
            missed[body["clock"]] = None
        elif line.event.type == "clock-restored":
            missed[body["clock"]] = of_run.get((body["clock"], body.get("run", 1)))
        elif line.event.type == "clock-breached":
            missed[body["clock"]] = of_run[body["clock"], body.get("run", 1)] = body["due_at"]
            if line.event.at.isoformat() < body["due_at"]:
                yield f"{body['clock']} missed {body['due_at']} before it was due"
        elif line.event.type == "clock-stopped" and body["kept"] != (missed[body["clock"]] is None):
            yield f"{body['clock']} was stopped as kept={body['kept']}, but missed {missed[body['clock']]}"
    known = {clock.name: clock.missed.isoformat() if clock.missed else None for clock in instance.clocks.values()}
    if known != missed:
        yield f"missed by history {missed}, by the snapshot {known}"
