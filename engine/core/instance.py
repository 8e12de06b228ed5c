"""One running of a process definition, as frozen data: the snapshot that is the truth.

Owns the shape of an instance and its turning into plain JSON and back; decides nothing. Task and timer ids are
`<instance id>.<n>`, counted by the instance itself, so that a step needs no source of ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.ballots import Ballot
from engine.core.links import Link, Parent, link_data, parent_data

Values = Mapping[str, Any]

RUNNING, SUSPENDED, COMPLETED, CANCELLED = "running", "suspended", "completed", "cancelled"


@dataclass(frozen=True, slots=True)
class Token:
    """Where one branch stands. The root token has no parent; `row` and `forms` belong to a for-each branch alone."""

    id: str
    state: str
    entered_at: datetime
    parent: str = ""
    branch: str = ""
    row: Values | None = None
    forms: Mapping[str, Any] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Human work that waits.

    `status` is `open` or `claimed`; a task that is done or withdrawn leaves the snapshot and lives on in the history.
    """

    id: str
    token: str
    state: str
    title: str
    opened_at: datetime
    candidates: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    status: str = "open"
    assignee: str = ""
    on_behalf_of: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that fires once at `due_at`.

    `word`, `state` and `index` find its move in the definition: the state's `after` number `index`, the rung number
    `index` of the task's `escalate`, or that of the clock called `state`. A clock's timers and those of a task beside
    the case's own work belong to no token.
    """

    id: str
    token: str
    state: str
    index: int
    due_at: datetime
    fired: int = 0
    word: str = "after"


@dataclass(frozen=True, slots=True)
class Clock:
    """A promised time, as it stands.

    `target` is the duration promised (empty: nothing is, for this answer); `pauses` are (from, to or None); `due_at` is
    None while it stands still; `fired` are the rungs that have fired, in per cent; `missed` the deadline that was not
    kept. `status` is running, paused, stopped or cancelled.
    """

    name: str
    run: int
    started_at: datetime
    target: str
    status: str = "running"
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    due_at: datetime | None = None
    fired: tuple[int, ...] = ()
    missed: datetime | None = None
    ended_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.status in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that waits for a message from outside."""

    token: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What has been decided so far in an approval; `id` is its task's. `rule` finds the rule in the definition,
    `content` is the hash of what is decided about.

    `deputies` maps a person to the one who may decide for them. `asked` is there when a move is to be confirmed: the
    command as plain data, as an incident keeps it, with `move` (its trigger) and `by` (who asked, and on whose behalf).
    """

    id: str
    token: str
    state: str
    rule: int
    content: str
    round: int = 1
    ballots: tuple[Ballot, ...] = ()
    deputies: Mapping[str, str] = field(default_factory=dict)
    asked: Values | None = None

    @property
    def askers(self) -> frozenset[str]:
        return frozenset(self.asked["by"]) if self.asked is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the process could not do by its own fault.

    `retry` is the command that failed, as plain data, to be tried again.
    """

    id: str
    at: datetime
    message: str
    place: str
    state: str
    retry: Values


@dataclass(frozen=True, slots=True)
class Instance:
    """The snapshot.

    `data` holds each form's values under its short name, `doers` who completed the task of which state, oldest first,
    `links` the cases it has called. `held` are the ways into a final state that wait for them: token -> trigger.
    """

    id: str
    process: str
    digest: str
    reference: str
    starter: str
    received_at: datetime
    started_at: datetime
    status: str = RUNNING
    revision: int = 0
    seq: int = 0
    counter: int = 0
    ended_at: datetime | None = None
    outcome: str = ""
    external_id: str = ""
    subject: str = ""
    label: str = ""
    customer: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    variables: Values = field(default_factory=dict)
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    doers: tuple[tuple[str, str], ...] = ()
    tokens: Mapping[str, Token] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    priority: str = ""
    links: Mapping[str, Link] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    parent: Parent | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which its living tokens stand, parents before branches."""
        return tuple(token.state for token in self.tokens.values() if not token.done)


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def to_data(instance: Instance) -> dict[str, Any]:
    """The snapshot as plain JSON, empty parts left out.

    What has a column of its own (id, process, digest, revision…) is not repeated.
    """
    data: dict[str, Any] = {
        "starter": instance.starter,
        "received_at": _instant(instance.received_at),
        "started_at": _instant(instance.started_at),
        "counter": instance.counter,
        "tokens": [_token_data(token) for token in instance.tokens.values()],
    }
    if instance.data:
        data["data"] = instance.data
    if instance.variables:
        data["variables"] = instance.variables
    if instance.milestones:
        data["milestones"] = {name: at.isoformat() for name, at in instance.milestones.items()}
    if instance.doers:
        data["doers"] = instance.doers
    if instance.tasks:
        data["tasks"] = [
            [
                t.id, t.token, t.state, t.title, t.opened_at.isoformat(), t.candidates, t.excluded, t.status,
                t.assignee,
                t.on_behalf_of, _instant(t.due_at),
            ]
            for t in instance.tasks.values()
        ]  # fmt: skip
    if instance.timers:
        data["timers"] = [
            [t.id, t.token, t.state, t.index, t.due_at.isoformat(), t.fired, t.word] for t in instance.timers.values()
        ]
    if instance.clocks:
        data["clocks"] = [_clock_data(clock) for clock in instance.clocks.values()]
    if instance.priority:
        data["priority"] = instance.priority
    if instance.approvals:
        data["approvals"] = [_approval_data(approval) for approval in instance.approvals.values()]
    if instance.waits:
        data["waits"] = [[w.token, w.state, w.message] for w in instance.waits]
    if instance.incidents:
        data["incidents"] = [
            [i.id, i.at.isoformat(), i.message, i.place, i.state, i.retry] for i in instance.incidents.values()
        ]
    if instance.customer:
        data["customer"] = instance.customer
    if instance.label:
        data["label"] = instance.label
    if instance.links:
        data["links"] = [link_data(link) for link in instance.links.values()]
    if instance.held:
        data["held"] = instance.held
    if instance.parent is not None:
        data["parent"] = parent_data(instance.parent)
    return data


def _token_data(token: Token) -> list[Any]:
    short: list[Any] = [token.id, token.state, token.entered_at.isoformat()]
    if token.parent:
        short += [token.parent, token.branch, token.row, token.forms, token.done]
    return short


def _clock_data(clock: Clock) -> list[Any]:
    return [
        clock.name,
        clock.run,
        clock.started_at.isoformat(),
        clock.target,
        clock.status,
        [[begin.isoformat(), _instant(end)] for begin, end in clock.pauses],
        _instant(clock.due_at),
        clock.fired,
        _instant(clock.missed),
        _instant(clock.ended_at),
    ]


def _clock(row: list[Any]) -> Clock:
    pauses = tuple((_parse(begin), _parse(end) if end else None) for begin, end in row[5])
    due, missed, ended = (_parse(at) if at else None for at in (row[6], row[8], row[9]))
    return Clock(row[0], row[1], _parse(row[2]), row[3], row[4], pauses, due, tuple(row[7]), missed, ended)


def _approval_data(approval: Approval) -> list[Any]:
    ballots = [[b.person, b.decision, sorted(b.roles), b.by] for b in approval.ballots]
    return [
        approval.id,
        approval.token,
        approval.state,
        approval.rule,
        approval.content,
        approval.round,
        ballots,
        approval.deputies,
        *([approval.asked] if approval.asked is not None else []),
    ]


def _approval(row: list[Any]) -> Approval:
    ballots = tuple(Ballot(person, decision, frozenset(roles), by) for person, decision, roles, by in row[6])
    return Approval(row[0], row[1], row[2], row[3], row[4], row[5], ballots, row[7], row[8] if len(row) > 8 else None)


_parse = datetime.fromisoformat


def from_data(columns: Mapping[str, Any], data: Mapping[str, Any]) -> Instance:
    """The instance again.

    `columns`: id, process, digest, reference, status, revision, seq, ended_at, outcome, external_id, subject.
    """
    tokens = {}
    for row in data["tokens"]:
        if len(row) == 3:
            token = Token(row[0], row[1], _parse(row[2]))
        else:
            token = Token(row[0], row[1], _parse(row[2]), row[3], row[4], row[5], row[6], row[7])
        tokens[token.id] = token
    tasks = {
        row[0]: Task(
            row[0], row[1], row[2], row[3], _parse(row[4]), tuple(row[5]), tuple(row[6]), row[7], row[8], row[9],
            _parse(row[10]) if row[10] else None,
        )
        for row in data.get("tasks", ())
    }  # fmt: skip
    timers = {
        row[0]: Timer(row[0], row[1], row[2], row[3], _parse(row[4]), row[5], row[6]) for row in data.get("timers", ())
    }
    return Instance(
        **columns,
        starter=data["starter"],
        received_at=_parse(data["received_at"]),
        started_at=_parse(data["started_at"]),
        counter=data["counter"],
        label=data.get("label", ""),
        customer=data.get("customer", {}),
        data=data.get("data", {}),
        variables=data.get("variables", {}),
        milestones={name: _parse(at) for name, at in data.get("milestones", {}).items()},
        doers=tuple((state, person) for state, person in data.get("doers", ())),
        tokens=tokens,
        tasks=tasks,
        timers=timers,
        approvals={row[0]: _approval(row) for row in data.get("approvals", ())},
        waits=tuple(Wait(*row) for row in data.get("waits", ())),
        incidents={
            row[0]: Incident(row[0], _parse(row[1]), row[2], row[3], row[4], row[5])
            for row in data.get("incidents", ())
        },
        clocks={row[0]: _clock(row) for row in data.get("clocks", ())},
        priority=data.get("priority", ""),
        links={row[0]: Link(*row) for row in data.get("links", ())},
        held=data.get("held", {}),
        parent=Parent(*data["parent"]) if "parent" in data else None,
    )
