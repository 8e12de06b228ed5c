"""The links by which customers follow their cases: made, found again, revoked.

Owns these rows. How a link is signed and where it leads is the front door's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Store
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.front import StatusLink as Row


@dataclass(frozen=True, slots=True)
class StatusLink:
    """`id` is random and names nothing; `revoked_by` is empty while it holds."""

    id: str
    instance: str
    made_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""


_MAKE = insert(Row)
_ONE = Statement(lambda: Row.select().where(Row.id == Parameter("id")), "id")
_OF_CASE = Statement(
    lambda: Row.select().where(Row.instance == Parameter("instance")).order_by(Row.made_at, Row.id), "instance"
)
_REVOKE = Statement(
    lambda: Row.update({Row.revoked_at: Parameter("at"), Row.revoked_by: Parameter("by")}).where(
        (Row.instance == Parameter("instance")) & Row.revoked_at.is_null()
    ),
    *("at", "by", "instance"),
)


def make(store: Store, id: str, instance: str, at: datetime) -> None:
    store.change(_MAKE, id, instance, to_micros(at), None, "")


def load(store: Store, id: str) -> StatusLink | None:
    row = store.row(_ONE, id)
    return None if row is None else _link(row)


def of_case(store: Store, instance: str) -> list[StatusLink]:
    """All links to a case, the oldest first, revoked ones too."""
    return [_link(row) for row in store.rows(_OF_CASE, instance)]


def revoke(store: Store, instance: str, by: str, at: datetime) -> int:
    """Revoke every link to a case; how many held until now."""
    return store.change(_REVOKE, to_micros(at), by, instance)


def _link(row: tuple[Any, ...]) -> StatusLink:
    return StatusLink(row[0], row[1], from_micros(row[2]), from_maybe(row[3]), row[4])
