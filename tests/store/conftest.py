"""What the store's tests share: a fresh store, a deployed process, and small cases as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from engine.core.effects import Effect
from engine.core.events import Event
from engine.core.instance import Instance, Task, Timer, Token
from engine.store import Store, deployments, instances, open_database, references
from tests.databases import BOTH

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CONTENT = '{"process": "inquiry"}'
VERSION = sha256(CONTENT.encode()).hexdigest()


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """All of the store is tested on both."""
    found: str = request.param
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_database(url) as opened:
        yield opened


class Cases:
    """Makes and moves cases as the runtime does: one transaction a step."""

    def __init__(self, store: Store) -> None:
        self.store = store
        deployments.deploy(store, VERSION, "inquiry", CONTENT, NOON, "ann", "first")

    def task(self, case: str, number: int, **fields: Any) -> Task:
        usual = {"candidates": ("agent",), "due_at": NOON + timedelta(hours=number)}
        return Task(f"{case}.{number}", "t0", "received", f"Task {number}", NOON, **{**usual, **fields})

    def timer(self, case: str, number: int, due: timedelta = timedelta(days=1)) -> Timer:
        return Timer(f"{case}.{number}", "t0", "received", 0, NOON + due)

    def new(self, case: str = "c1", **fields: Any) -> Instance:
        usual: dict[str, Any] = {
            "process": "inquiry",
            "digest": VERSION,
            "starter": "carla",
            "received_at": NOON,
            "started_at": NOON,
            "tokens": {"t0": Token("t0", "received", NOON)},
            "subject": f"About {case}",
            "customer": {"name": "Carla", "email": "carla@example.org"},
        }
        return Instance(id=case, **{"reference": "", **usual, **fields})

    def start(self, case: str = "c1", effects: tuple[Effect, ...] = (), **fields: Any) -> Instance:
        with self.store.transaction():
            new = self.new(case, **fields)
            if not new.reference:
                new = replace(new, reference=references.take(self.store, "INQ", 2026))
            return instances.save(self.store, None, new, [self.event("case-started")], effects, NOON)

    def step(self, old: Instance, *events: Event, effects: tuple[Effect, ...] = (), **changes: Any) -> Instance:
        with self.store.transaction():
            new = replace(old, **changes)
            return instances.save(self.store, old, new, events or [self.event("commented")], effects, NOON)

    def event(self, type: str, **body: Any) -> Event:
        return Event(type, NOON, "ann", "web", body, "", ("agent",))


@pytest.fixture
def cases(store: Store) -> Cases:
    return Cases(store)
