"""The outbox: messages that go out later, written in the step's own transaction, delivered at least once.

Owns the rows and their few changes of status. Knows nothing of how a message travels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.core.effects import Notify, SendMessage
from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement, insert, literal
from engine.store.database import Store
from engine.store.fields import decode, encode, from_maybe, from_micros, maybe_micros, to_micros
from engine.store.models import Outbox

PENDING, SENT, DEAD, WITHDRAWN = "pending", "sent", "dead", "withdrawn"
MESSAGE, NOTICE = "message", "notice"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row.

    `key` stays the same at every attempt: whoever receives it twice can tell. `body` of a message: id, template,
    language, to, name, subject, body; of a notice: id, to, say, about, urgent, and for a deputy
    on_behalf_of.
    """

    id: int
    instance: str
    seq: int
    kind: str
    key: str
    body: Mapping[str, Any]
    status: str
    attempts: int
    available_at: datetime
    created_at: datetime
    sent_at: datetime | None
    last_error: str

    def is_out_by(self, at: datetime) -> bool:
        """Whether nobody can take it back any more: it was not, and the time for that is over."""
        return self.status != WITHDRAWN and (self.attempts > 0 or self.available_at <= at)


_INSERT = insert(Outbox)
_DUE = Statement(
    lambda: (
        Outbox.select()
        .where((Outbox.status == literal(PENDING)) & (Outbox.available_at <= Parameter("at")))
        .order_by(Outbox.available_at, Outbox.id)
        .limit(Parameter("limit"))
    ),
    "at",
    "limit",
)
_SENT = Statement(
    lambda: Outbox.update(
        {
            Outbox.status: SENT,
            Outbox.sent_at: Parameter("at"),
            Outbox.attempts: Outbox.attempts + 1,
            Outbox.last_error: "",
        }
    ).where((Outbox.id == Parameter("id")) & (Outbox.status == PENDING)),
    "id",
    "at",
)
_FAILED = Statement(
    lambda: Outbox.update(
        {
            Outbox.status: Parameter("status"),
            Outbox.available_at: Parameter("retry_at"),
            Outbox.attempts: Outbox.attempts + 1,
            Outbox.last_error: Parameter("error"),
        }
    ).where((Outbox.id == Parameter("id")) & (Outbox.status == PENDING)),
    "id",
    "status",
    "retry_at",
    "error",
)
_OF_CASE = Statement(
    lambda: Outbox.select().where(Outbox.instance == Parameter("instance")).order_by(Outbox.id), "instance"
)
_TAKE_BACK = Statement(
    lambda: Outbox.update({Outbox.status: WITHDRAWN}).where(
        (Outbox.instance == Parameter("instance")) & (Outbox.key == Parameter("message")) & (Outbox.status == PENDING)
    ),
    "instance",
    "message",
)
_GIVE_UP = Statement(
    lambda: Outbox.update(
        {Outbox.status: DEAD, Outbox.attempts: Outbox.attempts + 1, Outbox.last_error: Parameter("error")}
    ).where((Outbox.id == Parameter("id")) & (Outbox.status == PENDING)),
    "id",
    "error",
)


def add(store: Store, instance: str, seq: int, parcels: Sequence[SendMessage | Notify], at: datetime) -> None:
    """One pending row each; a notice waits until it may be delivered, a message as long as it can be taken back. Only
    inside a transaction.
    """
    now = to_micros(at)
    store.change_many(_INSERT, [_new(instance, seq, parcel, now) for parcel in parcels])


def _new(instance: str, seq: int, parcel: SendMessage | Notify, now: int) -> tuple[Any, ...]:
    if isinstance(parcel, Notify):
        kind, available = NOTICE, to_micros(parcel.at)
    else:
        kind, available = MESSAGE, now + int(parcel.held / timedelta(microseconds=1))
    return (instance, seq, kind, parcel.id, encode(_body(parcel)), PENDING, 0, available, now, None, "")


def _body(message: SendMessage | Notify) -> dict[str, Any]:
    if isinstance(message, Notify):
        return {
            "id": message.id,
            "to": message.to,
            "say": message.say,
            "about": message.about,
            "urgent": message.urgent,
            **({"on_behalf_of": list(message.on_behalf_of)} if message.on_behalf_of else {}),
        }
    return {
        "id": message.id,
        "template": message.template,
        "language": message.language,
        "to": message.to,
        "name": message.name,
        "subject": message.subject,
        "body": message.body,
        **({"on_behalf_of": list(message.on_behalf_of)} if message.on_behalf_of else {}),
    }


def due(store: Store, at: datetime, limit: int = 100) -> list[Parcel]:
    """What is pending and may be tried at `at`, longest waiting first."""
    return [_parcel(row) for row in store.rows(_DUE, to_micros(at), limit)]


def delivered(store: Store, parcel: int, at: datetime) -> bool:
    """It went out. False when somebody else had settled it already."""
    return store.change(_SENT, parcel, to_micros(at)) == 1


def failed(store: Store, parcel: int, error: str, retry_at: datetime | None) -> bool:
    """It did not go out: try again at `retry_at`, or, when that is None, never again.

    False when somebody else had settled it already.
    """
    if retry_at is None:
        return store.change(_GIVE_UP, parcel, error) == 1
    return store.change(_FAILED, parcel, PENDING, maybe_micros(retry_at), error) == 1


def take_back(store: Store, instance: str, message: str) -> None:
    """It is not to go out any more. Rejected("no-longer-possible") when it has gone out already."""
    if store.change(_TAKE_BACK, instance, message) != 1:
        raise Rejected("no-longer-possible", "Expected a message that still waits, but it has gone out already")


def of_case(store: Store, instance: str) -> list[Parcel]:
    """Every message of a case, oldest first, exactly as it went or will go out."""
    return [_parcel(row) for row in store.rows(_OF_CASE, instance)]


def _parcel(row: tuple[Any, ...]) -> Parcel:
    return Parcel(
        row[0],
        row[1],
        row[2],
        row[3],
        f"{row[1]}/{row[4]}",
        decode(row[5]),
        row[6],
        row[7],
        from_micros(row[8]),
        from_micros(row[9]),
        from_maybe(row[10]),
        row[11],
    )
