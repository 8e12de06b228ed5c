"""What happens along the way: `set`, `milestone`, `send` and `call`, on entering a state or with a move.

Owns how these are bound and done, and to whom a message goes. Where they may be written is the grammar's (`move`) and
the words' own matter.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.core.draft import Draft
from engine.definition.model import Actions, Sending, Setting
from engine.definition.outline import SourceActions
from engine.definition.types import Boolean
from engine.keywords.binder import Binder
from engine.keywords.calling import bind_calls, call
from engine.keywords.stored import stored


def bind_actions(source: SourceActions, binder: Binder) -> Actions:
    settings = []
    for variable, said in source.settings:
        wanted = binder.variable(variable)
        value = binder.expression(said, wanted)
        if value is not None:
            settings.append(Setting(variable.text, value))
    sendings = []
    for send in source.sendings:
        when = binder.expression(send.when, Boolean) if send.when is not None else None
        templates = binder.knowing(when).templates(send.message)
        if send.to is not None:
            binder.recipient(send.to)
        sendings.append(
            Sending(send.message.text, templates, send.to.text if send.to else "customer", when, send.message.place)
        )
    return Actions(
        tuple(settings),
        tuple(said.text for said in source.milestones),
        tuple(sendings),
        callings=bind_calls(source.calls, binder),
    )


def perform(draft: Draft, token: str, doing: Actions) -> None:
    """Set, reach milestones, send, call; in this order, so that a message can tell what has just been set."""
    if doing.settings:
        values = draft.values(token)
        draft.set_variables({s.variable: stored(s.value.evaluate(values)) for s in doing.settings})
    for milestone in doing.milestones:
        draft.reach_milestone(milestone)
    for sending in doing.sendings:
        send(draft, token, sending)
    for calling in doing.callings:
        call(draft, token, calling)


def send(draft: Draft, token: str, sending: Sending) -> None:
    """Render the message for its reader and hand it to the outbox. Nothing is sent when its `when` does not hold."""
    values = draft.values(token)
    if sending.when is not None and not sending.when.evaluate(values):
        return
    definition = draft.definition
    to, person, language = _recipient(draft, sending.to)
    template = sending.templates.get(language) or next(iter(sending.templates.values()))
    rendered = template.render(values, language, ZoneInfo(definition.calendar.zone))
    draft.send(sending.message, language, to, person, rendered.subject, rendered.body)


def _recipient(draft: Draft, to: str) -> tuple[str, str, str]:
    """Address, name and language.

    Staff are addressed as `role:x` or `person:x`: whoever delivers looks them up then.
    """
    first = draft.definition.languages[0]
    if to == "customer":
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
