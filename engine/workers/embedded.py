"""The driver that needs nothing but the database: it looks for what may go out, and delivers it, one after another.

Owns the order and the rhythm of that. Any number of them may work on one database, also on several machines: who gets
a parcel is decided by its claim, in `engine.store.outbox`.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from time import monotonic

from engine.logs import facts
from engine.runtime import Engine
from engine.store import outbox
from engine.workers.delivering import FAILED, GONE, LEASE, Handlers, deliver

log = logging.getLogger(__name__)

BATCH, SPELL = 20, 10.0
"""Parcels between two looks at the timers, and seconds after which no other is begun before: a slow mail server must
not make promises late.
"""


class Embedded:
    """Over one engine, in one thread. `stop` is looked at between two parcels: what is in hand is finished."""

    def __init__(self, engine: Engine, handlers: Handlers, worker: str, stop: threading.Event | None = None) -> None:
        self.engine = engine
        self.handlers = handlers
        self.worker = worker
        self.stop = stop or threading.Event()

    def at_work(self) -> AbstractContextManager[None]:
        """It delivers when it is asked to, and at no other time."""
        return nullcontext()

    def deliver_due(self, most: int = BATCH) -> Counter[str]:
        """Deliver what may go out now, the longest waiting first; how many came to what."""
        done: Counter[str] = Counter()
        began = monotonic()
        for _ in range(most if self.handlers else 0):
            if self.stop.is_set() or monotonic() - began > SPELL:
                break
            at = self.engine.recording()
            parcel = outbox.claim_next(self.engine.store, self.handlers, self.worker, at, at + LEASE)
            if parcel is None:
                break
            try:
                done[deliver(self.engine, self.handlers, parcel)] += 1
            except Exception:  # one broken case must not stop the others; it is anybody's again when its lease is over
                told = facts("not-settled", parcel=parcel.name, kind=parcel.kind, instance=parcel.instance)
                log.exception("Parcel %s of case %s could not be settled", parcel.id, parcel.instance, extra=told)
                done[FAILED] += 1
        del done[GONE]
        return done
