"""Where a case parts from its history, once it is known that it does.

Owns the comparison: the case's row with its own snapshot, and both with what its history says that it holds. It names
what can be told; not everything in a case is spelt out in its history. Reads alone, and believes nothing to be sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.counting import counting
from engine.core.events import Event
from engine.core.instance import CANCELLED, COMPLETED, RUNNING, SUSPENDED
from engine.store.binding import NAMES
from engine.store.fields import decode, encode, from_micros, to_micros

SNAPSHOT, HISTORY = "snapshot", "history"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a case that is not as it should be: as it was `found`, and as `by` (the snapshot or the history) it
    should be, both as JSON. `found` and `expected` are empty where they cannot be told.
    """

    what: str
    found: str = ""
    expected: str = ""
    by: str = ""

    def __str__(self) -> str:
        return f"{self.what} is {self.found}, by its {self.by} it is {self.expected}" if self.by else self.what


_STATUS = {"completed": COMPLETED, "cancelled": CANCELLED, "suspended": SUSPENDED, "resumed": RUNNING}
_AGAIN = ("reopened", "step-undone")
_WAITS, _OVER = ("task-opened", "task-reopened"), ("task-completed", "task-withdrawn")
_NOT_SAID = "something that its history does not spell out"


def differing(columns: Sequence[Any], snapshot: str, events: Sequence[Event]) -> tuple[Difference, ...]:
    """Each part that is not as it should be, or that there is one that cannot be told.

    `columns` and `snapshot` are as `binding.row` gives them; `events` the whole history, whose chain holds.
    """
    row = dict(zip(NAMES, columns, strict=True))
    try:
        data = decode(snapshot)
        found = [*_inside(row, data), *_outside(row, data, events)]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return (Difference("its snapshot, which cannot be read"),)
    return tuple(dict.fromkeys(found)) or (Difference(_NOT_SAID),)


def _inside(row: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Difference]:
    """What is in a column for being found, and in the snapshot too."""
    customer = data.get("customer", {})
    dues = [task[10] for task in data.get("tasks", ())] + [clock[6] for clock in data.get("clocks", ())]
    due = min((_micros(at) for at in dues if at), default=None)
    expected = {
        "starter": data["starter"],
        "received_at": _micros(data["received_at"]),
        "started_at": _micros(data["started_at"]),
        "states": ", ".join(_standing(data)),
        "priority": data.get("priority", ""),
        "severity": data.get("severity", ""),
        "tags": " ".join(data.get("tags", ())),
        "customer_name": customer.get("name") or "",
        "customer_email": customer.get("email") or "",
        "next_due_at": due,
    }
    for name, value in expected.items():
        if row[name] != value:
            yield Difference(name, _spelt(name, row[name]), _spelt(name, value), SNAPSHOT)


def _outside(row: Mapping[str, Any], data: Mapping[str, Any], events: Sequence[Event]) -> Iterator[Difference]:
    """What the history says in so many words."""
    counted = counting(events)
    yield from _ends(row, data, events)
    tags: list[str] = next((event.body["now"] for event in reversed(events) if event.type == "tagged"), [])
    priority = next((event.body["now"] for event in reversed(events) if event.type == "priority-raised"), "")
    waiting: dict[str, None] = {}
    for event in events:
        if event.type in _WAITS:
            waiting[event.body["task"]] = None
        elif event.type in _OVER:
            waiting.pop(event.body["task"], None)
    milestones = [event.body["milestone"] for event in counted if event.type == "milestone-reached"]
    yield from _compared("tags", data.get("tags", []), tags)
    yield from _compared("priority", data.get("priority", ""), priority)
    yield from _compared("the tasks that wait", sorted(task[0] for task in data.get("tasks", ())), sorted(waiting))
    yield from _compared("the milestones reached", sorted(data.get("milestones", {})), sorted(milestones))
    answers: dict[tuple[str, str], Any] = {}
    for event in counted:
        if event.type == "form-submitted" and "row" not in event.body:
            answers |= {(event.body["name"], name): new for name, (_, new) in event.body["changes"].items()}
        elif event.type == "values-set":
            answers |= {("", name): new for name, (_, new) in event.body["changes"].items()}
    for (form, name), value in answers.items():
        kept = data.get("data", {}).get(form, {}) if form else data.get("variables", {})
        if isinstance(kept, Mapping):
            yield from _compared(f"{form}.{name}" if form else name, kept.get(name), value)
    yield from _deadlines(data, events)


def _ends(row: Mapping[str, Any], data: Mapping[str, Any], events: Sequence[Event]) -> Iterator[Difference]:
    """How it began, where it stands when that is one place, and whether it has ended."""
    first = events[0].body
    status, outcome, ended, places = RUNNING, "", None, {"": ""}
    for event in events:
        if event.type == "moved":
            places = {**(places if event.body.get("token", "0") != "0" else {})} | {
                event.body.get("token", "0"): event.body["to"]
            }
        elif event.type in _STATUS:
            status = _STATUS[event.type]
            if event.type in (COMPLETED, CANCELLED):
                outcome, ended = event.body.get("outcome", CANCELLED), event.at
        elif event.type in _AGAIN:
            status, outcome, ended = RUNNING, "", None
            places = dict(event.body["tokens"]) if "tokens" in event.body else places
    yield from _compared("received_at", data["received_at"], first["received_at"])
    yield from _compared("reference", row["reference"], first["reference"])
    yield from _compared("process", row["process"], first["process"])
    yield from _compared("external_id", row["external_id"], first.get("external_id", ""))
    yield from _compared("status", row["status"], status)
    yield from _compared("outcome", row["outcome"], outcome)
    yield from _compared("ended_at", row["ended_at"], None if ended is None else to_micros(ended))
    standing = _standing(data)
    if len(standing) == 1 and len(places) == 1:
        yield from _compared("the state", standing[0], *places.values())


def _deadlines(data: Mapping[str, Any], events: Sequence[Event]) -> Iterator[Difference]:
    """Of the promises that run, and of those that were missed. What restores a promise says so itself: all count."""
    due: dict[tuple[str, int], Any] = {}
    missed: dict[tuple[str, int], Any] = {}
    for event in events:
        if event.type.startswith("clock-"):
            clock = (event.body["clock"], event.body.get("run", 1))
            if event.type == "clock-breached":
                missed[clock] = event.body["due_at"]
            else:
                due[clock] = event.body.get("changes", {}).get("due_at", (None, event.body.get("due_at")))[1]
    for name, run, _began, _target, status, _pauses, at, _fired, late, _ended in data.get("clocks", ()):
        if status == RUNNING and due.get((name, run)):
            yield from _compared(f"the deadline of the promise {name}", at, due[name, run])
        if (name, run) in missed:
            yield from _compared(f"when the promise {name} was missed", late, missed[name, run])


def _standing(data: Mapping[str, Any]) -> list[str]:
    return [token[1] for token in data["tokens"] if len(token) == 3 or not token[7]]


def _compared(what: str, found: Any, told: Any) -> Iterator[Difference]:
    if found != told:
        yield Difference(what, _spelt(what, found), _spelt(what, told), HISTORY)


def _micros(at: str) -> int:
    return to_micros(datetime.fromisoformat(at))


def _spelt(name: str, value: Any) -> str:
    return from_micros(value).isoformat() if name.endswith("_at") and isinstance(value, int) else encode(value)
