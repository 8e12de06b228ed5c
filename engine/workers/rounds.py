"""Doing what is due again and again, until somebody says stop.

Owns the rhythm. What is due, and how it is done, is `engine.workers.timers`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from engine.runtime import Engine
from engine.workers.timers import Swept, sweep

EVERY = 5.0
"""Seconds between two rounds."""


def rounds(
    engine: Engine, stop: threading.Event, every: float = EVERY, until: datetime | None = None
) -> Iterator[tuple[datetime, Swept]]:
    """One sweep after another, each with the time it was done at; the last one at `until` or when `stop` is set.

    A round that is under way is finished.
    """
    while True:
        now = engine.clock()
        yield now, sweep(engine, now)
        if stop.is_set() or (until is not None and now >= until):
            return
        wait = every if until is None else min(every, max(0.0, (until - now).total_seconds()))
        if stop.wait(wait):
            return
