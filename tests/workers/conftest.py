"""The drivers that have to keep the contract: each test of it is run with every one of them, on either database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import pytest

from engine.runtime import Engine
from engine.workers.delivering import Handlers
from engine.workers.embedded import Embedded
from tests.databases import BOTH


class Driver(Protocol):
    def deliver_due(self, most: int = 20) -> Counter[str]: ...


DRIVERS: dict[str, Callable[[Engine, Handlers, str, threading.Event | None], Driver]] = {"embedded": Embedded}


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> Callable[..., Driver]:
    """Makes one: `driver(engine, handlers, name, stop)`."""

    def make(engine: Engine, handlers: Handlers, name: str = "me", stop: threading.Event | None = None) -> Driver:
        return DRIVERS[request.param](engine, handlers, name, stop)

    return make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.endswith("contract"):
        metafunc.parametrize("kind", BOTH)
