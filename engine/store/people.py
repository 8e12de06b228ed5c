"""People and the roles they hold, and the few settings of the organisation.

Knows nothing of who may do what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from engine.definition.roles import STAFF, kind_of
from engine.definition.texts import localised
from engine.store.compiled import Parameter, Statement, insert, upsert
from engine.store.database import Store
from engine.store.fields import decode, encode
from engine.store.registers import Membership, Setting
from engine.store.registers import Person as Row

ORGANISATION = "organisation"
"""The key of what was last loaded of the organisation, without its people."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: staff, or a customer. `roles` in alphabetical order."""

    id: str
    name: str
    email: str = ""
    language: str = "en"
    zone: str = "UTC"
    active: bool = True
    roles: tuple[str, ...] = ()


_PUT = upsert(Row)
_JOIN = insert(Membership)
_LEAVE = Statement(lambda: Membership.delete().where(Membership.person == Parameter("person")), "person")


def _with_roles() -> Any:
    return Row.select(Row.id, Row.name, Row.email, Row.language, Row.zone, Row.active, Membership.role).left_outer_join(
        Membership, on=(Membership.person == Row.id)
    )


_ONE = Statement(lambda: _with_roles().where(Row.id == Parameter("person")).order_by(Membership.role), "person")
_CALLED = Statement(
    lambda: (
        _with_roles()
        .where(
            (Row.active == 1) & ((fn.LOWER(Row.id) == Parameter("id")) | (fn.LOWER(Row.email) == Parameter("email")))
        )
        .order_by(Row.id, Membership.role)
    ),
    *("id", "email"),
)
_ALL = Statement(lambda: _with_roles().order_by(Row.id, Membership.role))
_ZONE = Statement(lambda: Row.select(Row.zone).where(Row.id == Parameter("person")), "person")
_HOLDERS = Statement(
    lambda: (
        Row.select(Row.id)
        .join(Membership, on=(Membership.person == Row.id))
        .where((Membership.role == Parameter("role")) & (Row.active == 1))
        .order_by(Row.id)
    ),
    "role",
)
_SET = upsert(Setting)
_SETTING = Statement(lambda: Setting.select(Setting.value).where(Setting.key == Parameter("key")), "key")


def put(store: Store, people: Iterable[Person]) -> None:
    """Write these people, each with exactly these roles; who is not named stays as they are.

    Only inside a transaction.
    """
    everybody = list(people)
    store.change_many(_PUT, [(p.id, p.name, p.email, p.language, p.zone, int(p.active)) for p in everybody])
    store.change_many(_LEAVE, [(p.id,) for p in everybody])
    store.change_many(_JOIN, [(p.id, role) for p in everybody for role in dict.fromkeys(p.roles)])


def load(store: Store, person: str) -> Person | None:
    rows = store.rows(_ONE, person)
    return _person(rows) if rows else None


def called(store: Store, name: str) -> Person | None:
    """The active person of this id or e-mail address, however it is written; None when there is none, or several."""
    rows = store.rows(_CALLED, name.lower(), name.lower())
    return _person(rows) if rows and len({row[0] for row in rows}) == 1 else None


def everybody(store: Store) -> list[Person]:
    """All people, by id, those who are no longer active too."""
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for row in store.rows(_ALL):
        grouped.setdefault(row[0], []).append(row)
    return [_person(rows) for rows in grouped.values()]


def holders(store: Store, role: str) -> list[str]:
    """The ids of the active people who hold this role, in alphabetical order."""
    return [id for (id,) in store.rows(_HOLDERS, role)]


def zone(store: Store, person: str) -> str:
    """The time zone in which a person works; empty for somebody who is not known."""
    row = store.row(_ZONE, person)
    return row[0] if row is not None else ""


def reading(store: Store) -> frozenset[str]:
    """The roles that only read."""
    roles = (setting(store, ORGANISATION) or {}).get("roles")
    entries = roles.items() if isinstance(roles, Mapping) else ()
    return frozenset(role for role, words in entries if isinstance(words, Mapping) and words.get("only-reads"))


def at_work(person: Person, reading: Collection[str]) -> bool:
    """Whether they are an active colleague who can be given work: neither a customer nor somebody who only reads."""
    return person.active and bool(person.roles) and kind_of(person.roles, reading) == STAFF


def works(store: Store, person: str) -> bool:
    """The same of somebody by their id; nobody works here whom nobody knows."""
    known = load(store, person)
    return known is not None and at_work(known, reading(store))


def title(store: Store, address: str, language: str) -> str:
    """What `person:x` or `role:x` is called in a language; x when nobody knows it."""
    kind, _, name = address.partition(":")
    if kind == "person":
        known = load(store, name)
        return known.name if known is not None else name
    roles = (setting(store, ORGANISATION) or {}).get("roles") or {}
    words = roles.get(name)
    return localised(words.get("title", name), language) if isinstance(words, Mapping) else name


def _person(rows: list[tuple[Any, ...]]) -> Person:
    first = rows[0]
    roles = tuple(row[6] for row in rows if row[6] is not None)
    return Person(first[0], first[1], first[2], first[3], first[4], bool(first[5]), roles)


def set_setting(store: Store, key: str, value: Any) -> None:
    """Keep plain JSON under a key, in place of what was there."""
    store.change(_SET, key, encode(value))


def setting(store: Store, key: str) -> Any | None:
    row = store.row(_SETTING, key)
    return None if row is None else decode(row[0])
