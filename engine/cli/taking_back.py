"""`heard take-back`: what somebody has just sent does not go out."""

from __future__ import annotations

import click

from engine.cli.context import Context
from engine.cli.showing import as_person
from engine.cli.task import told
from engine.telling.values import clean


@click.command("take-back")
@click.argument("reference")
@as_person
@click.pass_obj
def take_back(context: Context, reference: str, person: str | None) -> None:
    """Take back the last message that I sent to the outside in this case, as long as it waits: for 15 seconds.

    What was done by sending it is undone with it: the case stands where it stood, and what was typed is there again.
    When somebody has gone on meanwhile, only the message is taken back, and a task to write it again is opened.
    """
    from engine.core.commands import WithdrawMessage
    from engine.errors import Rejected

    engine, actor = context.engine(), context.actor(person)
    case = engine.find(reference)
    mine = [one for one in engine.instance(case).sent if one.by == actor.id]
    if not mine:
        raise Rejected("nothing-to-take-back", f"Expected a message of {actor.id} that still waits, but there is none")
    last = mine[-1]
    done = engine.do(case, WithdrawMessage(at=engine.clock(), actor=actor, message=last.id))
    click.echo(clean(f"Taken back: “{last.message.subject}” does not go out to {last.message.to}."))
    told(context, done)
