"""In which words and in whose time the pages speak: gettext, and dates, times, numbers and money by person.

Owns the choice of the language and every format that depends on it. Texts of processes come in their own languages
from the definition.
"""

from __future__ import annotations

import gettext as translations
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.definition.texts import Localised, localised
from engine.telling.failures import Told, failure
from web.access import guest

LANGUAGES = {"en": "English", "de": "Deutsch"}
CHOSEN = "language"
"""The cookie, and the name in an address, of a language that somebody chose who is not signed in."""

_FOLDER = Path(__file__).with_name("translations")
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
}
_SWAPPED = str.maketrans(",.", ".,")
_MARKS = {"en": (",", "."), "de": (".", ",")}
"""Between thousands, and before the decimals."""
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PARTED = {"en": _PLAIN, "de": re.compile(r"-?[0-9]+,[0-9]+")}
_GROUPED = {
    "en": re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    "de": re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
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


# --- times


def zone() -> ZoneInfo:
    """The time zone of the person who is signed in."""
    found: ZoneInfo | None = g.get("zone")
    if found is None:
        who = guest()
        found = g.zone = ZoneInfo(who.person.zone if who is not None else "UTC")
    return found


def in_zone(name: str) -> None:
    """Let this page speak in another zone than the person's: a customer's page in that of the organisation."""
    g.zone = ZoneInfo(name)


def zone_name() -> str:
    """What the zone of this page is called, such as Europe/Berlin."""
    return zone().key


def times_in() -> str:
    """The zone of the times on this page, as far as it is made; empty when it has none."""
    return zone_name() if g.get("tells_time") else ""


def day(at: date | datetime | str | None) -> str:
    """A day: Mon 23 Nov 2026, or Mo 23. Nov. 2026."""
    if at is None or at == "":
        return ""
    if isinstance(at, str):
        at = datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
    if isinstance(at, datetime):
        at = at.astimezone(zone()).date()
    tongue = language()
    month, weekday = _MONTHS[tongue][at.month - 1], _DAYS[tongue][at.weekday()]
    return f"{weekday} {at.day}. {month} {at.year}" if tongue == "de" else f"{weekday} {at.day} {month} {at.year}"


def clock(at: datetime) -> str:
    g.tells_time = True
    return f"{at.astimezone(zone()):%H:%M}"


def moment(at: datetime | str | None) -> str:
    """A day and time, in the person's zone."""
    if at is None or at == "":
        return ""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return f"{day(at)}, {clock(at)}"


def bound(at: datetime | None, theirs: str = "") -> str:
    """When something begins or ends for which whole days may have been named, in the zone of the reader or of whoever
    named them (`theirs`): the day when it is its first or its last moment, else the day and time.
    """
    if at is None:
        return ""
    for local in (at.astimezone(ZoneInfo(theirs)) if theirs else None, at.astimezone(zone())):
        if local is not None and (local.time() == time.min or local.time() >= time(23, 59, 59)):
            return day(local.date())
    return moment(at)


def time_tag(at: datetime | None, words: str = "") -> Markup:
    """A `<time>` with the instant in it; `words` or else the moment as its text."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"),
        f"{moment(at)} {at.astimezone(zone()):%Z}",
        words or moment(at),
    )


def ago(at: datetime, now: datetime) -> str:
    """How long it is from then to now, in the largest unit that says something: 5 min ago, in 3 h, 2 days ago."""
    gap = now - at
    later = gap < timedelta(0)
    minutes = int(abs(gap).total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        span = gettext("%(count)s min") % {"count": minutes}
    elif minutes < 48 * 60:
        span = gettext("%(count)s h") % {"count": minutes // 60}
    else:
        span = ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}
    return (gettext("in %(span)s") if later else gettext("%(span)s ago")) % {"span": span}


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
    words = (day, moment, bound, clock, number, said, ago, time_tag, listed, titled, happened)
    app.jinja_env.filters.update({one.__name__: asked_anew(one) for one in words})
    app.jinja_env.globals.update(
        tongues=tongues,
        times_in=times_in,
        zone_name=zone_name,
        language=language,
        languages=dict(LANGUAGES),
        money=money,
    )

    @app.after_request
    def remember(answer: Response) -> Response:
        if request.args.get(CHOSEN) in LANGUAGES:
            answer.set_cookie(CHOSEN, request.args[CHOSEN], max_age=31_536_000, samesite="Lax", httponly=True)
        return answer
