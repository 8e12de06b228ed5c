"""Firing the timers that are due: each in a transaction of its own, the longest overdue first.

Owns the sweep. A timer that somebody else fired, or a case that somebody suspended in the meantime, is no error; a case
that breaks does not hold up the others.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.core.actors import SYSTEM, Actor
from engine.core.commands import FireTimer
from engine.errors import Rejected
from engine.logs import facts
from engine.runtime import Engine, Result
from engine.store.due import DueTimer, due_timers, free, next_due

log = logging.getLogger(__name__)
BATCH = 100
MOST_OF_A_CASE = 1_000
"""Timers of one case that may fire in one sweep; more is a case that sets timers in the past and goes round."""


@dataclass
class Swept:
    """What a sweep came to: timers fired, incidents raised, and timers that failed by our own fault, with why."""

    fired: int = 0
    incidents: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def sweep(
    engine: Engine,
    at: datetime,
    *,
    due_by: datetime | None = None,
    via: str = "worker",
    each: Callable[[DueTimer], None] | None = None,
) -> Swept:
    """Fire at `at` everything due by then, or by an earlier `due_by`, in the order in which it was due.

    What a firing itself makes due by then is fired too.
    """
    due_by = due_by or at
    swept = Swept()
    actor = Actor(SYSTEM.id, SYSTEM.roles, SYSTEM.kind, via)
    passed: set[str] = set()
    in_hand: set[str] = set()
    of_case: Counter[str] = Counter()
    while True:
        due = [timer for timer in due_timers(engine.store, due_by, BATCH + len(passed)) if timer.id not in passed]
        if not due:
            return swept
        for timer in due:
            if of_case[timer.instance] >= MOST_OF_A_CASE:
                passed.add(timer.id)
                swept.failed[timer.id] = (
                    f"Expected a case whose timers come to rest, but {MOST_OF_A_CASE} of {timer.instance} "
                    "fired in one go; suspend it and mend its process"
                )
                continue
            if timer.instance in in_hand:  # what follows in a case must not come before what somebody is just doing
                passed.add(timer.id)
                continue
            try:
                result = _fire(engine, timer, FireTimer(at=at, actor=actor, timer=timer.id, due_at=timer.due_at))
            except Rejected as rejected:
                passed.add(timer.id)
                if rejected.code not in ("timer-gone", "suspended", "ended"):
                    swept.failed[timer.id] = rejected.reason
                continue
            except (
                Exception
            ) as error:  # one broken case must not stop the others; it is told, and met again at the next sweep
                told = facts("timer-failed", timer=timer.id, instance=timer.instance, process=timer.process)
                log.exception("Timer %s of case %s failed", timer.id, timer.instance, extra=told)
                passed.add(timer.id)
                swept.failed[timer.id] = str(error)
                continue
            if result is None:
                in_hand.add(timer.instance)
                passed.add(timer.id)
                continue
            of_case[timer.instance] += 1
            swept.fired += 1
            swept.incidents += bool(result.stuck)
            if each is not None:
                each(timer)
            if result.sets is not None and result.sets <= due[-1].due_at:
                break  # it belongs before what is left of this batch


def _fire(engine: Engine, timer: DueTimer, command: FireTimer) -> Result | None:
    """Fired in a transaction of its own that first claims its case; None where another worker has fired it meanwhile,
    or somebody has the case in hand. They are not waited for, so that several workers share what is due.
    """
    store = engine.store
    if not store.locks_rows:  # whoever writes here has kept out everybody else already
        return engine.do(timer.instance, command)
    return store.unit(lambda: engine.do(timer.instance, command) if free(store, timer.id) else None)


def run_until(engine: Engine, until: datetime, set_clock: Callable[[datetime], None], *, via: str = "worker") -> Swept:
    """On a virtual clock: fire each timer exactly when it is due, in order, up to `until` and in that instant; then the
    clock stands there.

    What is overdue when it begins fires at once: the clock never goes back.
    """
    return _run(engine, until, lambda due: due <= until, set_clock, via)


def run_before(engine: Engine, step: datetime, set_clock: Callable[[datetime], None], *, via: str = "worker") -> Swept:
    """The same up to something that is done at `step`: what falls due in that very instant comes after it, as
    `engine.core.timers.next_before` says.
    """
    return _run(engine, step, lambda due: due < step, set_clock, via)


def _run(
    engine: Engine,
    until: datetime,
    comes: Callable[[datetime], bool],
    set_clock: Callable[[datetime], None],
    via: str,
) -> Swept:
    total = Swept()
    while True:
        due = next_due(engine.store)
        if due is None or not comes(due):
            break
        moment = max(due, min(engine.clock(), until))
        set_clock(moment)
        swept = sweep(engine, moment, due_by=due, via=via)
        total.fired += swept.fired
        total.incidents += swept.incidents
        total.failed.update(swept.failed)
        if swept.failed or not swept.fired:
            break
    set_clock(until)
    return total
