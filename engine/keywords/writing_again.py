"""The task of writing a message again that was taken back when the case had gone on already: every process has it.

Owns what is asked there, how it is put before whoever had sent the message, and its name, which no author can give: it
has a space in it. No word of the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine.core.draft import Draft
from engine.core.effects import KeepDraft
from engine.core.instance import Sent, Task
from engine.definition.expressions import Scope
from engine.definition.forms import read_form
from engine.definition.model import State
from engine.definition.moves import Actions, Branch, FormUse, Move, Pick
from engine.definition.plans import TaskPlan
from engine.definition.reader import read
from engine.errors import Place
from engine.keywords.languages import in_each

NAME = "write again"
SEND, LEAVE = "send", "leave"

_TITLE = {"en": "Write it again", "de": "Noch einmal schreiben"}
_HELP = {
    "en": "This message was taken back, and the case had gone on meanwhile. Write it again, or say why it need not go.",
    "de": "Diese Nachricht wurde zurückgenommen, und der Vorgang war schon weitergegangen. Schreiben Sie sie noch "
    "einmal, oder sagen Sie, warum sie nicht nötig ist.",
}
_FORM = """
form: write-again
title: {en: The message, de: Die Nachricht}
order: [subject, body]
required: [subject, body]
properties:
  subject: {title: {en: Subject, de: Betreff}, type: string, minLength: 1, maxLength: 250}
  body:
    title: {en: Text, de: Text}
    help: {en: The customer reads exactly this., de: Der Kunde liest genau diesen Text.}
    type: string
    widget: textarea
    minLength: 1
    maxLength: 20000
"""


@cache
def house_tasks() -> Mapping[str, State]:
    """The task by its name, as the place where its form and outcomes are found."""
    place = Place("write-again.yaml")
    form = read_form(read(_FORM, place.file), "write-again")
    use = FormUse(form, form.bind(Scope({})), "write_again")
    plan = TaskPlan(None, Pick(fixed=()), "", use, (), None, _HELP, place)
    here = (Branch(None, "", Actions(), place),)
    send = Move("beside", SEND, place, here, {"en": "Send it", "de": "Senden"}, form=use, within=NAME)
    leave = Move(
        "beside", LEAVE, place, here, {"en": "It is not needed", "de": "Nicht nötig"}, comment=True, within=NAME
    )
    words = {"task": plan, "on": {SEND: send, LEAVE: leave}}
    return {NAME: State(NAME, place, _TITLE, "", words, beside=True)}


def ask(draft: Draft, sent: Sent) -> str:
    """Put it before whoever had sent it, or for whom they acted; what it said is their draft. The task's id."""
    roles = draft.actor.stands_in.get(sent.behalf) or draft.actor.roles
    subject = sent.message.subject
    title, titles = in_each(draft.definition, lambda language: f"{_TITLE.get(language, _TITLE['en'])}: {subject}")
    task = draft.open_task(
        Task(
            id=draft.next_id(),
            token=draft.root.id,
            state=NAME,
            title=title,
            titles=titles,
            opened_at=draft.at,
            candidates=tuple(sorted(roles)),
            status="claimed",
            assignee=sent.behalf or sent.by,
        )
    )
    draft.unsent[task.id] = sent.message
    values = {"subject": subject, "body": sent.message.body}
    draft.effects.append(KeepDraft(task.id, sent.by, values, SEND))
    return task.id
