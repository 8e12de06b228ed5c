"""What of a case's history counts for where it stands: not what was undone, nor a message that never went out.

Owns this reading. The history itself tells everything, in its order, for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.events import Event


def undone(events: Iterable[Event]) -> set[int]:
    """The numbers of the lines that do not count; `events` are the whole history, from its first line."""
    sent: dict[str, int] = {}
    found: set[int] = set()
    for number, event in enumerate(events, 1):
        if event.type == "message-sent":
            sent[event.body["message"]] = number
        elif event.type == "message-withdrawn":
            found |= {sent[event.body["message"]]} if event.body["message"] in sent else set()
        elif event.type == "step-undone":
            first, last = event.body["lines"]
            found |= set(range(first, last + 1))
    return found


def counting(events: Iterable[Event]) -> list[Event]:
    """What is left of it."""
    told = list(events)
    gone = undone(told)
    return [event for number, event in enumerate(told, 1) if number not in gone]
