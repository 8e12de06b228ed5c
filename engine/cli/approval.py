"""What `heard task` shows of an approval: what is decided about, by which rule, and how it stands.

Owns these words. Counts nothing: `engine.core.ballots` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.cli.showing import due, emit, say_zone, show_values, table
from engine.core.ballots import DECISIONS
from engine.telling.values import clean, local, said

if TYPE_CHECKING:
    from engine.core.draft import Draft
    from engine.core.instance import Approval, Instance, Task
    from engine.definition.model import Definition
    from engine.telling.approvals import Standing

SHORT = 12
"""Characters of a hash that are shown, and enough to name it."""


def show_approval(context: Context, instance: Instance, task: Task, draft: Draft, as_json: bool) -> None:
    """What is decided, the rule in words, who has decided what, how many more are needed, what was changed since."""
    from engine.core.approvals import decides_for
    from engine.keywords.deciding import in_words
    from engine.store import history
    from engine.telling.approvals import standing

    stands = standing(draft, task, history.read(context.engine().store, instance.id))
    approval, rule = stands.approval, stands.rule
    me, mine = draft.actor.id, decides_for(draft, task.id)
    others = [person for person in mine if person != me]
    if as_json:
        shown = {"rule": in_words(rule), "round": approval.round, "content": approval.content, "decided": stands.given}
        if approval.asked is not None:
            shown |= {"asked": {name: approval.asked[name] for name in ("move", "by", "values", "comment")}}
        shown |= {
            "needed": stands.needed,
            "may_decide": stands.may,
            "changed": [f"{one.form}.{one.field}" for one in stands.changed],
        }
        shown |= {"earlier": stands.earlier, "may_act_for": others}
        acting_for = mine[0] if mine and mine[0] != me else ""
        emit({"task": task, "case": instance.reference, "acting_for": acting_for, "approval": shown})
        return
    zone = draft.definition.calendar.zone
    click.secho(clean(f"{task.title}  ({instance.reference} — {instance.subject})"), bold=True)
    click.echo(f"an approval: {in_words(rule)}; {due(task.due_at, zone)}")
    if rule.reauthenticate:
        click.echo("Whoever decides has to prove who they are once more.")
    show_asked(draft.definition, approval)
    if approval.asked is not None:
        show_values(approval.asked["values"], zone)
    for bound in stands.plan.binds:
        values = draft.values(approval.token).get(bound)
        click.echo(f"\n{bound}, which is decided about (content {approval.content[:SHORT]})")
        if isinstance(values, Mapping):
            show_values(values, zone)
    show_rounds(stands, zone)
    click.echo("\nDecided" if stands.given else "\nNobody has decided yet")
    if stands.given:
        rows = ((one.person, one.decision, ", ".join(one.roles), one.by, one.comment) for one in stands.given)
        table(("who", "what", "as", "deputy", "why"), rows)
    click.echo(f"\n{stands.needed} more to say yes; may decide: {', '.join(stands.may) or 'nobody'}")
    if others:
        usual = "in your own name" if mine[0] == me else f"on behalf of {mine[0]}"
        named = ", ".join(person for person in others if person != mine[0])
        click.echo(f"You would decide {usual}{f'; with --on-behalf-of, for {named}' if named else ''}.")
    stays = "everything stays as it is" if stands.asked is not None else "stays"
    for outcome, leads_to in stands.outcomes:
        click.echo(f"  {outcome} → {', '.join(leads_to) or stays}")
    choices = [one for one in DECISIONS if one != "request-changes" or stands.changes]
    number = f".{task.id.rpartition('.')[2]}" if len(instance.tasks) > 1 else ""
    click.echo(f"Decide with `heard decide {instance.reference}{number} DECISION`: {', '.join(choices)}")
    say_zone(zone)


def show_rounds(stands: Standing, zone: str) -> None:
    """What was said in earlier rounds, and what has been changed since the last of them; nothing in the first."""
    for one in stands.earlier:
        click.echo(clean(f"\nAn earlier round, {one.outcome} {local(one.at, zone)}; it does not stand for this one"))
        table(
            ("who", "what", "deputy", "why"), ((each.person, each.decision, each.by, each.comment) for each in one.said)
        )
    if stands.changed:
        click.echo("\nChanged since")
        for change in stands.changed:
            before, after = said(change.before, zone), said(change.after, zone)
            click.echo(f"  {clean(f'{change.form}.{change.field}')}: {before} → {after}")


def show_asked(definition: Definition, approval: Approval) -> None:
    """Who asked for what, and others have to confirm it; nothing for an approval of the process's own."""
    from engine.keywords.needs import move_of, title_of

    asked = approval.asked
    if asked is None:
        return
    title = title_of(move_of(definition, approval), definition.languages[0])
    behalf = f" on behalf of {', '.join(asked['by'][1:])}" if asked["by"][1:] else ""
    said = f": {asked['comment']}" if asked["comment"] else ""
    click.echo(clean(f"{asked['by'][0]}{behalf} asks for '{title}'{said} (content {approval.content[:SHORT]})"))
