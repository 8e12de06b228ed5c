"""Who may say that somebody is away, and what such a statement has to be: the rules before it is written.

An absence begins and ends by itself: who stands in for whom is asked at the moment of acting. Decides nothing about a
case: what a deputy may do there is `engine.core.authority`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core.commands import Actor
from engine.directory import CUSTOMER, Directory
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import absences as rows
from engine.store import deployments
from engine.store.absences import Absence
from engine.store.people import Person


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
        away = self._staff(person, "away")
        self._may(by, person)
        now = self.engine.clock()
        _lasts(away_from, away_until, now)
        if role and role not in away.roles:
            held = ", ".join(away.roles)
            raise Rejected("invalid-absence", f"Expected a role of {person} ({held}), but they do not hold '{role}'")
        self._staff(deputy, "deputy")
        if deputy == person:
            raise Rejected("invalid-absence", f"Expected somebody else as deputy, but {person} cannot be their own")
        new = Absence(0, person, deputy, role, away_from, away_until, by.id, now)
        with self.engine.store.transaction():
            rows.hold(self.engine.store)
            meanwhile = [one for one in rows.open_from(self.engine.store, now) if _at_once(one, new)]
            for one in meanwhile:
                if one.person == person and (not role or not one.role or one.role == role):
                    raise Rejected(
                        "absence-overlaps",
                        f"Expected one deputy at a time, but number {one.id} names {one.deputy} for {person} then; "
                        "end it first, or choose other days",
                    )
                if one.person == deputy:
                    raise Rejected(
                        "deputy-away",
                        f"Expected a deputy who is there, but {deputy} is away then too (number {one.id}), and nobody "
                        "stands in for a deputy; name somebody else",
                    )
            number = rows.add(self.engine.store, new)
        return replace(new, id=number), tuple(one for one in meanwhile if one.deputy == person)

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

    def _staff(self, person: str, what: str) -> Person:
        found = self.directory.person(person)
        if not found.active or not set(found.roles) - {CUSTOMER}:
            why = "has left" if not found.active else "is nobody of the house"
            raise Rejected("invalid-absence", f"Expected a colleague who is {what}, but {person} {why}")
        return found

    def _may(self, by: Actor, person: str) -> None:
        if by.id != person and not by.roles & self._overseeing():
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


def _lasts(away_from: datetime, away_until: datetime, now: datetime) -> None:
    if away_until < away_from:
        raise Rejected("invalid-absence", "Expected an end after the beginning, but it lies before it")
    if away_until < now:
        raise Rejected("invalid-absence", "Expected an absence that is on or still to come, but it is over already")


def _at_once(one: Absence, other: Absence) -> bool:
    return one.away_from <= other.away_until and other.away_from <= one.away_until


def moment(text: str, zone: str, *, last: bool) -> datetime:
    """`2026-12-01` as the first or last moment of that day in this zone, `2026-12-01 12:00` as that time there, a time
    with an offset as it is; in UTC. Raises Rejected("invalid-absence").
    """
    local = ZoneInfo(zone)
    try:
        if len(text) > 10:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo is not None else at.replace(tzinfo=local)).astimezone(UTC)
        day = date.fromisoformat(text) + timedelta(days=1 if last else 0)
        begins = datetime.combine(day, time.min, local).astimezone(UTC)
        return begins - timedelta(microseconds=1) if last else begins
    except (ValueError, OverflowError):
        raise Rejected(
            "invalid-absence",
            f"Expected a day such as 2026-12-01, or a time such as 2026-12-01 12:00, not '{text}'",
        ) from None
