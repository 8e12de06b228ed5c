"""`heard work`: do what is due."""

from __future__ import annotations

import signal
import threading

import click

from engine.cli.context import Context
from engine.telling.values import local


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option(
    "--until", metavar="TIME", help="Go on until this time (2026-11-23 18:00, UTC unless it says otherwise), then stop."
)
@click.option(
    "--every",
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    type=click.FloatRange(0.1, 3600),
    help="How often to look.",
)
@click.pass_obj
def work(context: Context, once: bool, until: str | None, every: float) -> None:
    """Fire the timers that are due; the longest overdue first. Without --once it goes on until it is stopped.

    It may be stopped at any moment, also by force: a timer fires in one transaction, or not yet.
    """
    from datetime import UTC, datetime

    from engine.workers.rounds import rounds

    engine = context.engine()
    end = None
    if until:
        try:
            end = datetime.fromisoformat(until)
        except ValueError:
            raise click.UsageError(f"Expected a time such as 2026-11-23 18:00, but got '{until}'") from None
        end = end if end.tzinfo is not None else end.replace(tzinfo=UTC)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if once:
        stop.set()
    for now, swept in rounds(engine, stop, every, end):
        if swept.fired or swept.failed or once:
            click.echo(
                f"{local(now, 'UTC')} UTC  fired {swept.fired} timers"
                + (f", {swept.incidents} raised an incident" if swept.incidents else "")
            )
        for timer, why in swept.failed.items():
            click.echo(f"  {timer}: {why}", err=True)
    if once and swept.failed:
        raise SystemExit(1)
