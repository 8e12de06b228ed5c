"""`heard worker`: do what is due."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

import click

from engine import __version__
from engine.cli.context import Context
from engine.cli.listening import address_of, listen_at, place
from engine.cli.showing import counted, log_format
from engine.logs import JSON, facts, write_lines
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.workers.life import Pulse
    from engine.workers.rounds import Round

log = logging.getLogger(__name__)

_CAME_TO = {
    "sent": "sent {}",
    "failed": "{} to be sent again later",
    "put-off": "{} put off",
    "given-up": "gave up {}",
}


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
@click.option("--listen", metavar="HOST:PORT", help="Answer there, for monitors: /health, /ready and /metrics.")
@click.option(
    "--longest-round",
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    type=click.FloatRange(1, 86_400),
    help="It counts as alive no longer when a round takes longer; with --listen, /health fails.",
)
@log_format
@click.pass_obj
def worker(
    context: Context,
    once: bool,
    until: str | None,
    every: float,
    listen: str | None,
    longest_round: float,
    log_format: str,
) -> None:
    """Fire the timers that are due, and send what waits, the longest overdue first; and take in the mail that has come.
    Without --once it goes on until it is stopped.

    Several may run at once, also on several machines. It may be stopped at any moment: Ctrl-C or SIGTERM lets it finish
    what is in hand; stopped by force, nothing is lost.
    """
    import os
    from datetime import UTC, datetime

    from engine.store.database import ABSENCE
    from engine.workers.channels import handlers
    from engine.workers.channels.fetching import fetching
    from engine.workers.life import Pulse
    from engine.workers.rounds import rounds

    if log_format == JSON:
        write_lines()
    engine = context.engine(ABSENCE)
    end = engine.clock() if once else None
    if until:
        try:
            end = datetime.fromisoformat(until)
        except ValueError:
            raise click.UsageError(f"Expected a time such as 2026-11-23 18:00, but got '{until}'") from None
        end = end if end.tzinfo is not None else end.replace(tzinfo=UTC)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    failed = False
    pulse = Pulse(every + longest_round)
    if listen:
        answer_monitors(context, listen, pulse, log_format)
    tell = log_round if log_format == JSON else say_round
    fetch = fetching(engine, os.environ)
    for done in rounds(engine, stop, handlers(engine, os.environ), every=every, until=end, fetch=fetch, pulse=pulse):
        tell(done, once)
        failed |= bool(done.swept.failed or done.trouble)
    if once and failed:
        raise SystemExit(1)


def answer_monitors(context: Context, listen: str, pulse: Pulse, log_format: str) -> None:
    """From now on, until the program ends."""
    from waitress.server import create_server

    from web import create_monitor
    from web.house import Settings

    host, port = place(listen)
    listening = listen_at(host, port)
    server = create_server(
        create_monitor(Settings(home=str(context.home), database=context.url), pulse.silent),
        sockets=[listening],
        threads=2,
        ident="Heard",
    )
    threading.Thread(target=server.run, name="heard-monitor", daemon=True).start()
    address = address_of(host, listening)
    if log_format == JSON:
        log.info("Answering monitors", extra=facts("serving", address=address, version=__version__))
    else:
        click.echo(f"Monitors are answered at {address}health, {address}ready and {address}metrics.")


def in_words(done: Round) -> str:
    """What a round came to, on one line."""
    said = [f"fired {counted(done.swept.fired, 'timer')}"]
    said += [f"{done.swept.incidents} raised an incident"] if done.swept.incidents else []
    said += [words.format(done.posted[one]) for one, words in _CAME_TO.items() if done.posted[one]]
    if new := done.came.total() - done.came["again"]:
        parked = f", {done.came['parked']} of them parked" if done.came["parked"] else ""
        said.append(f"took in {counted(new, 'mail')}{parked}")
    said += [f"forgot {counted(done.forgotten, 'mail')} that came to no case"] if done.forgotten else []
    return ", ".join(said)


def say_round(done: Round, always: bool) -> None:
    """A round in words, when something was done in it; what could not be done on the error stream."""
    if always or done.swept.fired or done.posted or done.came or done.forgotten:
        click.echo(f"{local(done.at, 'UTC')} UTC  {in_words(done)}")
    say_problems(done)


def say_problems(done: Round) -> None:
    for one in (*(f"{timer}: {why}" for timer, why in done.swept.failed.items()), *dict.fromkeys(done.trouble)):
        click.echo(f"  {clean(one)}", err=True)


def log_round(done: Round, always: bool) -> None:
    """A round as a line for programs. Why something failed stands in lines of its own."""
    swept, failed = done.swept, [*done.swept.failed]
    if always or swept.fired or failed or done.trouble or done.posted or done.came or done.forgotten:
        counts = {"fired": swept.fired, "incidents": swept.incidents, "posted": dict(done.posted)}
        counts |= {"mails": dict(done.came)} if done.came else {}
        counts |= {"forgotten": done.forgotten} if done.forgotten else {}
        level = logging.WARNING if failed or done.trouble else logging.INFO
        told = facts("round", **counts, failed=failed, trouble=len(done.trouble))
        log.log(level, "A round", extra=told)
