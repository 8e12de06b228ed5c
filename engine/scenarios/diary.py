"""A run told in words, a line a step: when, who, what, and where the case stands then.

Owns these sentences, the witness of a scenario that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from engine.core.events import Event
from engine.core.instance import Instance
from engine.definition.model import Definition
from engine.scenarios.acts import START, Act
from engine.scenarios.happened import HAPPENED, happened

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def diary(
    definition: Definition,
    act: Act,
    now: datetime,
    instance: Instance | None,
    events: Sequence[Event],
    end: str = "",
) -> str:
    """One line. `end` takes the place of where the case stands."""
    local = definition.calendar.local_time(now)
    when = f"{_DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"
    return f"{when}  {_what(definition, act)}{_behalf(act, events)} → {end or _standing(definition, instance, events)}"


def _what(definition: Definition, act: Act) -> str:
    who = act.actor.text if act.actor is not None else ""
    text = act.what.text if act.what is not None else ""
    if act.verb == START:
        said = f"starts {definition.key}"
    elif act.verb in ("do", "decide"):
        said = text
    elif act.verb == "child":
        said = f"{text} ends: {act.outcome}"
    elif act.verb == "wait":
        said = f"after {act.length}"
    elif act.verb == "until":
        said = "time passes"
    elif act.to is not None:
        said = f"{act.verb} to {act.to.text}"
    else:
        said = f"{act.verb} {text}".strip()
    return f"{who}: {said}" if who else said


def _behalf(act: Act, events: Sequence[Event]) -> str:
    """For whom somebody acted, as the step says or as its events tell."""
    if act.actor is None:
        return ""
    told = (event.on_behalf_of for event in events if event.actor == act.actor.text and event.on_behalf_of)
    behalf = act.behalf.text if act.behalf is not None else next(told, "")
    return f" on behalf of {behalf}" if behalf else ""


def _standing(definition: Definition, instance: Instance | None, events: Sequence[Event]) -> str:
    if instance is None:
        return "nothing"
    parts = [", ".join(instance.states) or instance.status]
    if instance.status != "running":
        parts[0] = f"{parts[0]} ({instance.outcome or instance.status})"
    for word in HAPPENED:
        found = Counter(happened(word, definition, events))
        names = [f"{name} ({number} times)" if number > 1 else name for name, number in found.items()]
        if names:
            parts.append(f"{word} {', '.join(names)}")
    return "; ".join(parts)
