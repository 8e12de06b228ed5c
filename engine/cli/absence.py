"""`heard absence`: who is away, and who stands in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, emit, table
from engine.telling.values import local

if TYPE_CHECKING:
    from engine.absences import Absences
    from engine.core.absences import Absence


@click.group()
def absence() -> None:
    """Say who is away and who stands in for them, or list it."""


def _absences(context: Context) -> Absences:
    from engine.absences import Absences

    return Absences(context.engine(), context.directory())


@absence.command()
@click.argument("who", metavar="PERSON")
@click.option("--from", "away_from", metavar="WHEN", required=True, help="The first day, or moment, in their zone.")
@click.option("--until", "away_until", metavar="WHEN", required=True, help="The last day, or moment.")
@click.option("--deputy", metavar="NAME", required=True, help="Who stands in for them.")
@click.option("--role", metavar="ROLE", default="", help="In this role only; in all of theirs when none is named.")
@as_person
@click.pass_obj
def add(
    context: Context, who: str, away_from: str, away_until: str, deputy: str, role: str, person: str | None
) -> None:
    """Say that somebody is away: for oneself, or as somebody who oversees a process."""
    from engine.core.absences import moment

    zone = context.directory().person(who).zone or "UTC"
    first, last = moment(away_from, zone, last=False), moment(away_until, zone, last=True)
    added, without = _absences(context).add(context.actor(person), who, deputy, first, last, role)
    as_what, (begins, ends) = f" as {role}" if role else "", _times(added, zone)
    click.echo(f"Number {added.id}: {deputy} stands in for {who}{as_what} from {begins} to {ends} ({zone}).")
    for other in without:
        click.echo(
            f"{who} stands in for {other.person} then (number {other.id}), and {deputy} does not in their place: "
            "name somebody else there.",
            err=True,
        )


@absence.command("list")
@as_json
@click.pass_obj
def list_(context: Context, as_json: bool) -> None:
    """List who is away now or later."""
    found = _absences(context).listed()
    if as_json:
        emit(found)
        return
    if not found:
        click.echo("Nobody is away.")
        return
    directory = context.directory()
    zones = {person.id: person.zone or "UTC" for person in directory.people()}
    of_the_house = str(directory.organisation().get("zone", "UTC"))
    rows = [
        (
            one.id,
            one.person,
            one.deputy,
            one.role or "all roles",
            *_times(one, zones[one.person], of_the_house),
            one.recorded_by,
        )
        for one in found
    ]
    table(("number", "away", "deputy", "in", "from", "until", "said by"), rows)


def _times(one: Absence, zone: str, *others: str) -> tuple[str, str]:
    """From when and until when: the first and the last day where it is of whole days, else times in the zone."""
    from engine.core.absences import whole_days

    if (days := whole_days(one, (zone, *others))) is not None:
        return days[0].isoformat(), days[1].isoformat()
    return local(one.away_from, zone), local(one.away_until, zone)


@absence.command()
@click.argument("number", type=int)
@as_person
@click.pass_obj
def end(context: Context, number: int, person: str | None) -> None:
    """End an absence before its time."""
    ended = _absences(context).end(context.actor(person), number)
    click.echo(f"{ended.person} is back, and {ended.deputy} stands in for them no longer.")
