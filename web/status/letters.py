"""What was written in both directions, as the customer's page shows it.

Owns what of the outbox and the history is a letter to them, or from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.definition.forms import Form
from engine.definition.markdown import to_html
from engine.store import outbox
from engine.telling.known import unseen
from web.house import house
from web.reading import answers, forms_by_alias
from web.status.noun import STAFF_ONLY, Visit


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in either direction: what it says, and when; `ours` when the house wrote it."""

    at: datetime
    ours: bool
    subject: str
    text: Markup
    files: tuple[Mapping[str, Any], ...] = ()


def letters_of(visit: Visit) -> list[Letter]:
    """What was written in both directions, the latest first."""
    found = []
    waiting = {sent.id for sent in unseen(visit.case, house().clock())}
    for parcel in outbox.of_case(house().store, visit.case.id):
        body = parcel.body
        if parcel.kind == outbox.MESSAGE and parcel.status != outbox.WITHDRAWN and body["id"] not in waiting:
            sent = tuple(body.get("attachments", ()))
            found.append(Letter(parcel.created_at, True, str(body["subject"]), Markup(to_html(body["body"])), sent))
    forms = forms_by_alias(visit.definition)
    told: Mapping[str, Any] = {}
    for event in visit.events:
        if event.type == "message-received":
            told = event.body
        elif event.type == "form-submitted" and told:
            letter = _received(event.at, forms.get(str(event.body.get("name"))), event.body.get("changes", {}))
            found += [letter] if letter is not None else []
            told = {}
        elif event.type == "file-attached" and event.actor == visit.actor.id:
            found.append(Letter(event.at, False, "", Markup(""), (event.body["file"],)))
        elif event.type == "commented" and event.actor == visit.actor.id:
            found.append(Letter(event.at, False, "", _paragraphs(str(event.body["text"]))))
    return sorted(found, key=lambda letter: letter.at, reverse=True)


def _received(at: datetime, form: Form | None, changes: Mapping[str, Any]) -> Letter | None:
    values = {name: new for name, (_old, new) in changes.items() if new is not None and name not in STAFF_ONLY}
    texts, files = [], []
    for answer in answers(form, values):
        files += list(answer.files)
        texts += [answer.words] if answer.words else []
    return Letter(at, False, "", _paragraphs("\n".join(texts)), tuple(files)) if texts or files else None


def _paragraphs(text: str) -> Markup:
    return Markup("<p class='typed'>{}</p>").format(text)
