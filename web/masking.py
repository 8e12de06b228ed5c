"""Personal data of customers, hidden from those whose role says so until they say what they need it for.

Owns what counts as personal and how it is hidden: wherever it stands on a page, in whatever sentence. That it was shown
is in the case's history, with the reason. That nothing is found by it, is `web.searching`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Flask, Response, abort, g
from markupsafe import escape

from engine.core.instance import Instance
from engine.definition.model import Definition
from engine.definition.types import ListOf, Text
from engine.store import history
from web.access import visitor
from web.house import house
from web.language import gettext as _

SHOWN = "personal-data-shown"
SHORTEST = 3
"""Shorter words are no secret: to hide them would hide half of every page."""

_PERSONAL = ("email", "phone")
_NAMING = ("name", "email", "phone")


def hide(case: Instance, definition: Definition) -> None:
    """Keep the personal data of this case off the page that is being made."""
    if not was_shown(case):
        g.hidden = hidden_now() | set(_secrets(case, definition))


def was_shown(case: Instance) -> bool:
    """Whether whoever asks has said, since they signed in, what they need the personal data of this case for."""
    who = visitor()
    return any(
        line.event.type == SHOWN and line.event.actor == who.person.id and line.event.at >= who.session.began_at
        for line in history.read(house().store, case.id)
    )


def refuse_files() -> None:
    """A file may hold anything: it is shown with the personal data or not at all."""
    if hidden_now():
        abort(404)


def hidden_now() -> set[str]:
    """What is kept off the page that is being made; empty when nothing is."""
    found: set[str] = getattr(g, "hidden", set())
    return found


def hide_texts(texts: Iterable[str]) -> None:
    """Keep these texts off the page that is being made."""
    g.hidden = hidden_now() | {text for text in texts if text}


def covered(text: str, secrets: Iterable[str]) -> str:
    """The text without these: for a file that is taken along."""
    for secret in sorted({one.strip() for one in secrets}, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            text = text.replace(secret, _("hidden"))
    return text


def who_fields(definition: Definition) -> set[str]:
    """The fields from which a process takes who its customer is."""
    return {path.rpartition(".")[2] for expression in definition.customer.values() for path in _paths(expression.text)}


def _secrets(case: Instance, definition: Definition) -> Iterator[str]:
    """Every text that says who the customer is or how to reach them."""
    yield from (case.customer[word] for word in _NAMING if case.customer.get(word))
    for line in history.read(house().store, case.id):
        if line.event.body.get("mail"):
            yield line.event.body["mail"]["from"]
    named = who_fields(definition)
    for values in case.data.values():
        for one in values if isinstance(values, list) else [values]:
            if isinstance(one, Mapping):
                yield from _within(one, named | _formatted(definition))


def _paths(text: str) -> list[str]:
    return [word for word in text.replace("(", " ").replace(")", " ").replace(",", " ").split() if "." in word]


def _formatted(definition: Definition) -> set[str]:
    """The fields of its forms whose format is that of an address or a number of a person."""
    found = set()
    for _state, move in definition.moves():
        for field in move.form.form.fields if move.form is not None else ():
            of = field.type.item if isinstance(field.type, ListOf) else field.type
            if isinstance(of, Text) and of.format in _PERSONAL:
                found.add(field.name)
    return found | {"contact_address", "representative_name"}


def _within(values: Mapping[str, Any], fields: set[str]) -> Iterator[str]:
    for name, value in values.items():
        if name in fields and isinstance(value, str) and name != "language":
            yield value


def setup(app: Flask) -> None:
    @app.after_request
    def cover(answer: Response) -> Response:
        secrets = hidden_now()
        if secrets and answer.mimetype in ("text/html", "image/svg+xml"):
            page = answer.get_data(as_text=True)
            for secret in sorted({one.strip() for one in secrets}, key=len, reverse=True):
                if len(secret) >= SHORTEST:
                    page = page.replace(str(escape(secret)), f"▮▮▮ {escape(_('hidden'))}")
            answer.set_data(page)
        return answer
