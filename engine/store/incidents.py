"""Incidents as plain rows, for pages and the command line.

Owns how they are listed. Reads alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.database import Store
from engine.store.fields import decode, from_maybe, from_micros
from engine.store.models import Incident, Instance
from engine.store.reach import Within, seen_by


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident with its case's reference. `status`: open, resolved, or dismissed, which can be opened again; `kind`
    and `parts` as the case has them.
    """

    id: str
    instance: str
    reference: str
    process: str
    at: datetime
    message: str
    place: str
    state: str
    status: str
    resolved_at: datetime | None
    resolved_by: str
    reason: str
    kind: str
    parts: dict[str, str]


def incidents(
    store: Store,
    *,
    status: str | None = "open",
    instance: str | None = None,
    within: Within | None = None,
    limit: int = 100,
) -> list[IncidentRow]:
    """Incidents, the oldest first; of every status when `status` is None, then the latest first."""
    query = (
        Incident.select(
            Incident.id,
            Incident.instance,
            Instance.reference,
            Incident.process,
            Incident.at,
            Incident.message,
            Incident.place,
            Incident.state,
            Incident.status,
            Incident.resolved_at,
            Incident.resolved_by,
            Incident.reason,
            Incident.kind,
            Incident.parts,
        )
        .join(Instance, on=(Instance.id == Incident.instance))
        .limit(limit)
    )
    if status is not None:
        query = query.where(Incident.status == status).order_by(Incident.at, Incident.id)
    else:
        query = query.order_by(Incident.at.desc(), Incident.id.desc())
    if within is not None:
        query = query.where(seen_by(within))
    if instance is not None:
        query = query.where(Incident.instance == instance)
    return [_incident(row) for row in store.select(query)]


def _incident(row: tuple[Any, ...]) -> IncidentRow:
    columns: tuple[Any, ...] = (
        *row[:4],
        from_micros(row[4]),
        *row[5:9],
        from_maybe(row[9]),
        row[10],
        row[11],
        row[12],
        decode(row[13]),
    )
    return IncidentRow(*columns)
