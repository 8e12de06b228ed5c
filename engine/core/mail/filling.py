"""A mail as what a form asks for.

Owns which part of a mail goes into which field, and how it is made to fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.mail.letter import Mail
from engine.definition.forms import Form, FormField
from engine.definition.forms.model import LONGEST_TEXT
from engine.definition.plans import MailStart
from engine.definition.types import Boolean, Text

AUTOMATIC = "automatic"
"""The field of a message that says whether a program has written it."""
NOTHING = "–"
"""Stands where something has to be said and nothing was."""
_CUT = " […]"

_LITTLE_WORDS: Mapping[str, str] = {
    "en": " the and is of to in you that it for with have this are not my we please would your ",
    "de": " der die das und ist nicht ich sie wir mit ein eine zu den auf für bitte mein haben es ",
    "fr": " le la les et est que je vous nous une des pour dans pas avec mon votre sur ",
    "es": " el los las y es que de por una para con no mi su en usted gracias ",
    "it": " il gli e è che di per una con non mio suo grazie della sono ",
    "nl": " de het een en is niet ik u wij met van voor op mijn graag dat ",
}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a form, and the files that found no place in it."""

    values: dict[str, Any]
    left: tuple[Mapping[str, Any], ...]


def as_reply(form: Form | None, mail: Mail, files: Sequence[Mapping[str, Any]]) -> Filled:
    """Into the form of a message: the new words into its text, the larger one where there are several; and where it
    asks whether a program has written it, the answer.
    """
    fields = form.fields if form is not None else ()
    texts = [one for one in fields if isinstance(one.type, Text) and not one.format]
    text = max(texts, key=lambda one: (one.widget == "textarea", one.required), default=None)
    place = next((one for one in fields if one.holds_files and one.is_list), None)
    values: dict[str, Any] = {} if text is None else {text.name: fitting(text, mail.reply or mail.subject or NOTHING)}
    asked = form.field(AUTOMATIC) if form is not None else None
    if asked is not None and isinstance(asked.type, Boolean):
        values[AUTOMATIC] = bool(mail.automatic)
    return _with_files(values, place, files)


def as_start(
    plan: MailStart, form: Form, mail: Mail, files: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> Filled:
    """Into the form that begins a case: all that was written, what it quotes too."""
    parts = {
        "name": mail.name or mail.sender,
        "address": mail.sender,
        "subject": mail.subject or NOTHING,
        "text": mail.text or mail.subject or NOTHING,
        "language": language_of(f"{mail.subject}\n{mail.reply}", languages),
    }
    values = dict(plan.preset)
    for part, name in plan.take.items():
        field = form.field(name)
        if field is not None and part in parts:
            values[name] = fitting(field, parts[part])
    return _with_files(values, form.field(plan.take.get("files", "")), files)


def fitting(field: FormField, text: str) -> str:
    """As much of it as the field takes; the mail itself keeps the rest."""
    most = int(field.schema.get("maxLength", LONGEST_TEXT))
    return text if len(text) <= most else (text[: max(0, most - len(_CUT))] + _CUT)[:most]


def language_of(text: str, languages: Sequence[str]) -> str:
    """The one of these in which a text seems to be written, by its little words; the first where none shows."""
    words = [word.lower() for word in _WORD.findall(text[:5_000])]
    counts = {one: sum(f" {word} " in _LITTLE_WORDS.get(one, "") for word in words) for one in languages}
    return max(languages, key=lambda one: counts[one])


def _with_files(values: dict[str, Any], place: FormField | None, files: Sequence[Mapping[str, Any]]) -> Filled:
    most = int(place.schema.get("maxItems", len(files))) if place is not None else 0
    if place is not None and files[:most]:
        values[place.name] = [dict(one) for one in files[:most]]
    return Filled(values, tuple(files[most:]))
