"""Kills a process at any moment, again and again, and looks at what it left behind.

Run as `python -m tests.runtime.mortal URL KILLS SEED`. Each child is forked from here, warm, so that a kill
costs milliseconds and not a start of Python. It opens the database and does a stream of starts, completions,
decisions, calls and timers; before each it writes what it is about to do to a pipe, and after each that it was
told it is done. Then it is killed with SIGKILL. What it had begun is asked for again with the same key, as whoever got
no answer does. Prints a report as JSON; any broken promise ends it with a message.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from engine.core.commands import Complete
from engine.runtime import Engine, VirtualClock
from engine.store.database import Store, open_database
from engine.store.due import due_timers
from engine.workers.timers import sweep
from tests.invariants import broken, sql
from tests.runtime import claiming
from tests.runtime.promising import deploy_claims
from tests.runtime.worlds import ANN, CARLA, FILES, INTAKE, LIGHT, LINES, NOON, TOM, loaded, people

OPENING = 0.02  # seconds within which some children die, while they open the database
WORKING = 0.2  # seconds that the others live from their first step on
YOUNG = "young"


@dataclass
class Report:
    kills: int = 0
    told: int = 0
    begun: int = 0
    done_untold: int = 0
    cases: int = 0
    fired: int = 0
    called: int = 0
    rungs: int = 0
    confirmed: int = 0
    young: int = 0
    seconds: float = 0.0
    starts: set[str] = field(default_factory=set)


def open_engine(engine: Engine, url: str) -> Store:
    """The database opened and brought up to date, as every command does; the warm engine looks at it."""
    engine.store = open_database(url)
    engine.store.upgrade()
    return engine.store


def stream(engine: Engine, url: str, pipe: int, mark: str) -> None:
    """What a child does until it dies."""
    open_engine(engine, url)
    number, lives = 0, int(mark) if mark.isdigit() else 0
    while True:
        number += 1
        key = f"{mark}-{number}"
        if (lives + number) % 3:
            claiming.live(engine, lambda one: said(engine, pipe, one), f"{key}-claim", lives + number)
        case = said(engine, pipe, {"act": "start", "key": key})
        said(engine, pipe, {"act": "complete", "key": f"{key}-sort", "case": case, "state": "received"})
        said(engine, pipe, {"act": "complete", "key": f"{key}-pack", "case": case, "state": "packed"})
        if number % 2:
            said(engine, pipe, {"act": "complete", "key": f"{key}-bill", "case": case, "state": "billed"})
        if number % 3 == 0:
            said(engine, pipe, {"act": "sweep"})


def said(engine: Engine, pipe: int, one: dict[str, Any]) -> str:
    os.write(pipe, (json.dumps(one) + "\n").encode())
    case, revision = act(engine, one)
    os.write(pipe, (json.dumps({"told": case, "revision": revision}) + "\n").encode())
    return case


def act(engine: Engine, one: dict[str, Any]) -> tuple[str, int]:
    """One thing; asked for again with its key it answers with the first result."""
    if one["act"] == "sweep":
        swept = sweep(engine, engine.clock())
        assert not swept.failed, swept.failed
        return "", swept.fired
    if one["act"] == "claim":
        return claiming.do(engine, one)
    if one["act"] == "start" and one.get("process") == "claim":
        return claiming.start(engine, one["key"])
    if one["act"] == "start":
        result = engine.start("parcel", CARLA, INTAKE, key=one["key"])
        return result.instance, result.revision
    state = one["state"]
    who, outcome, values = {
        "received": (ANN, "sort", LIGHT),
        "packed": (ANN, "done", LINES),
        "billed": (TOM, "done", {}),
    }[state]
    rows = sql(
        engine.store,
        "SELECT id FROM task WHERE instance = ? AND state = ? ORDER BY opened_at",
        one["case"],
        state,
    )
    command = Complete(at=engine.clock(), actor=who, task=rows[0][0], outcome=outcome, values=values, key=one["key"])
    result = engine.do(one["case"], command)
    return result.instance, result.revision


def one_life(engine: Engine, url: str, chance: random.Random, mark: str) -> list[dict[str, Any]]:
    """A child that is killed while it opens the database, or some time after its first step began; what it
    had said by then.
    """
    engine.store.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            stream(engine, url, writing, mark)
        finally:
            os._exit(70)
    os.close(writing)
    if mark != YOUNG and chance.random() < 0.8:
        select.select([reading], [], [], 10)
        time.sleep(chance.uniform(0, WORKING))
    else:
        time.sleep(chance.uniform(0, OPENING))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit(f"The child ended by itself with {status} before it was killed.")
    text = b""
    while piece := os.read(reading, 65_536):
        text += piece
    os.close(reading)
    return [json.loads(line) for line in text.splitlines()]


def look_after(engine: Engine, heard: list[dict[str, Any]], report: Report) -> set[str]:
    """Everything that was told is there; what was only begun is asked for again.

    The cases that had a part in it.
    """
    told = [one for one in heard if "told" in one]
    begun = [one for one in heard if "act" in one]
    report.told += len(told)
    report.starts |= {one["key"] for one in begun if one["act"] == "start"}
    cases = {one["told"] for one in told if one["told"]}
    for one in told:
        if one["told"]:
            rows = sql(engine.store, "SELECT revision FROM instance WHERE id = ?", one["told"])
            if not rows or rows[0][0] < one["revision"]:
                raise SystemExit(f"Lost: {one}, but the database has {rows}")
    if len(begun) > len(told):
        last = begun[-1]
        report.begun += 1
        report.done_untold += bool(sql(engine.store, "SELECT 1 FROM idempotency WHERE key = ?", last.get("key", "")))
        case, _ = act(engine, last)
        cases |= {case} if case else set()
    return cases


def main(url: str, kills: int, seed: int, bare: list[str]) -> None:
    began = time.monotonic()
    chance = random.Random(seed)
    clock = VirtualClock(NOON)
    engine = Engine(open_database(url), clock)
    young(engine, bare, chance)
    report = Report(young=len(bare))
    store = open_engine(engine, url)
    people(store)
    engine.deploy(loaded(FILES), "olga")
    deploy_claims(engine)
    for process in ("parcel", "claim", "repair"):
        engine.in_force(process)
    while report.kills < kills - report.young:
        # Time goes on for everybody, so that timers of cases left behind fall due.
        clock.set(clock.at + timedelta(hours=3))
        heard = one_life(engine, url, chance, str(report.kills))
        report.kills += 1
        store = open_engine(engine, url)
        cases = look_after(engine, heard, report)
        fail(broken(store, cases if report.kills % 20 else None))
    clock.set(clock.at + timedelta(days=2))
    swept = sweep(engine, clock.at)
    fail([f"a timer is stuck: {swept.failed}"] if swept.failed else [])
    fail([f"{one} is due and does not fire" for one in due_timers(store, clock.at)])
    fail(list(claiming.wrong_clocks(engine, store)))
    fail(broken(store))
    ((report.cases,),) = sql(store, "SELECT COUNT(*) FROM instance WHERE process <> 'repair'")
    ((report.called,),) = sql(store, "SELECT COUNT(*) FROM instance WHERE process = 'repair'")
    ((report.rungs,),) = sql(
        store, "SELECT COUNT(*) FROM history WHERE type = 'timer-fired' AND body LIKE '%\"word\":\"clock\"%'"
    )
    ((report.confirmed,),) = sql(store, "SELECT COUNT(*) FROM history WHERE type = 'confirmation-asked'")
    ((report.fired,),) = sql(store, "SELECT COUNT(*) FROM history WHERE type = 'timer-fired'")
    if report.cases != len(report.starts):
        raise SystemExit(f"{len(report.starts)} starts were asked for, but there are {report.cases} cases")
    report.kills += report.young
    report.seconds = round(time.monotonic() - began, 1)
    print(
        json.dumps(
            {
                **{name: getattr(report, name) for name in Report.__dataclass_fields__},
                "starts": len(report.starts),
            }
        )
    )


def young(engine: Engine, bare: list[str], chance: random.Random) -> None:
    """Killed while a new database gets its tables: the next opening finds none of them, or all."""
    for fresh in bare:
        one_life(engine, fresh, chance, YOUNG)
        store = open_engine(engine, fresh)
        if store.upgrade():
            raise SystemExit("A second upgrade found something to do")
        fail(broken(store))


def fail(sentences: list[str]) -> None:
    if sentences:
        raise SystemExit("\n".join(sentences))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
