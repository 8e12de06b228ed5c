"""A scenario as data: its steps, each with its verb, its place and what should hold afterwards.

Owns these shapes and the verbs there are. Reads nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.core.durations import Duration
from engine.definition.shapes import Said
from engine.errors import Place

FIRST = datetime.fromisoformat("2026-11-23 10:00")
"""When a scenario begins that does not say: Monday, 23 November 2026, 10:00, an ordinary working day."""

START, COMMENT, BEHALF = "start", "comment", "on-behalf-of"

VERBS: Mapping[str, str] = {
    "do": "complete the task that has this outcome, or ask for this move",
    "trigger": "ask for a move that belongs to no task",
    "message": "a message from outside arrives",
    "wait": "let this much time pass; everything that falls due happens",
    "until": "let the time pass until then",
    "decide": "decide in the open approval: approve, reject, request-changes, abstain or recuse",
    "child": "the case of this name that was called ends; `outcome` says how",
    "claim": "take the task of this state",
    "release": "give the task of this state back",
    "assign": "give a task to somebody: {to: ben}",
    "delegate": "let somebody else act on one's behalf: {to: ben, until: 2026-11-27}",
    "suspend": "halt the case, with a reason",
    "resume": "let a suspended case go on",
    "cancel": "end the case from outside its process, with a reason",
    "reopen": "let an ended case go on; the value is the comment",
    COMMENT: "write a comment; beside another verb, the comment that goes with it",
}
"""What a step can do, one verb a step."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that should hold after a step: what it is called, and the value."""

    name: Said
    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Act:
    """One step. `what` is the verb's text: an outcome, a message, a time, a state or a reason.

    `at` is when it is done, or until when time passes; None is where the clock stands. `to` is who gets the task,
    `behalf` the person whose deputy decides, `state` which task is meant, `move` which confirmation, `refused` the code
    of the refusal that is expected, `outcome` how a called case ends, `fields` the fields that it has to name; `since`
    and `until` are the days, or moments, from and to which a task is delegated.
    """

    place: Place
    verb: str
    what: Said | None = None
    actor: Said | None = None
    values: Mapping[str, object] | None = None
    state: Said | None = None
    move: Said | None = None
    to: Said | None = None
    since: Said | None = None
    until: Said | None = None
    behalf: Said | None = None
    comment: str = ""
    length: Duration | None = None
    at: datetime | None = None
    received: datetime | None = None
    outcome: Said | None = None
    refused: Said | None = None
    fields: tuple[Said, ...] = ()
    expect: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody is away, from a day or time until another, and somebody else stands in for them: in one role, or in all
    of theirs.
    """

    place: Place
    person: Said
    deputy: Said
    role: Said | None = None
    away_from: Said | None = None
    away_until: Said | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case from its start. Times without an offset are local to the calendar of the process."""

    name: str
    place: Place
    start: Act
    steps: tuple[Act, ...]
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A whole file. `people` are its own, beside those of the organisation: id -> roles."""

    path: str
    people: tuple[tuple[Said, tuple[Said, ...]], ...]
    scenarios: tuple[Scenario, ...]
