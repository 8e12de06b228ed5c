"""What a customer is promised, as their page tells it: never another date than the last letter told.

Owns the choice. A promise is shown while its clock runs, when the process has a customer's word for it and it is known
what it gives. A date that a letter told of it holds until a pause moves the promise or it begins anew; else it is due
when its clock is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from engine.core.arming import RUNS
from engine.core.draft import Draft
from engine.core.events import Event
from engine.core.instance import Clock, Instance
from engine.definition.model import Definition, State
from engine.definition.moves import Actions
from engine.definition.roles import CUSTOMER
from engine.definition.texts import localised
from engine.telling.known import unseen


@dataclass(frozen=True, slots=True)
class PromisedToCustomer:
    """What is promised, in the customer's words, and by when. `day` is set where a letter told a day and no time of
    it; `by` is then the end of that day. `late`: it is past.
    """

    words: str
    by: datetime
    day: date | None
    late: bool


def promised_to_customer(draft: Draft, events: Iterable[Event], language: str) -> list[PromisedToCustomer]:
    """Every promise that is still to be kept, the next first."""
    waiting = {sent.id for sent in unseen(draft.before, draft.at)}
    definition, told = draft.definition, _told(event for event in events if event.body.get("message") not in waiting)
    values = draft.values(draft.root.id)
    found = []
    for clock in draft.clocks.values():
        plan = definition.clocks.get(clock.name)
        if plan is None or not plan.promise or clock.status != RUNS:
            continue
        by, day = _last_told(draft, clock, told)
        if by is None and plan.target.is_known(values):
            by = clock.due_at
        if by is not None:
            found.append(PromisedToCustomer(localised(plan.promise, language), by, day, by < draft.at))
    return sorted(found, key=lambda one: one.by)


def stage_due(definition: Definition, case: Instance, now: datetime) -> datetime | None:
    """By when the case leaves where it stands, where a letter told it as it came there and it is still ahead."""
    ahead = [
        task.due_at
        for task in case.tasks.values()
        if task.due_at is not None and task.due_at >= now and _tells_its_due(definition.states.get(task.state))
    ]
    return min(ahead, default=None)


def _tells_its_due(state: State | None) -> bool:
    """Whether the customer is written by when, on entering the state."""
    doing = state.words.get("send") if state is not None else None
    return isinstance(doing, Actions) and any(
        "due" in expression.names
        for sending in doing.sendings
        if sending.to == CUSTOMER
        for template in sending.templates.values()
        for expression in template.expressions
    )


def _told(events: Iterable[Event]) -> list[tuple[str, datetime, str]]:
    """Clock, when it was told, and the date: of every letter that was not taken back, oldest first."""
    found: dict[str, Event] = {}
    for event in events:
        if event.type == "message-sent" and "told" in event.body:
            found[event.body["message"]] = event
        elif event.type == "message-withdrawn":
            found.pop(event.body["message"], None)
    return [(clock, event.at, said) for event in found.values() for clock, said in event.body["told"].items()]


def _last_told(
    draft: Draft, clock: Clock, told: Iterable[tuple[str, datetime, str]]
) -> tuple[datetime | None, date | None]:
    """What the last letter told of this run, unless it has been moved by a pause since."""
    since = max([clock.started_at, *(end for _, end in clock.pauses if end is not None)])
    said = [by for name, at, by in told if name == clock.name and at >= since]
    if not said:
        return None, None
    if len(said[-1]) > len("2026-11-23"):
        return datetime.fromisoformat(said[-1]), None
    day = date.fromisoformat(said[-1])
    return draft.definition.calendar.end_of_day(day), day
