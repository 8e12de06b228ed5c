"""What happens along the way, on entering a state or with a move: values are set, milestones reached, messages sent,
colleagues told, tasks opened, cases called; and with a move tasks are given to others and the case gets more urgent.

Owns how these are bound and done, and to whom a message or a notice goes. Where they may be written is the grammar's
(`move`) and the words' own matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.draft import Draft
from engine.core.effects import SendMessage, is_outside
from engine.definition.expressions import Expression
from engine.definition.moves import Actions, Notice, Opening, Sending, Setting
from engine.definition.roles import CUSTOMER
from engine.definition.shapes import Said
from engine.definition.sources import SourceActions, SourceNotice, SourceOpening
from engine.definition.types import File
from engine.errors import Stuck
from engine.keywords import opening
from engine.keywords.binder import Binder
from engine.keywords.calling import bind_calls, call
from engine.keywords.dates_promised import dates, named_in
from engine.keywords.dates_told import tells_of
from engine.keywords.languages import Words, in_each_of
from engine.keywords.stored import stored
from engine.keywords.told import Roles, deputies_of, tell_all

ASSIGNEE = "assignee"
"""Whoever has the case's own work now."""


def bind_actions(source: SourceActions, binder: Binder) -> Actions:
    settings = []
    for variable, said in source.settings:
        wanted = binder.variable(variable)
        value = binder.expression(said, wanted)
        if value is not None:
            settings.append(Setting(variable.text, value))
    sendings = []
    for send in source.sendings:
        when = binder.guard(send.when)
        templates = binder.knowing(when).templates(send.message)
        if send.to is not None:
            binder.recipient(send.to)
        to = send.to.text if send.to else CUSTOMER
        tells = tells_of(send.message.text, templates, binder.knowing(when)) if to == CUSTOMER else {}
        attach = tuple(file for said in send.attach if (file := _files(said, binder)) is not None)
        told = (tells, attach, named_in(templates))
        sendings.append(Sending(send.message.text, templates, to, when, send.message.place, *told))
    for said in source.reassign:
        binder.role(said)
    return Actions(
        tuple(settings),
        tuple(said.text for said in source.milestones),
        tuple(sendings),
        tuple(_notice(notice, binder) for notice in source.notices),
        tuple(_opening(one, binder) for one in source.openings),
        tuple(said.text for said in source.reassign),
        source.priority.text if source.priority is not None else "",
        bind_calls(source.calls, binder),
    )


def _files(said: Said, binder: Binder) -> Expression | None:
    """A field that holds files, whether it is filled in or not; None after reporting that it is another."""
    found = binder.leniently().expression(said)
    if found is not None and not isinstance(getattr(found.type, "item", found.type), File):
        message = f"Expected a field that holds files, but `{said.text}` is another"
        binder.report.problem(said.place, "no-files", message, "name a field of the format file")
        return None
    return found


def _notice(source: SourceNotice, binder: Binder) -> Notice:
    for said in source.to:
        binder.colleague(said)
    when = binder.guard(source.when)
    say = binder.knowing(when).line(source.say) if source.say is not None else None
    return Notice(tuple(said.text for said in source.to), say, source.urgent, when)


def _opening(source: SourceOpening, binder: Binder) -> Opening:
    binder.side_task(source.task)
    when = binder.guard(source.when)
    return Opening(source.task.text, when)


def perform(draft: Draft, token: str, doing: Actions) -> None:
    """Set, reach milestones, send, and the rest; in this order, so that a message can tell what has just been set."""
    if doing.settings:
        values = draft.values(token)
        draft.set_variables({s.variable: stored(s.value.evaluate(values)) for s in doing.settings})
    for milestone in doing.milestones:
        draft.reach_milestone(milestone)
    for sending in doing.sendings:
        send(draft, token, sending)
    if doing.priority:
        draft.raise_priority(doing.priority)
    if doing.reassign:
        draft.reassign(token, doing.reassign)
    for one in doing.openings:
        if one.when is None or one.when.evaluate(draft.values(token)):
            opening.open_task(draft, one.task)
    for notice in doing.notices:
        _notify(draft, token, notice)
    for calling in doing.callings:
        call(draft, token, calling)


def _notify(draft: Draft, token: str, notice: Notice) -> None:
    """Tell colleagues: at once when it is urgent, else as soon as they are at work. Who is away finds it on their
    return; whoever stands in for them then is told as well, once, and not again when they are meant themselves.
    """
    values = draft.values(token)
    if notice.when is not None and not notice.when.evaluate(values):
        return
    say: Words = in_each_of(notice.say, draft.definition, values) if notice.say is not None else ("", {})
    meant = [pair for one in notice.to for pair in _addresses(draft, token, one)]
    tell_all(draft, meant, say, draft.occasion, notice.urgent)


def _addresses(draft: Draft, token: str, to: str) -> list[tuple[str, Roles]]:
    """`person:x` or `role:x`, each with the roles in which it is meant; nobody for a name of `people` that is nobody
    yet. In a branch, `assignee` is whoever has the work of this branch.
    """
    if to != ASSIGNEE:
        address = _recipient(draft, to)[0]
        return [(address, None)] if address else []
    return at_work(draft, token)


def at_work(draft: Draft, token: str) -> list[tuple[str, Roles]]:
    """The colleagues who have the work of the case, or of the branch that the token stands for, or could take it.

    What waits for the customer waits for nobody here: `role:customer` would be everybody who has an account.
    """
    found: list[tuple[str, Roles]] = []
    for task in draft.tasks.values():
        asked = draft.approvals.get(task.id)
        beside = draft.definition.is_beside(task.state) or (asked is not None and asked.asked is not None)
        if not beside and token in (draft.root.id, task.token):
            # What was delegated to somebody stays with them: nobody can do it in their place.
            roles = () if task.on_behalf_of else tuple(one for one in task.candidates if one != CUSTOMER)
            found += [(f"person:{task.assignee}", roles)] if task.assignee else [(f"role:{one}", None) for one in roles]
    return found


def send(draft: Draft, token: str, sending: Sending) -> None:
    """Render the message for its reader and hand it to the outbox. Nothing is sent when its `when` does not hold.

    Who stands in for a colleague who is away is written the same, on their behalf.
    """
    values = draft.values(token)
    if sending.when is not None and not sending.when.evaluate(values):
        return
    definition = draft.definition
    to, person, language = _recipient(draft, sending.to)
    template = sending.templates.get(language) or next(iter(sending.templates.values()))
    told = {**values, **dates(draft, sending)}
    rendered = template.render(told, language, ZoneInfo(definition.calendar.zone))
    readers: list[tuple[str, str, tuple[str, ...]]] = [(to, person, ())]
    if not is_outside(to):
        deputies = deputies_of(draft, [(to, None)], {to: draft.at})
        readers += [(deputy, deputy.partition(":")[2], absent) for deputy, absent in deputies.items()]
    said = (rendered.subject, rendered.body)
    tells = {clock: str(stored(date.evaluate(values))) for clock, date in sending.tells.items()}
    files = tuple(file for field in sending.attach for file in _files_in(field, values))
    for address, name, absent in readers:
        head = (draft.next_id(), sending.message, language, address, name)
        draft.send(SendMessage(*head, *said, on_behalf_of=absent, told=tells, attachments=files))


def _files_in(field: Expression, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The files that stand in a field; a field that is not filled in has none."""
    try:
        found = field.evaluate(values)
    except Stuck:
        return
    for one in found if isinstance(found, list | tuple) else [found]:
        if isinstance(one, Mapping):
            yield {part: one[part] for part in ("name", "type", "size", "sha256")}


def _recipient(draft: Draft, to: str) -> tuple[str, str, str]:
    """Address, name and language.

    Staff are addressed as `role:x` or `person:x`: whoever delivers looks them up then.
    """
    first = draft.definition.languages[0]
    if to == CUSTOMER:
        customer = draft.customer
        language = customer.get("language", "")
        return (
            customer.get("email", ""),
            customer.get("name", ""),
            language if language in draft.definition.languages else first,
        )
    if to == "starter":
        return f"person:{draft.before.starter}", draft.before.starter, first
    if to in draft.definition.people:
        person = str(draft.values("").get(to, ""))
        return (f"person:{person}" if person else ""), person, first
    return f"role:{to}", to, first
