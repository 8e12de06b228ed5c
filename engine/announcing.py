"""What happens is told to other programs that want to hear of it: a parcel of the outbox each, written in the step's
own transaction.

Owns who wants to hear of what, as the organisation's file says, and what they are told: that something happened in
which case, and never what people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from engine.core.actors import IMPORT
from engine.core.events import Event
from engine.core.instance import Instance
from engine.store import announcements, people
from engine.store.database import Store

ORGANISATION = "organisation"
"""The setting that holds the organisation's file."""
LASTS = 5.0
"""Seconds for which it is not looked at again: it is asked at every step, and changes once a year."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A program that wants to hear of these types of events, in these processes (none: all)."""

    name: str
    url: str
    events: frozenset[str]
    processes: frozenset[str]


def listeners(store: Store) -> tuple[Listener, ...]:
    """Those of the organisation's file as it was loaded last."""
    organisation = people.setting(store, ORGANISATION) or {}
    entries: Mapping[str, Any] = organisation.get("webhooks") or {}
    return tuple(
        Listener(name, one["url"], frozenset(several(one["events"])), frozenset(several(one.get("processes", ()))))
        for name, one in entries.items()
    )


def several(said: Any) -> tuple[str, ...]:
    """One word, or a list of them."""
    return (said,) if isinstance(said, str) else tuple(said)


class Announcing:
    """Over one store. Called with what a step came to, inside its transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[Listener, ...] = ()
        self._until = 0.0

    def __call__(self, case: Instance, events: Sequence[Event], at: datetime) -> None:
        """Tell those who want to hear of it. What is imported happened long ago."""
        if monotonic() >= self._until:
            self._known, self._until = listeners(self._store), monotonic() + LASTS
        for listener in self._known:
            if listener.processes and case.process not in listener.processes:
                continue
            first = case.seq - len(events) + 1
            told = [
                _told(listener, case, seq, event)
                for seq, event in enumerate(events, first)
                if event.type in listener.events and event.via != IMPORT
            ]
            if told:
                announcements.add(self._store, case.id, case.seq, told, at)


def _told(listener: Listener, case: Instance, seq: int, event: Event) -> dict[str, Any]:
    return {
        "id": f"{listener.name}.{seq}",
        "to": f"webhook:{listener.name}",
        "subject": f"{event.type} of {case.reference}",
        "type": event.type,
        "at": event.at.isoformat(),
        "data": {
            "case": case.reference,
            "external_id": case.external_id,
            "process": case.process,
            "seq": seq,
            "status": case.status,
            "states": list(case.states),
            "outcome": case.outcome,
        },
    }
