"""An instance as plain JSON, and back: the snapshot that the store keeps as the truth of a case.

Owns this text form and what two of them differ in; the shapes are those of `engine.core.instance` and
`engine.core.links`. What is empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.core.ballots import Ballot
from engine.core.delegation import Delegation
from engine.core.effects import SendMessage
from engine.core.instance import Approval, Incident, Instance, Question, Sent, Task, Timer, Token, Undo, Wait
from engine.core.links import Link, Parent
from engine.core.promised import Clock


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
    if instance.recused:
        data["recused"] = instance.recused
    if instance.rounds:
        data["rounds"] = instance.rounds
    if instance.authors:
        data["authors"] = instance.authors
    if instance.tasks:
        data["tasks"] = [
            [
                t.id, t.token, t.state, t.title, t.opened_at.isoformat(), t.candidates, t.excluded, t.status,
                t.assignee,
                t.on_behalf_of, _instant(t.due_at), *([t.titles] if t.titles or t.delegation else ()),
                *([[d.to, _instant(d.since), _instant(d.until), d.timer]] if (d := t.delegation) else ()),
            ]
            for t in instance.tasks.values()
        ]  # fmt: skip
    if instance.timers:
        data["timers"] = [
            [t.id, t.token, t.state, t.index, t.due_at.isoformat(), t.fired, t.word] for t in instance.timers.values()
        ]
    if instance.clocks:
        data["clocks"] = [_clock_data(clock) for clock in instance.clocks.values()]
    texts = {"priority": instance.priority, "severity": instance.severity, "tags": instance.tags}
    data |= {name: value for name, value in texts.items() if value}
    if instance.approvals:
        data["approvals"] = [_approval_data(approval) for approval in instance.approvals.values()]
    if instance.waits:
        data["waits"] = [[w.token, w.state, w.message] for w in instance.waits]
    for name, incidents in (("incidents", instance.incidents), ("dismissed", instance.dismissed)):
        if incidents:
            data[name] = [_incident_data(one) for one in incidents.values()]
    if instance.customer:
        data["customer"] = instance.customer
    if instance.label:
        data["label"] = instance.label
    if instance.links:
        data["links"] = [_link_data(link) for link in instance.links.values()]
    if instance.held:
        data["held"] = {token: list(wishes) for token, wishes in instance.held.items()}
    if instance.parent is not None:
        data["parent"] = _parent_data(instance.parent)
    if instance.sent:
        data["sent"] = [_sent_data(sent) for sent in instance.sent]
    if instance.questions:
        data["questions"] = [[q.id, q.by, q.to, q.text, q.at.isoformat()] for q in instance.questions.values()]
    if instance.unsent:
        data["unsent"] = {task: _message_data(message) for task, message in instance.unsent.items()}
    if instance.undo is not None:
        data["undo"] = _undo_data(instance.undo)
    return data


_STAYS = ("sent", "undo", "counter", "priority", "questions", "rounds", "tags")
"""What comes from elsewhere, or only ever grows: undoing a step leaves it alone."""


def difference(before: Instance, after: Instance) -> dict[str, Any]:
    """The parts of the snapshot that are not the same any more, as they were, in plain JSON; None: not there."""
    was, now = to_data(before), to_data(after)
    parts = [part for part in {**was, **now} if part not in _STAYS and was.get(part) != now.get(part)]
    plain = {part: (_plain(was.get(part)), _plain(now.get(part))) for part in parts}
    return {part: old for part, (old, new) in plain.items() if old != new} | (
        {"subject": before.subject} if before.subject != after.subject else {}
    )


def as_it_was(now: Instance, was: Mapping[str, Any]) -> Instance:
    """The case as it stood before the step that changed these parts of it; it was running then."""
    data = {part: value for part, value in {**to_data(now), **was}.items() if value is not None}
    columns = {
        name: getattr(now, name) for name in ("id", "process", "digest", "reference", "revision", "seq", "external_id")
    }
    return from_data({**columns, "subject": data.pop("subject", now.subject)}, data)


def _plain(value: Any) -> Any:
    """As it is once it was written and read."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _incident_data(one: Incident) -> list[Any]:
    kind = [one.kind, dict(one.parts)] if one.kind else []
    return [one.id, one.at.isoformat(), one.message, one.place, one.state, one.retry, *kind]


def _incidents(rows: Iterable[Any]) -> dict[str, Incident]:
    return {row[0]: Incident(row[0], _parse(row[1]), *row[2:]) for row in rows}


def _undo_data(undo: Undo) -> list[Any]:
    notices = {notice: at.isoformat() for notice, at in undo.notices.items()}
    return [undo.messages, undo.lines, undo.was, undo.typed, notices]


def _undo(row: list[Any]) -> Undo:
    first, last = row[1]
    place, outcome, values = row[3] or ("", "", {})
    notices = {notice: _parse(at) for notice, at in row[4].items()}
    return Undo(tuple(row[0]), (first, last), row[2], (place, outcome, values) if row[3] else None, notices)


def _token_data(token: Token) -> list[Any]:
    short: list[Any] = [token.id, token.state, token.entered_at.isoformat()]
    if token.parent:
        short += [token.parent, token.branch, token.row, token.forms, token.done]
    return short


def _delegation(row: list[Any]) -> Delegation:
    since, until = (_parse(at) if at else None for at in row[1:3])
    return Delegation(row[0], since, until, row[3])


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


def _sent_data(sent: Sent) -> list[Any]:
    clocks = {name: _clock_data(clock) if clock is not None else None for name, clock in sent.clocks.items()}
    told = [_message_data(sent.message), sent.by, sent.at.isoformat(), sent.behalf, clocks, sent.lines]
    return [*told, *([sent.was] if sent.was else [])]


def _message_data(one: SendMessage) -> list[Any]:
    told = [one.id, one.template, one.language, one.to, one.name, one.subject, one.body, one.told]
    return [*told, *([one.attachments] if one.attachments else [])]


def _message(row: list[Any]) -> SendMessage:
    id, template, language, to, name, subject, body, told, *attachments = row
    files = tuple(attachments[0]) if attachments else ()
    return SendMessage(id, template, language, to, name, subject, body, told=told, attachments=files)


def _sent(row: list[Any]) -> Sent:
    clocks = {name: _clock(clock) if clock is not None else None for name, clock in row[4].items()}
    first, last = row[5]
    return Sent(_message(row[0]), row[1], _parse(row[2]), row[3], clocks, (first, last), *row[6:])


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


def _link_data(link: Link) -> list[Any]:
    return [
        link.id, link.process, link.name, link.kind, link.blocks, link.status, link.reference, link.instance,
        link.outcome, link.waits, link.row,
    ]  # fmt: skip


def _parent_data(parent: Parent) -> list[str]:
    return [parent.instance, parent.reference, parent.process, parent.link, parent.name, parent.kind, parent.customer]


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
            _parse(row[10]) if row[10] else None, row[11] if len(row) > 11 else {},
            _delegation(row[12]) if len(row) > 12 else None,
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
        recused=tuple((deed, person) for deed, person in data.get("recused", ())),
        rounds=data.get("rounds", {}),
        authors=tuple((form, person) for form, person in data.get("authors", ())),
        tokens=tokens,
        tasks=tasks,
        timers=timers,
        approvals={row[0]: _approval(row) for row in data.get("approvals", ())},
        waits=tuple(Wait(*row) for row in data.get("waits", ())),
        incidents=_incidents(data.get("incidents", ())),
        dismissed=_incidents(data.get("dismissed", ())),
        clocks={row[0]: _clock(row) for row in data.get("clocks", ())},
        priority=data.get("priority", ""),
        severity=data.get("severity", ""),
        tags=tuple(data.get("tags", ())),
        links={row[0]: Link(*row) for row in data.get("links", ())},
        held={token: tuple(wishes) for token, wishes in data.get("held", {}).items()},
        parent=Parent(*data["parent"]) if "parent" in data else None,
        # What an earlier version of ours kept here could be taken back for seconds; it is long gone.
        sent=tuple(_sent(row) for row in data.get("sent", ()) if isinstance(row[0], list)),
        unsent={task: _message(row) for task, row in data.get("unsent", {}).items()},
        undo=_undo(data["undo"]) if "undo" in data else None,
        questions={
            row[0]: Question(row[0], row[1], row[2], row[3], _parse(row[4])) for row in data.get("questions", ())
        },
    )
