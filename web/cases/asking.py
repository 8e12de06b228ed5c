"""What somebody asks of the register, read from the words of its address: which day, in which order, whose.

Owns what these words mean, and what is said of those that mean nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import request

from engine.store import queries
from web.access import visitor
from web.house import house
from web.language import gettext as _
from web.narrowing import NOBODY, places
from web.times import day as said_day
from web.times import zone


def orders() -> dict[str, str]:
    """In which order the cases can be listed. Deadlines are the house's, and those of today."""
    words = (_("latest received first"), _("oldest received first"), _("next deadline first"))
    every = dict(zip(queries.ORDERS, words, strict=True))
    if day_of("as-of") is not None or not visitor().is_staff:
        del every[queries.DUE]
    return every


def order() -> str:
    asked = request.args.get("sort", "")
    return asked if asked in orders() else queries.LATEST


def cursor(text: str) -> tuple[int, str] | None:
    at, dot, id = text.partition(".")
    return (int(at), id) if dot and at.lstrip("-").isdigit() and len(at) < 20 else None


def day_of(word: str) -> date | None:
    """The day that stands in the address; None where it is none, or one that is still to come of which nobody knows how
    the cases stand.
    """
    try:
        day = date.fromisoformat(request.args.get(word, ""))
    except ValueError:
        return None
    return None if word == "as-of" and day > today() else day


def today() -> date:
    return house().clock().astimezone(zone()).date()


def faults() -> list[str]:
    """What was asked for and is left out, in sentences."""
    asked = [word for word in ("from", "to", "as-of") if request.args.get(word) and day_of(word) is None]
    found = []
    for word in asked:
        try:
            day = date.fromisoformat(request.args[word])
        except ValueError:
            found.append(_("Expected days such as 2026-11-23; what is none was left out."))
        else:
            told = _("Expected a day up to today, but %(day)s is still to come; here are the cases as they stand now.")
            found.append(told % {"day": said_day(day)})
    return list(dict.fromkeys(found))


def begin_of(day: date | None) -> datetime | None:
    """When a day begins for whoever looks; None for one beyond the calendar."""
    try:
        return datetime.combine(day, time.min, zone()).astimezone(UTC) if day is not None else None
    except OverflowError:
        return None


def end_of(day: date | None) -> datetime | None:
    try:
        return begin_of(day + timedelta(days=1)) if day is not None else None
    except OverflowError:
        return None


def standing_places() -> dict[str, str]:
    """Where the cases of the process that was chosen can stand."""
    process = request.args.get("process", "")
    return places(process) if process else {}


def assignee() -> str | None:
    """Who has a task, as the store asks for it: empty for nobody."""
    asked = request.args.get("assignee", "") if visitor().is_staff else ""
    return ("" if asked == NOBODY else asked) if asked else None
