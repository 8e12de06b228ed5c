"""Who is signed in: passwords' hashes, sessions, and how often something rationed was used.

Owns these rows. Knows no cookie and no password: the front door hands in hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from engine.store.compiled import Parameter, Statement, insert, upsert
from engine.store.database import Store
from engine.store.fields import from_micros, to_micros
from engine.store.front import Attempt, Credential
from engine.store.front import Session as Row


@dataclass(frozen=True, slots=True)
class Session:
    """`proved_at` is when the person last gave their password, `agent` what their browser calls itself."""

    id: str
    person: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime
    agent: str


_PUT = upsert(Credential)
_HASH = Statement(lambda: Credential.select(Credential.hash).where(Credential.person == Parameter("person")), "person")
_BEGIN = insert(Row)
_ONE = Statement(lambda: Row.select().where(Row.id == Parameter("id")), "id")
_OF_PERSON = Statement(
    lambda: (
        Row.select()
        .where((Row.person == Parameter("person")) & (Row.ends_at > Parameter("at")))
        .order_by(Row.began_at.desc())
    ),
    *("person", "at"),
)
_SEEN = Statement(
    lambda: Row.update({Row.seen_at: Parameter("at"), Row.ends_at: Parameter("ends")}).where(Row.id == Parameter("id")),
    *("at", "ends", "id"),
)
_PROVED = Statement(lambda: Row.update({Row.proved_at: Parameter("at")}).where(Row.id == Parameter("id")), "at", "id")
_END = Statement(lambda: Row.delete().where(Row.id == Parameter("id")), "id")
_END_OTHERS = Statement(
    lambda: Row.delete().where((Row.person == Parameter("person")) & (Row.id != Parameter("id"))), "person", "id"
)
_FORGET = Statement(lambda: Row.delete().where(Row.ends_at <= Parameter("at")), "at")

_USE = insert(Attempt)
_USED = Statement(
    lambda: Attempt.select(fn.COUNT(Attempt.id), fn.MIN(Attempt.at)).where(
        (Attempt.what == Parameter("what")) & (Attempt.at > Parameter("since"))
    ),
    *("what", "since"),
)
_UNUSE = Statement(lambda: Attempt.delete().where(Attempt.what == Parameter("what")), "what")
_FORGET_USES = Statement(lambda: Attempt.delete().where(Attempt.at <= Parameter("before")), "before")


def set_password(store: Store, person: str, hashed: str, at: datetime) -> None:
    """Keep the hash of a person's new password."""
    store.change(_PUT, person, hashed, to_micros(at))


def password(store: Store, person: str) -> str | None:
    """The hash, or None for somebody who has none and cannot sign in with one."""
    row = store.row(_HASH, person)
    return None if row is None else row[0]


def begin(store: Store, session: Session) -> None:
    """Write a new session, and forget all that are over."""
    with store.transaction():
        store.change(_FORGET, to_micros(session.began_at))
        instants = (session.began_at, session.seen_at, session.ends_at, session.proved_at)
        store.change(_BEGIN, session.id, session.person, *map(to_micros, instants), session.agent)


def load(store: Store, id: str) -> Session | None:
    row = store.row(_ONE, id)
    return None if row is None else _session(row)


def of_person(store: Store, person: str, at: datetime) -> list[Session]:
    """The sessions that are going on, the newest first."""
    return [_session(row) for row in store.rows(_OF_PERSON, person, to_micros(at))]


def seen(store: Store, id: str, at: datetime, ends: datetime) -> None:
    """It was used now, and goes on until `ends`."""
    store.change(_SEEN, to_micros(at), to_micros(ends), id)


def proved(store: Store, id: str, at: datetime) -> None:
    """The person has just given their password once more."""
    store.change(_PROVED, to_micros(at), id)


def end(store: Store, id: str) -> None:
    store.change(_END, id)


def end_others(store: Store, person: str, id: str) -> None:
    """End all sessions of a person but this one."""
    store.change(_END_OTHERS, person, id)


def _session(row: tuple[Any, ...]) -> Session:
    began, seen_at, ends, proved_at = (from_micros(at) for at in row[2:6])
    return Session(row[0], row[1], began, seen_at, ends, proved_at, row[6])


# --- what is rationed


def use(store: Store, what: str, at: datetime, forget_before: datetime) -> None:
    """Note one use, and forget those of everything before a time that no ration looks back to."""
    with store.transaction():
        store.change(_FORGET_USES, to_micros(forget_before))
        store.change(_USE, what, to_micros(at))


def used(store: Store, what: str, since: datetime) -> tuple[int, datetime | None]:
    """How often it was used since then, and when first."""
    row = store.row(_USED, what, to_micros(since))
    assert row is not None
    return row[0], None if row[1] is None else from_micros(row[1])


def unuse(store: Store, what: str) -> None:
    """Begin to count anew."""
    store.change(_UNUSE, what)
