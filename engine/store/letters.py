"""What each person is told: a notice to a role or a person becomes one letter to everybody whom it reaches.

Owns these rows of the outbox, which are also what a person finds on their page. Knows nothing of when they go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from engine.store import personal
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import decode, encode, from_micros, maybe_micros, to_micros
from engine.store.models import Instance, Outbox
from engine.store.outbox import LETTER, PENDING, SENT, Parcel

SEEN = "notices_seen"
"""The preference that holds how much a person has seen."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a person was told: `body` as of its notice; `reference` and `subject` are those of the case."""

    id: int
    instance: str
    reference: str
    subject: str
    digest: str
    body: Mapping[str, Any]
    at: datetime


_ADD = Statement(
    lambda: Outbox.insert(
        {
            field: _FIXED[field.name] if field.name in _FIXED else Parameter(field.name)
            for field in Outbox._meta.sorted_fields
            if not field.auto_increment
        }
    ).on_conflict_ignore(),
    *("instance", "seq", "key", "recipient", "body", "status", "available_at", "next_at", "created_at", "sent_at"),
)
_FIXED: Mapping[str, Any] = {"kind": LETTER, "attempts": 0, "worker": "", "receipt": "", "last_error": ""}
_UNREAD = Statement(
    lambda: Outbox.select(fn.COUNT(Outbox.id)).where(
        (Outbox.recipient == Parameter("recipient")) & (Outbox.kind == LETTER) & (Outbox.id > Parameter("after"))
    ),
    *("recipient", "after"),
)


def write(store: Store, notice: Parcel, to: Mapping[str, datetime | None], now: datetime) -> None:
    """One letter to each of these people, to go out at the time given with each, or (None) to be seen on their page
    alone. Written again, it changes nothing.
    """
    at = to_micros(now)
    with store.transaction():
        store.change_many(
            _ADD, [_row(notice, person, encode(notice.body), maybe_micros(out), at) for person, out in to.items()]
        )


def _row(notice: Parcel, person: str, body: str, out: int | None, now: int) -> tuple[Any, ...]:
    status, key = (SENT if out is None else PENDING), f"{notice.name}:{person}"
    due = now if out is None else out
    return (notice.instance, notice.seq, key, f"person:{person}", body, status, due, due, now, None)


def of_person(store: Store, person: str, limit: int = 100) -> list[Told]:
    """What this person was told, the latest first."""
    query = (
        Outbox.select(
            Outbox.id,
            Outbox.instance,
            Instance.reference,
            Instance.subject,
            Instance.digest,
            Outbox.body,
            Outbox.created_at,
        )
        .join(Instance, on=(Instance.id == Outbox.instance))
        .where((Outbox.recipient == f"person:{person}") & (Outbox.kind == LETTER))
        .order_by(Outbox.id.desc())
        .limit(limit)
    )
    return [
        Told(id, instance, reference, subject, digest, decode(body), from_micros(at))
        for id, instance, reference, subject, digest, body, at in store.select(query)
    ]


def cases_of(store: Store, parcels: Iterable[Parcel]) -> dict[str, tuple[str, str, str]]:
    """Reference, subject and version of their cases, by the case's id."""
    ids = sorted({parcel.instance for parcel in parcels})
    query = Instance.select(Instance.id, Instance.reference, Instance.subject, Instance.digest)
    return {row[0]: (row[1], row[2], row[3]) for row in store.select(query.where(Instance.id.in_(ids)))}


def seen(store: Store, person: str) -> int:
    """The number of the latest thing that this person was told and has seen."""
    return int(personal.preferences(store, person).get(SEEN, 0))


def see(store: Store, person: str, letter: int) -> None:
    """They have seen everything up to this one."""
    personal.choose(store, person, {SEEN: letter})


def everybody_saw(store: Store) -> None:
    """Everybody has seen all that they were told so far."""
    latest = Outbox.select(Outbox.recipient, fn.MAX(Outbox.id)).where(Outbox.kind == LETTER).group_by(Outbox.recipient)
    for recipient, letter in store.select(latest):
        see(store, recipient.partition(":")[2], letter)


def unread(store: Store, person: str) -> int:
    """How many things this person was told and has not seen."""
    row = store.row(_UNREAD, f"person:{person}", seen(store, person))
    return 0 if row is None else int(row[0])
