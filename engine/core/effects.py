"""What is still to do after a step: written in the step's transaction, done later (messages), beside it (drafts) or
right behind it (cases that are called).

Owns the shapes, and how the reader of a notice is named. `SendMessage` and `Notify` become outbox rows;
`WithdrawParcel`, `WithdrawNotice`, `GiveUpParcel`, `ReturnParcel` and `ResendParcel` change what becomes of one;
`RevokeLinks` ends the addresses of the customer's page; `KeepDraft` and `DropDraft` change the drafts that lie beside a
task; `StartCase` becomes a case, and `PublishVersion` puts a version of a process in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.core.actors import Actor
from engine.errors import Place


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A message exactly as it goes out: rendered in the step, so that what was sent can be shown for ever.

    `id` is unique in the case. It does not go out before `held` is over: so long it can be taken back. `on_behalf_of`
    are colleagues who are away and whose deputy is written to here. `told` are the dates that it tells of the case's
    clocks, by the clock's name; `attachments` the files that go along.
    """

    id: str
    template: str
    language: str
    to: str
    name: str
    subject: str
    body: str
    held: timedelta = timedelta(0)
    on_behalf_of: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawParcel:
    """A parcel of the outbox that is not to go out any more. Only while it waits: what is gone is gone."""

    message: str


@dataclass(frozen=True, slots=True)
class WithdrawNotice:
    """A notice that was to be delivered later, and is about something that was undone: not to go out, if it waits
    still.
    """

    notice: str


@dataclass(frozen=True, slots=True)
class GiveUpParcel:
    """A parcel of the outbox that is tried no more, and why."""

    name: str
    error: str


@dataclass(frozen=True, slots=True)
class ReturnParcel:
    """A parcel that had gone out and came back, and why."""

    name: str
    error: str


@dataclass(frozen=True, slots=True)
class ResendParcel:
    """A parcel that was given up and is tried from the beginning."""

    name: str


@dataclass(frozen=True, slots=True)
class RevokeLinks:
    """Every address of the customer's private page leads nowhere from `at` on; `by` is who ended them."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what `person` typed for `task`."""

    task: str
    person: str
    values: Mapping[str, Any]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class DropDraft:
    """`person` has handed the task in: their draft is not needed any more. What others typed for it stays theirs."""

    task: str
    person: str


def move_in(case: str, name: str) -> str:
    """What stands for the task of a draft that was typed for a move outside tasks."""
    return f"{case}/{name}"


@dataclass(frozen=True, slots=True)
class Notify:
    """A notice to colleagues, `person:x` or `role:x`; not to be delivered before `at`.

    `say` are the process's own words in its first language (empty: those that fit the occasion), `says` the same in its
    others, where they differ; `about` is the occasion as plain JSON: the
    clock and its share, the timer, or the state. `on_behalf_of` are those who are away and whose deputy is told here.
    """

    id: str
    to: str
    say: str
    about: Mapping[str, Any]
    urgent: bool
    at: datetime
    on_behalf_of: tuple[str, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartCase:
    """Start the case that this one has called, in the actor's name; `link` finds it here, `received_at` None means now.

    `place` is where the process calls it, `customer` the account of this case's customer.
    """

    link: str
    process: str
    values: Mapping[str, Any]
    received_at: datetime | None
    actor: Actor
    place: Place
    customer: str = ""


@dataclass(frozen=True, slots=True)
class PublishVersion:
    """Put the stored version with this digest in force from `since` on (None: now).

    `after` is the digest of what it was written from, `by` who wrote it, `reference` the case that agreed to it;
    `scenarios` is the digest of the proof that was agreed to with it, empty when there is none.
    """

    version: str
    after: str
    note: str
    by: str
    reference: str
    since: datetime | None
    scenarios: str = ""


def whom(told: Mapping[str, Any]) -> str:
    """Who gets a notice, by what is kept of it: `team-lead`, `ben`, or `ben for ann` when Ben stands in for her."""
    name = str(told["to"]).partition(":")[2]
    behalf = " and ".join(told.get("on_behalf_of", ()))
    return f"{name} for {behalf}" if behalf else name


def is_outside(to: str) -> bool:
    """Whether an address is somebody's outside the house; colleagues are addressed as `role:x` or `person:x`."""
    return not to.startswith(("role:", "person:"))


Effect = (
    SendMessage
    | WithdrawParcel
    | WithdrawNotice
    | GiveUpParcel
    | ReturnParcel
    | ResendParcel
    | Notify
    | RevokeLinks
    | KeepDraft
    | DropDraft
    | StartCase
    | PublishVersion
)
