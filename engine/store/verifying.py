"""Whether every case is what its history says: all chains, all cases, and the rows by which work is found.

Owns the walk over all cases, a page at a time while others go on working, and what is remembered of the last one.
Mends nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.core.instance import RUNNING, Instance
from engine.store import history, instances
from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import decode, due_micros, encode, to_micros
from engine.store.models import Candidate, Exclusion, Incident, Task, Timer, Wait
from engine.store.models import Instance as Row
from engine.store.projections import offered_to
from engine.store.registers import Counter as Numbers
from engine.store.registers import Setting

PAGE = 500
_KEY = "verified"

_CASES = Statement(
    lambda: (
        Row.select(Row.id, Row.reference).where(Row.id > Parameter("after")).order_by(Row.id).limit(Parameter("most"))
    ),
    *("after", "most"),
)
_OPEN = Task.status.in_(["open", "claimed"])
_TASKS = Statement(
    lambda: Task.select(Task.id, Task.state, Task.title, Task.status, Task.assignee, Task.due_at).where(
        (Task.instance == Parameter("case")) & _OPEN
    ),
    "case",
)


def _of_tasks(of: Any, field: Any) -> Statement:
    held = of.select(of.task, field).join(Task, on=(Task.id == of.task))
    return Statement(lambda: held.where(Task.instance == Parameter("case")), "case")


_OFFERS, _BARRED = _of_tasks(Candidate, Candidate.role), _of_tasks(Exclusion, Exclusion.person)
_TIMERS = Statement(lambda: Timer.select(Timer.id, Timer.due_at).where(Timer.instance == Parameter("case")), "case")
_WAITS = Statement(lambda: Wait.select(Wait.token, Wait.message).where(Wait.instance == Parameter("case")), "case")
_STUCK = Statement(
    lambda: Incident.select(Incident.id).where((Incident.instance == Parameter("case")) & (Incident.status == "open")),
    "case",
)
_KEEP = upsert(Setting)
_LAST = Statement(lambda: Setting.select(Setting.value).where(Setting.key == Parameter("key")), "key")


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with a case, or with all that share the beginning of a reference."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One case was checked: the lines of its history, whether the case itself is bound to it, and what is wrong."""

    reference: str
    lines: int
    bound: bool
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """How the last check of all cases came out: when it ended, how many there were, and how many things were wrong."""

    at: datetime
    cases: int
    lines: int
    unbound: int
    found: int


def every_case(store: Store) -> Iterator[Checked]:
    """Check one case after the other; the last answer is about those that are gone, and has no lines."""
    given = {(prefix, year): last for prefix, year, last in store.select(Numbers.select())}
    here: Counter[tuple[str, int]] = Counter()
    after = ""
    while page := store.rows(_CASES, after, PAGE):
        for case, reference in page:
            prefix, year, _number = reference.rsplit("-", 2)
            here[prefix, int(year)] += 1
            yield _case(store, case, reference)
        after = page[-1][0]
    gone = tuple(
        Found(f"{prefix}-{year}", f"{last} numbers were given to cases, but {here[prefix, year]} of them are here")
        for (prefix, year), last in sorted(given.items())
        if here[prefix, year] < last
    )
    if gone:
        yield Checked("", 0, True, gone)


def _case(store: Store, case: str, reference: str) -> Checked:
    chain = history.verify(store, case)
    found = [] if chain.ok else [chain.why]
    if chain.ok and _rows(store, case):
        with store.transaction():  # it may have gone on between two looks; now it cannot
            found += _rows(store, case)
    bound = chain.bound_from is not None
    return Checked(reference, chain.length, bound, tuple(Found(reference, why) for why in found))


def _rows(store: Store, case: str) -> list[str]:
    """What by its rows is not as by the case itself, which is what its history says."""
    try:
        known = instances.load(store, case)
    except (ValueError, TypeError, KeyError, IndexError):
        return ["its snapshot cannot be read"]
    if known is None:
        return []
    return [f"{what} by which it is found are not its own" for what, same in _compared(store, known) if not same]


def _compared(store: Store, case: Instance) -> Iterator[tuple[str, bool]]:
    def lies(statement: Statement) -> set[tuple[Any, ...]]:
        return {tuple(row) for row in store.rows(statement, case.id)}

    tasks = case.tasks.values()
    free = [task for task in tasks if not task.assignee]
    ready = case.timers.values() if case.status == RUNNING else ()
    yield (
        "the tasks",
        lies(_TASKS) == {(t.id, t.state, t.title, t.status, t.assignee, due_micros(t.due_at)) for t in tasks},
    )
    yield "the roles", lies(_OFFERS) == {(task.id, role) for task in free for role in offered_to(task, case)}
    yield "the people kept out", lies(_BARRED) == {(task.id, person) for task in free for person in task.excluded}
    yield "the timers", lies(_TIMERS) == {(timer.id, to_micros(timer.due_at)) for timer in ready}
    yield "the waits", lies(_WAITS) == {(wait.token, wait.message) for wait in case.waits}
    yield "the incidents", lies(_STUCK) == {(id,) for id in case.incidents}


def remember(store: Store, last: Last) -> None:
    """Keep how it came out, for whoever asks when it was last done."""
    with store.transaction():
        store.change(_KEEP, _KEY, encode({**asdict(last), "at": last.at.isoformat()}))


def last(store: Store) -> Last | None:
    """How the last check of all cases came out; None when there was none."""
    row = store.row(_LAST, _KEY)
    if row is None:
        return None
    kept = decode(row[0])
    return Last(**{**kept, "at": datetime.fromisoformat(kept["at"])})
