"""What the tests of the runtime share: an engine on a file, one in memory, each with a clock that stands
until it is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runtime import Engine, VirtualClock
from tests.runtime.worlds import FILES, NOON, engine_on


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/heard.db"


@pytest.fixture
def on_file(url: str, clock: VirtualClock) -> Iterator[Engine]:
    """An engine on a file of its own, for what has several connections."""
    engine = engine_on(url, FILES, clock=clock)
    with engine.store:
        yield engine


@pytest.fixture
def engine(clock: VirtualClock) -> Iterator[Engine]:
    """An engine in memory, for what happens one after the other."""
    made = engine_on("sqlite:///:memory:", FILES, clock=clock)
    with made.store:
        yield made
