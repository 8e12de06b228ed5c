"""A worker that is killed in the middle of an effect: it has done it, and cannot say so any more."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

from engine.runtime import Engine, VirtualClock
from engine.store.database import open_database
from engine.store.outbox import MESSAGE, Parcel
from tests.workers.driven import DRIVERS


def main(url: str, at: str, diary: str, driven: str) -> None:
    clock = VirtualClock(datetime.fromisoformat(at))
    engine = Engine(open_database(url), clock, clock)

    def handle(parcel: Parcel) -> str:
        with open(diary, "a", encoding="utf-8") as file:
            file.write(f"{parcel.key}\n")
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    DRIVERS[driven](engine, {MESSAGE: handle}, "mortal", None).deliver_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
