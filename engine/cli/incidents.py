"""`heard incidents`, `heard resolve`: what processes could not do, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, emit, table
from engine.cli.task import called, told
from engine.cli.values import Given, forms_of, gather, value_options
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.core.actors import Actor
    from engine.definition.model import Definition
    from engine.definition.moves import FormUse
    from engine.runtime import Engine
    from engine.store.queries import IncidentRow
    from engine.store.stalled import Stalled

ALL = "all"
MOST = 1_000
_DONE = {"dismiss": "dismissed", "reopen": "reopened"}


@click.command()
@click.option("--all", "every", is_flag=True, help="Resolved ones too, the latest first.")
@click.option("--stalled", is_flag=True, help="Instead, the cases that wait for nothing, or for nobody who is here.")
@as_json
@click.pass_obj
def incidents(context: Context, every: bool, stalled: bool, as_json: bool) -> None:
    """List what processes could not do, and what could not be delivered: which case, since when, why."""
    from engine.store import queries
    from engine.store.stalled import stalled as standing

    still = standing(context.store())
    found = [] if stalled else queries.incidents(context.store(), status=None if every else "open")
    if as_json:
        emit(still if stalled else found)
        return
    if stalled:
        _show_stalled(still)
        return
    if found:
        table(
            ("incident", "process", "since (UTC)", "state", "why"),
            [(called(i.id, i.reference), i.process, local(i.at, "UTC"), i.state, clean(_why(i))) for i in found],
        )
        click.echo()
        if any(one.status == "open" for one in found):
            click.echo("Once the reason is mended: `heard resolve INCIDENT retry --reason …`.")
            click.echo("When nothing is left to do: `heard resolve INCIDENT dismiss --reason …`.")
        if any(one.status == "dismissed" for one in found):
            click.echo("One that was dismissed by mistake: `heard resolve INCIDENT reopen --reason …`.")
    else:
        click.echo("No incident is open.")
    if still:
        how = "1 case stands" if len(still) == 1 else f"{len(still)} cases stand"
        click.echo(f"{how} still without one: `heard incidents --stalled`")


def _why(row: IncidentRow) -> str:
    """What happened, after what became of it."""
    done = f"{row.status} by {row.resolved_by}: {row.reason} (it was: {row.message})"
    return row.message if row.status == "open" else done


def _show_stalled(still: list[Stalled]) -> None:
    if not still:
        click.echo("No case stands still.")
        return
    table(
        ("case", "process", "since (UTC)", "state", "what it waits for"),
        [(one.reference, one.process, local(one.since, "UTC"), one.state, clean(_waits_for(one))) for one in still],
    )


def _waits_for(one: Stalled) -> str:
    if one.assignee:
        return (
            f"'{one.title}', which {one.assignee} has, who is no longer here; `heard assign` gives it to somebody else"
        )
    if one.title:
        return (
            f"'{one.title}', which nobody can take: no one here is {' or '.join(one.roles)}; "
            "`heard people --load` brings somebody who is"
        )
    return "nothing; `heard case` shows by which moves it can be taken on, `heard cancel` ends it"


@click.command()
@click.argument("incident")
@click.argument("action", type=click.Choice(["retry", "dismiss", "reopen"]))
@click.option("--reason", required=True, help="What was done about it; kept in the history.")
@as_person
@value_options
@click.pass_obj
def resolve(
    context: Context,
    incident: str,
    action: str,
    reason: str,
    person: str | None,
    given: Given,
) -> None:
    """Retry or dismiss an incident, or `all` that are open; or reopen one that was dismissed. Values correct what was
    typed; what is not named stays as it was.
    """
    from engine.core.commands import ResolveIncident
    from engine.errors import Rejected
    from engine.store import queries

    engine, actor = context.engine(), context.actor(person)
    if given and action != "retry":
        raise click.UsageError(f"Expected values for a retry alone, but the incident is to be {_DONE[action]}")
    if incident == ALL:
        if given:
            raise click.UsageError("Expected no values for all incidents at once, but got some")
        if action == "reopen":
            raise click.UsageError("Expected one incident to open again; `heard incidents --all` lists the dismissed")
        _resolve_all(engine, actor, action, reason)
        return
    case, status = engine.find(incident.partition(".")[0]), "dismissed" if action == "reopen" else "open"
    found = [
        one
        for one in queries.incidents(context.store(), status=status, instance=case)
        if incident in (one.reference, called(one.id, one.reference))
    ]
    if len(found) != 1:
        listed = "`heard incidents --all`" if action == "reopen" else "`heard incidents`"
        raise Rejected(
            "no-such-incident", f"Expected one {status} incident, but '{incident}' fits {len(found)}; see {listed}"
        )
    values = _corrected(context, found[0], given) if given else None
    command = ResolveIncident(
        at=engine.clock(),
        actor=actor,
        incident=found[0].id,
        action=action,
        reason=reason,
        values=values,
    )
    told(context, engine.do(found[0].instance, command))


def _resolve_all(engine: Engine, actor: Actor, action: str, reason: str) -> None:
    """Each by itself: what still fails, or is not theirs to resolve, is told and stays open."""
    from engine.resolving import resolve_each
    from engine.store import queries

    rows = queries.incidents(engine.store, limit=MOST)
    refused = resolve_each(engine, actor, rows, action, reason)
    click.echo(f"{len(rows) - len(refused)} of {len(rows)} incidents resolved")
    for row, why in refused:
        click.echo(f"  {called(row.id, row.reference)}: {clean(why.message)}", err=True)
    if refused:
        raise SystemExit(1)


def _corrected(context: Context, row: IncidentRow, given: Given) -> dict[str, Any]:
    engine = context.engine()
    case = engine.instance(row.instance)
    retry = case.incidents[row.id].retry
    if retry["do"] == "call":
        called = engine.in_force(case.links[retry["link"]].process)
        return gather(context, forms_of(called.start.form), given, retry.get("values"))
    use = _form_of(engine.definition(case.digest), row.state, retry)
    begun = case.data.get(use.alias) if use is not None and retry["do"] == "begin" else None
    return gather(context, forms_of(use), given, begun or retry.get("values"))


def _form_of(definition: Definition, name: str, retry: Mapping[str, Any]) -> FormUse | None:
    """The form that came in with what failed."""
    state = definition.states.get(name)
    if retry["do"] == "begin":
        return definition.start.form
    if retry["do"] == "complete" and state is not None and state.task is not None:
        move = state.on.get(retry["outcome"])
        return move.form if move is not None else None
    if retry["do"] == "correlate":
        waits = [*(state.waits.values() for state in definition.states.values()), definition.heeded.values()]
        return next(
            (move.form for moves in waits for move in moves if move.name == retry["message"] and move.form), None
        )
    if retry["do"] == "trigger":
        move = definition.anywhere.get(retry["name"]) or (state.on.get(retry["name"]) if state is not None else None)
        return move.form if move is not None else None
    if retry["do"] == "reopen" and state is not None and state.ending is not None and state.ending.reopen is not None:
        return state.ending.reopen.form
    return None
