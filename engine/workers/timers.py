"""Firing the timers that are due: each in a transaction of its own, the longest overdue first.

Owns the sweep. A timer that somebody else fired, or a case that somebody suspended in the meantime, is no error; a case that breaks does not hold up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.core.commands import SYSTEM, Actor, FireTimer
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store.due import DueTimer, due_timers, next_due

log = logging.getLogger(__name__)
BATCH = 100


@dataclass
class Swept:
    """What a sweep came to: timers fired, incidents raised, and timers that failed by our own fault, with the reason."""

    fired: int = 0
    incidents: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def sweep(engine: Engine, at: datetime, *, via: str = "worker", each: Callable[[DueTimer], None] | None = None) -> Swept:
    """Fire everything due at `at`. What a firing itself makes due by then is fired too."""
    swept = Swept()
    actor = Actor(SYSTEM.id, SYSTEM.roles, SYSTEM.kind, via)
    passed: set[str] = set()
    while True:
        due = [timer for timer in due_timers(engine.store, at, BATCH + len(passed)) if timer.id not in passed]
        if not due:
            return swept
        for timer in due:
            try:
                result = engine.do(timer.instance, FireTimer(at=at, actor=actor, timer=timer.id, due_at=timer.due_at))
            except Rejected as rejected:
                passed.add(timer.id)
                if rejected.code not in ("timer-gone", "suspended", "ended"):
                    swept.failed[timer.id] = rejected.message
                continue
            except Exception as error:  # one broken case must not stop the others; it is told, and met again at the next sweep
                log.exception("Timer %s of case %s failed", timer.id, timer.instance)
                passed.add(timer.id)
                swept.failed[timer.id] = str(error)
                continue
            swept.fired += 1
            swept.incidents += bool(result.stuck)
            if each is not None:
                each(timer)


def run_until(engine: Engine, until: datetime, set_clock: Callable[[datetime], None], *, via: str = "worker") -> Swept:
    """On a virtual clock: fire each timer exactly when it is due, in order, up to `until`; then the clock stands there."""
    total = Swept()
    while True:
        due = next_due(engine.store)
        if due is None or due > until:
            break
        set_clock(due)
        swept = sweep(engine, due, via=via)
        total.fired += swept.fired
        total.incidents += swept.incidents
        total.failed.update(swept.failed)
        if swept.failed or not swept.fired:
            break
    set_clock(until)
    return total
