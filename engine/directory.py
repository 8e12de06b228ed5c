"""Who people are, which roles they hold and for whom they stand in: the way from a name to the actor of a command,
and from a role to its people.

Owns the reading of an organisation's people. Knows nothing of processes: whether a role may do something is
decided in the command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from engine.announcing import several
from engine.core.actors import GUEST, IMPORT, SYSTEM, Actor
from engine.core.events import TYPES
from engine.definition.roles import CUSTOMER, STAFF, kind_of
from engine.definition.texts import Localised
from engine.errors import Rejected
from engine.runtime import Clock, wall_clock
from engine.store import absences
from engine.store import people as rows
from engine.store.database import Store
from engine.store.people import Person

_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][\w.-]*)")


@dataclass(frozen=True, slots=True)
class Directory:
    """The people in one store. Asks the database each time: a role taken away counts at once.

    `clock` tells who is away now.
    """

    store: Store
    clock: Clock = wall_clock

    def actor(self, person: str, via: str = "cli") -> Actor:
        """The person as one who asks, with the roles held now, and those in which they stand in for others.

        Rejected("unknown-person"), or Rejected("person-left") for one who is no longer active.

        `system` is the system itself; what everybody else is, their roles say.
        """
        if person == SYSTEM.id:
            return Actor(SYSTEM.id, SYSTEM.roles, SYSTEM.kind, via)
        known = self.person(person)
        if not known.active:
            raise Rejected(
                "person-left",
                f"Expected somebody who is active, but {known.name} is not. Name somebody else.",
            )
        roles = frozenset(known.roles)
        kind = kind_of(roles, self.reading())
        # What is imported happened at another time, and says itself who did it.
        here = kind == STAFF and via != IMPORT
        stands_in = absences.standing(self.store, known.id, self.clock()) if here else {}
        return Actor(known.id, roles, kind, via, stands_in)

    def reading(self) -> frozenset[str]:
        """The roles that only read."""
        return rows.reading(self.store)

    def person(self, person: str) -> Person:
        """Name, address, language, zone and roles.

        Rejected("unknown-person") when there is none of this id.
        """
        known = rows.load(self.store, person)
        if known is None:
            near = get_close_matches(person, [one.id for one in self.people()], n=1)
            hint = f"Did you mean {near[0]}?" if near else "See `heard people`."
            raise Rejected(
                "unknown-person",
                f"Expected a person of the organisation, but nobody is called {person!r}. {hint}",
            )
        return known

    def people(self) -> list[Person]:
        """Everybody, by id, those who left too."""
        return rows.everybody(self.store)

    def workers(self) -> list[Person]:
        """The active colleagues who can be given work, by id: neither customers nor those who only read."""
        reading = self.reading()
        return [one for one in self.people() if rows.at_work(one, reading)]

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The active colleagues whom a text names as @id, in the order of the text."""
        named = [found.rstrip(".-").lower() for found in _MENTION.findall(text)]
        if not named:
            return ()
        known = {one.id.lower(): one.id for one in self.people() if one.active and {*one.roles} - {CUSTOMER}}
        return tuple(dict.fromkeys(known[name] for name in named if name in known))

    def holders(self, role: str) -> list[str]:
        """The ids of the active people who hold this role, in alphabetical order."""
        return rows.holders(self.store, role)

    def organisation(self) -> Mapping[str, Any]:
        """What was loaded last, without the people: organisation, languages, zone, roles; empty when nothing
        was.
        """
        return rows.setting(self.store, rows.ORGANISATION) or {}

    def roles(self) -> dict[str, Localised]:
        """What the organisation calls its roles."""
        entries = self.organisation().get("roles")
        found = entries.items() if isinstance(entries, Mapping) else ()
        return {role: words.get("title", role) for role, words in found if isinstance(words, Mapping)}

    def load_organisation(self, data: Mapping[str, Any]) -> int:
        """Write the people of an organisation file, as plain data; how many. Doing it twice changes nothing.

        Each gets exactly the roles given there. Who is not named is left as they are: leaving is said with
        `active: false`. Rejected("invalid-organisation") with every fault by its path.
        """
        faults: dict[str, tuple[str, ...]] = {}
        people = _people(data, faults)
        _webhooks(data, faults)
        if faults:
            raise Rejected("invalid-organisation", "The organisation cannot be used as it is", faults)
        with self.store.transaction():
            rows.put(self.store, people)
            rows.set_setting(
                self.store, rows.ORGANISATION, {key: value for key, value in data.items() if key != "people"}
            )
        return len(people)


def _people(data: Mapping[str, Any], faults: dict[str, tuple[str, ...]]) -> list[Person]:
    entries, roles = data.get("people", {}), data.get("roles", {})
    if not isinstance(entries, Mapping) or not isinstance(roles, Mapping):
        where = "people" if not isinstance(entries, Mapping) else "roles"
        faults[where] = ("Expected a mapping from ids to what they are.",)
        return []
    languages = data.get("languages") or ["en"]
    usual = Person("", "", language=str(languages[0]), zone=str(data.get("zone", "UTC")))
    found = []
    for id, entry in entries.items():
        if not isinstance(entry, Mapping):
            faults[f"people.{id}"] = ("Expected name, email and roles.",)
            continue
        found.append(_person(str(id), entry, usual, roles, faults))
    return found


def _webhooks(data: Mapping[str, Any], faults: dict[str, tuple[str, ...]]) -> None:
    for name, entry in (data.get("webhooks") or {}).items():
        for event in several(entry["events"]):
            if event not in TYPES:
                near = get_close_matches(event, TYPES, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                faults[f"webhooks.{name}.events"] = (f"There is no event {event!r}.{hint}",)


def _person(
    id: str,
    entry: Mapping[str, Any],
    usual: Person,
    roles: Mapping[str, Any],
    faults: dict[str, tuple[str, ...]],
) -> Person:
    held = entry.get("roles", [])
    if not isinstance(held, list | tuple) or not all(isinstance(role, str) for role in held):
        faults[f"people.{id}.roles"] = ("Expected a list of roles.",)
        held = []
    for role in held:
        if roles and role not in roles:
            near = get_close_matches(role, [str(known) for known in roles], n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(map(str, roles))}."
            faults[f"people.{id}.roles"] = (
                *faults.get(f"people.{id}.roles", ()),
                f"There is no role {role!r}. {hint}",
            )
    text = {}
    for name, otherwise in (("name", id), ("email", ""), ("language", usual.language), ("zone", usual.zone)):
        text[name] = entry.get(name, otherwise)
        if not isinstance(text[name], str):
            faults[f"people.{id}.{name}"] = ("Expected text.",)
            text[name] = otherwise
    active = entry.get("active", True)
    if not isinstance(active, bool):
        faults[f"people.{id}.active"] = ("Expected true or false.",)
    if id in (SYSTEM.id, GUEST.id):
        faults[f"people.{id}"] = (f"The name `{id}` is taken by the system itself.",)
    return Person(id, text["name"], text["email"], text["language"], text["zone"], active is not False, tuple(held))
