"""`heard history`: every event of a case, and whether the chain of hashes holds."""

from __future__ import annotations

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit
from engine.errors import Rejected
from engine.telling.values import clean, local


@click.command()
@click.argument("reference")
@click.option(
    "--verify", is_flag=True, help="Check every line against the chain of hashes; exit code 1 when it is broken."
)
@as_json
@click.pass_obj
def history(context: Context, reference: str, verify: bool, as_json: bool) -> None:
    """Show, and verify, the history of a case: every event with what it says, such as what a timer is for."""
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
        from engine.telling.sentences import Teller

        definition = engine.definition(found.digest)
        zone = definition.calendar.zone
        teller = Teller(definition, zone)
        for line in lines:
            event = line.event
            behalf = f" on behalf of {event.on_behalf_of}" if event.on_behalf_of else ""
            click.echo(f"{line.seq:4}  {local(event.at, zone)}  {event.actor}{behalf} ({event.via})  {event.type}")
            for text in teller.tell(event):
                click.echo(f"                          {clean(text)}")
        if checked is not None:
            click.echo(
                f"\n{checked.length} lines, chain {'holds' if checked.ok else 'BROKEN: ' + checked.why}; head "
                f"{checked.head}"
            )
    if checked is not None and not checked.ok:
        raise Rejected("chain-broken", f"Expected an unbroken history of {found.reference}, but {checked.why}")
