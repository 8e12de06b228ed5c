"""Resolving several incidents at once: each by its own command, so that one that still fails holds up no other.

Owns that, and whose incidents somebody is to look after. Who may resolve one is judged in the command.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.actors import Actor
from engine.core.authority import oversees, stood_for
from engine.core.commands import ResolveIncident
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import deployments
from engine.store.queries import IncidentRow


def resolve_each(
    engine: Engine, actor: Actor, rows: Iterable[IncidentRow], action: str, reason: str, key: str = ""
) -> list[tuple[IncidentRow, Rejected]]:
    """Those that were refused, with why. With a `key`, a repeated request changes nothing."""
    refused = []
    for row in rows:
        command = ResolveIncident(
            at=engine.clock(),
            actor=actor,
            key=f"{key}/{row.id}" if key else "",
            incident=row.id,
            action=action,
            reason=reason,
        )
        try:
            engine.do(row.instance, command)
        except Rejected as rejected:
            refused.append((row, rejected))
    return refused


def overseen(engine: Engine, actor: Actor) -> frozenset[str]:
    """The processes that somebody owns or supervises, by any version that is deployed, or does so for somebody who is
    away.
    """
    found = set()
    for one in deployments.all_of(engine.store):
        definition = engine.definition(one.digest)
        if oversees(definition, actor) or stood_for((definition.owner, *definition.supervisors), actor):
            found.add(one.process)
    return frozenset(found)
