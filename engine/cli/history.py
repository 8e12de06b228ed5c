"""`heard history`: every event of a case, and whether it and the case itself are as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit, say_zone
from engine.errors import Rejected
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.definition.model import Definition
    from engine.store.history import Line, Verified


@click.command()
@click.argument("reference")
@click.option(
    "--verify",
    is_flag=True,
    help="Check every line against the chain of hashes, and the case against its last line; exit code 1 when one is "
    "not as it was written.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Each time of what happened again and again, such as a reminder."
)
@as_json
@click.pass_obj
def history(context: Context, reference: str, verify: bool, everything: bool, as_json: bool) -> None:
    """Show, and verify, the history of a case: every event with what it says, such as what a timer is for.

    What happened three times or more in a row, such as a reminder that repeats, is told once, with how often and from
    when to when. --json has every event in any case.
    """
    from engine.store import history as store_history

    engine = context.engine()
    found = engine.instance(engine.find(reference))
    try:
        lines = store_history.read(engine.store, found.id)
    except ValueError:  # a line that is no JSON any more
        why = store_history.verify(engine.store, found.id).why
        raise Rejected("chain-broken", f"Expected a readable history of {found.reference}, but {why}") from None
    checked = store_history.verify(engine.store, found.id) if verify else None
    if as_json:
        emit({"reference": found.reference, "events": lines, **({"verified": checked} if checked else {})})
    else:
        definition = engine.definition(found.digest)
        _tell(lines, definition, everything)
        say_zone(definition.calendar.zone)
        if checked is not None:
            _judge(checked, lines, definition.calendar.zone)
    if checked is not None and checked.differs:
        told = "; ".join(str(part) for part in checked.differs)
        raise Rejected("case-changed", f"Expected {found.reference} to be what its history says, but {told}")
    if checked is not None and not checked.ok:
        raise Rejected("chain-broken", f"Expected an unbroken history of {found.reference}, but {checked.why}")


def _judge(checked: Verified, lines: Sequence[Line], zone: str) -> None:
    whole = checked.ok or checked.differs
    click.echo(f"\n{checked.length} lines, chain {'holds' if whole else 'BROKEN: ' + checked.why}; head {checked.head}")
    if checked.differs:
        click.echo("The case itself is NOT what its history says.")
    elif checked.ok and checked.bound_from is None:
        click.echo("The case itself was never bound to it: its history was written by an earlier version of Heard.")
    elif checked.ok and checked.bound_from is not None:
        began = "" if lines[0].recorded_at >= checked.bound_from else local(checked.bound_from, zone)
        click.echo(f"The case itself is what its last step left.{began and f' It was not bound before {began}.'}")


def _tell(lines: Sequence[Line], definition: Definition, everything: bool) -> None:
    from engine.telling.repeats import distinct, repeats, steps
    from engine.telling.sentences import Teller

    zone = definition.calendar.zone
    teller = Teller(definition, zone)
    told = {line.seq: teller.tell(line.event) for line in lines}  # in their order: some speak of what came before
    for together in [(step,) for step in steps(lines)] if everything else repeats(lines):
        first, last = together[0][0], together[-1][-1]
        if len(together) == 1:
            for line in together[0]:
                event = line.event
                behalf = f" on behalf of {event.on_behalf_of}" if event.on_behalf_of else ""
                click.echo(f"{line.seq:4}  {local(event.at, zone)}  {event.actor}{behalf} ({event.via})  {event.type}")
                _show(told[line.seq])
            continue
        when = f"{local(first.event.at, zone)} – {local(last.event.at, zone)}"
        click.echo(
            f"{first.seq:4}  {when}  {first.event.actor} ({first.event.via})  up to line {last.seq}, again and again:"
        )
        for count, step in distinct(together):
            click.echo(f"      {count} times")
            for line in step:
                click.echo(f"                {line.event.type}")
                _show(told[line.seq])


def _show(texts: Sequence[str]) -> None:
    for text in texts:
        click.echo(f"                          {clean(text)}")
