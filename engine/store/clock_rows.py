"""The rows of clocks: one a run, so that every promise of a case can be found and counted.

Owns how they follow a case's snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core.instance import Clock, Instance
from engine.store.compiled import upsert
from engine.store.database import Store
from engine.store.fields import maybe_micros, to_micros
from engine.store.models import Clock as Row

_KEEP = upsert(Row, Row.process)


def write(store: Store, old: Mapping[str, Clock], new: Instance) -> None:
    """One row a run; a run that another one followed in this step ended there."""
    rows = []
    for clock in new.clocks.values():
        before = old.get(clock.name)
        if before is clock or before == clock:
            continue
        if before is not None and before.live and before.run != clock.run:
            rows.append(_clock_row(new, _followed(before, clock) if clock.run > before.run else _undone(before)))
        rows.append(_clock_row(new, clock))
    if rows:
        store.change_many(_KEEP, rows)


def _followed(clock: Clock, by: Clock) -> Clock:
    late = clock.due_at is not None and clock.due_at < by.started_at
    missed = clock.missed or (clock.due_at if late else None)
    return replace(clock, status="stopped", due_at=None, missed=missed, ended_at=by.started_at)


def _undone(clock: Clock) -> Clock:
    """A run that began with a message that was taken back: the one before it goes on."""
    return replace(clock, status="cancelled", due_at=None, ended_at=clock.started_at)


def _clock_row(instance: Instance, clock: Clock) -> tuple[Any, ...]:
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
