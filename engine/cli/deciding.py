"""`heard decide`: one person's decision in an approval.

A task is named as in `heard task`, which shows what is decided about.
"""

from __future__ import annotations

from typing import Any

import click

from engine.cli.approval import SHORT, show_asked
from engine.cli.context import Context
from engine.cli.showing import as_person
from engine.cli.task import find_task, instance_of, told
from engine.core.ballots import DECISIONS


@click.command()
@click.argument("name", metavar="TASK")
@click.argument("decision", type=click.Choice(DECISIONS))
@as_person
@click.option("--comment", default="", help="Why; needed for everything but approve.")
@click.option("--on-behalf-of", "behalf", metavar="PERSON", default="", help="Who made me their deputy.")
@click.option("--seen", default="", help="The content I saw, as `heard task` shows it; refused when it has changed.")
@click.option("--reauthenticated", is_flag=True, help="I have just proved who I am, where the process asks for it.")
@click.option("--key", default="", help="A key of your own: the same request again answers with the first result.")
@click.pass_obj
def decide(
    context: Context,
    name: str,
    decision: Any,
    person: str | None,
    comment: str,
    behalf: str,
    seen: str,
    reauthenticated: bool,
    key: str,
) -> None:
    """Decide in an approval: approve, reject, request-changes, abstain or recuse."""
    from engine.core.commands import Decide

    engine = context.engine()
    actor = context.actor(person)
    found = find_task(context, name)
    instance = engine.instance(instance_of(found))
    approval = instance.approvals.get(found)
    # What is shown is the beginning of a hash; another beginning stays what it is, and the core refuses it.
    same = approval is not None and len(seen) >= SHORT and approval.content.startswith(seen)
    content = approval.content if approval is not None and same else seen
    command = Decide(
        at=engine.clock(),
        actor=actor,
        task=found,
        decision=decision,
        comment=comment,
        content=content,
        on_behalf_of=behalf,
        reauthenticated=reauthenticated,
        key=key,
    )
    result = engine.do(instance_of(found), command)
    if approval is not None:
        show_asked(engine.definition(instance.digest), approval)
    told(context, result)
