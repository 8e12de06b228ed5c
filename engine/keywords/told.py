"""How colleagues are told: who is reached when, and who hears it in the place of somebody who is away.

Owns this for every notice, whether a process asks for it (`notify`) or the engine has to tell somebody. No word of its
own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.actors import IMPORT
from engine.core.calendars import elsewhere
from engine.core.draft import Draft
from engine.core.effects import Notify
from engine.core.roster import StandIn
from engine.errors import Stuck
from engine.keywords.languages import Words
from engine.reasons import told

Roles = Collection[str] | None
"""The roles for which somebody is told: their deputy is told in these alone. None: in whichever they have one."""


def tell(draft: Draft, to: str, say: str, about: Mapping[str, Any], *, urgent: bool = False) -> None:
    """Tell `role:x` or `person:x`, and whoever stands in for them: at once when urgent, else when they are at work."""
    tell_all(draft, [(to, None)], (say, {}), about, urgent)


def tell_all(
    draft: Draft, meant: Sequence[tuple[str, Roles]], words: Words, about: Mapping[str, Any], urgent: bool
) -> None:
    """Each of those meant once, by their address, and whoever hears it in their place."""
    say, says = words
    reached = {to: _reaching(draft, urgent, to) for to, _ in meant}
    deputies = deputies_of(draft, meant, reached)
    told: list[tuple[str, datetime, tuple[str, ...]]] = [(to, at, ()) for to, at in reached.items()]
    told += [(to, _reaching(draft, urgent, to), absent) for to, absent in deputies.items()]
    for to, at, behalf in told:
        draft.notify(Notify(draft.next_id(), to, say, dict(about), urgent, at, behalf, says))


def say_to(draft: Draft, person: str, words: str, about: Mapping[str, Any]) -> None:
    """Tell somebody what a colleague says to them: it stands on their page at once, whatever the hour; only their mail
    waits until they are at work. The same for whoever stands in for them by then.
    """
    to = f"person:{person}"
    deputies = deputies_of(draft, [(to, None)], {to: _reaching(draft, False, to)})
    everybody: dict[str, tuple[str, ...]] = {to: (), **deputies}
    for address, behalf in everybody.items():
        draft.notify(Notify(draft.next_id(), address, words, dict(about), False, draft.at, behalf))


def deputies_of(
    draft: Draft, meant: Sequence[tuple[str, Roles]], reached: Mapping[str, datetime]
) -> dict[str, tuple[str, ...]]:
    """Who is told instead of those who are away when it reaches them: each once, and for whom."""
    instead: dict[str, dict[str, None]] = {}
    for to, roles in meant:
        for one in _stand_ins(draft, to, roles, reached[to]):
            if f"person:{one.deputy}" not in reached:
                instead.setdefault(f"person:{one.deputy}", {})[one.person] = None
    return {to: tuple(absent) for to, absent in instead.items()}


def call_for_help(draft: Draft, stuck: Stuck, state: str, retry: Mapping[str, Any]) -> None:
    """An incident that waits for the process's owner, and a notice that tells them so."""
    draft.raise_incident(stuck, state, retry)
    owner = f"role:{draft.definition.owner}"
    tell_all(draft, [(owner, None)], (stuck.message, told(stuck)), {"state": state}, urgent=False)


def _stand_ins(draft: Draft, to: str, roles: Roles, at: datetime) -> list[StandIn]:
    """Who stands in for those who are told, at the moment at which it reaches them.

    Whoever holds the role that is told is meant themselves. Of a past that is imported today's deputies hear nothing.
    """
    if draft.actor.via == IMPORT:
        return []
    kind, _, name = to.partition(":")
    if kind == "person":
        theirs = [one for one in draft.stand_ins(at) if one.person == name]
        return theirs if roles is None else [one for one in theirs if not one.roles.isdisjoint(roles)]
    able = [one for one in draft.stand_ins(at) if name in one.roles]
    meant = draft.roll(name) if able else frozenset()
    return [one for one in able if one.deputy not in meant]


def _reaching(draft: Draft, urgent: bool, to: str) -> datetime:
    """When a notice reaches somebody: at once, or in the process's hours, of a person on the clock where they live."""
    if urgent:
        return draft.at
    calendar = draft.definition.calendar
    kind, _, person = to.partition(":")
    zone = draft.roster.zones(person) if kind == "person" else ""
    return (elsewhere(calendar, zone) if zone and zone != calendar.zone else calendar).next_opening(draft.at)
