"""What holds of every run of every clock, whatever happened to its case: history, snapshot and rows say the same.
A part of `tests.invariants`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.instance import Instance
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, maybe_micros
from engine.store.history import Line
from tests.databases import sql

Key = tuple[str, int]
LIVE = ("running", "paused")


@dataclass
class Run:
    """A run as its events tell it; `before` is how it stood before it ended."""

    status: str
    started_at: datetime
    missed: datetime | None = None
    ended_at: datetime | None = None
    before: str = ""

    def end(self, status: str, at: datetime) -> None:
        self.before = self.status if self.status in LIVE else self.before
        self.status, self.ended_at = status, at

    def go_on(self, status: str) -> None:
        self.status, self.ended_at = status, None


def of_clocks(store: Store, instance: Instance, lines: list[Line]) -> Iterator[str]:
    runs = told(lines)
    # The last run of a clock is its snapshot's, unless it began with a message that was taken back.
    numbers = {**dict(sorted(runs)), **{c.name: c.run for c in instance.clocks.values()}}
    last = {name: _said(runs.get((name, run))) for name, run in numbers.items()}
    known = {c.name: (c.status, c.started_at, c.missed, c.ended_at) for c in instance.clocks.values()}
    if known != last:
        yield f"clocks by history {last}, by the snapshot {known}"
    missed = Counter(
        (line.event.body["clock"], line.event.body.get("run", 1))
        for line in lines
        if line.event.type == "clock-breached"
    )
    if any(count > 1 for count in missed.values()):
        yield f"a promise was broken twice: {missed}"
    asked = "SELECT name, run, status, started_at, missed_at, ended_at, due_at FROM clock WHERE instance = ?"
    rows = {(name, run): tuple(rest) for name, run, *rest in sql(store, asked, instance.id)}
    found = {
        key: (status, from_micros(since), from_maybe(late), from_maybe(ended))
        for key, (status, since, late, ended, _) in rows.items()
    }
    by_history = {key: _said(run) for key, run in runs.items()}
    if by_history != found:
        yield f"runs by history {by_history}, by their rows {found}"
    due = {key: row[-1] for key, row in rows.items() if row[-1] is not None}
    promised = {(c.name, c.run): maybe_micros(c.due_at) for c in instance.clocks.values() if c.due_at is not None}
    if due != promised:
        yield f"deadlines by the snapshot {promised}, by the rows of clocks {due}"


def told(lines: list[Line]) -> dict[Key, Run]:
    """Every run of every clock that the history tells of."""
    runs: dict[Key, Run] = {}
    for line in lines:
        event = line.event
        if not event.type.startswith("clock-"):
            continue
        name, number = key = event.body["clock"], event.body.get("run", 1)
        match event.type.removeprefix("clock-"):
            case "started":
                runs[key] = Run("running", datetime.fromisoformat(event.body["since"]))
            case "resumed":
                runs[key].go_on("running")
            case "paused":
                runs[key].go_on("paused")
            case "breached":
                runs[key].missed = datetime.fromisoformat(event.body["due_at"])
            case "stopped" | "cancelled" as how:
                runs[key].end(how, event.at)
            case "restored":
                for (other, later), run in runs.items():
                    if other == name and later > number:
                        run.end("cancelled", run.started_at)
                if runs[key].status in ("stopped", "cancelled") and not event.body.get("undone"):
                    runs[key].go_on(runs[key].before)
                else:
                    runs[key].end("cancelled", event.at)
    return runs


def _said(run: Run | None) -> tuple[Any, ...] | None:
    return (run.status, run.started_at, run.missed, run.ended_at) if run is not None else None
