"""`heard case`: one case with all that is known of it.

Owns how it is laid out. Each part comes from where it is kept: the snapshot, the definition it began with, the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.moves import moves_of, show_moves
from engine.cli.showing import as_json, emit, say_zone, show_values
from engine.cli.task import called
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.core.clock_explanations import ClockExplanation
    from engine.core.instance import Instance, Task
    from engine.definition.model import Definition
    from engine.telling.arrivals import InVain


@click.command()
@click.argument("reference")
@click.option("--explain", is_flag=True, help="With the steps by which each promised time was reckoned.")
@click.option("--moves", is_flag=True, help="With what each move and message that can be asked for asks.")
@as_json
@click.pass_obj
def case(context: Context, reference: str, explain: bool, moves: bool, as_json: bool) -> None:
    """Show a case: where it stands, what is promised, what was filled in, what waits, what can be asked for, what went
    out.

    A promise is one line: when it is due, or how it went. --explain shows why it is due then: the working hours that
    counted, the holidays and the pauses, what was promised before and who changed it, and how the clock went the times
    before. --json has the steps in any case.
    """
    from engine.cli.posting import show_messages
    from engine.core.actors import SYSTEM
    from engine.core.clock_explanations import explain_all
    from engine.core.draft import Draft
    from engine.store import history, outbox
    from engine.telling.arrivals import clocks_in_vain
    from engine.telling.sentences import Teller

    engine = context.engine()
    found = engine.instance(engine.find(reference))
    definition = engine.definition(found.digest)
    messages = outbox.of_case(engine.store, found.id)
    now = engine.clock()
    events = [line.event for line in history.read(engine.store, found.id)] if found.clocks else []
    clocks = explain_all(definition, found.clocks, events, now)
    draft = Draft(definition, found, SYSTEM, now, engine.roster)
    if as_json:
        told = {"messages": messages, "clocks": [one.as_json() for one in clocks], "moves": moves_of(draft)}
        emit({"case": found, **told})
        return
    zone = definition.calendar.zone
    _head(found, definition)
    for alias, values in found.data.items():
        filled = [one for one in (values if isinstance(values, list) else [values]) if one]
        if filled:
            click.secho(f"\n{alias}", bold=True)
        for one in filled:
            show_values(one, zone)
    if found.variables:
        click.secho("\nvariables", bold=True)
        show_values(found.variables, zone)
    if found.milestones:
        click.secho("\nmilestones", bold=True)
        show_values({name: local(at, zone) for name, at in found.milestones.items()}, zone)
    _promises(clocks, clocks_in_vain(definition, events), definition, now, explain)
    _relatives(found)
    _waiting(found, definition, now)
    show_moves(draft, found.reference, moves)
    show_messages(messages, Teller(definition, zone))
    say_zone(zone)


def _head(found: Instance, definition: Definition) -> None:
    from engine.telling.customers import customers_tongue

    zone = definition.calendar.zone
    priority = f"  [{found.priority}]" if found.priority else ""
    click.secho(clean(f"{found.reference} — {found.subject or definition.key}{priority}"), bold=True)
    where = f"{found.status}: {found.outcome}" if found.outcome else f"{found.status}, in {', '.join(found.states)}"
    received = local(found.received_at, zone)
    click.echo(f"{where}   received {received}   version {found.digest[:12]}   started by {found.starter}")
    marks = ([f"severity {found.severity}"] if found.severity else []) + [f"tag {tag}" for tag in found.tags]
    if marks:
        click.echo("   ".join(map(clean, marks)))
    if found.label:
        click.echo(f"The customer reads ({customers_tongue(definition, found)}): {clean(found.label)}")


def _promises(
    clocks: Sequence[ClockExplanation],
    in_vain: Mapping[tuple[str, int], InVain],
    definition: Definition,
    now: datetime,
    explain: bool,
) -> None:
    from engine.telling.deadlines import of_clock

    zone = definition.calendar.zone
    if clocks:
        click.secho("\npromises", bold=True)
    for one in clocks:
        first, *why = one.lines(zone)
        away = of_clock(definition, one.clock.name, one.clock.due_at, now) if one.clock.live else None
        left = f" ({away.words})" if away is not None else ""
        vain = in_vain.get((one.clock.name, one.clock.run))
        lost = "; the letter did not arrive" if vain is not None else ""
        lost += f", done once more {local(vain.done_at, zone)}" if vain is not None and vain.done_at else ""
        click.secho(f"  {clean(first)}{left}{lost}", bold=one.clock.live and one.clock.missed is not None)
        for line in why if explain else ():
            click.echo(f"    {line}")


def _relatives(found: Instance) -> None:
    """The case that called this one, and those that it has called."""
    from engine.core.links import blocking

    if found.parent is not None:
        click.echo(f"\ncalled by {found.parent.reference} ({found.parent.process}), {found.parent.kind}")
    if found.links:
        click.secho("\ncases called", bold=True)
        for link in found.links.values():
            how = f"ended: {link.outcome}" if link.outcome else "could not begin" if link.status == "failed" else "open"
            held = ", holds back the end" if link in blocking(found.links) else ""
            click.echo(f"  {link.called}  {link.name}  {link.kind}  {how}{held}")
    if found.held:
        click.echo("\nThe way to the end is taken as soon as these have ended.")


def _waiting(found: Instance, definition: Definition, now: datetime) -> None:
    from engine.core.standstill import waits_for_nothing
    from engine.telling.deadlines import of_task
    from engine.telling.purposes import purpose
    from engine.telling.voice import Voice

    zone = definition.calendar.zone
    voice = Voice(definition, zone)
    if found.tasks:
        click.secho("\ntasks", bold=True)
        for task in found.tasks.values():
            away = of_task(definition, task, now)
            row = (
                called(task.id, found.reference),
                clean(task.title),
                task.assignee or ", ".join(task.candidates),
                f"{local(task.due_at, zone)} ({away.words})" if away is not None else "",
                _kind(found, definition, task),
            )
            click.echo("  " + "  ".join(part for part in row if part))
    if found.timers:
        click.secho("\ntimers", bold=True)
        for timer in sorted(found.timers.values(), key=lambda timer: timer.due_at):
            what = purpose(voice, timer.word, timer.state, timer.index)
            click.echo(f"  {local(timer.due_at, zone)}  {clean(what)}")
    if found.waits:
        click.echo(f"\nwaits for {', '.join(sorted({wait.message for wait in found.waits}))}")
    if waits_for_nothing(found):
        click.echo("\nIt waits for nothing: no task, no message and no date will move it on.")
        if found.dismissed:
            click.echo("An incident of it was dismissed: `heard resolve INCIDENT reopen` opens it again.")
    for incident in found.incidents.values():
        click.echo(
            f"\nINCIDENT {called(incident.id, found.reference)} since {local(incident.at, zone)}: "
            f"{incident.message}{incident.place and f' ({incident.place})'}"
        )


def _kind(found: Instance, definition: Definition, task: Task) -> str:
    """What is special about a task; nothing for the case's own work that somebody can simply do."""
    from engine.keywords.needs import move_of, title_of

    opened = found.approvals.get(task.id)
    if opened is not None and opened.asked is not None:
        title = title_of(move_of(definition, opened), definition.languages[0])
        return clean(f"[a second person for '{title}', which {opened.asked['by'][0]} asks for]")
    waits = any((one.asked or {}).get("task") == task.id for one in found.approvals.values())
    beside = "beside the case's own work" if definition.is_beside(task.state) else ""
    marks = [beside, "waits for a second person" if waits else "", "approval" if opened is not None else ""]
    shown = ", ".join(mark for mark in marks if mark)
    return f"[{shown}]" if shown else ""
