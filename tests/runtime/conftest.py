"""What the tests of the runtime share: an engine for several connections, one for a single one, each with a clock that
stands until it is set.

What races or is repeated runs on both kinds of database: they keep the rivals apart in different ways.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.runtime import Engine, VirtualClock
from tests.databases import BOTH, throwaway
from tests.runtime.worlds import FILES, NOON, engine_on


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.endswith(("races", "repeated", "undoing")):
        metafunc.parametrize("kind", BOTH)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def on_file(url: str, clock: VirtualClock) -> Iterator[Engine]:
    """An engine on a database for several connections."""
    engine = engine_on(url, FILES, clock=clock)
    with engine.store:
        yield engine


@pytest.fixture
def engine(clock: VirtualClock) -> Iterator[Engine]:
    """An engine for what happens one after the other."""
    made = engine_on(throwaway(), FILES, clock=clock)
    with made.store:
        yield made
