"""What was written in both directions, as the customer's page shows it.

Owns what of the outbox is a letter to them, and how each is worded. What of the history is from them, is
`engine.telling.from_customers`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.definition.forms import Form
from engine.definition.markdown import to_html
from engine.definition.roles import CUSTOMER
from engine.store import outbox
from engine.telling.from_customers import Word, said_by_customer
from engine.telling.known import unseen
from web.house import house
from web.language import gettext as _
from web.language import said
from web.reading import Answer, answers, forms_by_alias
from web.status.noun import STAFF_ONLY, Visit


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in either direction: what it says, and when; `ours` when the house wrote it, `lost` when it did not
    arrive by mail.
    """

    at: datetime
    ours: bool
    subject: str
    text: Markup
    files: tuple[Mapping[str, Any], ...] = ()
    lost: bool = False


def letters_of(visit: Visit) -> list[Letter]:
    """What was written and asked for in both directions, the latest first."""
    found = []
    waiting = {sent.id for sent in unseen(visit.case, house().clock())}
    for parcel in outbox.of_case(house().store, visit.case.id):
        body = parcel.body
        if parcel.kind == outbox.MESSAGE and parcel.status != outbox.WITHDRAWN and body["id"] not in waiting:
            sent = tuple(body.get("attachments", ()))
            text, lost = Markup(to_html(body["body"])), parcel.status == outbox.DEAD
            found.append(Letter(parcel.created_at, True, str(body["subject"]), text, sent, lost))
    return sorted([*found, *_theirs(visit)], key=lambda letter: letter.at, reverse=True)


def _theirs(visit: Visit) -> Iterator[Letter]:
    """What they wrote, asked for and decided. What they began the case with stands by itself (`told`)."""
    forms = forms_by_alias(visit.definition)
    for word in said_by_customer(visit.definition, visit.events):
        letter = _letter(word, forms)
        if letter is not None:
            yield letter


def _letter(word: Word, forms: Mapping[str, Form]) -> Letter | None:
    body = word.body
    match word.kind:
        case "filled-in":
            form = forms.get(str(body.get("name")))
            subject = said(form.title) if form is not None and not word.brought else ""
            return _filled_in(word.at, subject, form, body.get("changes", {}))
        case "attached":
            return Letter(word.at, False, "", Markup(""), (body["file"],))
        case "wrote":
            return Letter(word.at, False, "", _paragraphs(str(body["text"])))
        case "decided":
            return Letter(word.at, False, _decided(word), _paragraphs(str(body.get("comment", ""))))
        case "asked":
            title = said(word.move.title) if word.move is not None else ""
            return Letter(word.at, False, title, Markup("")) if title else None


def _decided(word: Word) -> str:
    """Their yes or no, in the words of the button that they pressed."""
    title = said(word.move.title) if word.move is not None else ""
    plain = {"approved": _("Yes"), "rejected": _("No"), "changes-requested": _("Ask for changes")}
    return _("Your decision: %(what)s") % {"what": title or plain[word.way]}


def _filled_in(at: datetime, subject: str, form: Form | None, changes: Mapping[str, Any]) -> Letter | None:
    values = {name: new for name, (_old, new) in changes.items() if new is not None and name not in STAFF_ONLY}
    texts, files = [], []
    for answer in answers(form, values):
        files += list(answer.files)
        texts += [answer.words] if answer.words else []
    text = _paragraphs("\n".join(texts))
    return Letter(at, False, subject, text, tuple(files)) if texts or files or subject else None


def told(visit: Visit) -> tuple[Answer, ...]:
    """What the case began with, as far as customers are asked it: their own words, given back to them."""
    begun, public = visit.definition.start, visit.definition.public
    if begun.form is None or CUSTOMER not in begun.by:
        return ()
    form, hidden = begun.form.form, public.hidden if public is not None else frozenset()
    values = visit.known.before.data.get(begun.form.alias, {})
    shown = {field.name for field in form.fields if field.compute is None} - hidden
    return tuple(answers(form, {name: value for name, value in values.items() if name in shown}))


def _paragraphs(text: str) -> Markup:
    return Markup("<p class='typed'>{}</p>").format(text) if text else Markup("")
