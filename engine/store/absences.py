"""Who is away and who stands in for them: written, ended, and asked for a moment.

Owns these rows. Decides nothing about who may write them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from engine.core.absences import Absence
from engine.core.roster import StandIn
from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.registers import Absence as Row
from engine.store.registers import Membership, Person

_COLUMNS = (
    *(Row.id, Row.person, Row.deputy, Row.role, Row.away_from, Row.away_until),
    *(Row.recorded_by, Row.recorded_at, Row.ended_at, Row.ended_by),
)
_ADD = insert(Row)
_LAST = Statement(lambda: Row.select(fn.MAX(Row.id)))
_ONE = Statement(lambda: Row.select(*_COLUMNS).where(Row.id == Parameter("id")), "id")
_NOW_OR_LATER = Statement(
    lambda: (
        Row.select(*_COLUMNS)
        .where((Row.away_until >= Parameter("at")) & Row.ended_at.is_null())
        .order_by(Row.away_from, Row.id)
    ),
    "at",
)
_END = Statement(
    lambda: Row.update({Row.ended_at: Parameter("at"), Row.ended_by: Parameter("by")}).where(
        (Row.id == Parameter("id")) & Row.ended_at.is_null()
    ),
    *("at", "by", "id"),
)


def _standing() -> Any:
    """Those that are on at a moment: who is away, who stands in, and each role in which they do."""
    return (
        Row.select(Row.person, Row.deputy, Membership.role)
        .join(Person, on=(Person.id == Row.person))
        .join(Membership, on=(Membership.person == Row.person))
        .where(
            (Row.away_until >= Parameter("at"))
            & (Row.away_from <= Parameter("at"))
            & Row.ended_at.is_null()
            & (Person.active == 1)
            & ((Row.role == "") | (Row.role == Membership.role))
        )
    )


_STANDING = Statement(_standing, "at")
_STANDING_OF = Statement(lambda: _standing().where(Row.deputy == Parameter("deputy")), "at", "deputy")


def add(store: Store, absence: Absence) -> int:
    """Write one (its `id` is not read); the number it is known by. Only after `hold`."""
    row = store.row(_LAST)
    number = (row[0] or 0) + 1 if row else 1
    written = (
        absence.person,
        absence.deputy,
        absence.role,
        to_micros(absence.away_from),
        to_micros(absence.away_until),
    )
    store.change(_ADD, number, *written, absence.recorded_by, to_micros(absence.recorded_at), None, "")
    return number


def hold(store: Store) -> None:
    """Let nobody else write absences until the transaction ends: whether two overlap is asked before one is written."""
    store.hold("absences")


def load(store: Store, id: int) -> Absence | None:
    row = store.row(_ONE, id)
    return None if row is None else _absence(row)


def open_from(store: Store, at: datetime) -> list[Absence]:
    """Those that are on at this moment or still to come, and were not ended; the earliest first."""
    return [_absence(row) for row in store.rows(_NOW_OR_LATER, to_micros(at))]


def end(store: Store, id: int, at: datetime, by: str) -> bool:
    """Whether there was one to end."""
    return store.change(_END, to_micros(at), by, id) == 1


def standing(store: Store, deputy: str, at: datetime) -> dict[str, frozenset[str]]:
    """For whom somebody stands in at this moment, each with the roles: those the absent person holds now."""
    return {one.person: one.roles for one in _stand_ins(store.rows(_STANDING_OF, to_micros(at), deputy))}


def stand_ins(store: Store, at: datetime) -> list[StandIn]:
    """Everybody who stands in for somebody at this moment."""
    return _stand_ins(store.rows(_STANDING, to_micros(at)))


def _stand_ins(rows: Iterable[tuple[Any, ...]]) -> list[StandIn]:
    found: dict[tuple[str, str], set[str]] = {}
    for person, deputy, role in rows:
        found.setdefault((person, deputy), set()).add(role)
    return [StandIn(person, deputy, frozenset(roles)) for (person, deputy), roles in sorted(found.items())]


def _absence(row: tuple[Any, ...]) -> Absence:
    instants = (from_micros(row[4]), from_micros(row[5]), row[6], from_micros(row[7]), from_maybe(row[8]))
    return Absence(row[0], row[1], row[2], row[3], *instants, row[9])
