"""Each test of the contract is run with every driver on every database that it is for."""

from __future__ import annotations

import threading

import pytest

from engine.runtime import Engine
from engine.store.database import open_database
from engine.workers.delivering import Handlers
from engine.workers.driving import DISTRIBUTED, EMBEDDED, VARIABLE, Driver, settle
from tests.databases import BOTH, POSTGRESQL
from tests.workers.driven import DRIVERS, Make


@pytest.fixture
def driver(driven: str, url: str) -> Make:
    """Makes one, for a database that was told to have it."""
    with open_database(url) as store:
        settle(store, {VARIABLE: driven})

    def make(engine: Engine, handlers: Handlers, name: str = "me", stop: threading.Event | None = None) -> Driver:
        return DRIVERS[driven](engine, handlers, name, stop)

    return make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.endswith("contract") and "driver" in metafunc.fixturenames:
        kinds = [(kind, EMBEDDED) for kind in BOTH] + [(POSTGRESQL, DISTRIBUTED)]
        metafunc.parametrize(("kind", "driven"), kinds)
