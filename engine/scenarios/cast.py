"""Who acts in scenarios: the organisation's people, the file's own, and made-up ones who hold a single role.

Owns the way from a name to an actor. Asks nobody's permission: the core judges that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from datetime import datetime

from engine.core.absences import Absence, stand_ins
from engine.core.actors import Actor
from engine.core.roster import StandIn
from engine.definition.organisation import Organisation
from engine.definition.roles import STAFF, kind_of
from engine.definition.suggest import near
from engine.scenarios.acts import ScenarioFile

VIA = "scenario"

NOBODY = Actor("system", frozenset({"system"}), "system", VIA)
"""Who fires timers, and brings messages when nobody is named."""


class Cast:
    """Names to actors. The file's own people come before the organisation's, people before roles."""

    def __init__(self, organisation: Organisation, file: ScenarioFile) -> None:
        own = {said.text: tuple(role.text for role in roles) for said, roles in file.people}
        self._people: Mapping[str, tuple[str, ...]] = {
            **{person.id: person.roles for person in organisation.people.values()},
            **own,
        }
        self._roles = frozenset(organisation.roles)
        self.reading = organisation.reading
        self._absences: tuple[Absence, ...] = ()

    def while_away(self, absences: tuple[Absence, ...]) -> Cast:
        """The same people, of whom some are away at times."""
        cast = copy(self)
        cast._absences = absences
        return cast

    def knows(self, name: str) -> bool:
        return name in self._people or name in self._roles

    def near(self, name: str) -> str:
        """The near miss, worded; empty when nothing comes close."""
        return near(name, (*self._roles, *self._people))

    def roll(self, role: str, acted: Collection[str]) -> frozenset[str]:
        """Who holds a role, for approvals: the people who do, and of the made-up ones whoever has acted in
        this scenario. Where nobody holds it, the made-up one is thought of as there.
        """
        holders = {person for person, roles in self._people.items() if role in roles}
        if role in acted or not holders:
            holders.add(role)
        return frozenset(holders)

    def roles(self, name: str) -> tuple[str, ...]:
        """Those of the person; somebody made up holds only the role that they are called like."""
        return self._people.get(name, (name,))

    def stand_ins(self, at: datetime) -> list[StandIn]:
        """Who stands in for whom at a moment."""
        return stand_ins(self._absences, self.roles, at)

    def actor(self, name: str, at: datetime) -> Actor:
        """The person as they act at a moment, with those for whom they stand in then."""
        roles = frozenset(self.roles(name))
        kind = kind_of(roles, self.reading)
        theirs = [one for one in self.stand_ins(at) if one.deputy == name] if kind == STAFF else []
        return Actor(name, roles, kind, VIA, {one.person: one.roles for one in theirs})
