"""What other programs are told of a case: rows of the outbox, beside its messages and notices.

Owns how they are written; how they go out is the outbox's matter, as for all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.store.compiled import insert
from engine.store.database import Store
from engine.store.fields import encode, to_micros
from engine.store.models import Outbox
from engine.store.outbox import PENDING, WEBHOOK

_INSERT = insert(Outbox)


def add(store: Store, instance: str, seq: int, told: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """One pending row each: {id, to, subject, type, at, data}, of which `id` is unique in the case. Only inside a
    transaction.
    """
    now = to_micros(at)
    rows = [
        (instance, seq, WEBHOOK, one["id"], one["to"], encode(one), PENDING, 0, now, now, "", now, None, "", "")
        for one in told
    ]
    store.change_many(_INSERT, rows)
