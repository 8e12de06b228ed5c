"""What an absence is, what it has to be, and who stands in for whom by it: the same for those that people write and for
those of a scenario.

Owns these rules and their refusals. Pure: the roles that people hold are handed in. Who may say that somebody is away
is `engine.absences`; what a deputy may do in a case is `engine.core.authority`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.core.roster import StandIn
from engine.definition.roles import CUSTOMER, READER, kind_of
from engine.errors import Rejected


@dataclass(frozen=True, slots=True)
class Absence:
    """`person` is away from `away_from` to `away_until`, both included; an empty `role` means all of theirs."""

    id: int
    person: str
    deputy: str
    role: str
    away_from: datetime
    away_until: datetime
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


RolesOf = Callable[[str], Collection[str]]
"""The roles that a person holds now."""


def refuse_senseless(new: Absence, roles_of: RolesOf, reading: Collection[str]) -> None:
    """Raises Rejected("invalid-absence") for what cannot be, whatever else is known of who is away. `reading` are the
    roles that change nothing.
    """
    for person, what, where in ((new.person, "away", "person"), (new.deputy, "deputy", "deputy")):
        if not set(roles_of(person)) - {CUSTOMER}:
            message = f"Expected a colleague who is {what}, but {person} is nobody of the house"
            raise _invalid(message, where, "Please choose a colleague.")
    if kind_of(roles_of(new.deputy), reading) == READER:
        message = f"Expected a deputy who does the work, but {new.deputy} only reads and changes nothing"
        raise _invalid(message, "deputy", "Please choose somebody who does more than read.")
    if new.away_until < new.away_from:
        message = "Expected an end after the beginning, but it lies before it"
        raise _invalid(message, "until", "Please choose a last day that is not before the first.")
    if new.away_until < new.recorded_at:
        message = "Expected an absence that is on or still to come, but it is over already"
        raise _invalid(message, "until", "Please choose a last day that is not over.")
    held = roles_of(new.person)
    if new.role and new.role not in held:
        message = f"Expected a role of {new.person} ({', '.join(held)}), but they do not hold '{new.role}'"
        raise _invalid(message, "role", "Please choose a role that they hold.")
    if new.deputy == new.person:
        message = f"Expected somebody else as deputy, but {new.person} cannot be their own"
        raise _invalid(message, "deputy", "Please choose somebody else than who is away.")


def _invalid(message: str, where: str, advice: str) -> Rejected:
    return Rejected("invalid-absence", message, {where: (advice,)})


def refuse_beside(new: Absence, others: Iterable[Absence]) -> tuple[Absence, ...]:
    """Those of the others in which the person who goes was to be the deputy: somebody else has to be named there.

    Raises Rejected("absence-overlaps") or ("deputy-away").
    """
    meanwhile = [one for one in others if one.away_from <= new.away_until and new.away_from <= one.away_until]
    for one in meanwhile:
        if one.person == new.person and (not new.role or not one.role or one.role == new.role):
            raise Rejected(
                "absence-overlaps",
                f"Expected one deputy at a time, but number {one.id} names {one.deputy} for {new.person} then; "
                "end it first, or choose other days",
                {"until": ("Please choose other days, or end the other absence first.",)},
            )
        if one.person == new.deputy:
            raise Rejected(
                "deputy-away",
                f"Expected a deputy who is there, but {new.deputy} is away then too (number {one.id}), and nobody "
                "stands in for a deputy; name somebody else",
                {"deputy": ("Please choose somebody who is there on these days.",)},
            )
    return tuple(one for one in meanwhile if one.deputy == new.person)


def stand_ins(absences: Iterable[Absence], roles_of: RolesOf, at: datetime) -> list[StandIn]:
    """Who stands in for whom at a moment, each in the roles that the absent person holds now; sorted.

    The store answers the same in one query.
    """
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in absences:
        if one.away_from <= at <= one.away_until and one.ended_at is None:
            held = frozenset(role for role in roles_of(one.person) if one.role in ("", role))
            key = one.person, one.deputy
            found[key] = found.get(key, frozenset()) | held
    return [StandIn(person, deputy, roles) for (person, deputy), roles in sorted(found.items()) if roles]


def whole_days(one: Absence, zones: Iterable[str]) -> tuple[date, date] | None:
    """The first and the last day, when it is of whole days in one of these zones: those are days wherever one reads."""
    for zone in zones:
        first, last = (at.astimezone(ZoneInfo(zone)) for at in (one.away_from, one.away_until))
        if first.time() == time.min and last.time() >= time(23, 59):
            return first.date(), last.date()
    return None


def moment(text: str, zone: str, *, last: bool) -> datetime:
    """`2026-12-01` as the first or last moment of that day in this zone, `2026-12-01 12:00` as that time there, a time
    with an offset as it is; in UTC. Raises Rejected("invalid-moment").
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
        message = f"Expected a day such as 2026-12-01, or a time such as 2026-12-01 12:00, not '{text}'"
        raise Rejected("invalid-moment", message) from None
