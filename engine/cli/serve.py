"""`heard serve`: the pages, on this machine. `heard password`: how somebody gets one."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from engine import __version__
from engine.cli.context import Context
from engine.cli.listening import address_of, listen_at, place
from engine.cli.showing import log_format
from engine.logs import JSON, TEXT, facts, write_lines

if TYPE_CHECKING:
    from socket import socket

    from engine.runtime import Engine

log = logging.getLogger(__name__)


@click.command()
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to answer.")
@click.option("--threads", default=8, show_default=True, help="Requests that are answered at once.")
@click.option("--work/--no-work", "works", default=True, help="Do what is due meanwhile, as `heard worker` does.")
@log_format
@click.pass_obj
def serve(context: Context, listen: str, threads: int, works: bool, log_format: str) -> None:
    """Serve the pages until Ctrl-C.

    Behind a reverse proxy on the same machine, which brings HTTPS: 127.0.0.1 is all that has to be listened to.
    """
    host, port = place(listen)
    run(context, host, listen_at(host, port), threads, works, log_format)


def run(
    context: Context,
    host: str,
    listening: socket,
    threads: int = 8,
    works: bool = True,
    log_format: str = TEXT,
) -> None:
    """Serve there until somebody stops it."""
    from waitress.server import create_server

    from engine.store.database import ABSENCE
    from web import create_app
    from web.house import Settings

    if log_format == JSON:
        write_lines()
    engine = context.engine(ABSENCE)  # brought up to date before anybody asks
    app = create_app(Settings(home=str(context.home), database=context.url))
    server = create_server(app, sockets=[listening], threads=threads, ident="Heard")
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as Ctrl-C: what is in hand is finished
    worker = threading.Thread(target=_work, args=(engine, stop, log_format), name="heard-work")
    if works:
        worker.start()
    address = address_of(host, listening)
    if log_format == JSON:
        log.info("Serving", extra=facts("serving", address=address, version=__version__))
    else:
        click.echo(f"Open {address} in a browser. Ctrl-C stops it.")
    try:
        server.run()
    finally:
        stop.set()
        if works:
            worker.join()


def _work(engine: Engine, stop: threading.Event, log_format: str) -> None:
    import os

    from engine.cli.worker import log_round, say_problems
    from engine.workers.channels import handlers
    from engine.workers.channels.fetching import fetching
    from engine.workers.rounds import rounds

    for done in rounds(engine, stop, handlers(engine, os.environ), fetch=fetching(engine, os.environ)):
        if log_format == JSON:
            log_round(done, always=False)
        else:
            say_problems(done)


@click.command()
@click.argument("person")
@click.pass_obj
def password(context: Context, person: str) -> None:
    """Set somebody's password, asked for here; they are signed out everywhere."""
    from engine.store import sessions
    from web.passwords import hashed

    engine, known = context.engine(), context.directory().person(person)
    given = click.prompt(f"New password for {known.name}", hide_input=True, confirmation_prompt=True)
    kept = hashed(given, known.id)
    with engine.store.transaction():
        sessions.set_password(engine.store, known.id, kept, engine.clock())
        sessions.end_others(engine.store, known.id, "")
    click.echo(f"{known.name} can sign in with it now.")
