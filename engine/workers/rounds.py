"""Doing what is due again and again, until somebody says stop.

Owns the rhythm. What is due, and how it is done, is for timers `engine.workers.timers`, for the outbox
`engine.workers.delivering`; that it lives is told by `engine.workers.life`.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TypeVar

from engine.errors import Rejected
from engine.logs import facts
from engine.runtime import Engine
from engine.store import workers
from engine.workers.delivering import Handlers, in_words
from engine.workers.driving import Driver, Following
from engine.workers.embedded import BATCH
from engine.workers.forgetting import Forgetting
from engine.workers.life import LONGEST_ROUND, Pulse, heart
from engine.workers.timers import Swept, sweep

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two rounds."""

Done = TypeVar("Done")

Fetch = Callable[[], Counter[str]]
"""Takes in the mail that has come, and counts what became of it."""


@dataclass
class Round:
    """What was done in one: timers, what went out, the mail that came in, how many old ones that belong to no case were
    forgotten, and what the worker itself could not do.
    """

    at: datetime
    swept: Swept = field(default_factory=Swept)
    posted: Counter[str] = field(default_factory=Counter)
    came: Counter[str] = field(default_factory=Counter)
    forgotten: int = 0
    trouble: list[str] = field(default_factory=list)


def new_name() -> str:
    """Who this worker is, for people who look for it: host, process, and something that is new each time."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def rounds(
    engine: Engine,
    stop: threading.Event,
    handlers: Handlers,
    *,
    every: float = EVERY,
    until: datetime | None = None,
    name: str = "",
    fetch: Fetch | None = None,
    pulse: Pulse | None = None,
) -> Iterator[Round]:
    """One round after another, one `every` so many seconds; the last one at `until` or when `stop` is set.

    `fetch` takes in what has come since it was last asked; `pulse` is told of each round. What is in hand is finished.
    While much waits in the outbox, rounds follow one another without a pause. A round that fails, because the database
    is busy, say, is told and does not end the worker.
    """
    name = name or new_name()
    drives = Following(engine, handlers, name, stop)
    one = partial(_round, engine, drives, name, Forgetting(engine), fetch)
    return _rounds(engine, stop, drives, one, name, every, until, pulse or Pulse(every + LONGEST_ROUND))


def _rounds(
    engine: Engine,
    stop: threading.Event,
    drives: Driver,
    one: Callable[[], Round],
    name: str,
    every: float,
    until: datetime | None,
    pulse: Pulse,
) -> Iterator[Round]:
    try:
        with heart(engine, name, pulse), drives.at_work() if until is None else nullcontext():
            while True:
                began = monotonic()
                done = one()
                pulse.beat()
                yield done
                if stop.is_set():
                    return
                if done.posted.total() >= BATCH:
                    continue
                if until is not None and done.at >= until:
                    return
                wait = every - (monotonic() - began)
                wait = wait if until is None else min(wait, (until - done.at).total_seconds())
                if stop.wait(max(0.0, wait)):
                    return
    finally:
        _try(Round(engine.clock()), lambda: workers.leave(engine.store, name, engine.recording()), None)


def _round(engine: Engine, drives: Driver, name: str, forget: Callable[[], int], fetch: Fetch | None) -> Round:
    done = Round(engine.clock())
    _try(done, lambda: workers.beat(engine.store, name, engine.recording()), None)
    done.swept = _try(done, lambda: sweep(engine, done.at), done.swept)
    done.posted = _try(done, drives.deliver_due, done.posted)
    if fetch is not None:
        done.came = _try(done, fetch, done.came)
    done.forgotten = _try(done, forget, done.forgotten)
    return done


def _try(done: Round, do: Callable[[], Done], otherwise: Done) -> Done:
    try:
        return do()
    except Exception as error:  # the next round may do better; nobody is there to restart a worker
        ours = not isinstance(error, Rejected | OSError)  # a database or a mailbox that is away is no fault of ours
        log.warning("A worker's round failed: %s", in_words(error), exc_info=ours, extra=facts("round-failed"))
        done.trouble.append(in_words(error))
        return otherwise
