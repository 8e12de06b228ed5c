"""The life of a `claim` (see `tests.runtime.promising`) as a working process does it, one keyed request after another:
second persons, an approval of three, called cases, tasks beside. What nobody finishes is left to its clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.core.commands import Command, Complete, Decide, Trigger
from engine.runtime import Engine
from engine.store import history
from engine.store.database import Store
from tests.invariants import sql
from tests.runtime.clock_model import Model
from tests.runtime.promising import COMER
from tests.runtime.worlds import ANN, BEN, CARLA, OLGA, TOM

PEOPLE = {one.id: one for one in (ANN, BEN, TOM, OLGA, CARLA)}
Said = Callable[[dict[str, Any]], str]


def live(engine: Engine, say: Said, key: str, number: int) -> None:
    """One claim; `say` does a request and tells the case."""
    case = say({"act": "start", "process": "claim", "key": key})
    step = _steps(engine, key, say)
    way = number % 4
    if way == 0:
        return  # left to its clocks
    step(case, "ask", "ann", name="reclassify", values={"severity": "S1"})
    step(case, "decide", "tom")
    if way == 1:
        step(case, "read", "ann", outcome="mend", values={"severity": "S2"})
        (link,) = engine.instance(case).links.values()
        step(link.instance, "doing", "tom", outcome="done", values={"note": "New."})
    elif way == 2:
        step(case, "read", "ann", outcome="agree", values={"severity": "S2"})
        for who in ("ben", "tom", "olga"):
            step(case, "decide", who)
    else:
        step(case, "read", "ann", outcome="await", values={"severity": "S1"})
        return  # the called case is left to its clock
    step(case, "answering", "ann", outcome="answer")
    for late, task in sql(
        engine.store, "SELECT instance, id FROM task WHERE state = 'explain' AND status <> 'completed' LIMIT 2"
    ):
        here = engine.instance(late).tasks.get(task)
        if here is not None:
            step(late, "explain", here.assignee or "tom", outcome="explained", values={"reason": "Too much."})


def _steps(engine: Engine, key: str, say: Said) -> Callable[..., None]:
    count = 0

    def step(case: str, what: str, who: str, **more: Any) -> None:
        nonlocal count
        count += 1
        one = {"act": "claim", "key": f"{key}-{count}", "case": case, "who": who, **more}
        here = engine.instance(case)
        if what == "decide":
            (one["question"],) = here.approvals
        elif what != "ask":
            (one["task"],) = (
                task.id for task in here.tasks.values() if task.state == what and task.id not in here.approvals
            )
        say(one)

    return step


def do(engine: Engine, one: dict[str, Any]) -> tuple[str, int]:
    """One request; asked for again with its key it answers with the first result."""
    who = PEOPLE[one["who"]]
    common: dict[str, Any] = {"at": engine.clock(), "actor": who, "key": one["key"]}
    command: Command
    if "question" in one:
        command = Decide(**common, task=one["question"], decision="approve")
    elif "task" in one:
        command = Complete(**common, task=one["task"], outcome=one["outcome"], values=one.get("values", {}))
    else:
        command = Trigger(**common, name=one["name"], values=one["values"])
    result = engine.do(one["case"], command)
    return result.instance, result.revision


def start(engine: Engine, key: str) -> tuple[str, int]:
    result = engine.start("claim", CARLA, COMER, key=key)
    return result.instance, result.revision


def wrong_clocks(engine: Engine, store: Store) -> Iterator[str]:
    """What is not as the model of the clocks expects, right after the worker has come."""
    calendar = engine.in_force("claim").calendar
    for case, reference in sql(store, "SELECT id, reference FROM instance WHERE process = 'claim'"):
        model = Model(calendar)
        model.follow(history.read(store, case))
        yield from (f"{reference}: {one}" for one in model.differs(engine.instance(case), engine.clock()))
