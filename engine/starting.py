"""The command that begins a case: its id, its reference, and when it was received.

Owns what a beginning takes from the store and the calendar, whoever asks for it. Judges nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.commands import Start
from engine.core.instances import EARLIEST
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.ids import new_id
from engine.store import references
from engine.store.database import Store


def starting(store: Store, definition: Definition, at: datetime, received_at: datetime | None, **more: Any) -> Start:
    """The command, with the next reference of the year in which it was received.

    Inside a transaction: when that is rolled back, the number is free again. Rejected("received-early").
    """
    received = received_at or _said(definition, more.get("values", {})) or at
    if received < EARLIEST:
        raise Rejected(
            "received-early",
            f"Expected a case that was received after {EARLIEST.year}, but its receipt is said to be "
            f"{received.isoformat()}",
        )
    year = definition.calendar.local_date(received).year
    reference = references.take(store, definition.reference, year)
    return Start(at=at, instance=new_id(), reference=reference, received_at=received_at, **more)


def _said(definition: Definition, values: Mapping[str, Any]) -> datetime | None:
    """When the form says that it was received, for the year of the reference; the form itself is judged later."""
    try:
        said = datetime.fromisoformat(values[definition.received])
    except (KeyError, TypeError, ValueError):
        return None
    return said if said.tzinfo is not None else definition.calendar.localise(said)
