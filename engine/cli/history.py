"""`heard history`: every event of a case, and whether the chain of hashes holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, clean, emit, local
from engine.errors import Rejected


@click.command()
@click.argument("reference")
@click.option(
    "--verify", is_flag=True, help="Check every line against the chain of hashes; exit code 1 when it is broken."
)
@as_json
@click.pass_obj
def history(context: Context, reference: str, verify: bool, as_json: bool) -> None:
    """Show, and verify, the history of a case."""
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
        zone = engine.definition(found.digest).calendar.zone
        for line in lines:
            event = line.event
            behalf = f" on behalf of {event.on_behalf_of}" if event.on_behalf_of else ""
            click.echo(f"{line.seq:4}  {local(event.at, zone)}  {event.actor}{behalf} ({event.via})  {event.type}")
            for text in details(event.type, event.body):
                click.echo(f"                          {clean(text)}")
        if checked is not None:
            click.echo(
                f"\n{checked.length} lines, chain {'holds' if checked.ok else 'BROKEN: ' + checked.why}; head "
                f"{checked.head}"
            )
    if checked is not None and not checked.ok:
        raise Rejected("chain-broken", f"Expected an unbroken history of {found.reference}, but {checked.why}")


def details(type: str, body: Mapping[str, Any]) -> list[str]:
    """What an event says, in lines for people."""
    if type == "moved":
        lines = [f"{body['from']} → {body['to']}  by {body['trigger']}"]
        for decided in body.get("decided", ()):
            values = ", ".join(f"{path} = {value}" for path, value in decided["values"].items())
            lines.append(
                f"guard `{decided['when']}` "
                f"{'held' if decided['result'] else 'did not hold'}{f' with {values}' if values else ''}"
            )
        return lines
    if type in ("form-submitted", "values-set"):
        return [f"{name}: {_short(old)} → {_short(new)}" for name, (old, new) in body["changes"].items()]
    if type in ("message-sent", "message-unaddressed"):
        return [f"{body['template']} ({body['language']}) to {body['to'] or 'nobody'}: {body['subject']}"]
    return (
        ["; ".join(f"{key}: {_short(value)}" for key, value in body.items() if key not in ("task", "timer", "token"))]
        if body
        else []
    )


def _short(value: object) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= 100 else text[:99] + "…"
