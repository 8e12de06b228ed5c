"""The drivers that have to keep the contract: each test of it is run with every one of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from engine.runtime import Engine
from engine.workers.delivering import Handlers
from engine.workers.embedded import Embedded


class Driver(Protocol):
    def deliver_due(self, most: int = 20) -> Counter[str]: ...


DRIVERS: dict[str, Callable[[Engine, Handlers, str, threading.Event | None], Driver]] = {"embedded": Embedded}


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> Callable[..., Driver]:
    """Makes one: `driver(engine, handlers, name, stop)`."""

    def make(engine: Engine, handlers: Handlers, name: str = "me", stop: threading.Event | None = None) -> Driver:
        return DRIVERS[request.param](engine, handlers, name, stop)

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/heard.db"
