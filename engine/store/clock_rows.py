"""The rows of clocks: one a run, so that every promise of a case can be found and counted.

Owns how they follow a case's snapshot, and how the runs that are over by the end of a step are told by its events:
the snapshot has the last run of a clock only, and one step may end several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core.clocks import STOPPED
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.promised import NOTHING, Clock
from engine.core.restoring import CANCELLED
from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import maybe_micros, to_micros
from engine.store.models import Clock as Row

_KEEP = upsert(Row, Row.process)
_UNDO = Statement(
    lambda: Row.update({Row.status: CANCELLED, Row.due_at: None, Row.ended_at: Row.started_at}).where(
        (Row.instance == Parameter("instance")) & (Row.name == Parameter("name")) & (Row.run > Parameter("run"))
    ),
    "instance",
    "name",
    "run",
)


_NEVER = Statement(
    lambda: Row.update({Row.status: CANCELLED, Row.due_at: None, Row.ended_at: Parameter("at")}).where(
        (Row.instance == Parameter("instance")) & (Row.name == Parameter("name")) & (Row.run == Parameter("run"))
    ),
    *("at", "instance", "name", "run"),
)


def write(store: Store, old: Mapping[str, Clock], new: Instance, events: Sequence[Event]) -> None:
    """One row a run: that of the snapshot, and those that `events` tell to have ended in this step."""
    for event in events:
        if event.type == "clock-restored":
            if event.body.get("undone"):
                store.change(_NEVER, to_micros(event.at), new.id, event.body["clock"], _run(event))
            # Every run that began with a message that was taken back never was; the one before them goes on.
            store.change(_UNDO, new.id, event.body["clock"], _run(event))
    was = old.get
    changed = [clock for clock in new.clocks.values() if was(clock.name) is not clock and was(clock.name) != clock]
    rows = [row(new, clock) for clock in (*_ended(old, new.clocks, events), *changed)]
    if rows:
        store.change_many(_KEEP, rows)


def _ended(old: Mapping[str, Clock], new: Mapping[str, Clock], events: Sequence[Event]) -> Iterator[Clock]:
    """The runs that were stopped in this step, and that another one has followed."""
    if all(clock.run == (old[name].run if name in old else 1) for name, clock in new.items()):
        return
    runs = {(clock.name, clock.run): clock for clock in old.values()}
    for event in events:
        if not event.type.startswith("clock-"):
            continue
        body = event.body
        key = (body["clock"], _run(event))
        if event.type == "clock-started":
            target = "" if body["target"] == NOTHING else body["target"]
            runs[key] = Clock(*key, datetime.fromisoformat(body["since"]), target)
        elif event.type == "clock-breached":
            runs[key] = replace(runs[key], missed=datetime.fromisoformat(body["due_at"]))
        elif event.type == "clock-stopped" and new[body["clock"]].run != key[1]:
            yield replace(runs[key], status=STOPPED, due_at=None, ended_at=event.at)


def _run(event: Event) -> int:
    return int(event.body.get("run", 1))


def row(instance: Instance, clock: Clock) -> tuple[Any, ...]:
    return (
        instance.id,
        clock.name,
        clock.run,
        instance.process,
        clock.status,
        clock.target,
        to_micros(clock.started_at),
        maybe_micros(clock.due_at),
        maybe_micros(clock.missed),
        maybe_micros(clock.ended_at),
    )
