"""What a step did, in the words in which a scenario expects it and a diary tells it.

Owns which events these are and what each names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.core.effects import whom
from engine.core.events import Event
from engine.definition.model import Definition

_Names = Callable[[Definition, Mapping[str, Any]], str]


def _part(name: str) -> _Names:
    return lambda definition, body: str(body[name])


def _rung(definition: Definition, body: Mapping[str, Any]) -> str:
    return f"{body['state']} {body['rung']}" if "rung" in body else ""


def _beside(definition: Definition, body: Mapping[str, Any]) -> str:
    return str(body["state"]) if body["state"] in definition.tasks else ""


HAPPENED: Mapping[str, tuple[str, _Names]] = {
    "sent": ("message-sent", _part("template")),
    "unaddressed": ("message-unaddressed", _part("template")),
    "milestone": ("milestone-reached", _part("milestone")),
    "breached": ("clock-breached", _part("clock")),
    "escalated": ("timer-fired", _rung),
    "notified": ("notified", lambda definition, body: whom(body)),
    "opened": ("task-opened", _beside),
    "called": ("case-called", _part("process")),
}
"""The word: the type of event, and what such an event names; nothing when it is not meant."""


def happened(word: str, definition: Definition, events: Iterable[Event]) -> Iterator[str]:
    """What these events name of what the word means, each time that it happened."""
    type_, names = HAPPENED[word]
    return (name for event in events if event.type == type_ and (name := names(definition, event.body)))
