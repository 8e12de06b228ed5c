"""The mail that came in, and what became of each: to a case, or parked until somebody says what it is.

Owns these rows and their few changes. Knows nothing of what stands in a mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement, insert, literal
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.registers import Mail

PARKED, JOINED, BEGAN, RETURNED, DISCARDED = "parked", "joined", "began", "returned", "discarded"
FORGOTTEN = "forgotten"
"""It came in, when, how large it was and why it was parked, is all that is left."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a mail that comes in, and what is to be written down of it. See the columns of the table."""

    mark: str
    message_id: str
    sender: str
    name: str
    subject: str
    excerpt: str
    at: datetime
    door: str
    size: int
    sha256: str
    status: str
    reason: str = ""
    detail: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Row(Arrival):
    """One that is written down; who has settled it, when, and with which words."""

    id: int = 0
    settled_at: datetime | None = None
    settled_by: str = ""
    note: str = ""


_COLUMNS = (
    *(Mail.mark, Mail.message_id, Mail.sender, Mail.name, Mail.subject, Mail.excerpt, Mail.at, Mail.door),
    *(Mail.size, Mail.sha256, Mail.status, Mail.reason, Mail.detail, Mail.instance),
    *(Mail.id, Mail.settled_at, Mail.settled_by, Mail.note),
)
_INSERT = insert(Mail)
_BY_MARK = Statement(lambda: Mail.select(*_COLUMNS).where(Mail.mark == Parameter("mark")), "mark")
_BY_ID = Statement(lambda: Mail.select(*_COLUMNS).where(Mail.id == Parameter("id")), "id")
_SETTLE = Statement(
    lambda: Mail.update(
        {
            Mail.status: Parameter("status"),
            Mail.instance: Parameter("instance"),
            Mail.settled_at: Parameter("at"),
            Mail.settled_by: Parameter("by"),
            Mail.note: Parameter("note"),
        }
    ).where((Mail.id == Parameter("id")) & (Mail.status == literal(PARKED))),
    *("id", "status", "instance", "at", "by", "note"),
)
_FORGET = Statement(
    lambda: Mail.update(
        {
            **dict.fromkeys((Mail.message_id, Mail.sender, Mail.name, Mail.subject, Mail.excerpt), ""),
            **dict.fromkeys((Mail.sha256, Mail.detail), ""),
            Mail.status: literal(FORGOTTEN),
            Mail.settled_at: Parameter("at"),
            Mail.settled_by: Parameter("by"),
            Mail.note: Parameter("note"),
        }
    ).where((Mail.id == Parameter("id")) & (Mail.status == Parameter("status"))),
    *("id", "status", "at", "by", "note"),
)
_LATELY = Statement(
    lambda: Mail.select(fn.COUNT(Mail.id)).where((Mail.sender == Parameter("sender")) & (Mail.at > Parameter("since"))),
    *("sender", "since"),
)


def write(store: Store, one: Arrival) -> Row:
    """Write down a mail that has come in."""
    values = (one.mark, one.message_id, one.sender, one.name, one.subject, one.excerpt, to_micros(one.at), one.door)
    came_to = (one.size, one.sha256, one.status, one.reason, one.detail, one.instance)
    store.change(_INSERT, *values, *came_to, None, "", "")
    found = by_mark(store, one.mark)
    assert found is not None
    return found


def by_mark(store: Store, mark: str) -> Row | None:
    row = store.row(_BY_MARK, mark)
    return None if row is None else _row(row)


def load(store: Store, id: int) -> Row | None:
    row = store.row(_BY_ID, id)
    return None if row is None else _row(row)


def parked(store: Store, id: int) -> Row:
    """One that waits for somebody. Rejected("no-such-mail") when there is none, ("mail-settled") when it waits no
    more.
    """
    found = load(store, id)
    if found is None:
        raise Rejected("no-such-mail", f"Expected a mail, but there is none with the number {id}; see `heard parked`")
    if found.status != PARKED:
        raise _settled(found.settled_by)
    return found


def settle(store: Store, id: int, status: str, instance: str, at: datetime, by: str, note: str = "") -> None:
    """Somebody has said what it is. Rejected("mail-settled") when somebody else has."""
    if store.change(_SETTLE, id, status, instance, to_micros(at), by, note) != 1:
        raise _settled("somebody else")


def outlived(store: Store, before: datetime, most: int) -> list[Row]:
    """Those that came in before then and belong to no case, the oldest first: parked still, or discarded."""
    query = Mail.select(*_COLUMNS).where(Mail.status.in_([PARKED, DISCARDED]) & (Mail.at < to_micros(before)))
    return [_row(row) for row in store.select(query.order_by(Mail.at, Mail.id).limit(most))]


def forget(store: Store, row: Row, at: datetime, by: str, note: str) -> bool:
    """Leave nothing of what it says or who sent it. False when somebody has settled it meanwhile."""
    return store.change(_FORGET, row.id, row.status, to_micros(at), row.settled_by or by, note) == 1


def _settled(by: str) -> Rejected:
    return Rejected("mail-settled", f"Expected a mail that waits, but {by} has settled it in the meantime")


def lately(store: Store, sender: str, since: datetime) -> int:
    """How many mails came from this address since then."""
    row = store.row(_LATELY, sender, to_micros(since))
    return int(row[0]) if row is not None else 0


def waiting(store: Store, most: int = 200) -> list[Row]:
    """Those that are parked, the oldest first."""
    query = Mail.select(*_COLUMNS).where(Mail.status == literal(PARKED)).order_by(Mail.at, Mail.id)
    return [_row(row) for row in store.select(query.limit(most))]


def latest(store: Store, most: int = 200) -> list[Row]:
    """All that came in, the latest first."""
    return [_row(row) for row in store.select(Mail.select(*_COLUMNS).order_by(Mail.id.desc()).limit(most))]


def standing(store: Store) -> tuple[int, datetime | None]:
    """How many are parked, and since when the oldest."""
    query = Mail.select(fn.COUNT(Mail.id), fn.MIN(Mail.at)).where(Mail.status == literal(PARKED))
    ((count, since),) = store.select(query)
    return int(count), from_maybe(since)


def _row(row: tuple[object, ...]) -> Row:
    found = (*row[:6], from_micros(row[6]), *row[7:15], from_maybe(row[15]), *row[16:])  # type: ignore[arg-type]
    return Row(*found)  # type: ignore[arg-type]
