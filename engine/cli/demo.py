"""`heard demo`: a sample company, filled with cases, and what to type next."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from engine.cli.context import Context
from engine.cli.showing import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.demo.company import Guide
    from engine.store.database import Store

OWN = "sqlite:///demo.db"
ROWS = 8
HERE = "127.0.0.1"


@click.command()
@click.option("--database", metavar="URL", help=f"An empty database (else {OWN}, a file of the demo's own).")
@click.option("--at", metavar="TIME", help="Play as if it were this time (2026-11-23 09:00, Berlin time) and not now.")
@click.option("--reset", is_flag=True, help="Begin an earlier demo in the named database afresh.")
@click.option("--serve", "serves", is_flag=True, help="Then serve its pages, with its people to be, until Ctrl-C.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where to serve them (else 8000, or the next that is free)."
)
@click.pass_context
def demo(ctx: click.Context, database: str | None, at: str | None, reset: bool, serves: bool, port: int | None) -> None:
    """Fill a sample company with cases and show what to do next.

    Brightwater Software and its customers are invented. Three months of their inquiries, complaints, changes and
    corrective actions go through the real engine on a virtual clock, up to now; then public complaints are imported. An
    earlier demo.db is begun afresh.
    """
    from engine.cli.listening import listen_at
    from engine.demo import company, ground
    from engine.home import shipped
    from engine.library import catalog_of
    from engine.store.database import shown

    if port is not None and not serves:
        raise click.UsageError("Expected --serve beside --port, but it is not there")
    now = _time(at)
    # Before anything is played: whoever named a port that is taken need not wait to be told.
    listening = listen_at(HERE, port or 8000, "--port", free=port is None) if serves else None
    named = database or _named(ctx)
    url = named or OWN
    if (named is None or reset) and ground.begin_afresh(url):
        click.echo(f"An earlier demo in {shown(url)} is begun afresh.")
    home = shipped()
    catalog = catalog_of(home)
    with ground.open_empty(url, now) as store:
        acts = company.told(catalog, now)
        processes = company.deploy(store, catalog, company.first_day(acts))
        number = company.load_people(store, catalog)
        click.echo(f"Ready: {shown(url)}, with {number} people and the processes {', '.join(processes)}.")
        with _counting("Three months at a software company", len(acts)) as each:
            cases = company.play(store, acts, now, each)
        complaints = company.Complaints(store, home, now)
        with _counting("Public complaints", len(complaints.cases)) as each:
            brought = complaints.bring_in(each)
        click.echo(f"Played {len(cases)} cases in {len(acts)} steps; imported {brought.added} public complaints.")
        click.echo()
        _summary(store)
    _next(ctx, url, cases, company.GUIDE)
    if listening is not None:
        from engine.cli.serve import run

        click.echo("# or work, audit and change processes in a browser, as any of these people")
        run(Context(None, url), HERE, listening)


def _named(ctx: click.Context) -> str | None:
    """The database that the person named for the whole command line; None when it is nobody's choice."""
    chosen = ctx.parent.params.get("database") if ctx.parent is not None else None
    return chosen or os.environ.get("HEARD_DATABASE_URL") or None


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"Expected a time such as 2026-11-23 09:00, but got '{text}'") from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo("Europe/Berlin"))).astimezone(UTC)


@contextmanager
def _counting(label: str, length: int) -> Iterator[Callable[[Any], object]]:
    """A bar on a terminal; a line in a pipe."""
    if not sys.stderr.isatty():
        click.echo(f"{label} …")
        yield lambda done: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(1)


def _summary(store: Store) -> None:
    from engine.store import queries
    from engine.store.promises import promises

    counted = queries.counts(store)
    late = Counter(one.process for one in promises(store, breached=True, limit=500).rows)
    rows = []
    for process in sorted({one.process for one in counted}):
        cases: Counter[str] = Counter()
        for one in counted:
            if one.process == process:
                cases[one.status] += one.cases
        stages = len({state for one in counted if one.process == process for state in one.states.split(", ")})
        rows.append((process, cases["running"], cases["suspended"], cases["completed"], stages, late[process]))
    table(("process", "running", "suspended", "ended", "in so many stages", "promises overdue"), rows)


def _next(ctx: click.Context, url: str, cases: Mapping[str, str], guide: Guide) -> None:
    from engine.cli.clocks import clocks
    from engine.cli.inbox import inbox
    from engine.store.database import shown

    ctx.obj = Context(None, url)
    name = ctx.obj.directory().person(guide.person).name
    click.echo(f"\nThe inbox of {name}:\n")
    ctx.invoke(inbox, person=guide.person, process=None, limit=ROWS, as_json=False)
    click.echo("\nWhat was promised and not kept, the longest overdue first:\n")
    ctx.invoke(clocks, breached=True, within=None, process=None, status=None, limit=ROWS, as_json=False)
    heard = f"{_quoted(_program())} --database {_quoted(shown(url))}"
    click.echo("\nWhat you can type next:\n")
    for what, command in _commands(cases, guide):
        click.echo(f"# {what}\n{heard} {command}\n")


def _commands(cases: Mapping[str, str], guide: Guide) -> Iterator[tuple[str, str]]:
    """What a newcomer may want to see, and how."""
    values = " ".join(f"--set {_quoted(f'{field}={value}')}" for field, value in guide.values.items())
    own, late = cases[guide.story], cases[guide.late]
    yield "read what the customer asks", f"task {own} --as {guide.person}"
    yield "answer", f"complete {own} {guide.outcome} --as {guide.person} {values}"
    yield "see where the case stands", f"case {own}"
    yield "see everything that happened, and that nobody changed it since", f"history {own} --verify"
    yield "draw its way through the process", f"draw inquiry --case {own} --output {own}.svg"
    yield "see every promise that is overdue", "clocks --breached"
    yield (
        "see a complaint that was left lying, and why each of its promises is due when it is",
        f"case {late} --explain",
    )
    yield "see who was told of it, and when", f"history {late}"
    yield "see a complaint that waited for its corrective action", f"case {cases[guide.complaint]}"
    yield "see that corrective action: its cause, its plan, and the proof that it worked", f"case {cases[guide.action]}"
    yield "see one that did not work, and begins again", f"case {cases[guide.again]}"
    yield "see who is away, and who stands in", "absence list"
    yield "see what waits for a deputy", f"inbox --as {guide.deputy}"


def _quoted(word: str) -> str:
    """Double quotes, which every shell takes; these words hold nothing that is special inside them."""
    return f'"{word}"' if any(not (char.isalnum() or char in "-_./:=\\") for char in word) else word


def _program() -> str:
    """How this program was called, so that the lines above can be copied."""
    called = Path(sys.argv[0])
    found = shutil.which("heard")
    if called.stem != "heard" or not called.exists() or (found and Path(found).resolve() == called.resolve()):
        return "heard"
    try:
        return str(called.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(called)
