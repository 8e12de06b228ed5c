"""`heard history`: every event of a case, and whether the chain of hashes holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, clean, emit, local
from engine.errors import Rejected

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


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
            for text in details(event.type, event.body, zone):
                click.echo(f"                          {clean(text)}")
        if checked is not None:
            click.echo(
                f"\n{checked.length} lines, chain {'holds' if checked.ok else 'BROKEN: ' + checked.why}; head "
                f"{checked.head}"
            )
    if checked is not None and not checked.ok:
        raise Rejected("chain-broken", f"Expected an unbroken history of {found.reference}, but {checked.why}")


def details(type: str, body: Mapping[str, Any], zone: str) -> list[str]:
    """What an event says, in lines for people; times in `zone`."""
    if type == "moved":
        lines = [f"{body['from']} → {body['to']}  by {body['trigger']}"]
        for decided in body.get("decided", ()):
            values = ", ".join(f"{path} = {_short(value, zone)}" for path, value in decided["values"].items())
            lines.append(
                f"guard `{decided['when']}` "
                f"{'held' if decided['result'] else 'did not hold'}{f' with {values}' if values else ''}"
            )
        return lines
    if type in ("form-submitted", "values-set"):
        return [f"{name}: {_short(old, zone)} → {_short(new, zone)}" for name, (old, new) in body["changes"].items()]
    if type in ("message-sent", "message-unaddressed"):
        return [f"{body['template']} ({body['language']}) to {body['to'] or 'nobody'}: {body['subject']}"]
    return (
        ["; ".join(f"{key}: {_short(value, zone)}" for key, value in body.items() if key not in _INSIDE)]
        if body
        else []
    )


_INSIDE = ("task", "timer", "token", "index")
"""What only programs need."""


def _short(value: object, zone: str) -> str:
    """A value as people read it: yes and no, lists with commas, instants in the zone; cut when it is long."""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, list) and not any(isinstance(item, (list, Mapping)) for item in value):
        text = ", ".join(_short(item, zone) for item in value) or "none"
    elif isinstance(value, str) and _INSTANT.fullmatch(value):
        text = local(datetime.fromisoformat(value), zone)
    else:
        text = "—" if value is None else str(value)
    return text if len(text) <= 100 else text[:99] + "…"
