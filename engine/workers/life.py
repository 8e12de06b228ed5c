"""A worker's signs of life, while it does one thing after another and while one of them takes long.

Owns when it counts as alive: as long as its rounds come to an end. A mail server that keeps silent holds it up and does
not make it dead; one thing that never ends does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from engine.runtime import Engine
from engine.store import workers

HEARTBEAT = 20.0
"""Seconds after which a round that is not at its end gives a sign of life of its own."""

LONGEST_ROUND = 900.0
"""Seconds after which it gives none any more."""


class Pulse:
    """Whether rounds go on, for whoever asks from another thread: the next one has to be finished within so many
    seconds after the last.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self.beat()

    def beat(self) -> None:
        """A round is finished."""
        self._last = monotonic()

    def since(self) -> float:
        """Seconds since the last one."""
        return monotonic() - self._last

    def silent(self) -> float:
        """Seconds since the last one, when that is too long; else nothing."""
        since = self.since()
        return since if since > self._longest else 0.0


@contextmanager
def heart(engine: Engine, worker: str, pulse: Pulse) -> Iterator[None]:
    """Meanwhile others hear of this worker also in a round that takes long, until that takes too long."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(HEARTBEAT):
            if pulse.since() >= HEARTBEAT and not pulse.silent():
                with suppress(Exception):  # whatever hinders it hinders the round too, and is told there
                    workers.beat(engine.store, worker, engine.recording())

    thread = threading.Thread(target=go_on, name="heard-heart", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
