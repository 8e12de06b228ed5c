"""A process of its own that does, at the given instant, what it is told: the other side of a race.

Run as `python -m tests.runtime.rival URL`. Reads a JSON object a line: {"act", "at_ns", …}; answers each with
a line: {"code", "instance", "reference", "revision"}.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.core.actors import SYSTEM
from engine.core.commands import Claim, Complete, FireTimer
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store.database import open_database
from tests.runtime.worlds import ANN, CARLA, NOON, STAFF

ROOT = Path(__file__).resolve().parents[2]
LEAD = 4_000_000
"""Nanoseconds between the telling and the act, so that all are ready by then."""


def act(engine: Engine, said: dict[str, Any]) -> dict[str, Any]:
    """Do one thing; `code` is `done`, `stuck`, or the code of the refusal."""
    actor = {one.id: one for one in (*STAFF, CARLA)}.get(said.get("person", ""), ANN)
    try:
        if said["act"] == "start":
            result = engine.start(
                "parcel",
                actor,
                said["values"],
                key=said.get("key", ""),
                external_id=said.get("external_id", ""),
            )
        elif said["act"] == "claim":
            result = engine.do(said["instance"], Claim(at=NOON, actor=actor, task=said["task"]))
        elif said["act"] == "fire":
            due = datetime.fromisoformat(said["due_at"])
            result = engine.do(said["instance"], FireTimer(at=due, actor=SYSTEM, timer=said["timer"], due_at=due))
        else:
            asked = Complete(
                at=NOON,
                actor=actor,
                task=said["task"],
                outcome=said["outcome"],
                values=said["values"],
                key=said.get("key", ""),
            )
            result = engine.do(said["instance"], asked)
    except Rejected as rejected:
        return {"code": rejected.code}
    return {
        "code": "stuck" if result.stuck else "done",
        "instance": result.instance,
        "reference": result.reference,
        "revision": result.revision,
    }


class Rivals:
    """Several such processes on one database."""

    def __init__(self, url: str, number: int = 2) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.runtime.rival", url],
                cwd=ROOT,
                env=environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(number)
        ]
        for process in self._processes:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"

    def at_once(self, *said: dict[str, Any]) -> list[dict[str, Any]]:
        """Each process gets one of these, all for the same instant; their answers in that order."""
        when = time.time_ns() + LEAD
        for process, one in zip(self._processes, said, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps({**one, "at_ns": when}) + "\n")
            process.stdin.flush()
        answers = []
        for process in self._processes:
            assert process.stdout is not None
            answers.append(json.loads(process.stdout.readline()))
        return answers

    def __enter__(self) -> Rivals:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()


def main(url: str) -> None:
    with open_database(url) as store:
        store.upgrade()
        engine = Engine(store, VirtualClock(NOON))
        for warm in sorted({one for (one,) in store.database.execute_sql("SELECT digest FROM deployment").fetchall()}):
            engine.definition(warm)
        print("ready", flush=True)
        for line in sys.stdin:
            said = json.loads(line)
            while time.time_ns() < said["at_ns"]:
                pass
            print(json.dumps(act(engine, said)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
