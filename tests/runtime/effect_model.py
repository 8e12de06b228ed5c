"""What has come to the other side, beside what the outbox says of it: each effect at least once, always the same under
one key, and nothing that was taken back or given up before it went out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from engine.runtime import Engine
from engine.store.fields import decode
from engine.store.outbox import LETTER, MESSAGE, NOTICE, PENDING, SENT, WITHDRAWN, Parcel
from engine.workers.delivering import LEASE, Handlers, Hopeless
from engine.workers.embedded import Embedded
from tests.invariants import sql

TROUBLE = ("", "", "", "fails", "hopeless", "dies before it", "dies after it")


class Killed(BaseException):
    """The worker is gone in this instant: nothing that comes after is done."""


class OtherSide:
    """Gets what is sent, or does not."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.got: dict[str, Mapping[str, Any]] = {}

    def _handlers(self, trouble: str) -> Handlers:
        def handle(parcel: Parcel) -> str:
            if trouble == "dies before it":
                raise Killed
            if trouble == "fails":
                raise OSError("no route")
            if trouble == "hopeless":
                raise Hopeless("550 Nobody here")
            assert self.got.setdefault(parcel.key, parcel.body) == parcel.body
            if trouble == "dies after it":
                raise Killed
            return parcel.key

        return dict.fromkeys((MESSAGE, NOTICE, LETTER), handle)

    def worker_comes(self, trouble: str, most: int) -> None:
        """One that is killed over the first parcel, or that goes on."""
        with suppress(Killed):
            Embedded(self.engine, self._handlers(trouble), "worker").deliver_due(most)

    def time_passes(self, by: timedelta) -> None:
        """For the outbox, which goes by the real time."""
        self.engine.recording.at += by  # type: ignore[attr-defined]

    def all_goes_well(self) -> None:
        """From now on: whatever waits has a worker and a way."""
        self.time_passes(LEASE + timedelta(hours=6))
        while self._waiting():
            self.worker_comes("", 100)
            self.time_passes(timedelta(days=1))

    def _waiting(self) -> int:
        ((count,),) = sql(self.engine.store, "SELECT COUNT(*) FROM outbox WHERE status = ?", PENDING)
        return int(count)

    def differs(self) -> Iterator[str]:
        for instance, name, body, status, receipt in sql(
            self.engine.store, "SELECT instance, key, body, status, receipt FROM outbox"
        ):
            key = f"{instance}/{name}"
            if status == SENT and key not in self.got:
                yield f"{key} is said to be out, but nobody got it"
            if status == SENT and receipt != key:
                yield f"{key} has the receipt {receipt}"
            if status == WITHDRAWN and key in self.got:
                yield f"{key} was taken back, but somebody got it"
            if key in self.got and self.got[key] != decode(body):
                yield f"{key} is not what somebody got"
