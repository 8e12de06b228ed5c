"""In which words the pages speak: gettext, and numbers and money by person.

Owns the choice of the language and every format that depends on it. Texts of processes come in their own languages
from the definition.
"""

from __future__ import annotations

import gettext as translations
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Flask, g, has_request_context, request
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.wrappers import Response

from engine.definition.texts import Localised, localised
from engine.telling.failures import Told, failure
from web.access import guest

LANGUAGES = {"en": "English", "de": "Deutsch"}
CHOSEN = "language"
"""The cookie, and the name in an address, of a language that somebody chose who is not signed in."""

_FOLDER = Path(__file__).with_name("translations")
_SWAPPED = str.maketrans(",.", ".,")
_MARKS = {"en": (",", "."), "de": (".", ",")}
"""Between thousands, and before the decimals."""
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PARTED = {"en": _PLAIN, "de": re.compile(r"-?[0-9]+,[0-9]+")}
_GROUPED = {
    "en": re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    "de": re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}


@lru_cache(maxsize=8)
def _catalog(language: str) -> translations.NullTranslations:
    return translations.translation("heard", _FOLDER, [language], fallback=True)


def language() -> str:
    """That of the person who is signed in, or what a guest chose, or what their browser asks for."""
    if not has_request_context():
        return "en"
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _chosen()
    return found


def _chosen() -> str:
    for asked in (request.args.get(CHOSEN), guest_language(), request.cookies.get(CHOSEN)):
        if asked in LANGUAGES:
            return str(asked)
    return request.accept_languages.best_match([*LANGUAGES]) or "en"


def prefer(tongue: str) -> None:
    """Let this page speak so, unless somebody has chosen otherwise: what their browser asks for counts for less."""
    chosen = (request.args.get(CHOSEN), guest_language(), request.cookies.get(CHOSEN))
    if tongue in LANGUAGES and not any(asked in LANGUAGES for asked in chosen):
        g.language = tongue


def tongues() -> list[tuple[str, str, str]]:
    """The other languages in which somebody who is not signed in can have this page: key, name and address."""
    if guest() is not None or request.method != "GET":
        return []
    others = [(key, name) for key, name in LANGUAGES.items() if key != language()]
    return [(key, name, f"?{urlencode({**request.args, CHOSEN: key})}") for key, name in others]


def guest_language() -> str | None:
    found = guest()
    return found.person.language if found is not None else None


def gettext(text: str) -> str:
    """The text in the language of this page."""
    return _catalog(language()).gettext(text)


def tongue_name(key: str) -> str:
    """What a language is called in that of this page: `German`."""
    return {"en": gettext("English"), "de": gettext("German")}.get(key, key)


def ngettext(one: str, many: str, count: int) -> str:
    return _catalog(language()).ngettext(one, many, count)


def said(text: Localised) -> str:
    """A text of a definition, in the language of this page when it has it."""
    return localised(text, language())


class Titled(Protocol):
    """A task, or a row of one."""

    @property
    def title(self) -> str: ...
    @property
    def titles(self) -> Mapping[str, str]: ...


def titled(task: Titled) -> str:
    """What a task is called, in the language of this page when it has it."""
    return task.titles.get(language(), task.title)


def happened(incident: Told) -> str:
    """What an incident says, in the language of this page when it has it."""
    return failure(incident, language())


# --- numbers


def number(value: Decimal | int | float | str | None) -> str:
    """A number with the language's own marks: 1,234.50 or 1.234,50. Text that is no number stays as it is."""
    if value is None or value == "":
        return ""
    try:
        plain = f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)
    return plain if language() != "de" else plain.translate(_SWAPPED)


def plain_number(text: str) -> str:
    """A number that was typed with the language's own marks as plain text: 1,234.50 or 1.234,50 becomes 1234.50. What
    has none of them stays as it is. In German `1.250` is more than a thousand, as everybody means it who writes so."""
    typed = text.strip()
    tongue = language()
    if _GROUPED[tongue].fullmatch(typed):
        typed = typed.replace(_MARKS[tongue][0], "")
    elif not _PARTED[tongue].fullmatch(typed):
        return text
    return typed.replace(_MARKS[tongue][1], ".")


def typed_number(value: object) -> str:
    """A plain number as somebody would type it in their language: 1234.50 or 1234,50. What is none stays as it is."""
    return str(value).replace(".", _MARKS[language()][1]) if _PLAIN.fullmatch(str(value)) else str(value)


def money(value: Decimal | str | None, currency: str) -> str:
    return f"{number(value)} {currency}" if value not in (None, "") else ""


def kilobytes(size: int) -> str:
    """A file's size, begun kilobytes counted whole."""
    return f"{number((size + 1023) // 1024)} kB"


def listed(words: Iterable[str]) -> str:
    """a, b and c."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return gettext("%(most)s and %(last)s") % {"most": ", ".join(every[:-1]), "last": every[-1]}


def either(words: Iterable[str]) -> str:
    """a, b or c."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return gettext("%(most)s or %(last)s") % {"most": ", ".join(every[:-1]), "last": every[-1]}


def asked_anew(filter: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that reads who asks. Jinja works out a filter of a constant once, when it compiles the template, and
    would keep the language of whoever came first; one that takes the context it works out for every page.
    """

    @pass_context
    def asked(_context: Context, *given: Any, **named: Any) -> Any:
        return filter(*given, **named)

    return asked


def setup(app: Flask) -> None:
    """Give the templates these words and formats."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    words = (number, kilobytes, said, listed, titled, happened)
    app.jinja_env.filters.update({one.__name__: asked_anew(one) for one in words})
    app.jinja_env.globals.update(
        tongues=tongues,
        language=language,
        languages=dict(LANGUAGES),
        money=money,
    )

    @app.after_request
    def remember(answer: Response) -> Response:
        if request.args.get(CHOSEN) in LANGUAGES:
            answer.set_cookie(CHOSEN, request.args[CHOSEN], max_age=31_536_000, samesite="Lax", httponly=True)
        return answer
