"""Who acts in scenarios: the organisation's people, the file's own, and made-up ones who hold a single role.

Owns the way from a name to an actor. Asks nobody's permission: the core judges that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.core.commands import Actor
from engine.definition.organisation import Organisation
from engine.definition.suggest import near
from engine.scenarios.acts import ScenarioFile

VIA = "scenario"
CUSTOMER = "customer"

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

    def actor(self, name: str) -> Actor:
        """The person, or somebody who holds only this role and is called like it."""
        roles = self._people.get(name, (name,))
        kind = "customer" if set(roles) == {CUSTOMER} else "staff"
        return Actor(name, frozenset(roles), kind, VIA)
