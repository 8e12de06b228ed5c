"""`heard incidents`, `heard resolve`: what processes could not do, and what to do about it."""

from __future__ import annotations

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, clean, emit, local, table
from engine.cli.task import called, told
from engine.cli.values import gather, value_options


@click.command()
@click.option("--all", "every", is_flag=True, help="Resolved ones too.")
@as_json
@click.pass_obj
def incidents(context: Context, every: bool, as_json: bool) -> None:
    """List what processes could not do: which case, since when, why."""
    from engine.store import queries

    found = queries.incidents(context.store(), status=None if every else "open")
    if as_json:
        emit(found)
        return
    if not found:
        click.echo("No incident is open.")
        return
    table(("incident", "process", "since (UTC)", "state", "why"), [(called(i.id, i.reference), i.process, local(i.at, "UTC"), i.state, clean(i.message)) for i in found])


@click.command()
@click.argument("incident")
@click.argument("action", type=click.Choice(["retry", "dismiss"]))
@click.option("--reason", required=True, help="What was done about it; kept in the history.")
@as_person
@value_options
@click.pass_obj
def resolve(context: Context, incident: str, action: str, reason: str, person: str | None, pairs: tuple[str, ...], file: str | None) -> None:
    """Retry or dismiss an incident. With values, they replace what was typed."""
    from engine.core.commands import ResolveIncident
    from engine.errors import Rejected
    from engine.store import queries

    engine = context.engine()
    case = engine.find(incident.partition(".")[0])
    found = [one for one in queries.incidents(context.store(), instance=case) if incident in (one.reference, called(one.id, one.reference))]
    if len(found) != 1:
        raise Rejected("no-such-incident", f"Expected one open incident, but '{incident}' fits {len(found)}; see `heard incidents`")
    values = gather(None, pairs, file) if pairs or file else None
    command = ResolveIncident(at=engine.clock(), actor=context.actor(person), incident=found[0].id, action=action, reason=reason, values=values)
    told(context, engine.do(found[0].instance, command))
