"""A worker that is there to be killed: `python -m bench.mortal_worker URL BOOK`.

What is sent is a line in the book, the parcel's key. Who is killed over one is waited for as long as a lease lasts,
which is shortened here so that a run has an end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta

from engine.runtime import Engine
from engine.store.database import ABSENCE, open_database
from engine.store.outbox import LETTER, MESSAGE, NOTICE, Parcel
from engine.workers import delivering, distributed, embedded
from engine.workers.rounds import rounds

LEASE = timedelta(seconds=20)
TAKES = 0.05
"""Seconds for one letter, so that there is something to be killed in."""


def main(url: str, book: str) -> None:
    delivering.LEASE = distributed.LEASE = embedded.LEASE = LEASE
    distributed.HEARTBEAT, distributed.SILENCE = 1.0, 5.0
    engine = Engine(open_database(url, absence=ABSENCE))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def handle(parcel: Parcel) -> str:
        time.sleep(TAKES)
        with open(book, "ab", buffering=0) as file:
            file.write(f"{parcel.key}\n".encode())
        time.sleep(TAKES)
        return f"<{parcel.name}@{os.getpid()}>"

    for _ in rounds(engine, stop, dict.fromkeys((MESSAGE, NOTICE, LETTER), handle), every=1.0):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
