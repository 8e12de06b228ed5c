"""What the rules take for impossible never happens: the shipped stories are played, and each step is held against it.

The rules tell a fault where something can never be. So everything that a story does come to, a clock that runs in a
state, one that is stopped, a name that is known, has to be among what their walks have found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.core.events import Event
from engine.core.instance import RUNNING, Instance
from engine.definition.assignment import MILESTONE
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.rules.graph import Graph
from engine.definition.rules.possible import ANYTHING, Known
from engine.definition.rules.walks import Walks
from engine.library import catalog_of
from engine.scenarios.trial import try_process
from engine.scenarios.watching import Watch

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = catalog_of(ROOT).process_files()


def walks_of(catalog: Catalog, path: str) -> Walks:
    loaded = examine(catalog, path)
    assert loaded.outline is not None and loaded.flow is not None and loaded.bound is not None
    return Walks(loaded.outline, loaded.flow, loaded.bound, Graph(loaded.outline))


@pytest.mark.parametrize("path", SHIPPED)
def test_nothing_happens_that_the_rules_take_for_impossible(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = catalog_of(ROOT)
    seen: list[tuple[Instance, Sequence[Event]]] = []
    keep = Watch.keep

    def kept(watch: Watch, after: Instance, events: Sequence[Event], asked: tuple[str, ...] | None) -> None:
        seen.append((after, events))
        keep(watch, after, events, asked)

    monkeypatch.setattr(Watch, "keep", kept)
    assert try_process(catalog, path).problems == ()
    walks = walks_of(catalog, path)
    assert len(seen) > 20
    for after, events in seen:
        if after.status == RUNNING:
            clocks_are_possible(walks, after)
            names_are_possible(walks, after)
        for event in events:
            if event.type in ("clock-started", "clock-stopped"):
                run = walks.clocks.of(walks.possible.bound.clocks[event.body["clock"]])
                assert run is not None and (run.begins if event.type == "clock-started" else run.stops)


def clocks_are_possible(walks: Walks, after: Instance) -> None:
    here = {token.state for token in after.tokens.values() if not token.done}
    for clock in after.clocks.values():
        if clock.live:
            run = walks.clocks.of(walks.possible.bound.clocks[clock.name])
            assert run is not None and here <= set(run.running), (clock.name, here)
            assert clock.status == "paused" or here & set(run.ticking), (clock.name, here)


def names_are_possible(walks: Walks, after: Instance) -> None:
    known: Known = frozenset[object]().union(  # type: ignore[assignment]
        *(walks.possible.inside(token.state) for token in after.tokens.values() if not token.done)
    )
    assert {MILESTONE + name for name in after.milestones} <= known
    assert not {name for name in after.data if walks.possible.absent(name, known)}
    for name, value in after.variables.items():
        if value is not None:
            assert name in known
        if isinstance(value, bool):
            assert known & {(name, value), (name, ANYTHING)}, (name, value)
