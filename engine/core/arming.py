"""The timers of clocks: which one waits for the next rung, which repeats, and when a share of a promise is used up.

Owns them alone; what becomes of a clock is `engine.core.clocks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.core.deadlines import Pause, share
from engine.core.deadlines import reached as share_reached
from engine.core.draft import Draft
from engine.core.durations import Duration, parse_duration
from engine.core.instance import Timer
from engine.core.promised import Clock
from engine.definition.moves import BREACH, HARD_STOP
from engine.definition.plans import ClockPlan
from engine.errors import Stuck

CLOCK, RUNS = "clock", "running"


def reached(draft: Draft, clock: Clock, percent: int) -> datetime:
    """When so many per cent of the promise are used up, by what the clock promises now."""
    target: Duration = parse_duration(clock.target)
    calendar, start = draft.definition.calendar, clock.started_at
    try:
        return share_reached(calendar, start, target, past(clock.pauses, draft.at), percent)
    except Stuck as stuck:
        raise stuck.at(draft.definition.clocks[clock.name].place) from None


def past(pauses: tuple[tuple[datetime, datetime | None], ...], now: datetime) -> tuple[Pause, ...]:
    """The pauses, one that goes on reaching until now."""
    return tuple((begin, end or max(begin, now)) for begin, end in pauses)


def arm(draft: Draft) -> None:
    """The timer of the next rung, and of the hard stop, of each clock that this step has changed; what repeats keeps
    its own. Those of the others stand as they were: nothing but their clock decides when they are due.
    """
    for clock in draft.clocks.values():
        if clock.live and clock is not draft.before.clocks.get(clock.name):
            plan = draft.definition.clocks[clock.name]
            wanted = dict(_next_rungs(draft, plan, clock))
            _set(draft, clock.name, wanted)


def _next_rungs(draft: Draft, plan: ClockPlan, clock: Clock) -> Iterator[tuple[int, datetime]]:
    """The rungs that wait, by their number: of the shares only the next one."""
    ahead = bool(clock.target)
    for index, rung in enumerate(plan.rungs):
        if rung.percent in clock.fired:
            continue
        if rung.percent == HARD_STOP:
            if plan.hard_stop is not None:
                yield index, draft.add(clock.started_at, plan.hard_stop)
        elif ahead:
            ahead = False
            try:
                at = _share(draft, clock, rung.percent)
            except Stuck:
                continue  # a share that lies behind the last opening of the calendar is never used up
            # While it stands still only what was due before is left to fire: the worker may have been late.
            if clock.status == RUNS or at <= clock.pauses[-1][0]:
                yield index, at


def _share(draft: Draft, clock: Clock, percent: int) -> datetime:
    """The same of a clock that knows when it is due: worked out from that where no pause lies on the way."""
    due = clock.due_at
    if due is None or (clock.pauses and percent != BREACH):
        return reached(draft, clock, percent)
    if percent == BREACH:
        return due
    return share(draft.definition.calendar, clock.started_at, due, parse_duration(clock.target), percent)


def _set(draft: Draft, name: str, wanted: Mapping[int, datetime]) -> None:
    left = dict(wanted)
    for timer in _of(draft, name):
        if timer.fired:
            continue  # one that repeats
        if left.get(timer.index) == timer.due_at:
            del left[timer.index]
        else:
            del draft.timers[timer.id]
    for index, due_at in left.items():
        timer = Timer(draft.next_id(), "", name, index, due_at, word=CLOCK)
        draft.timers[timer.id] = timer


def hush(draft: Draft, plan: ClockPlan) -> None:
    """What repeats is silent while the clock stands still, but for the hard stop."""
    for timer in _of(draft, plan.name):
        if timer.fired and plan.rungs[timer.index].percent != HARD_STOP:
            del draft.timers[timer.id]


def repeat_on(draft: Draft, plan: ClockPlan, clock: Clock) -> None:
    """What repeats does so again, for as long as something is promised."""
    for index, rung in enumerate(plan.rungs if clock.target else ()):
        repeat = rung.move.repeat if rung.move is not None else None
        if repeat is not None and rung.percent in clock.fired and rung.percent != HARD_STOP:
            timer = Timer(draft.next_id(), "", plan.name, index, draft.add(draft.at, repeat), fired=1, word=CLOCK)
            draft.timers[timer.id] = timer


def disarm(draft: Draft, name: str) -> None:
    """The promise is over: no rung fires any more, and what one wished and could not do yet is let go."""
    draft.let_go(draft.root.id, draft.definition.clocks[name].rungs, clock=name)
    silence(draft, name)


def silence(draft: Draft, name: str) -> None:
    """No rung of it waits any more."""
    for timer in _of(draft, name):
        del draft.timers[timer.id]


def _of(draft: Draft, name: str) -> list[Timer]:
    return [timer for timer in draft.timers.values() if timer.word == CLOCK and timer.state == name]
