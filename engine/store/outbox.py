"""The outbox: what goes out later, written in the step's own transaction, delivered at least once.

Owns the rows, who has one in hand, and their few changes of status. Knows nothing of how a message travels.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import Case

from engine.core.effects import Notify, SendMessage, is_outside
from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement, insert, literal
from engine.store.database import Store
from engine.store.fields import decode, encode, from_maybe, from_micros, to_micros
from engine.store.models import Outbox
from engine.store.packing import packed

PENDING, SENT, DEAD, WITHDRAWN = "pending", "sent", "dead", "withdrawn"
MESSAGE, NOTICE, LETTER, WEBHOOK = "message", "notice", "letter", "webhook"
"""What a process writes; what it tells a role or a person; that once more for each person whom it reaches; and what
another program is told.
"""

LEFT = "whoever had it in hand did not come to the end of it: it may have gone out twice"
"""What a parcel's last error begins with, also when it was sent after all."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row.

    `key` stays the same at every attempt: whoever receives it twice can tell. `recipient` is an address outside in
    small letters, or `person:x` or `role:x`. `body` of a message: id, template, language, to, name, subject, body,
    attachments where there are any, and personal when somebody's own act sent it; of a notice: id, to, say, about,
    urgent, and for a deputy on_behalf_of, as of the letters that come of it. `receipt` is by what the other side knows
    it. Somebody has it in hand, or had and died over it, when `worker` is not empty; then it may be tried again at
    `next_at`.
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
    recipient: str = ""
    next_at: datetime | None = None
    worker: str = ""
    receipt: str = ""

    @property
    def in_hand(self) -> bool:
        """Somebody is just sending it, or died over it."""
        return self.status == PENDING and self.worker != ""

    @property
    def put_off(self) -> bool:
        """It waits on purpose, for the reason that stands in `last_error`, and not because a try has failed."""
        waits = self.status == PENDING and not self.worker
        return waits and self.last_error != "" and self.next_at == self.available_at

    @property
    def name(self) -> str:
        """By what the case's history knows it."""
        return self.key.partition("/")[2]


_INSERT = insert(Outbox)
_HAND = Case(None, [(Outbox.worker != "", LEFT)], Outbox.last_error)
_COLUMNS = (
    *(Outbox.id, Outbox.instance, Outbox.seq, Outbox.kind, Outbox.key, Outbox.body, Outbox.status, Outbox.attempts),
    *(Outbox.available_at, Outbox.created_at, Outbox.sent_at, Outbox.last_error),
    *(Outbox.recipient, Outbox.next_at, Outbox.worker, Outbox.receipt),
)
_WAITS = Outbox.status == literal(PENDING)
_THIS = Outbox.id == Parameter("id")
_IN_HAND = _THIS & _WAITS & (Outbox.worker == Parameter("worker")) & (Outbox.attempts == Parameter("attempts"))
_NAMED = (Outbox.instance == Parameter("instance")) & (Outbox.key == Parameter("key"))
_ONE = Statement(lambda: Outbox.select(*_COLUMNS).where(_THIS), "id")
_OF_CASE = Statement(
    lambda: Outbox.select(*_COLUMNS).where(Outbox.instance == Parameter("instance")).order_by(Outbox.id), "instance"
)
_CLAIM = Statement(
    lambda: Outbox.update(
        {
            Outbox.worker: Parameter("worker"),
            Outbox.next_at: Parameter("until"),
            Outbox.attempts: Outbox.attempts + 1,
            Outbox.last_error: _HAND,
        }
    ).where(_THIS & _WAITS & (Outbox.next_at <= Parameter("at"))),
    *("id", "worker", "at", "until"),
)
_SENT = Statement(
    lambda: Outbox.update(
        {
            Outbox.status: SENT,
            Outbox.sent_at: Parameter("at"),
            Outbox.receipt: Parameter("receipt"),
            Outbox.worker: "",
            Outbox.last_error: Case(None, [(Outbox.last_error.startswith(LEFT), LEFT)], ""),
        }
    ).where(_THIS & _WAITS),
    *("id", "at", "receipt"),
)
_PAST = Statement(
    lambda: Outbox.update({Outbox.status: SENT, Outbox.sent_at: Outbox.available_at}).where(
        _WAITS & (Outbox.available_at <= Parameter("at"))
    ),
    "at",
)
_LATER = Statement(
    lambda: Outbox.update(
        {
            Outbox.next_at: Parameter("again_at"),
            Outbox.worker: "",
            Outbox.last_error: Parameter("error"),
        }
    ).where(_IN_HAND),
    *("id", "worker", "attempts", "again_at", "error"),
)
_PUT_OFF = Statement(
    lambda: Outbox.update(
        {
            Outbox.available_at: Parameter("until"),
            Outbox.next_at: Parameter("until"),
            Outbox.attempts: Outbox.attempts - 1,
            Outbox.worker: "",
            Outbox.last_error: Parameter("why"),
        }
    ).where(_IN_HAND),
    *("id", "worker", "attempts", "until", "why"),
)
_TAKE_BACK = Statement(
    lambda: Outbox.update({Outbox.status: WITHDRAWN}).where(_NAMED & _WAITS & (Outbox.attempts == 0)),
    *("instance", "key"),
)
_GIVE_UP = Statement(
    lambda: Outbox.update({Outbox.status: DEAD, Outbox.worker: "", Outbox.last_error: Parameter("error")}).where(
        _NAMED & _WAITS
    ),
    *("instance", "key", "error"),
)
_BACK = Statement(
    lambda: Outbox.update({Outbox.status: DEAD, Outbox.last_error: Parameter("error")}).where(
        _NAMED & (Outbox.status == literal(SENT))
    ),
    *("instance", "key", "error"),
)
_AGAIN = Statement(
    lambda: Outbox.update({Outbox.status: PENDING, Outbox.attempts: 0, Outbox.next_at: Parameter("at")}).where(
        _NAMED & (Outbox.status == literal(DEAD))
    ),
    *("instance", "key", "at"),
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
    body = encode(packed(parcel))
    to = parcel.to.lower() if is_outside(parcel.to) else parcel.to
    return (instance, seq, kind, parcel.id, to, body, PENDING, 0, available, available, "", now, None, "", "")


def due(store: Store, at: datetime, kinds: Collection[str] = (MESSAGE, NOTICE), limit: int = 100) -> list[Parcel]:
    """What may be tried at `at`, longest waiting first; also what somebody had in hand for too long."""
    query = Outbox.select(*_COLUMNS).where(_WAITS & (Outbox.next_at <= to_micros(at)) & Outbox.kind.in_(sorted(kinds)))
    return [_parcel(row) for row in store.select(query.order_by(Outbox.next_at, Outbox.id).limit(limit))]


def due_with(store: Store, parcel: Parcel, at: datetime) -> list[Parcel]:
    """What else of its kind may go to the same reader at `at`."""
    query = Outbox.select(*_COLUMNS).where(_WAITS & (Outbox.next_at <= to_micros(at)) & (Outbox.kind == parcel.kind))
    query = query.where((Outbox.recipient == parcel.recipient) & (Outbox.id != parcel.id))
    return [_parcel(row) for row in store.select(query.order_by(Outbox.id).limit(100))]


def waiting(store: Store, parcel: int) -> Parcel | None:
    """The one with this id; None when it waits no more."""
    row = store.row(_ONE, parcel)
    return _parcel(row) if row is not None and row[6] == PENDING else None


def claim_next(store: Store, kinds: Collection[str], worker: str, at: datetime, until: datetime) -> Parcel | None:
    """Take in hand, as `claim` does, whatever of these kinds has waited longest for `at`. What somebody else is just
    taking is passed over and not waited for, so that several share the work.
    """
    first = Outbox.select(Outbox.id).where(_WAITS & (Outbox.next_at <= to_micros(at)) & Outbox.kind.in_(sorted(kinds)))
    first = first.order_by(Outbox.next_at, Outbox.id).limit(1)
    if store.locks_rows:
        first = first.for_update(skip_locked=True)
    taken = {Outbox.worker: worker, Outbox.next_at: to_micros(until), Outbox.attempts: Outbox.attempts + 1}
    taken[Outbox.last_error] = _HAND
    rows = store.unit(lambda: store.select(Outbox.update(taken).where(Outbox.id == first).returning(*_COLUMNS)))
    return _parcel(rows[0]) if rows else None


def claim(store: Store, parcel: int, worker: str, at: datetime, until: datetime) -> Parcel | None:
    """Take it in hand up to `until`; then it is anybody's again. None when somebody else has it, or it is settled."""
    with store.transaction():
        if store.change(_CLAIM, parcel, worker, to_micros(at), to_micros(until)) != 1:
            return None
        row = store.row(_ONE, parcel)
    return None if row is None else _parcel(row)


def delivered(store: Store, parcel: int, at: datetime, receipt: str = "") -> bool:
    """It went out, whoever has it in hand meanwhile. False when it had been settled already."""
    return store.change(_SENT, parcel, to_micros(at), receipt) == 1


def went_out(store: Store, at: datetime) -> None:
    """Everything that was to go out by then has gone out when it was to: for a past that is only played."""
    store.change(_PAST, to_micros(at))


def failed(store: Store, parcel: Parcel, error: str, again_at: datetime) -> bool:
    """It did not go out: try again then. False when it is no longer in the same hand."""
    return store.change(_LATER, parcel.id, parcel.worker, parcel.attempts, to_micros(again_at), error) == 1


def put_off(store: Store, parcel: Parcel, why: str, until: datetime) -> bool:
    """It was not tried, and is not to go out before: no attempt, and not late until then. False as with `failed`."""
    return store.change(_PUT_OFF, parcel.id, parcel.worker, parcel.attempts, to_micros(until), why) == 1


def take_back(store: Store, instance: str, message: str) -> None:
    """It is not to go out any more. Rejected("no-longer-possible") when it has gone out, or is just about to."""
    if store.change(_TAKE_BACK, instance, message) != 1:
        raise Rejected("no-longer-possible", "Expected a message that still waits, but it has gone out already")


def take_back_notice(store: Store, instance: str, notice: str) -> None:
    """It is not to go out any more, if it waits still: nobody has asked for it, so that nobody is told."""
    store.change(_TAKE_BACK, instance, notice)


def give_up(store: Store, instance: str, name: str, error: str) -> None:
    """Try it no more. Rejected("no-longer-possible") when it does not wait."""
    if store.change(_GIVE_UP, instance, name, error) != 1:
        raise Rejected("no-longer-possible", "Expected something that still waits to go out, but it is settled")


def come_back(store: Store, instance: str, name: str, error: str) -> None:
    """It had gone out, and came back. Rejected("no-longer-possible") when it had not, or that is known."""
    if store.change(_BACK, instance, name, error) != 1:
        raise Rejected(
            "no-longer-possible", "Expected something that had gone out, but it had not, or it is back already"
        )


def send_again(store: Store, instance: str, name: str, at: datetime) -> None:
    """Try from the beginning what was given up. Rejected("no-longer-possible") when it was not."""
    if store.change(_AGAIN, instance, name, to_micros(at)) != 1:
        raise Rejected("no-longer-possible", "Expected something that was given up, but it is settled otherwise")


def of_case(store: Store, instance: str) -> list[Parcel]:
    """Everything that goes out of a case, oldest first, exactly as it went or will go out."""
    return [_parcel(row) for row in store.rows(_OF_CASE, instance)]


def _parcel(row: tuple[Any, ...]) -> Parcel:
    columns: tuple[Any, ...] = (
        *row[:4],
        f"{row[1]}/{row[4]}",
        decode(row[5]),
        *row[6:8],
        from_micros(row[8]),
        from_micros(row[9]),
        from_maybe(row[10]),
        *row[11:13],
        from_micros(row[13]),
        *row[14:],
    )
    return Parcel(*columns)
