"""Firing a timer: one step that also takes the timer away, so that it fires once whoever asks how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.core import authority
from engine.core.commands import FireTimer
from engine.core.draft import Draft
from engine.core.durations import Duration
from engine.core.instance import Timer
from engine.core.machine import fire, next_status
from engine.errors import Rejected


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
    move = draft.definition.states[timer.state].after[timer.index].move
    del draft.timers[timer.id]
    draft.record("timer-fired", timer=timer.id, state=timer.state, index=timer.index, due_at=timer.due_at.isoformat())
    if move.repeat is not None:
        # Set before the move: a move that leaves the state takes it away again with the others.
        draft.set_timer(replace(timer, due_at=_next(draft, timer, move.repeat), fired=timer.fired + 1))
    fire(draft, timer.token, move.trigger)


def _next(draft: Draft, timer: Timer, repeat: Duration) -> datetime:
    """The first repetition that still lies ahead: after an outage a repeated timer does not fire once for each it
    missed.
    """
    due = timer.due_at
    while due <= draft.at:
        later = draft.add(due, repeat)
        if later <= due:
            raise Rejected("timer-gone", "Expected a repetition that moves on, but it stands still")
        due = later
    return due
