"""`heard clocks`: what is promised to customers, the next due first; what a team lead looks at in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, counted, emit, table
from engine.errors import DefinitionError
from engine.telling.values import local

if TYPE_CHECKING:
    from engine.runtime import Engine
    from engine.store.promises import Promise

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@click.command()
@click.option("--breached", is_flag=True, help="Only what was not kept and still is to be, the longest overdue first.")
@click.option("--due-within", "within", metavar="TIME", help="Only what is overdue, or due within 1d or 4h.")
@click.option("--process", metavar="PROCESS", help="Only cases of this process.")
@click.option("--status", type=click.Choice(["running", "suspended"]), help="Only cases that run, or are suspended.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="At most so many.")
@as_json
@click.pass_obj
def clocks(
    context: Context,
    breached: bool,
    within: str | None,
    process: str | None,
    status: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the promised times of all cases: what is overdue, and then what is due next.

    A clock that stands still is due at no time; only --breached lists it, when it had been missed before. `heard case`
    with --explain tells why a promise is due when it is.
    """
    from engine.runtime import wall_clock
    from engine.store.promises import promises

    now = wall_clock()
    page = promises(
        context.store(),
        breached=breached,
        process=process,
        case_status=status,
        due_before=_until(within, now) if within is not None else None,
        limit=limit,
    )
    if as_json:
        emit(page.rows)
        return
    if not page.rows:
        click.echo("No promise is overdue." if breached else "No promise is due.")
        return
    engine = context.engine()
    table(
        ("case", "promise", "due", "due at (UTC)", "where", "about"),
        [_row(row, engine, now) for row in page.rows],
    )
    late = sum(1 for row in page.rows if row.missed_at is not None or (row.due_at is not None and row.due_at < now))
    more = " There are more: --limit shows them." if page.next else ""
    click.echo(f"\n{counted(len(page.rows), 'promise')}, {late} overdue.{more} `heard case CASE --explain` tells why.")


def _row(row: Promise, engine: Engine, now: datetime) -> tuple[str, ...]:
    due = row.due_at or row.missed_at
    title, away = _told(engine, row, due, now)
    still = ", stands still" if row.status == "paused" else ""
    halted = f" ({row.case_status})" if row.case_status != "running" else ""
    marked = f"[{row.priority}] {row.subject}" if row.priority else row.subject
    return (row.reference, title, f"{away}{still}", local(due, "UTC"), f"{row.states}{halted}", marked)


def _told(engine: Engine, row: Promise, due: datetime | None, now: datetime) -> tuple[str, str]:
    """The promise as the process calls it, and how far away it is; where the definition cannot be read any more, its
    name alone.
    """
    from engine.definition.texts import localised
    from engine.telling.deadlines import of_clock

    try:
        definition = engine.definition(row.digest)
    except DefinitionError:
        return row.clock, ""
    away = of_clock(definition, row.clock, due, now)
    title = localised(definition.clocks[row.clock].title, definition.languages[0])
    return title, away.words if away is not None else ""


def _until(text: str, now: datetime) -> datetime:
    """Working time would differ from process to process, so it is time that really passes."""
    from engine.core.durations import parse_duration

    try:
        parts = parse_duration(text).parts
        return now + sum((part.amount * _UNITS[part.unit] for part in parts), timedelta())
    except (ValueError, KeyError, OverflowError):
        raise click.UsageError(f"Expected a time such as 1d, 4h or 30m after --due-within, but got '{text}'") from None
