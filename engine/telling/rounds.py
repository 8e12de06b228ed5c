"""What went before this round of an approval: who said what and why, and what has been changed since.

A round is over when its outcome is known, when what it was about is changed, or when the case moves on without it. The
next one begins in the same task, or in a new one when the case comes back to the same state.

Owns how this is read from the history. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.counting import undone
from engine.core.events import Event
from engine.core.instance import Task
from engine.store.history import Line

VOIDED = "voided"
"""How a round ends when what it is about is changed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one person decided in a round, in which roles it counted, when and why; `by` is the deputy who said it, else
    empty.
    """

    person: str
    decision: str
    by: str
    comment: str
    at: datetime
    roles: tuple[str, ...]


def said(event: Event) -> Said:
    """One decision as the history tells it; `event` is a `decision-given`."""
    person, by = (event.on_behalf_of, event.actor) if event.on_behalf_of else (event.actor, "")
    body = event.body
    return Said(person, body["decision"], by, body.get("comment", ""), event.at, tuple(body.get("counted", ())))


@dataclass(frozen=True, slots=True)
class Round:
    """An earlier round: how it ended (an outcome of the approval, `voided` or `withdrawn`), when, and who said what."""

    outcome: str
    at: datetime
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A field of a form that is decided about, as it was in the round before and as it is now: plain values."""

    form: str
    field: str
    before: Any
    after: Any


def earlier(task: Task, lines: Sequence[Line], *, in_row: bool) -> tuple[Round, ...]:
    """The rounds before the one that is open now, the oldest first; one in which nobody decided is left out. `in_row`:
    it is the approval of one row of many.
    """
    found: list[Round] = []
    given: list[Said] = []
    lines = _counting(lines)
    family = _family(task, lines, in_row)
    for line in lines:
        event, body = line.event, line.event.body
        if body.get("task") not in family:
            continue
        if event.type == "decision-given":
            given.append(said(event))
        elif event.type in ENDS and given:
            found.append(Round(ENDS[event.type] or body["outcome"], event.at, tuple(given)))
            given = []
    return tuple(found)


ENDS = {"approval-voided": VOIDED, "approval-closed": "", "task-withdrawn": "withdrawn"}
"""What ends a round, and how it ended; empty where the event itself says its outcome."""


def changed(task: Task, lines: Sequence[Line], binds: Collection[str], *, in_row: bool) -> tuple[Changed, ...]:
    """What is not as it was when the round before began; nothing in the first round. `in_row`: in a for-each branch,
    where other branches fill in forms of the same name, only what began this round by changing it.
    """
    lines = _counting(lines)
    family = _family(task, lines, in_row)
    begun = [n for n, line in enumerate(lines) if line.event.type in BEGINS and line.event.body["task"] in family]
    if len(begun) < 2:
        return ()
    at = lines[begun[-1]].event.at
    first: dict[tuple[str, str], Any] = {}
    last: dict[tuple[str, str], Any] = {}
    for line in lines[begun[-2] : begun[-1]]:
        event = line.event
        if event.type == "form-submitted" and event.body["name"] in binds and (not in_row or event.at == at):
            for (form, field), (before, after) in _fields(event.body):
                first.setdefault((form, field), before)
                last[form, field] = after
    return tuple(Changed(*key, first[key], after) for key, after in last.items() if first[key] != after)


def _counting(lines: Sequence[Line]) -> list[Line]:
    gone = undone(line.event for line in lines)
    return [line for line in lines if line.seq not in gone]


BEGINS = ("approval-opened", "approval-voided")
"""What begins a round."""


def _fields(body: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[Any, Any]]]:
    for field, (before, after) in body["changes"].items():
        yield (body["name"], field), (before, after)


def _family(task: Task, lines: Sequence[Line], in_row: bool) -> set[str]:
    """The tasks of this approval so far: those of the same state, in a branch those of the same title. What somebody
    asked others to confirm is a matter of its own.
    """
    found, own, before = {task.id}, set[str](), ""
    for line in lines:
        event, body = line.event, line.event.body
        if event.type == "task-opened" and before != "confirmation-asked":
            own |= {body["task"]} if not in_row or body["title"] == task.title else set()
        elif event.type == "approval-opened" and body["state"] == task.state and body["task"] in own:
            found.add(body["task"])
        before = event.type
    return found
