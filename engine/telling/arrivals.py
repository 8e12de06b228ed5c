"""What counted as done by a letter to the customer that did not arrive: it came back, or could not be delivered.

Owns this one finding, from the history alone. The history stays as it is, and a clock that was stopped stays so. But
whoever tells of a case says that nobody was reached, until it was done once more: the letter was sent again, or the
customer was told in another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.clocks import facts_of
from engine.core.effects import is_outside
from engine.core.events import Event
from engine.definition.model import Definition

LOST = ("message-returned", "delivery-failed")


@dataclass(frozen=True, slots=True)
class InVain:
    """Something was done in vain: when that was known, and when it was done all the same, None while it was not."""

    known_at: datetime
    done_at: datetime | None


def facts_in_vain(definition: Definition, events: Sequence[Event]) -> Mapping[str, InVain]:
    """By fact, `milestone acknowledged` or `sent answer`: those that the very step of such a letter made true."""
    lost = _Lost(definition, events)
    found: dict[str, InVain] = {}
    for deed, event in lost.deeds:
        if deed in lost.known_at and event.type in ("milestone-reached", "message-sent"):
            found |= {fact: lost.since(deed, {fact}) for fact in facts_of(event, personal=True)}
    return found


def clocks_in_vain(definition: Definition, events: Sequence[Event]) -> Mapping[tuple[str, int], InVain]:
    """By clock and run: those that were stopped by such a step. What is promised to customers is kept by what reaches
    them; what the house promises itself only where the letter or its milestone is what is waited for.
    """
    lost = _Lost(definition, events)
    found: dict[tuple[str, int], InVain] = {}
    for deed, event in lost.deeds:
        if event.type != "clock-stopped" or deed not in lost.known_at:
            continue
        name, by = event.body["clock"], str(event.body["by"])
        plan = definition.clocks.get(name)
        if plan is not None and (plan.promise or by.startswith(("sent", "milestone "))):
            wanted = {*plan.stops, *plan.restarts} if by.startswith("sent") else {by}
            found[name, event.body.get("run", 1)] = lost.since(deed, wanted)
    return found


class _Lost:
    """`deeds` are all events, each with the number of what somebody did in one go; `known_at` tells of those whose
    letters to the customer all were lost when that was known of the last.
    """

    def __init__(self, definition: Definition, events: Sequence[Event]) -> None:
        self._definition = definition
        self.deeds = [*_deeds(events)]
        self.known_at = _known_at(self.deeds)

    def since(self, deed: int, facts: set[str]) -> InVain:
        """When one of these facts came true again, by what was not lost itself."""
        known_at = self.known_at[deed]
        later = (
            event.at
            for number, event in self.deeds
            if event.at >= known_at and number not in self.known_at and not facts.isdisjoint(self._made(event))
        )
        return InVain(known_at, next(later, None))

    def _made(self, event: Event) -> Iterator[str]:
        """The facts that an event makes true, once more too: a milestone is written down at the first time alone."""
        yield from facts_of(event, personal=True)
        if event.type == "task-completed":
            state, outcome = str(event.body["state"]), event.body["outcome"]
            place = self._definition.states.get(state) or self._definition.tasks.get(state)
            move = place.on.get(outcome) if place is not None else None
            for doing in move.doing if move is not None else ():
                yield from (f"milestone {name}" for name in doing.milestones)


def _deeds(events: Iterable[Event]) -> Iterator[tuple[int, Event]]:
    """What one person, or the house, wrote down in one instant was done in one go."""
    number, before = 0, None
    for event in events:
        key = event.at, event.actor, event.via, event.on_behalf_of
        number += key != before
        before = key
        yield number, event


def _known_at(deeds: Iterable[tuple[int, Event]]) -> Mapping[int, datetime]:
    left: dict[str, int] = {}
    lost: dict[str, datetime] = {}
    about: dict[str, str] = {}  # the message that an incident is about
    last = ""
    for deed, event in deeds:
        body = event.body
        if event.type == "message-sent" and is_outside(str(body["to"])):
            left[body["message"]] = deed
        elif event.type == "message-withdrawn":
            left.pop(body["message"], None)
        elif event.type in LOST:
            last = body["message"]
            lost[last] = event.at
        elif event.type == "incident-raised" and lost.get(last) == event.at:
            about[body["incident"]] = last
        elif event.type == "incident-resolved" and body["action"] == "retry":
            lost.pop(about.get(body["incident"], ""), None)  # it is sent once more
    arrived = {deed for message, deed in left.items() if message not in lost}
    found: dict[int, datetime] = {}
    for message, deed in left.items():
        if deed not in arrived:
            found[deed] = max(lost[message], found.get(deed, lost[message]))
    return found
