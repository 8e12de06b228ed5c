"""`heard doctor`: whether everything runs that has to."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit
from engine.telling.values import clean

if TYPE_CHECKING:
    from engine.errors import Rejected


@click.command()
@as_json
@click.pass_obj
def doctor(context: Context, as_json: bool) -> None:
    """Check the set-up: database, tables, workers, driver, timers, outbox, mail, webhooks, incidents,
    histories, clocks.

    Says what to do about what is wrong, and ends with 1 then. Changes nothing and sends nothing.
    """
    from engine.doctor import examine, refused
    from engine.errors import Rejected
    from engine.findings import BAD, GOOD, NOTE
    from engine.outside_checks import Probe
    from engine.runtime import Engine
    from engine.store.database import open_database
    from engine.workers.channels import handlers, probe
    from engine.workers.channels.imap import mailbox
    from engine.workers.delivering import Handlers

    def asks(make: Callable[[], Probe | None]) -> Probe | None:
        """What the environment names; where that cannot be meant, a probe that says so."""
        try:
            return make()
        except Rejected as rejected:
            return partial(_complain, rejected)

    def box() -> Probe | None:
        found = mailbox(os.environ)
        return found.probe if found is not None else None

    mail = asks(lambda: probe(os.environ))
    try:
        engine = Engine(open_database(context.url))  # as it is, and not brought up to date
    except Rejected as rejected:
        found = refused(rejected)
    else:
        try:
            ours: Handlers = handlers(engine, os.environ)
        except Rejected:
            ours = {}  # `mail` says why
        found = examine(engine, ours, mail, os.environ, asks(box))
    bad = list(dict.fromkeys(one.what for one in found if one.sign == BAD))
    if as_json:
        emit(found)
    else:
        signs = {GOOD: ("ok  ", "green"), NOTE: ("note", "yellow"), BAD: ("BAD ", "red")}
        for one in found:
            word, colour = signs[one.sign]
            click.echo(f"{click.style(word, fg=colour)}  {one.what:10}  {clean(one.said)}")
            if one.advice:
                click.echo(f"                  → {one.advice}")
        click.echo(f"\nTo be mended: {', '.join(bad)}." if bad else "\nNothing has to be mended.")
    if bad:
        raise SystemExit(1)


def _complain(rejected: Rejected) -> str:
    raise rejected
