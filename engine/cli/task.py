"""`heard task`, `claim`, `release`, `assign`, `delegate`, `save`, `complete`: work on tasks.

A task is named by its case's reference and its number, INQ-2026-00042.7; the reference alone will do while the case has
one open task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.cli.approval import show_approval
from engine.cli.asking import fields_of, show_fields
from engine.cli.context import Context
from engine.cli.showing import as_json, as_person, due, emit, say_zone, show_values
from engine.cli.values import Given, forms_of, gather, value_options
from engine.telling.values import clean, local

if TYPE_CHECKING:
    from engine.core.draft import Draft
    from engine.core.instance import Instance, Task
    from engine.definition.forms import Form
    from engine.definition.model import State
    from engine.runtime import Engine, Result


def find_task(context: Context, name: str) -> str:
    """The id of the open task that is meant. Raises Rejected("no-such-task") or ("which-task")."""
    from engine.errors import Rejected

    engine = context.engine()
    reference, _, number = name.partition(".")
    instance = engine.instance(engine.find(reference))
    wanted = [task for task in instance.tasks if not number or task == f"{instance.id}.{number}"]
    if len(wanted) == 1:
        return wanted[0]
    names = ", ".join(called(task, instance.reference) for task in instance.tasks)
    if wanted:
        raise Rejected(
            "which-task", f"Expected one task, but {instance.reference} has several open: name one of {names}"
        )
    here = f"open are {names}" if names else "the case has no open task"
    raise Rejected(
        "no-such-task",
        f"Expected an open task, but {name} is none (it may have been completed in the meantime): {here}",
    )


def called(part: str, reference: str) -> str:
    """A task's or incident's name as people type it: INQ-2026-00042.7."""
    return f"{reference}.{part.rpartition('.')[2]}"


def instance_of(task: str) -> str:
    """A task's id begins with its case's id."""
    return task.rpartition(".")[0]


def at_task(context: Context, engine: Engine, task: str, person: str | None) -> tuple[Instance, Task, Draft]:
    from engine.core import authority
    from engine.core.draft import Draft as CoreDraft

    instance = engine.instance(instance_of(task))
    definition = engine.definition(instance.digest)
    draft = CoreDraft(definition, instance, context.actor(person), engine.clock(), engine.roster)
    return instance, authority.task_of(draft, task), draft


@click.command()
@click.argument("name", metavar="TASK")
@as_person
@as_json
@click.pass_obj
def task(context: Context, name: str, person: str | None, as_json: bool) -> None:
    """Show a task: what to fill in, the outcomes and where each leads, and what was typed so far.

    Of an approval: what is decided, and how it stands. For whoever stands in for somebody: on whose behalf they would
    act.
    """
    from engine.core.tasks import acting_for, offers
    from engine.definition.texts import localised
    from engine.store import drafts

    engine = context.engine()
    instance, found, draft = at_task(context, engine, find_task(context, name), person)
    if found.id in draft.approvals:
        show_approval(context, instance, found, draft, as_json)
        return
    offered = offers(draft, found.id)
    absent = acting_for(draft, found.id)
    typed = drafts.load(engine.store, found.id, draft.actor.id)
    language = draft.definition.languages[0]
    if as_json:
        outcomes = [
            {
                "outcome": o.move.name,
                "form": o.move.form.form.id if o.move.form is not None else "",
                "fields": fields_of(o.move.form.form, language) if o.move.form is not None else [],
                "leads_to": o.targets,
                "why_not": o.why_not,
            }
            for o in offered
        ]
        shown = {"task": found, "case": instance.reference, "acting_for": absent, "outcomes": outcomes}
        emit({**shown, "draft": typed.values if typed else None})
        return
    zone = draft.definition.calendar.zone
    click.secho(clean(f"{found.title}  ({instance.reference} — {instance.subject})"), bold=True)
    who = f"claimed by {found.assignee}" if found.assignee else f"free for {', '.join(found.candidates)}"
    who += f" on behalf of {found.on_behalf_of}" if found.on_behalf_of else ""
    if (to_come := found.delegation) is not None:
        who += f", for {to_come.to} from {local(to_come.since, zone)} on" if to_come.since else ""
        who += f", until {local(to_come.until, zone)}" if to_come.until else ""
    click.echo(f"{who}; {due(found.due_at, zone)}")
    if absent:
        click.echo(f"You would do it on behalf of {absent}.")
    for alias, values in instance.data.items():
        if isinstance(values, dict) and values:
            click.echo(f"\n{alias}")
            show_values(values, zone)
    click.echo("\nOutcomes")
    for offer in offered:
        use = offer.move.form
        title = localised(offer.move.title, language)
        note = f"  (not now: {offer.why_not})" if offer.why_not else ""
        click.echo(f"  {offer.move.name}{f' — {title}' if title else ''} → {', '.join(offer.targets) or 'stays'}{note}")
        if use is not None and not offer.why_not:
            show_fields(use.form, language, "      ")
    if typed is not None:
        click.echo(f"\nYour draft of {local(typed.saved_at, zone)}")
        show_values(typed.values, zone)
    say_zone(zone)


@click.command()
@click.argument("name", metavar="TASK")
@as_person
@click.pass_obj
def claim(context: Context, name: str, person: str | None) -> None:
    """Take a task: it leaves the others' inboxes."""
    from engine.core.commands import Claim

    _do(context, name, person, Claim, "You have it.")


@click.command()
@click.argument("name", metavar="TASK")
@as_person
@click.pass_obj
def release(context: Context, name: str, person: str | None) -> None:
    """Give a task back to its candidates; one that was delegated to me to whoever delegated it."""
    from engine.core.commands import Release

    found = _do(context, name, person, Release, "")
    task = context.engine().instance(instance_of(found)).tasks.get(found)
    click.echo(f"{task.assignee} has it again." if task is not None and task.assignee else "It is free again.")


def _do(context: Context, name: str, person: str | None, kind: type, said: str, **more: object) -> str:
    """The task that it was done with; `said` is told, if there is anything to tell already."""
    engine = context.engine()
    found = find_task(context, name)
    engine.do(instance_of(found), kind(at=engine.clock(), actor=context.actor(person), task=found, **more))
    if said:
        click.echo(said)
    return found


@click.command()
@click.argument("name", metavar="TASK")
@click.argument("to", metavar="PERSON")
@as_person
@click.pass_obj
def assign(context: Context, name: str, to: str, person: str | None) -> None:
    """Give a task to somebody; for those who oversee the process."""
    from engine.core.commands import Assign, named

    _do(context, name, person, Assign, f"{to} has it.", **named(context.directory().actor(to)))


@click.command()
@click.argument("name", metavar="TASK")
@click.argument("to", metavar="PERSON")
@click.option("--from", "since", metavar="WHEN", default="", help="The first day, or moment, in your zone; else now.")
@click.option("--until", metavar="WHEN", default="", help="The last day, or moment; else until it is done.")
@as_person
@click.pass_obj
def delegate(context: Context, name: str, to: str, since: str, until: str, person: str | None) -> None:
    """Let somebody complete my task on my behalf, from a day and until a day if need be. Claim it to have it back."""
    from engine.core.absences import moment
    from engine.core.commands import Delegate, named

    directory = context.directory()
    zone = directory.person(context.actor(person).id).zone or "UTC"
    begins = moment(since, zone, last=False) if since else None
    ends = moment(until, zone, last=True) if until else None
    later = begins is not None and begins > context.engine().clock()
    said = f"{to} acts on your behalf{f' from {local(begins, zone)} on' if later else ''}"
    said += f", until {local(ends, zone)} ({zone})." if ends is not None else f" ({zone})." if later else "."
    given = {"since": begins, "until": ends, **named(directory.actor(to))}
    _do(context, name, person, Delegate, said, **given)


@click.command()
@click.argument("name", metavar="TASK")
@as_person
@value_options
@click.pass_obj
def save(context: Context, name: str, person: str | None, given: Given) -> None:
    """Keep what is typed so far; `complete` takes it up again."""
    from engine.core.commands import SaveDraft
    from engine.store import drafts

    found = find_task(context, name)
    _, task_found, draft = at_task(context, context.engine(), found, person)
    typed = drafts.load(context.store(), found, draft.actor.id)
    forms = _all_forms(draft.definition.place_of(task_found.state))
    values = gather(context, forms, given, typed.values if typed else None)
    _do(context, name, person, SaveDraft, "Saved.", values=values)


@click.command()
@click.argument("name", metavar="TASK")
@click.argument("outcome")
@as_person
@value_options
@click.option("--comment", default="", help="Why; some outcomes ask for it.")
@click.option("--key", default="", help="A key of your own: the same request again answers with the first result.")
@click.pass_obj
def complete(
    context: Context,
    name: str,
    outcome: str,
    person: str | None,
    given: Given,
    comment: str,
    key: str,
) -> None:
    """Complete a task with an outcome. What was typed is kept as a draft when it is refused."""
    from engine.core.commands import Complete
    from engine.errors import Rejected
    from engine.store import drafts

    engine = context.engine()
    actor = context.actor(person)
    found = find_task(context, name)
    _, task_found, draft = at_task(context, engine, found, person)
    state = draft.definition.place_of(task_found.state)
    move = state.on.get(outcome)
    use = move.form if move is not None else None
    typed = drafts.load(engine.store, found, actor.id)
    earlier = {key: value for key, value in typed.values.items() if use and use.form.field(key)} if typed else {}
    values = gather(context, forms_of(use) if move is not None else _all_forms(state), given, earlier)
    command = Complete(
        at=engine.clock(), actor=actor, task=found, outcome=outcome, values=values, comment=comment, key=key
    )
    try:
        result = engine.do(instance_of(found), command)
    except Rejected:
        if typed is not None:  # what was typed before, for another outcome perhaps, stays beside what was typed now
            with engine.store.transaction():
                drafts.keep(engine.store, found, actor.id, {**typed.values, **values}, outcome, engine.clock())
        raise
    told(context, result)


def _all_forms(state: State) -> list[Form]:
    """Every form that this state's task may ask for, whatever its outcome."""
    return forms_of(state.task.form if state.task else None, *(move.form for move in state.on.values()))


def told(context: Context, result: Result) -> None:
    """What a command came to, in a line or two."""
    from engine.core.instance import RUNNING
    from engine.core.links import blocking

    instance = context.engine().instance(result.instance)
    if result.stuck:
        click.echo(f"{result.reference}: your work is kept, but the process could not go on: {result.stuck}", err=True)
        click.echo("The process's owner finds it under `heard incidents`; nothing has to be typed again.", err=True)
        click.get_current_context().exit(1)
    where = ", ".join(instance.states)
    if instance.outcome or instance.status != RUNNING:
        where = f"{instance.status} ({instance.outcome or where})"
    click.echo(f"{result.reference} → {where}")
    if instance.held:
        waiting = ", ".join(link.called for link in blocking(instance.links))
        click.echo(f"  the way to the end is held until {waiting} has ended")
    sent = {event.body["message"] for event in result.events if event.type == "message-sent"}
    for one in instance.sent:
        if one.id in sent:
            waits = f"“{one.message.subject}” goes out to {one.message.to} in 15 seconds"
            click.echo(clean(f"  {waits}; `heard take-back {result.reference}` stops it"))
    for open_task in instance.tasks.values():
        who = open_task.assignee or ", ".join(open_task.candidates)
        click.echo(f"  next: {called(open_task.id, result.reference)}  {clean(open_task.title)} ({who})")
