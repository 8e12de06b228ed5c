"""What of a case's history counts for where it stands: not what was undone, nor a message that never went out.

Owns this reading. The history itself tells everything, in its order, for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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


def told_outside(events: Iterable[Event]) -> list[Event]:
    """What counts for whoever waits outside: as `counting`, but what was done along with a message that was taken back
    and is to be written again counts from when that is done.
    """
    told = list(events)
    gone = undone(told)
    later: dict[int, Event | None] = {}
    of_task: dict[str, list[int]] = {}
    for event in told:
        task = str(event.body.get("task", ""))
        if event.type == "message-withdrawn" and task:
            first, last = event.body["lines"]
            of_task[task] = list(range(first, last + 1))
            later.update(dict.fromkeys(of_task[task]))
        elif task in of_task and event.type in ("task-completed", "task-withdrawn", "task-reopened"):
            end = event if event.type != "task-reopened" else None
            later.update(dict.fromkeys(of_task[task], end))
    found = []
    for number, event in enumerate(told, 1):
        end = later.get(number, event)
        if number not in gone and end is not None:
            found.append(event if end is event else replace(event, at=end.at))
    return found


def counting(events: Iterable[Event]) -> list[Event]:
    """What is left of it."""
    told = list(events)
    gone = undone(told)
    return [event for number, event in enumerate(told, 1) if number not in gone]
