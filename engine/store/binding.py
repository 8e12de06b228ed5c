"""What a step binds into its history of the case that it leaves behind: a hash of the case's whole row.

Owns which columns are bound, in which order, and the spelling that is hashed. A line keeps `1:` and SHA-256, in
hexadecimal, over canonical JSON (`fields.canonical`) of the list of `COLUMNS`, instants in microseconds since 1970 in
UTC, a line feed, and the snapshot as it lies in its column, in UTF-8. A migration that changes what is bound here
gives it a new number, and keeps this one for the lines that were written with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import canonical
from engine.store.models import Instance as Row

COLUMNS: tuple[Any, ...] = (
    Row.id,
    Row.process,
    Row.digest,
    Row.reference,
    Row.status,
    Row.revision,
    Row.seq,
    Row.states,
    Row.starter,
    Row.received_at,
    Row.started_at,
    Row.updated_at,
    Row.ended_at,
    Row.outcome,
    Row.priority,
    Row.external_id,
    Row.subject,
    Row.customer_name,
    Row.customer_email,
    Row.next_due_at,
    Row.severity,
    Row.tags,
)
NAMES: tuple[str, ...] = tuple(field.column_name for field in COLUMNS)
SEQ = NAMES.index("seq")
_FIRST = "1:"

_ROW = Statement(lambda: Row.select(*COLUMNS, Row.snapshot).where(Row.id == Parameter("id")), "id")


def case_hash(columns: Sequence[Any], snapshot: str) -> str:
    """What binds a row: `columns` are the values of `COLUMNS` as they lie in the database."""
    text = f"{canonical(columns)}\n{snapshot}"
    return _FIRST + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row(store: Store, instance: str) -> tuple[tuple[Any, ...], str] | None:
    """The case as it lies in the database: the values of `COLUMNS`, and its snapshot. None when there is none."""
    found = store.row(_ROW, instance)
    return None if found is None else (tuple(found[:-1]), found[-1])
