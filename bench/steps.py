"""Durable steps a second: Heard's real runtime beside the floor, in the same run.

Owns the measuring: rounds in which both do the same wave of cases, one after the other and in turns, the
ratio of each round, and the check that both have written the same number of rows. Only ratios of one run mean
anything: the speed of a disk and of its neighbours moves by half.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.connecting import connected
from bench.floor import Floor
from bench.replay import Recorder, Replay
from bench.workload import CUSTOMER, HOME, INTAKE, LEAD, NOW, OFFICER, PROCESS, PROMISES, STEPS
from engine.core.commands import Complete, Decide
from engine.definition.loader import Loaded, examine
from engine.library import catalog_of
from engine.runtime import Engine
from engine.store import people
from engine.store.database import Store, open_database
from engine.store.models import TABLES
from engine.store.people import Person


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each round, the seconds that the floor and Heard took for the same number of steps."""

    steps: int
    rounds: tuple[tuple[float, float], ...]

    @property
    def ratios(self) -> list[float]:
        """How much of the floor's speed Heard has, a round."""
        return [floor / heard for floor, heard in self.rounds]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def floor_speed(self) -> float:
        return statistics.median(self.steps / floor for floor, _ in self.rounds)

    @property
    def heard_speed(self) -> float:
        return statistics.median(self.steps / heard for _, heard in self.rounds)


def prepared(path: Path, process: str = PROCESS) -> tuple[Store, Loaded]:
    """A new file with the workload's process deployed and its people known."""
    return deployed(f"sqlite:///{path}", process)


def deployed(url: str, process: str = PROCESS) -> tuple[Store, Loaded]:
    """The same in any database."""
    loaded = examine(catalog_of(HOME), f"processes/{process}.yaml")
    store = open_database(url)
    store.upgrade()
    Engine(store, lambda: NOW).deploy(loaded, "bench")
    known = [Person(actor.id, actor.id, roles=tuple(sorted(actor.roles))) for actor in (OFFICER, LEAD)]
    people.put(store, known)
    return store, loaded


class Heard:
    """The workload through `Engine`, with a key for every command, as the pages send it."""

    def __init__(self, store: Store, process: str = PROCESS) -> None:
        self.store = store
        self.process = process
        self.engine = Engine(store, lambda: NOW)

    def open_tasks(self) -> list[tuple[str, str]]:
        cursor = self.store.database.execute_sql("SELECT instance, id FROM task WHERE status = 'open'")
        rows: list[tuple[str, str]] = cursor.fetchall()
        return rows

    def wave(self, name: str, cases: int) -> float:
        """Start so many cases, then do each step for all of them in turn; the seconds it took."""
        engine = self.engine
        began = perf_counter()
        for number in range(cases):
            engine.start(self.process, CUSTOMER, INTAKE, key=f"{name}-{number}")
        taken = perf_counter() - began
        for state, _, actor, values in STEPS:
            waiting = self.open_tasks()
            began = perf_counter()
            decides = state == "approve" and self.process == PROMISES
            for case, task in waiting:
                key = f"{task}-{state}"
                engine.do(
                    case,
                    Decide(at=NOW, actor=actor, task=task, decision="approve", key=key)
                    if decides
                    else Complete(at=NOW, actor=actor, task=task, outcome="done", values=values, key=key),
                )
            taken += perf_counter() - began
        return taken


class Plain:
    """The same on the floor."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def wave(self, name: str, cases: int) -> float:
        floor = self.floor
        began = perf_counter()
        for number in range(cases):
            floor.start(f"{name}-{number}")
        taken = perf_counter() - began
        for state, form, actor, values in STEPS:
            waiting = floor.open_tasks()
            began = perf_counter()
            for case, task in waiting:
                floor.complete(case, task, form, actor, values, f"{task}-{state}")
            taken += perf_counter() - began
        return taken


def measure(folder: Path, cases: int, rounds: int, told: Callable[[int], None] = lambda _: None) -> Measured:
    """So many rounds of waves of so many cases, after one that does not count. `told` hears of each round."""
    below, _ = prepared(folder / "floor.db")
    below.close()
    store, loaded = prepared(folder / "heard.db")
    assert loaded.bundle is not None
    floor = Floor(connected(folder / "floor.db"), loaded.bundle.digest)
    plain, heard = Plain(floor), Heard(store)
    seen = []
    for number in range(-1, rounds):
        size = cases if number >= 0 else max(2, cases // 5)
        gc.collect()
        if number % 2:
            one, other = plain.wave(f"r{number}", size), heard.wave(f"r{number}", size)
        else:
            other, one = heard.wave(f"r{number}", size), plain.wave(f"r{number}", size)
        if number >= 0:
            seen.append((one, other))
            told(number + 1)
    floor.close()
    same_rows(folder)
    store.close()
    return Measured(cases * (len(STEPS) + 1), tuple(seen))


def measure_promises(folder: Path, cases: int, rounds: int) -> Measured:
    """The same for workload P; its floor plays back what a third database has written before."""
    below, _ = prepared(folder / "floor.db", PROMISES)
    below.close()
    recorded, _ = prepared(folder / "recorded.db", PROMISES)
    store, _ = prepared(folder / "heard.db", PROMISES)
    recorder = Recorder(recorded)
    recording, heard, replay = Heard(recorder, PROMISES), Heard(store, PROMISES), Replay(folder / "floor.db")
    seen = []
    for number in range(-1, rounds):
        size = cases if number >= 0 else max(2, cases // 5)
        recorder.steps.clear()
        recording.wave(f"r{number}", size)
        steps = [step for step in recorder.steps if step]
        gc.collect()
        if number % 2:
            one, other = replay.play(steps), heard.wave(f"r{number}", size)
        else:
            other, one = heard.wave(f"r{number}", size), replay.play(steps)
        if number >= 0:
            seen.append((one, other))
    replay.close()
    recorded.close()
    same_rows(folder)
    store.close()
    return Measured(cases * (len(STEPS) + 1), tuple(seen))


def same_rows(folder: Path) -> dict[str, int]:
    """How many rows each table has; RuntimeError unless both databases have as many."""
    found = []
    for name in ("floor.db", "heard.db"):
        with open_database(f"sqlite:///{folder / name}") as store:
            database = store.database
            tables = [table._meta.table_name for table in TABLES]  # what an index keeps beside them is its own affair
            counts = {table: database.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables}
            found.append(counts)
    if found[0] != found[1]:
        raise RuntimeError(
            f"Expected both to have written the same rows, but the floor has {found[0]} and Heard has {found[1]}"
        )
    return found[0]
