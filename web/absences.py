"""Who is away, and who stands in for them: to see, to say, and to end before its time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.absences import Absences
from engine.core.absences import Absence, moment, whole_days
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from web.access import STAFF, access, visitor
from web.house import house
from web.language import gettext as _
from web.language import listed
from web.reading import names
from web.refusals import worded
from web.times import day
from web.times import moment as moment_of

pages = Blueprint("absences", __name__)


@pages.get("/absences")
@access(STAFF)
def show() -> str:
    """Everybody who is away now or later."""
    return _page()[0]


def _absences() -> Absences:
    return Absences(house().engine, house().directory)


@dataclass(frozen=True, slots=True)
class Shown:
    """An absence with its first and last day, or moment, as the person who is away has them; `ends` tells whether
    whoever asks may end it.
    """

    of: Absence
    first: str
    last: str
    ends: bool


def _page(fault: str = "", status: int = 200, faults: Mapping[str, Sequence[str]] | None = None) -> tuple[str, int]:
    directory, me = house().directory, visitor().person.id
    staff = sorted(
        (one for one in directory.people() if one.active and set(one.roles) - {CUSTOMER}), key=lambda one: one.name
    )
    absences = _absences()
    others = absences.for_others(visitor().actor)
    away = staff if others else [one for one in staff if one.id == me]
    houses = str(directory.organisation().get("zone", "UTC"))
    zones = {one.id: (one.zone or "UTC", houses) for one in staff}
    shown = [_shown(one, zones.get(one.person, (houses,)), others or one.person == me) for one in absences.listed()]
    page = render_template(
        "absences/show.html",
        absences=shown,
        people=away,
        deputies=_deputies(shown, () if others else (me,)),
        roles=directory.roles(),
        held={role for one in away for role in one.roles},
        names=names(),
        form=request.form,
        fault=fault,
        faults=faults or {},
        now=house().clock(),
    )
    return page, status


def _deputies(absences: Sequence[Shown], but: Collection[str]) -> list[tuple[str, str]]:
    """Those who could stand in, by name; beside the name on which days they are away themselves. `but` is who goes."""
    away: dict[str, list[str]] = {}
    for one in absences:
        days = _("%(first)s to %(last)s") % {"first": one.first, "last": one.last}
        away.setdefault(one.of.person, []).append(days)
    found = []
    for person in sorted(house().directory.workers(), key=lambda one: one.name):
        if person.id in but:
            continue
        times = listed(away.get(person.id, ()))
        told = _("%(who)s (away %(times)s)") % {"who": person.name, "times": times} if times else person.name
        found.append((person.id, told))
    return found


def _shown(one: Absence, zones: Sequence[str], ends: bool) -> Shown:
    """Whole days are days wherever they are read, in the zone of whoever is away or in that of the house, in whichever
    they were meant; only a time is one in the reader's zone.
    """
    if (days := whole_days(one, zones)) is not None:
        return Shown(one, day(days[0]), day(days[1]), ends)
    return Shown(one, moment_of(one.away_from), moment_of(one.away_until), ends)


@pages.post("/absences")
@access(STAFF)
def add() -> Response | tuple[str, int]:
    """Say that somebody is away, and who stands in."""
    form, actor = request.form, visitor().actor
    person = form.get("person") or actor.id
    try:
        zone = house().directory.person(person).zone or "UTC"
        first, last = moment(form.get("from", ""), zone, last=False), moment(form.get("until", ""), zone, last=True)
        _added, without = _absences().add(actor, person, form.get("deputy", ""), first, last, form.get("role", ""))
    except Rejected as rejected:
        said = worded(rejected)
        return _page(said.message, 422, said.fields)
    flash(_("It is noted. What waits for %(who)s can be done by the deputy then.") % {"who": names()[person]}, "done")
    for other in without:
        told = _("%(who)s was to stand in for %(other)s then. Name somebody else there.")
        flash(told % {"who": names()[person], "other": names().get(other.person, other.person)}, "fault")
    return redirect(url_for("absences.show"), 303)


@pages.post("/absences/<int:number>/end")
@access(STAFF)
def end(number: int) -> Response:
    """End an absence from now on."""
    ended = _absences().end(visitor().actor, number)
    flash(_("%(who)s is back.") % {"who": names().get(ended.person, ended.person)}, "done")
    return redirect(url_for("absences.show"), 303)
