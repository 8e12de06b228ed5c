"""What a customer is promised, as their page tells it: never another date than the last letter told.

Owns the choice. A promise is shown while its clock runs, and once it was kept, when the process has a customer's word
for it and it is known what it gives. A date that a letter told of it holds until a pause moves the promise or it begins
anew; else it is due when its clock is. What the customer ends by asking for something themselves, such as withdrawing,
is not kept: it is told when it ended, and by what they asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.core.arming import RUNS
from engine.core.clocks import STOPPED
from engine.core.draft import Draft
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.promised import Clock
from engine.core.restoring import CANCELLED
from engine.definition.model import Definition, State
from engine.definition.moves import Actions
from engine.definition.roles import CUSTOMER
from engine.definition.texts import localised
from engine.keywords.needs import title_of
from engine.telling.arrivals import clocks_in_vain
from engine.telling.known import unseen


@dataclass(frozen=True, slots=True)
class PromisedToCustomer:
    """What is promised, in the customer's words, and by when. `day` is set where a letter told a day and no time of
    it; `by` is then the end of that day. `kept` is when it was done, None while it is still to be. `late`: that is, or
    now is, later than promised. `ended` is when it ended because of what the customer asked for, and `because` what
    they call that.
    """

    words: str
    by: datetime
    day: date | None
    late: bool
    kept: datetime | None = None
    ended: datetime | None = None
    because: str = ""

    @property
    def over(self) -> datetime | None:
        """When it was kept, or ended otherwise."""
        return self.kept or self.ended


def promised_to_customer(draft: Draft, events: Iterable[Event], language: str) -> list[PromisedToCustomer]:
    """Every promise that is still to be kept, the next first, and then those that are over, the last first."""
    waiting = {sent.id for sent in unseen(draft.before, draft.at)}
    happened = [event for event in events if event.body.get("message") not in waiting]
    definition, told, over = draft.definition, _told(happened), _over(draft.definition, happened, language)
    values = draft.values(draft.root.id)
    found = []
    for clock in draft.clocks.values():
        plan = definition.clocks.get(clock.name)
        end = over.get((clock.name, clock.run)) if clock.status in (STOPPED, CANCELLED) else None
        if plan is None or not plan.promise or (clock.status != RUNS and end is None):
            continue
        by, day = _last_told(draft, clock, told)
        if by is None and plan.target.is_known(values):
            by = clock.due_at if end is None else end.due_at
        if by is None:
            continue
        words, late = localised(plan.promise, language), by < (end.at if end is not None else draft.at)
        if end is None:
            found.append(PromisedToCustomer(words, by, day, late))
        elif end.because is None:
            found.append(PromisedToCustomer(words, by, day, late, kept=end.at))
        else:
            found.append(PromisedToCustomer(words, by, day, late, ended=end.at, because=end.because))
    ahead, behind = [one for one in found if one.over is None], [one for one in found if one.over is not None]
    return [
        *sorted(ahead, key=lambda one: one.by),
        *sorted(behind, key=lambda one: one.over or one.by, reverse=True),
    ]


@dataclass(frozen=True, slots=True)
class _End:
    """`because` is the title of what the customer asked for; None where it was our doing."""

    at: datetime
    due_at: datetime | None
    because: str | None


def _over(definition: Definition, events: Sequence[Event], language: str) -> dict[tuple[str, int], _End]:
    """By clock and run: when it was over, by when it had to be, and because of what. What ended with the case alone is
    not among them, nor what was done by a letter that did not arrive.
    """
    asked: dict[str, str | None] = {}  # by the fact that it made true
    last: str | None = None
    in_vain = clocks_in_vain(definition, events)
    found = {}
    for event in events:
        body = event.body
        if event.type == "moved":
            move = definition.move_by(body["from"], body["trigger"])
            if move is None or move.kind != "go":  # what follows of itself was asked for as well
                last = title_of(move, language) if move is not None and CUSTOMER in move.by else None
            asked[f"state {body['to']}"] = last
        elif event.type == "clock-stopped" or (event.type == "clock-cancelled" and last is not None):
            because = last if event.type == "clock-cancelled" else asked.get(body["by"])
            due = datetime.fromisoformat(body["due_at"]) if "due_at" in body else None
            run = body["clock"], body.get("run", 1)
            vain = in_vain.get(run)
            at = event.at if vain is None else vain.done_at
            if at is not None:
                found[run] = _End(at, due, because)
    return found


def customers_tongue(definition: Definition, case: Instance) -> str:
    """The language of the process in which the customer is written to, and told where the case stands."""
    own = case.customer.get("language", "")
    return own if own in definition.languages else definition.languages[0]


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
