"""`heard inbox`: the tasks that wait for a person, the next promised first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, counted, emit, table
from engine.cli.task import called
from engine.telling.values import local

if TYPE_CHECKING:
    from engine.store.inbox import InboxRow


@click.command()
@as_person
@click.option("--process", metavar="PROCESS", help="Only tasks of this process.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="At most so many.")
@as_json
@click.pass_obj
def inbox(context: Context, person: str | None, process: str | None, limit: int, as_json: bool) -> None:
    """List the tasks that wait for a person: their own, those that their roles may take, and those of people for whom
    they stand in.

    The next due comes first, by the task's own due time or the next promise of its case, whichever is earlier; a case
    of high or urgent priority is marked.
    """
    from engine.runtime import wall_clock
    from engine.store.inbox import inbox as listing
    from engine.store.inbox_parts import Only

    actor, only = context.actor(person), Only(process=process or "")
    page = listing(context.store(), actor.id, actor.roles, actor.stands_in, only=only, limit=limit)
    if as_json:
        emit(page.rows)
        return
    if not page.rows:
        click.echo(f"Nothing waits for {actor.id}.")
        return
    zone = context.directory().person(actor.id).zone or "UTC"
    times = _times(context, page.rows, wall_clock())
    rows = [
        (
            called(row.task, row.reference),
            f"for {row.acting_for}" if row.acting_for else "mine" if row.assignee == actor.id else "free",
            times[row.task][0],
            local(row.due_at, zone),
            times[row.task][1],
            f"[{row.priority}] {row.title}" if row.priority else row.title,
            row.subject,
        )
        for row in page.rows
    ]
    table(("task", "whose", "due", f"due at ({zone})", "case promised", "what to do", "about"), rows)
    more = " There are more: --limit shows them." if page.next else ""
    click.echo(
        f"\n{counted(len(page.rows), 'task')}.{more} `heard task TASK --as {actor.id}` shows one; `heard "
        f"complete TASK OUTCOME --as {actor.id}` does it."
    )


def _times(context: Context, rows: Sequence[InboxRow], now: datetime) -> dict[str, tuple[str, str]]:
    """How far away each task is due, and the next promise of its case, as the pages say it."""
    from engine.store import own_cases
    from engine.telling import deadlines

    promised = own_cases.promised(context.store(), [row.instance for row in rows])
    definitions = {process: context.engine().in_force(process) for process in {row.process for row in rows}}
    found = {}
    for row in rows:
        definition = definitions[row.process]
        name, at = promised.get(row.instance, ("", None))
        away = deadlines.of_task(definition, row, now), deadlines.of_clock(definition, name, at, now)
        due, promise = (one.words if one is not None else "" for one in away)
        found[row.task] = due, promise
    return found
