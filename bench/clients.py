"""Steps a second of several clients at once on PostgreSQL, beside as many that write the same rows by hand.

Owns the measuring, and the program that one client is: `python -m bench.clients floor|heard URL NAME CASES`. It says
`ready`, waits for a line, takes its cases through all their steps, one case after the other, and says `done`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from bench.connecting import OnPostgres
from bench.floor import Floor
from bench.server import Server
from bench.steps import deployed
from bench.workload import CUSTOMER, INTAKE, NOW, PROCESS, STEPS
from engine.core.commands import Complete
from engine.runtime import Engine
from engine.store.database import open_database

AT_ONCE = (1, 2, 4, 8)
STEPS_OF_A_CASE = len(STEPS) + 1


@dataclass(frozen=True, slots=True)
class Together:
    """So many clients: steps a second of the floor and of Heard, a round."""

    clients: int
    rounds: tuple[tuple[float, float], ...]

    @property
    def floor(self) -> float:
        return statistics.median(floor for floor, _ in self.rounds)

    @property
    def heard(self) -> float:
        return statistics.median(heard for _, heard in self.rounds)

    @property
    def ratio(self) -> float:
        return statistics.median(heard / floor for floor, heard in self.rounds)


def measure(server: Server, cases: int, rounds: int, clients: tuple[int, ...] = AT_ONCE) -> Iterator[Together]:
    """Each number of clients in turn, each client with so many cases a round; both sides do the same in turns."""
    urls = {}
    for side in ("floor", "heard"):
        urls[side] = server.new(side)
        deployed(urls[side])[0].close()
    for count in clients:
        seen = []
        for number in range(-1, rounds):  # the first does not count
            speed = {
                side: _run(side, urls[side], f"{count}-{number}", count, cases if number >= 0 else 2)
                for side in (("floor", "heard") if number % 2 else ("heard", "floor"))
            }
            if number >= 0:
                seen.append((speed["floor"], speed["heard"]))
        yield Together(count, tuple(seen))


def _run(side: str, url: str, name: str, clients: int, cases: int) -> float:
    """Steps a second of all of them together, from the word to the last one's end."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.clients", side, url, f"{name}-{number}", str(cases)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(clients)
    ]
    try:
        for program in programs:
            _hear(program, "ready")
        began = perf_counter()
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        for program in programs:
            _hear(program, "done")
        return clients * cases * STEPS_OF_A_CASE / (perf_counter() - began)
    finally:
        for program in programs:
            program.kill()
            program.communicate()


def _hear(program: subprocess.Popen[str], word: str) -> None:
    assert program.stdout is not None
    said = program.stdout.readline().strip()
    if said != word:
        raise RuntimeError(f"Expected a client to say {word}, but it said {said!r}")


class Side(Protocol):
    """One client."""

    def case(self, key: str) -> None:
        """A case from its beginning to its end, each step with a key made of this one."""

    def close(self) -> None: ...


class Plain:
    """A client that writes by hand."""

    def __init__(self, url: str) -> None:
        self._connection = OnPostgres(url)
        ((digest,),) = self._connection.execute("SELECT digest FROM deployment").fetchall()
        self._floor = Floor(self._connection, digest)

    def case(self, key: str) -> None:
        case = self._floor.start(key)
        for state, form, actor, values in STEPS:
            ((task,),) = self._connection.execute(
                "SELECT id FROM task WHERE instance = ? AND status = 'open'", (case,)
            ).fetchall()
            self._floor.complete(case, task, form, actor, values, f"{key}-{state}")

    def close(self) -> None:
        self._connection.close()


class Heard:
    """A client of the runtime."""

    def __init__(self, url: str) -> None:
        self._engine = Engine(open_database(url), lambda: NOW)

    def case(self, key: str) -> None:
        case = self._engine.start(PROCESS, CUSTOMER, INTAKE, key=key).instance
        for state, _, actor, values in STEPS:
            ((task,),) = self._engine.store.database.execute_sql(
                "SELECT id FROM task WHERE instance = %s AND status = 'open'", (case,)
            ).fetchall()
            self._engine.do(
                case,
                Complete(at=NOW, actor=actor, task=task, outcome="done", values=values, key=f"{key}-{state}"),
            )

    def close(self) -> None:
        self._engine.store.close()


def main(side: str, url: str, name: str, cases: int) -> None:
    client: Side = Heard(url) if side == "heard" else Plain(url)
    client.case(f"{name}-warm")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(cases):
        client.case(f"{name}-{number}")
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
