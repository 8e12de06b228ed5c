"""What `heard task` shows of an approval: what is decided about, by which rule, and how it stands.

Owns these words. Counts nothing: `engine.core.ballots` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

import click

from engine.cli.context import Context
from engine.cli.showing import emit, show_values, table
from engine.core.ballots import Decision
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.core.ballots import Ballot
    from engine.core.draft import Draft
    from engine.core.instance import Approval, Instance, Task
    from engine.definition.model import Definition
    from engine.definition.moves import Move
    from engine.store.history import Line

DECISIONS: tuple[str, ...] = get_args(Decision)
SHORT = 12
"""Characters of a hash that are shown, and enough to name it."""


def show_approval(context: Context, instance: Instance, task: Task, draft: Draft, as_json: bool) -> None:
    """What is decided, the rule in words, who has decided what, how many more are needed, what was changed since."""
    from engine.keywords.deciding import count, in_words
    from engine.keywords.needs import plan_of
    from engine.store import history

    approval = draft.approvals[task.id]
    plan = plan_of(draft.definition, approval)
    counted_now = count(draft, approval, plan)
    rule = plan.rules[approval.rule].rule
    lines = history.read(context.engine().store, instance.id)
    given = list(_given(approval, lines))
    voided = _voided(approval, lines)
    may = sorted(counted_now.may)
    if as_json:
        stands = {"rule": in_words(rule), "round": approval.round, "content": approval.content, "decided": given}
        if approval.asked is not None:
            stands |= {"asked": {name: approval.asked[name] for name in ("move", "by", "values", "comment")}}
        stands |= {"needed": counted_now.needed, "may_decide": may, "changed": voided.get("changed", [])}
        emit({"task": task, "case": instance.reference, "approval": stands})
        return
    zone = draft.definition.calendar.zone
    click.secho(clean(f"{task.title}  ({instance.reference} — {instance.subject})"), bold=True)
    click.echo(f"an approval: {in_words(rule)}; due {local(task.due_at, zone) or 'never'}")
    if rule.reauthenticate:
        click.echo("Whoever decides has to prove who they are once more.")
    show_asked(draft.definition, approval)
    for bound in plan.binds:
        values = draft.values(approval.token).get(bound)
        click.echo(f"\n{bound}, which is decided about (content {approval.content[:SHORT]})")
        if isinstance(values, Mapping):
            show_values(values, zone)
    if voided:
        lost = ", ".join(voided["decided"]) or "nobody yet"
        changed = ", ".join(voided.get("changed", ())) or "something"
        click.echo(
            clean(
                f"\nRound {approval.round}: {changed} has changed; what had been decided ({lost}) does not stand for it"
            )
        )
    click.echo("\nDecided" if given else "\nNobody has decided yet")
    if given:
        rows = ((one["person"], one["decision"], ", ".join(one["roles"]), one["by"], one["comment"]) for one in given)
        table(("who", "what", "as", "deputy", "why"), rows)
    click.echo(f"\n{counted_now.needed} more to say yes; may decide: {', '.join(may) or 'nobody'}")
    outcomes = list(_outcomes(draft.definition, approval))
    for outcome, leads_to in outcomes:
        click.echo(f"  {outcome} → {leads_to}")
    choices = [one for one in DECISIONS if one != "request-changes" or "changes-requested" in dict(outcomes)]
    number = f".{task.id.rpartition('.')[2]}" if len(instance.tasks) > 1 else ""
    click.echo(f"Decide with `heard decide {instance.reference}{number} DECISION`: {', '.join(choices)}")


def show_asked(definition: Definition, approval: Approval) -> None:
    """What somebody asked for and others have to confirm; nothing for an approval of the process's own."""
    from engine.keywords.needs import move_of, title_of

    asked = approval.asked
    if asked is None:
        return
    title = title_of(move_of(definition, approval), definition.languages[0])
    behalf = f" on behalf of {', '.join(asked['by'][1:])}" if asked["by"][1:] else ""
    said = f": {asked['comment']}" if asked["comment"] else ""
    click.echo(clean(f"{asked['by'][0]}{behalf} asks for '{title}'{said} (content {approval.content[:SHORT]})"))
    show_values(asked["values"], definition.calendar.zone)


def _outcomes(definition: Definition, approval: Approval) -> Iterator[tuple[str, str]]:
    """Each outcome, and where it leads."""
    from engine.keywords.needs import move_of

    if approval.asked is not None:
        yield "approved", _targets(move_of(definition, approval))
        yield from ((outcome, "everything stays as it is") for outcome in ("rejected", "changes-requested"))
    else:
        yield from ((name, _targets(move)) for name, move in definition.states[approval.state].on.items())


def _targets(move: Move) -> str:
    return ", ".join(dict.fromkeys(branch.go for branch in move.branches if branch.go)) or "stays"


def _given(approval: Approval, lines: list[Line]) -> Iterator[dict[str, Any]]:
    """The decisions of this round with their comments, which the history keeps."""
    why: dict[str, str] = {}
    for line in lines:
        event = line.event
        if (
            event.type == "decision-given"
            and event.body["task"] == approval.id
            and event.body["round"] == approval.round
        ):
            why[event.on_behalf_of or event.actor] = event.body.get("comment", "")
    yield from (_ballot(ballot, why.get(ballot.person, "")) for ballot in approval.ballots)


def _ballot(ballot: Ballot, why: str) -> dict[str, Any]:
    return {
        "person": ballot.person,
        "decision": ballot.decision,
        "roles": sorted(ballot.roles),
        "by": ballot.by,
        "comment": why,
    }


def _voided(approval: Approval, lines: list[Line]) -> Mapping[str, Any]:
    """What ended the round before this one; empty in the first round."""
    for line in reversed(lines):
        if line.event.type == "approval-voided" and line.event.body["task"] == approval.id:
            return line.event.body
    return {}
