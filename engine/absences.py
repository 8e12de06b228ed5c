"""Who may say that somebody is away: the way in by which an absence is written, ended and listed.

An absence begins and ends by itself: who stands in for whom is asked at the moment of acting. What an absence has to be
is `engine.core.absences`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from engine.core.absences import Absence, refuse_beside, refuse_senseless
from engine.core.actors import Actor
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import absences as rows
from engine.store import deployments


@dataclass(frozen=True, slots=True)
class Absences:
    """The absences in one store, by the clock of its engine."""

    engine: Engine
    directory: Directory

    def add(
        self,
        by: Actor,
        person: str,
        deputy: str,
        away_from: datetime,
        away_until: datetime,
        role: str = "",
    ) -> tuple[Absence, tuple[Absence, ...]]:
        """Write that `person` is away from one moment to another, both included, and who stands in for them: in one
        role, or in all of theirs when none is named.

        With it come the absences of others in which `person` was to be the deputy: nobody follows them further, so
        somebody else has to be named there. Raises Rejected("not-allowed"), ("invalid-absence"), ("absence-overlaps")
        or ("deputy-away").
        """
        for who in (person, deputy):
            if not self.directory.person(who).active:
                where = "person" if who == person else "deputy"
                message = f"Expected a colleague who is there, but {who} has left"
                raise Rejected("invalid-absence", message, {where: ("Please choose a colleague.",)})
        self._may(by, person)
        now = self.engine.clock()
        new = Absence(0, person, deputy, role, away_from, away_until, by.id, now)
        refuse_senseless(new, self._roles, self.directory.reading())
        with self.engine.store.transaction():
            rows.hold(self.engine.store)
            without = refuse_beside(new, rows.open_from(self.engine.store, now))
            number = rows.add(self.engine.store, new)
        return replace(new, id=number), without

    def end(self, by: Actor, number: int) -> Absence:
        """End one before its time, from now on. Raises Rejected("no-such-absence") or ("not-allowed")."""
        now = self.engine.clock()
        found = rows.load(self.engine.store, number)
        if found is None or found.ended_at is not None or found.away_until < now:
            raise Rejected(
                "no-such-absence",
                f"Expected an absence that is on or to come, but number {number} is none; see `heard absence list`",
            )
        self._may(by, found.person)
        with self.engine.store.transaction():
            if not rows.end(self.engine.store, number, now, by.id):
                raise Rejected("no-such-absence", f"Expected an absence to end, but number {number} has just ended")
        return replace(found, ended_at=now, ended_by=by.id)

    def listed(self) -> list[Absence]:
        """Those that are on now or still to come, the earliest first."""
        return rows.open_from(self.engine.store, self.engine.clock())

    def for_others(self, by: Actor) -> bool:
        """Whether they may say it of others too: whoever oversees a process."""
        return bool(by.roles & self._overseeing())

    def _roles(self, person: str) -> tuple[str, ...]:
        return self.directory.person(person).roles

    def _may(self, by: Actor, person: str) -> None:
        if by.id != person and not self.for_others(by):
            raise Rejected(
                "not-allowed",
                f"Expected {person}, or somebody who oversees a process, to say this, but {by.id} is neither",
            )

    def _overseeing(self) -> frozenset[str]:
        """The roles that own or supervise a process in force."""
        found: set[str] = set()
        for process in {one.process for one in deployments.all_of(self.engine.store)}:
            with suppress(Rejected):  # deployed for a later time
                definition = self.engine.in_force(process)
                found |= {definition.owner, *definition.supervisors}
        return frozenset(found)
