"""`heard doctor`: whether everything runs that has to."""

from __future__ import annotations

import os

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit
from engine.telling.values import clean


@click.command()
@as_json
@click.pass_obj
def doctor(context: Context, as_json: bool) -> None:
    """Check the set-up: database, tables, workers, driver, timers, outbox, mail, incidents, histories, clocks.

    Says what to do about what is wrong, and ends with 1 then. Changes nothing and sends nothing.
    """
    from engine.doctor import BAD, GOOD, NOTE, examine, refused
    from engine.errors import Rejected
    from engine.runtime import Engine
    from engine.store.database import open_database
    from engine.workers.channels import handlers, probe
    from engine.workers.channels.imap import mailbox
    from engine.workers.driving import wanted

    try:
        engine = Engine(open_database(context.url))  # as it is, and not brought up to date
        box = mailbox(os.environ)
        seen = box.probe if box is not None else None
        found = examine(engine, handlers(engine, os.environ), probe(os.environ), wanted(os.environ), seen)
    except Rejected as rejected:
        found = refused(rejected)
    if as_json:
        emit(found)
    else:
        signs = {GOOD: ("ok  ", "green"), NOTE: ("note", "yellow"), BAD: ("BAD ", "red")}
        for one in found:
            word, colour = signs[one.sign]
            click.echo(f"{click.style(word, fg=colour)}  {one.what:10}  {clean(one.said)}")
            if one.advice:
                click.echo(f"                  → {one.advice}")
    if any(one.sign == BAD for one in found):
        raise SystemExit(1)
