"""The promised times of a case: what begins, stops and pauses them.

`follow` is called once, at the end of every step, and works from what the step has done: its events, and where the
tokens stand by then. So no word and no handler has to know that there are clocks. Their timers are
`engine.core.arming`, the arithmetic is `engine.core.deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.core import restoring
from engine.core.arming import RUNS, arm, disarm, hush, reached, repeat_on
from engine.core.draft import Draft
from engine.core.effects import is_outside
from engine.core.events import Event
from engine.core.instance import RUNNING, SUSPENDED, Timer
from engine.core.promised import Clock
from engine.core.restoring import CANCELLED
from engine.definition.model import BEGIN
from engine.definition.moves import BREACH
from engine.definition.plans import ClockPlan

STOPPED, PAUSED = "stopped", "paused"
_CHANGES_VALUES = ("form-submitted", "values-set", "milestone-reached", "step-undone")


def follow(draft: Draft, started: bool = False) -> None:
    """Bring the clocks up to what this step has done. `started`: the case begins with it, or gets stuck doing so."""
    definition = draft.definition
    if not definition.clocks:
        return
    events = tuple(draft.events)
    undone = any(event.type == "step-undone" for event in events)
    if started := started or draft.before.tokens[draft.root.id].state == BEGIN != draft.root.state:
        _heard(draft, ["start"], "start")
    for event in events:
        was = draft.clocks
        facts = [fact for fact in facts_of(event, draft.personal) if fact in definition.facts]
        # All that one event stops comes first: the last message to a customer begins no other wait for the next one.
        for verb in ("stop", "restart", "start") if facts else ():
            _heard(draft, facts, verb)
        if event.type == "message-sent" and draft.clocks is not was:
            _remember(draft, event, was, events)
        if event.type == "message-withdrawn" and not undone:
            restoring.take_back(draft, event.body["message"])
    if undone:
        restoring.undo(draft)
    if any(event.type == "reopened" for event in events):
        _reopened(draft)
    if draft.status not in (RUNNING, SUSPENDED):
        _ended(draft)
        return
    if started or any(event.type in _CHANGES_VALUES for event in events):
        _retarget(draft)
    _pause(draft)
    arm(draft)


def triggers_of_kept(draft: Draft) -> frozenset[str]:
    """The triggers of all rungs whose promise this step has kept already, before `follow` says so."""
    definition = draft.definition
    kept = {
        name
        for event in draft.events
        for fact in facts_of(event, draft.personal)
        for name, verb in definition.facts.get(fact, ())
        if verb != "start"
    }
    rungs = (rung for name in kept for rung in definition.clocks[name].rungs)
    return frozenset(rung.move.trigger for rung in rungs if rung.move is not None)


def facts_of(event: Event, personal: bool) -> Iterator[str]:
    """What an event is to a clock, in an author's words."""
    body = event.body
    match event.type:
        case "moved":
            yield f"state {body['to']}"
        case "branch-started" if "state" in body:
            yield f"state {body['state']}"
        case "milestone-reached":
            yield f"milestone {body['milestone']}"
        case "message-received" if not body.get("unheeded"):
            yield from ("received", f"received {body['message']}")
        case "message-sent" | "message-withheld" if is_outside(str(body["to"])):
            yield from ("sent", f"sent {body['template']}")
            if personal:
                yield from ("sent by a person", f"sent {body['template']} by a person")


# --- what happens to a clock


def _heard(draft: Draft, facts: Sequence[str], verb: str) -> None:
    """What one event does to the clocks: to each once, by the first of its names that the clock knows it by."""
    by: dict[str, str] = {}
    for fact in facts:
        for name, does in draft.definition.facts.get(fact, ()):
            if does == verb:
                by.setdefault(name, fact)
    for name, fact in by.items():
        plan = draft.definition.clocks[name]
        clock = draft.clocks.get(name)
        live = clock is not None and clock.live
        if verb == "stop":
            if clock is not None and live:
                _stop(draft, plan, clock, fact)
        elif verb == "start":
            if not live:
                _start(draft, plan, clock, _since(draft, plan, fact), fact)
        elif clock is not None and live:
            _stop(draft, plan, clock, fact)
            _start(draft, plan, draft.clocks[name], draft.at, fact)


def _since(draft: Draft, plan: ClockPlan, fact: str) -> datetime:
    """From when it counts: a day that lies ahead postpones no promise."""
    if plan.since is not None:
        calendar = draft.definition.calendar
        today = calendar.end_of_day(calendar.local_date(draft.at))
        return min(draft.moment(plan.since, draft.root.id), today)
    return draft.before.received_at if fact == "start" else draft.at


def _start(draft: Draft, plan: ClockPlan, earlier: Clock | None, at: datetime, by: str) -> None:
    target = plan.target.choose(draft.values(draft.root.id))
    clock = Clock(plan.name, earlier.run + 1 if earlier is not None else 1, at, str(target) if target else "")
    clock = replace(clock, due_at=_due(draft, clock))
    draft.change_clock(clock, "clock-started", by=by, since=at.isoformat(), **clock.promised)


def _stop(draft: Draft, plan: ClockPlan, clock: Clock, by: str) -> None:
    clock = _breach(draft, plan, clock)
    ended = clock.over(STOPPED, draft.at)
    draft.change_clock(ended, "clock-stopped", by=by, kept=clock.missed is None, **clock.promised)
    disarm(draft, clock.name)


def _ended(draft: Draft) -> None:
    """The case has ended: what still runs is cancelled, but what it has missed is told."""
    for clock in draft.clocks.values():
        if clock.live:
            clock = _breach(draft, draft.definition.clocks[clock.name], clock)
            over = clock.over(CANCELLED, draft.at)
            draft.change_clock(over, "clock-cancelled", missed=clock.missed is not None, **clock.promised)
            disarm(draft, clock.name)


def _reopened(draft: Draft) -> None:
    """What the end of the case cancelled or stopped goes on, without the time between, or begins anew. A promise that
    was kept before stays kept.
    """
    before = draft.before
    end = f"state {before.tokens[draft.root.id].state}"
    for clock in draft.clocks.values():
        plan = draft.definition.clocks[clock.name]
        by_the_end = clock.status == CANCELLED or (clock.status == STOPPED and end in plan.stops)
        if not by_the_end or clock.ended_at is None or clock.ended_at != before.ended_at:
            continue
        if plan.restart_on_reopen:
            _start(draft, plan, clock, draft.at, "reopened")
            continue
        again = replace(clock, status=RUNS, pauses=(*clock.pauses, (clock.ended_at, draft.at)), ended_at=None)
        again = replace(again, due_at=_due(draft, again))
        draft.change_clock(again, "clock-resumed", **again.promised)
        repeat_on(draft, plan, again)


def _remember(draft: Draft, event: Event, was: Mapping[str, Clock], events: Iterable[Event]) -> None:
    """What this message alone did to the clocks, as long as it can be taken back."""
    others = [fact for other in events if other is not event for fact in facts_of(other, draft.personal)]
    theirs = {name for fact in others for name, _ in draft.definition.facts.get(fact, ())}
    moved = {name: was.get(name) for name, clock in draft.clocks.items() if clock is not was.get(name)}
    alone = {name: clock for name, clock in moved.items() if name not in theirs}
    restoring.remember(draft, event.body["message"], alone)


def _pause(draft: Draft) -> None:
    here = {token.state for token in draft.tokens.values() if not token.done}
    for clock in draft.clocks.values():
        if not clock.live:
            continue
        plan = draft.definition.clocks[clock.name]
        still = not plan.paused_in.isdisjoint(here)
        if still and clock.status == RUNS:
            clock = _breach(draft, plan, clock)
            paused = replace(clock, status=PAUSED, pauses=(*clock.pauses, (draft.at, None)), due_at=None)
            draft.change_clock(paused, "clock-paused", **clock.promised)
            hush(draft, plan)
        elif not still and clock.status == PAUSED:
            again = replace(clock.closed(draft.at), status=RUNS)
            again = replace(again, due_at=_due(draft, again))
            draft.change_clock(again, "clock-resumed", **again.promised)
            repeat_on(draft, plan, again)


def _retarget(draft: Draft) -> None:
    for clock in draft.clocks.values():
        plan = draft.definition.clocks[clock.name]
        if not clock.live or plan.target.pick.by is None:
            continue
        target = plan.target.choose(draft.values(draft.root.id))
        text = str(target) if target else ""
        if text == clock.target:
            continue
        clock = _breach(draft, plan, clock)
        new = replace(clock, target=text)
        new = replace(new, due_at=_due(draft, new) if clock.status == RUNS else None)
        if not text:
            hush(draft, plan)
        elif not clock.target and clock.status == RUNS:
            repeat_on(draft, plan, new)
        changes = {"target": [clock.target, text], "due_at": [_text(clock.due_at), _text(new.due_at)]}
        values = plan.target.pick.by.why(draft.values(draft.root.id))
        draft.change_clock(new, "clock-retargeted", changes=changes, **({"values": values} if values else {}))


def _breach(draft: Draft, plan: ClockPlan, clock: Clock) -> Clock:
    """What was due before now and has not been told as missed is told now: the worker may have been late."""
    if clock.missed is not None or clock.due_at is None or clock.due_at >= draft.at:
        return clock
    return _missed(draft, clock, clock.due_at)


def _missed(draft: Draft, clock: Clock, due_at: datetime) -> Clock:
    missed = replace(clock, missed=due_at)
    return draft.change_clock(missed, "clock-breached", due_at=due_at.isoformat())


def fired(draft: Draft, timer: Timer) -> None:
    """A timer of a clock has fired, or has failed to: its rung is over, and the breach is written down."""
    clock = draft.clocks[timer.state]
    rung = draft.definition.clocks[timer.state].rungs[timer.index]
    if rung.percent not in clock.fired:
        clock = replace(clock, fired=(*clock.fired, rung.percent))
        draft.clocks = {**draft.clocks, clock.name: clock}
    if rung.percent == BREACH and clock.missed is None:
        _missed(draft, clock, timer.due_at)


# --- when


def _due(draft: Draft, clock: Clock) -> datetime | None:
    return reached(draft, clock, BREACH) if clock.target else None


def _text(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
