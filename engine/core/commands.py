"""What can be asked of an instance: one frozen class a command, named by a verb.

Every command says when (`at`, aware, UTC) and who (`actor`). Owns no behaviour: the handlers do. `revision` is the
revision the asker last saw, or None when it does not matter; `key` makes a repeated request answer with the first
result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.actors import Actor
from engine.core.ballots import Decision
from engine.core.links import Parent
from engine.definition.roles import STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command carries."""

    at: datetime
    actor: Actor
    revision: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Command):
    """Start a case.

    The reference is given by the store, without gaps; `received_at` is when the organisation got it (default: `at`).
    `parent` is the case that called this one; nobody who asks from outside can name it. `mail` is the mail with which
    it begins, as for `Correlate`.
    """

    instance: str
    reference: str
    values: Mapping[str, Any] = field(default_factory=dict)
    received_at: datetime | None = None
    external_id: str = ""
    parent: Parent | None = None
    mail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Command):
    """Take a task; for whoever delegated it, take it back."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """Give a task to somebody; `to_roles` are the roles that person holds now, `to_kind` what they are by them."""

    task: str
    to: str
    to_roles: frozenset[str] = frozenset()
    to_kind: str = STAFF


def named(person: Actor) -> dict[str, Any]:
    """The person whom a task or a question is for, as `Assign`, `Delegate` and `Ask` name them."""
    return {"to": person.id, "to_roles": person.roles, "to_kind": person.kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate(Command):
    """Let somebody else act for me: they complete it, on my behalf; from a moment on (None: now), and until one (None:
    until it is done).
    """

    task: str
    to: str
    to_roles: frozenset[str] = frozenset()
    to_kind: str = STAFF
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete(Command):
    task: str
    outcome: str
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Command):
    """A decision in an approval: approve, reject, request-changes, abstain or recuse.

    `content` is the hash of what the decider saw (empty: not compared), `on_behalf_of` the person whose deputy they
    are, `reauthenticated` that they have just proved who they are.
    """

    task: str
    decision: Decision
    comment: str = ""
    content: str = ""
    on_behalf_of: str = ""
    reauthenticated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDraft(Command):
    """Keep what was typed so far, judged by nobody."""

    task: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Command):
    """Ask for a move that belongs to no task: a process-level `on`, or the `on` of a state without a task."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Command):
    """Hand a task to those who oversee the process, now and with a reason."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Command):
    """`mentions` are the colleagues named in the text: they are told of it."""

    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Command):
    """Mark a case with words, and take words off it; both come as they were typed."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Command):
    """Ask a colleague about the case; `to_roles` are the roles they hold now. They may see the case from then on."""

    to: str
    text: str
    to_roles: frozenset[str] = frozenset()
    to_kind: str = STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """Answer a question that a colleague asked; whoever asked it may settle it themselves."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawMessage(Command):
    """Take back a message that has not gone out yet; for whoever caused it."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp(Command):
    """The worker tries something no more: its name in the outbox, to whom, what about, and why."""

    parcel: str
    to: str
    about: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack(Command):
    """A letter that had gone out came back, for good: its name in the outbox, to whom it went, what about, and what the
    other server says.
    """

    parcel: str
    to: str
    about: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Command):
    """A file that is already stored: {name, type, size, sha256}."""

    file: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPrivateAddress(Command):
    """Mail the customer the address of their private page. `ended`: a colleague has ended it, and none holds now."""

    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPrivateAddress(Command):
    """End the address of the customer's private page: somebody has it whom the case does not concern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPersonalData(Command):
    """See who the customer is and how to reach them, for somebody from whom that is hidden: what it is needed for."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer(Command):
    timer: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlate(Command):
    """A message from outside has been matched to this instance.

    `mail` is the mail that brought it, if one did: {from, subject, message_id, original}, and `left_out` with the names
    of files that were refused; `original` is the mail itself as a stored file.
    """

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    mail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Command):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveIncident(Command):
    """`retry` (with corrected `values`, when given) or `dismiss` an incident, or `reopen` one that was dismissed; with
    a reason.
    """

    incident: str
    action: str
    reason: str
    values: Mapping[str, Any] | None = None
