"""`heard mail`, `heard parked`, `heard settle`: mail that comes in, and what waits for somebody to say what it is."""

from __future__ import annotations

from typing import BinaryIO

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, emit, table
from engine.telling.values import clean, local

DOOR = "cli"


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_obj
def mail(context: Context, file: BinaryIO) -> None:
    """Take in a mail: a FILE as it came over the line, or from a pipe (`heard mail < mail.eml`).

    It comes to its case, begins one, or is parked with the reason; each of these is no failure. The same mail twice
    counts once.
    """
    import os

    from engine.core.mail.reading import LARGEST
    from engine.core.mail.sorting import REASONS
    from engine.receiving import receive
    from engine.workers.channels.fetching import own_addresses

    content = file.read(LARGEST + 1)
    got = receive(context.engine(), content, DOOR, own_addresses(os.environ))
    row, before = got.row, "before: " if got.again else ""
    where = f" {got.reference}" if got.reference else ""
    if row.status == "parked":
        detail = f" ({clean(row.detail)})" if row.detail else ""
        about = f"; it seems to be about{where}" if where else ""
        click.echo(f"{before}parked as number {row.id}: {REASONS[row.reason]}{detail}{about}")
    else:
        click.echo(f"{before}{row.status}{where}")


@click.command()
@click.option("--all", "every", is_flag=True, help="All that came in, the latest first.")
@as_json
@click.pass_obj
def parked(context: Context, every: bool, as_json: bool) -> None:
    """List the mail that waits for somebody: since when, from whom, what about, and why."""
    from engine.core.mail.sorting import REASONS
    from engine.store import mails

    found = mails.latest(context.store()) if every else mails.waiting(context.store())
    if as_json:
        emit(found)
        return
    if not found:
        click.echo("No mail came in." if every else "No mail waits.")
        return

    def why(row: mails.Row) -> str:
        reason = REASONS.get(row.reason, "") + (f" ({row.detail})" if row.detail else "")
        if row.status == mails.PARKED:
            return reason
        if row.status == mails.FORGOTTEN:
            return f"forgotten after {row.note} days"
        return f"{row.status}{f' by {row.settled_by}' if row.settled_by else ''}{f': {row.note}' if row.note else ''}"

    table(
        ("number", "since (UTC)", "from", "subject", "why"),
        [
            (
                str(one.id),
                local(one.at, "UTC"),
                clean(one.sender or ("" if one.status == mails.FORGOTTEN else "nobody")),
                clean(one.subject),
                clean(why(one)),
            )
            for one in found
        ],
    )
    if any(one.status == mails.PARKED for one in found):
        click.echo("\nWhat one is, says `heard settle NUMBER`: --attach CASE, --start PROCESS, or --discard REASON.")


@click.command()
@click.argument("number", type=int)
@click.option("--attach", "reference", metavar="CASE", help="It belongs to this case.")
@click.option("--start", "process", metavar="PROCESS", help="It begins a case of this process.")
@click.option("--discard", "reason", metavar="REASON", help="It is nothing for us; why is kept.")
@as_person
@click.pass_obj
def settle(
    context: Context, number: int, reference: str | None, process: str | None, reason: str | None, person: str | None
) -> None:
    """Say what a parked mail is; NUMBER as `heard parked` shows it."""
    from engine import settling
    from engine.store import instances

    if sum(one is not None for one in (reference, process, reason)) != 1:
        raise click.UsageError("Expected one of --attach, --start and --discard")
    engine, actor = context.engine(), context.actor(person)
    if reason is not None:
        settling.discard(engine, number, reason, actor)
        click.echo("discarded; the mail itself is kept")
        return
    case = (
        settling.attach(engine, number, reference, actor)
        if reference is not None
        else settling.start(engine, number, process or "", actor)
    )
    click.echo(f"{'attached to' if reference is not None else 'started'} {instances.reference_of(engine.store, case)}")
