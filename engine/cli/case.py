"""`heard start`, `cases`, and what can be asked of a case as a whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, counted, emit, table
from engine.cli.task import told
from engine.cli.values import Given, forms_of, gather, value_options
from engine.telling.values import local

if TYPE_CHECKING:
    from engine.search_words import Vocabulary


@click.command()
@click.argument("process")
@as_person
@value_options
@click.option(
    "--received",
    metavar="TIME",
    help="When it was received, such as 2026-11-20 16:30 (in the process's zone); now, when nothing is said.",
)
@click.option("--key", default="", help="A key of your own: the same request again answers with the first case.")
@click.option("--external-id", default="", help="The case's id in another system; may exist once in a process.")
@click.pass_obj
def start(
    context: Context,
    process: str,
    person: str | None,
    given: Given,
    received: str | None,
    key: str,
    external_id: str,
) -> None:
    """Start a case."""
    engine = context.engine()
    definition = engine.in_force(process)
    values = gather(context, forms_of(definition.start.form), given)
    at = when(received, definition.calendar) if received else None
    told(
        context, engine.start(process, context.actor(person), values, received_at=at, key=key, external_id=external_id)
    )


def when(text: str, calendar: Any) -> datetime:
    """A time as people write it, in the calendar's zone unless it says its own."""
    try:
        at = datetime.fromisoformat(text)
        localised: datetime = at if at.tzinfo is not None else calendar.localise(at)
    except (ValueError, OverflowError):
        raise click.UsageError(f"Expected a time such as 2026-11-20 16:30, but got '{text}'") from None
    return localised


@click.command()
@click.option("--process", metavar="PROCESS")
@click.option("--status", type=click.Choice(["running", "suspended", "completed", "cancelled"]))
@click.option("--state", metavar="STATE")
@click.option(
    "--search",
    default="",
    metavar="TEXT",
    help="Words of reference, subject, customer, external id, open tasks, or their beginnings; tag:vip; field:value.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@as_json
@click.pass_obj
def cases(
    context: Context, process: str | None, status: str | None, state: str | None, search: str, limit: int, as_json: bool
) -> None:
    """List and search cases, the latest received first."""
    from engine.search_words import Vocabulary, unknown
    from engine.store import queries
    from engine.store.search import Eyes

    words = _vocabulary(context) if ":" in search else Vocabulary()
    page = queries.cases(
        context.store(),
        process=process,
        status=status,
        state=state,
        text=search,
        limit=limit,
        eyes=Eyes(meanings=words.meanings),
    )
    if not page.rows:
        for one in unknown(search, words):
            meant = f", did you mean '{one.instead}'?" if one.instead else "."
            there = ", ".join(one.offered)
            click.echo(f"No process has a field '{one.name}'{meant} There are, among others: {there}.", err=True)
    if as_json:
        emit(page.rows)
        return
    rows = [
        (
            one.reference,
            one.status,
            one.outcome or one.states,
            local(one.received_at, "UTC"),
            one.customer_name,
            one.subject,
        )
        for one in page.rows
    ]
    table(("case", "status", "where", "received (UTC)", "customer", "about"), rows)
    click.echo(f"\n{counted(len(rows), 'case')}." + (" There are more: --limit shows them." if page.next else ""))


def _vocabulary(context: Context) -> Vocabulary:
    from engine.search_words import vocabulary
    from engine.store import deployments

    engine = context.engine()
    return vocabulary(engine.definition(digest) for digest in {one.digest for one in deployments.all_of(engine.store)})


def _ask(context: Context, reference: str, person: str | None, kind: type, **more: Any) -> None:
    engine = context.engine()
    told(context, engine.do(engine.find(reference), kind(at=engine.clock(), actor=context.actor(person), **more)))


@click.command()
@click.argument("reference")
@click.argument("name", metavar="MOVE")
@as_person
@value_options
@click.option("--comment", default="")
@click.pass_obj
def trigger(
    context: Context,
    reference: str,
    name: str,
    person: str | None,
    given: Given,
    comment: str,
) -> None:
    """Ask for a move that belongs to no task, such as withdraw."""
    from engine.core.commands import Trigger

    engine = context.engine()
    definition = engine.definition(engine.instance(engine.find(reference)).digest)
    moves = [
        definition.anywhere.get(name),
        *(state.on.get(name) for state in definition.states.values() if state.work is None),
    ]
    move = next((move for move in moves if move is not None), None)
    values = gather(context, forms_of(move.form if move is not None else None), given)
    _ask(context, reference, person, Trigger, name=name, values=values, comment=comment)


@click.command()
@click.argument("reference")
@click.argument("name", metavar="MESSAGE")
@as_person
@value_options
@click.pass_obj
def message(context: Context, reference: str, name: str, person: str | None, given: Given) -> None:
    """Bring a message from outside, such as a customer's reply, to a case that waits for it."""
    from engine.core.commands import Correlate

    engine = context.engine()
    found = engine.instance(engine.find(reference))
    definition = engine.definition(found.digest)
    wait = next((wait for wait in found.waits if wait.message == name), None)
    move = definition.states[wait.state].waits[name] if wait is not None else definition.heeded.get(name)
    values = gather(context, forms_of(move.form if move is not None else None), given)
    _ask(context, reference, person, Correlate, message=name, values=values)


@click.command()
@click.argument("reference")
@click.argument("text")
@as_person
@click.pass_obj
def comment(context: Context, reference: str, text: str, person: str | None) -> None:
    """Write a comment into the history. Colleagues who are named in it, such as @ann, are told."""
    from engine.core.commands import Comment

    _ask(context, reference, person, Comment, text=text, mentions=context.directory().mentioned(text))


@click.command()
@click.argument("reference")
@click.argument("words", metavar="WORD", nargs=-1, required=True)
@as_person
@click.option("--remove", is_flag=True, help="Take them off.")
@click.pass_obj
def tag(context: Context, reference: str, words: tuple[str, ...], person: str | None, remove: bool) -> None:
    """Put tags on a case, or take them off: words by which `heard cases --search tag:WORD` finds it."""
    from engine.core.commands import Tag

    engine = context.engine()
    case = engine.find(reference)
    add, off = ((), words) if remove else (words, ())
    engine.do(case, Tag(at=engine.clock(), actor=context.actor(person), add=add, remove=off))
    found = engine.instance(case)
    click.echo(f"{found.reference}: {', '.join(found.tags) or 'no tags'}")


@click.command()
@click.argument("reference")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_person
@click.option("--note", default="", help="What it is.")
@click.pass_obj
def attach(context: Context, reference: str, file: Path, person: str | None, note: str) -> None:
    """Attach a file: its content is kept under its SHA-256, and the history says who attached it."""
    from engine.cli.attaching import keep
    from engine.core.commands import Attach

    engine = context.engine()
    actor = context.actor(person)
    with engine.store.transaction():
        about = keep(engine, file)
        engine.do(engine.find(reference), Attach(at=engine.clock(), actor=actor, file=about, note=note))
    click.echo(f"Attached {file.name} ({about['sha256'][:12]}).")


@click.command()
@click.argument("reference")
@as_person
@value_options
@click.option("--comment", default="")
@click.pass_obj
def reopen(context: Context, reference: str, person: str | None, given: Given, comment: str) -> None:
    """Reopen a case that has ended, as its process allows."""
    from engine.core.commands import Reopen

    engine = context.engine()
    found = engine.instance(engine.find(reference))
    state = engine.definition(found.digest).states.get(found.states[0]) if found.states else None
    move = state.ending.reopen if state is not None and state.ending is not None else None
    values = gather(context, forms_of(move.form if move is not None else None), given)
    _ask(context, reference, person, Reopen, values=values, comment=comment)


def _with_reason(name: str, help: str) -> click.Command:
    @click.command(name, help=help)
    @click.argument("reference")
    @click.option("--reason", required=True, help="Why; it is kept in the history.")
    @as_person
    @click.pass_obj
    def command(context: Context, reference: str, reason: str, person: str | None) -> None:
        from engine.core import commands

        _ask(context, reference, person, getattr(commands, name.capitalize()), reason=reason)

    return command


suspend = _with_reason("suspend", "Halt a case: no timer fires and no task can be completed until it is resumed.")
resume = _with_reason(
    "resume", "Let a suspended case go on; timers that fell due meanwhile fire at the next `heard worker`."
)
cancel = _with_reason("cancel", "End a case from outside its process; for the process's owner.")
