"""`heard drafts`: what I typed and have not handed in."""

from __future__ import annotations

from dataclasses import asdict

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, emit, show_values
from engine.cli.task import called, instance_of
from engine.telling.values import clean, local


@click.command("drafts")
@as_person
@as_json
@click.pass_obj
def list_drafts(context: Context, person: str | None, as_json: bool) -> None:
    """List what I typed and have not handed in, also for tasks that are gone."""
    from engine.store import drafts, instances, queries

    actor = context.actor(person)
    store = context.store()
    found = drafts.of_person(store, actor.id)
    rows = []
    for typed in found:
        outside, _, move = typed.task.partition("/")
        case = instances.load(store, outside if move else instance_of(typed.task))
        row = queries.task(store, typed.task)
        reference = typed.task
        if case is not None:
            reference = f"{case.reference} {move}" if move else called(typed.task, case.reference)
        rows.append((reference, row.status if row is not None else "" if move else "gone", typed))
    if as_json:
        emit([{**asdict(typed), "id": typed.task, "task": name, "status": status} for name, status, typed in rows])
        return
    if not rows:
        click.echo(f"{actor.id} has handed in everything.")
    for name, status, typed in rows:
        chosen = f", outcome {typed.outcome}" if typed.outcome else ""
        where = f"the task is {status}" if status else "a move outside tasks"
        click.echo(clean(f"{name}  typed {local(typed.saved_at, 'UTC')} UTC{chosen}; {where}"))
        show_values(typed.values, "UTC")
