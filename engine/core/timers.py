"""Firing a timer: one step that also takes the timer away, so that it fires once whoever asks how often.

Owns what the kinds of timers have in common, and which of a case is next where time is played; which move a timer
stands for is found here, what a clock's means for its clock in `engine.core.clocks`, what a delegation's means for its
task in `engine.core.delegating`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core import authority, clocks, delegating
from engine.core.arming import CLOCK
from engine.core.commands import FireTimer
from engine.core.draft import Draft
from engine.core.durations import Duration
from engine.core.instance import DELEGATION, RUNNING, Instance, Timer
from engine.core.machine import fire, next_status
from engine.definition.model import BEGIN, Definition
from engine.definition.moves import Move
from engine.errors import Rejected
from engine.reasons import stuck_on

MOST_MISSED = 10_000
"""Repetitions of one timer that are counted after an outage: enough for a week of minutes and years of hours."""


def next_before(case: Instance, step: datetime) -> Timer | None:
    """The timer that fires next before something is done at `step`; None when it can be done.

    What falls due in that very instant fires after it: what is promised by five and done at five is kept, and a
    customer who answers on the last stroke has answered.
    """
    timer = _first(case)
    return timer if timer is not None and timer.due_at < step else None


def next_by(case: Instance, until: datetime) -> Timer | None:
    """The timer that fires next while time passes up to `until`, that instant with it."""
    timer = _first(case)
    return timer if timer is not None and timer.due_at <= until else None


def _first(case: Instance) -> Timer | None:
    """The earliest of a case that runs; of one instant the one that was set first, since ids count up."""
    if case.status != RUNNING:
        return None
    return min(case.timers.values(), key=lambda timer: (timer.due_at, len(timer.id), timer.id), default=None)


def fire_timer(draft: Draft, command: FireTimer) -> None:
    """Idempotent by (instance, timer, due_at): a timer that has fired, was cancelled or set anew is refused with
    `timer-gone`.
    """
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the worker to fire timers, but a person asked")
    authority.running(draft)
    timer = draft.timers.get(command.timer)
    if timer is None or timer.due_at != command.due_at:
        raise Rejected("timer-gone", "Expected a timer that waits, but it has fired or been cancelled in the meantime")
    if draft.at < timer.due_at:
        raise Rejected("not-due", f"Expected a timer that is due, but this one is due at {timer.due_at.isoformat()}")
    next_status("timer", "fire", "set")
    del draft.timers[timer.id]
    draft.record("timer-fired", **told(draft.definition, timer))
    if timer.word == DELEGATION:
        delegating.fired(draft, timer)
        return
    if timer.word == CLOCK:
        clocks.fired(draft, timer)
    draft.occasion, move = occasion(draft.definition, timer), move_of(draft.definition, timer)
    if move is None:
        return
    if move.repeat is not None:
        # Set before the move: a move that leaves the state takes it away again with the others.
        again = replace(timer, due_at=_next(draft, timer, move.repeat), fired=timer.fired + 1)
        if timer.word == CLOCK:
            draft.timers[again.id] = again  # what its clock tells says enough
        else:
            draft.set_timer(again)
    if move.sources and draft.root.state not in move.sources:
        draft.stay(draft.root.id, move.trigger, only_in=list(move.sources), nothing=True)
        return
    here = draft.definition.states.get(draft.root.state)
    if timer.word == CLOCK and here is not None and here.ending is not None:
        # Only a message that is to be written again keeps the case open: what is late is told, and nothing moves.
        draft.stay(draft.root.id, move.trigger, nothing=True)
        return
    if draft.root.state == BEGIN:
        raise stuck_on("not-begun", move.place)
    fire(draft, timer.token or draft.root.id, move.trigger)


def fire_again(draft: Draft, kept: Mapping[str, Any]) -> None:
    """The retry of a timer that failed, as long as what it belongs to goes on."""
    identity, token, state, index, due_at, fired, word = kept["timer"]
    timer = Timer(identity, token, state, index, datetime.fromisoformat(due_at), fired, word)
    if since(draft, timer) != kept["entered"]:
        raise Rejected(
            "not-now", "Expected the case still in the state of the timer, but it has moved on; dismiss the incident"
        )
    if word == CLOCK:  # one that repeats may have been set anew after a pause
        same = (word, state, index)
        draft.timers = {id: one for id, one in draft.timers.items() if (one.word, one.state, one.index) != same}
    draft.timers[identity] = timer
    fire_timer(draft, FireTimer(at=draft.at, actor=draft.actor, timer=identity, due_at=timer.due_at))


def move_of(definition: Definition, timer: Timer) -> Move | None:
    """What happens when it fires; None for the rung of a clock that only marks the breach."""
    if timer.word == CLOCK:
        return definition.clocks[timer.state].rungs[timer.index].move
    place = definition.place_of(timer.state)
    if timer.word == "escalate":
        assert place.work is not None
        return place.work.escalate[timer.index].move
    return place.after[timer.index].move


def since(case: Draft | Instance, timer: Timer) -> str:
    """Which run of its clock, which opening of its task or which stay in its state a timer belongs to; empty when that
    is over.
    """
    if timer.word == DELEGATION:
        delegated = delegating.concerned(case, timer)
        return delegated.opened_at.isoformat() if delegated is not None else ""
    if timer.word == CLOCK:
        clock = case.clocks[timer.state]
        return str(clock.run) if clock.live else ""
    if timer.word == "escalate":
        for task in case.tasks.values():
            opened = case.approvals.get(task.id)
            theirs = task.state == timer.state and timer.token in ("", task.token)
            if theirs and (opened is None or opened.asked is None):
                return task.opened_at.isoformat()
        return ""
    standing = case.tokens.get(timer.token)
    if standing is None or standing.done or standing.state != timer.state:
        return ""
    return standing.entered_at.isoformat()


def told(definition: Definition, timer: Timer) -> dict[str, Any]:
    """A timer in an event: whose it is, which of them, and when it was due."""
    body: dict[str, Any] = {
        "timer": timer.id, "state": timer.state, "index": timer.index, "due_at": timer.due_at.isoformat()
    }  # fmt: skip
    if timer.word in ("after", DELEGATION):
        return body if timer.word == "after" else {**body, "word": timer.word}
    return {**body, "word": timer.word, "rung": occasion(definition, timer)["rung"]}


def occasion(definition: Definition, timer: Timer) -> dict[str, Any]:
    """What colleagues are told about."""
    due = {"due_at": timer.due_at.isoformat()}
    if timer.word == CLOCK:
        return {"clock": timer.state, "rung": definition.clocks[timer.state].rungs[timer.index].name, **due}
    work = definition.place_of(timer.state).work
    if timer.word == "escalate" and work is not None:
        return {"task": timer.state, "rung": work.escalate[timer.index].name, **due}
    return {"state": timer.state, "timer": timer.index, **due}


def _next(draft: Draft, timer: Timer, repeat: Duration) -> datetime:
    """The first repetition that still lies ahead: after an outage a repeated timer does not fire once for each it
    missed. Where it missed very many, its rhythm begins anew.
    """
    due = timer.due_at
    for _ in range(MOST_MISSED):
        later = draft.add(due, repeat)
        if later <= due:
            raise stuck_on("stands-still", draft.definition.place)
        due = later
        if due > draft.at:
            return due
    return draft.add(draft.at, repeat)
