"""Which driver delivers, and choosing it.

Owns the choice. It is a fact of the database, so that all who work on it agree: HEARD_DRIVER says it when somebody
opens the database, and whoever is told nothing follows, also a worker that is in the midst of its work.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from typing import Protocol

from engine.errors import Rejected
from engine.logs import facts
from engine.runtime import Engine
from engine.store import jobs
from engine.store.database import Store
from engine.workers.delivering import Handlers
from engine.workers.embedded import BATCH, Embedded

log = logging.getLogger(__name__)

VARIABLE = "HEARD_DRIVER"
DRIVERS = EMBEDDED, DISTRIBUTED = "embedded", "distributed"


class Driver(Protocol):
    """Delivers what may go out, through `engine.workers.delivering`; the contract there holds for each."""

    def at_work(self) -> AbstractContextManager[None]:
        """Around the rounds of a worker that goes on until it is stopped."""

    def deliver_due(self, most: int = BATCH) -> Counter[str]:
        """How many came to what since this was last asked."""


def wanted(environ: Mapping[str, str]) -> str:
    """What HEARD_DRIVER says; empty when it says nothing. Rejected("driver") when there is no such driver."""
    said = environ.get(VARIABLE, "").strip()
    if said and said not in DRIVERS:
        raise Rejected("driver", f"Expected {VARIABLE} to be {EMBEDDED} or {DISTRIBUTED}, but it is '{said}'")
    return said


def settle(store: Store, environ: Mapping[str, str]) -> None:
    """Let the database have the driver that the environment names, from now on and for everybody.

    Rejected("driver") when it cannot have that one, Rejected("database-driver") when what it needs is not installed.
    """
    said = wanted(environ)
    if said == DISTRIBUTED:
        if not store.locks_rows:
            raise Rejected(
                "driver", f"Expected PostgreSQL for {VARIABLE}={DISTRIBUTED}, but the database is a SQLite file"
            )
        if not jobs.is_there(store):
            from engine.workers.distributed import install

            install(store)
    elif said == EMBEDDED:
        jobs.drop(store)


def chosen(store: Store) -> str:
    """The driver that this database has."""
    return DISTRIBUTED if jobs.is_there(store) else EMBEDDED


class Following:
    """The driver that this database has, for a worker of this name; another one as soon as it has another.

    Rejected("database-driver") as long as what that one needs is not installed here.
    """

    def __init__(self, engine: Engine, handlers: Handlers, worker: str, stop: threading.Event) -> None:
        self._make = partial(_driver, engine, handlers, worker, stop)
        self._store = engine.store
        self._kind = chosen(engine.store)
        self._driver = self._make(self._kind)
        self._work: ExitStack | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ExitStack() as self._work:
            self._work.enter_context(self._driver.at_work())
            yield
        self._work = None

    def deliver_due(self, most: int = BATCH) -> Counter[str]:
        done: Counter[str] = Counter()
        kind = chosen(self._store)
        if kind != self._kind:
            driver = self._make(kind)
            if self._work is not None:
                with suppress(Exception):  # its queue is gone, and it says so
                    done += self._driver.deliver_due(most)
                self._work.close()
                self._work.enter_context(driver.at_work())
            self._kind, self._driver = kind, driver
            log.info("The database has the driver %s from now on", kind, extra=facts("driver", driver=kind))
        return done + self._driver.deliver_due(most)


def _driver(engine: Engine, handlers: Handlers, worker: str, stop: threading.Event, kind: str) -> Driver:
    if kind == EMBEDDED:
        return Embedded(engine, handlers, worker, stop)
    from engine.workers.distributed import Distributed, install

    install(engine.store)
    return Distributed(engine, handlers, worker, stop)
