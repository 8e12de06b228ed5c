"""`heard serve`: the pages, on this machine. `heard password`: how somebody gets one."""

from __future__ import annotations

import click

from engine.cli.context import Context


@click.command()
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8000", show_default=True, help="Where to answer.")
@click.option("--threads", default=8, show_default=True, help="Requests that are answered at once.")
@click.pass_obj
def serve(context: Context, listen: str, threads: int) -> None:
    """Serve the pages until Ctrl-C.

    Behind a reverse proxy on the same machine, which brings HTTPS: 127.0.0.1 is all that has to be listened to.
    """
    import waitress

    from web import create_app
    from web.house import Settings

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"Expected HOST:PORT after --listen, but got '{listen}'")
    context.store().close()  # brought up to date before anybody asks
    app = create_app(Settings(home=str(context.home), database=context.url))
    click.echo(f"Heard is at http://{host}:{port}/ — stop it with Ctrl-C.")
    try:
        waitress.serve(app, listen=listen, threads=threads, ident="Heard", _quiet=True)
    except OSError as error:
        raise click.UsageError(f"Expected a free port, but {listen} cannot be used: {error.strerror}") from error


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
