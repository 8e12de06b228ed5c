"""What somebody was told about cases, and how they want to be told by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.store import letters, personal
from engine.store.letters import Told
from engine.telling.noticing import behalf, in_words
from engine.workers.channels.notices import HOURS, WAYS, wish_of
from web.access import STAFF, access, visitor
from web.house import house
from web.language import gettext as _
from web.language import language
from web.reading import names

pages = Blueprint("notices", __name__)

MOST = 40
"""Notices on the page: older ones stand in the histories of their cases."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told, in words. The same told twice in one moment, in two roles say, stands once."""

    reference: str
    subject: str
    words: str
    behalf: str
    at: datetime
    urgent: bool
    new: bool


@pages.get("/notices")
@access(STAFF)
def show() -> str:
    """The latest first. What is seen here counts as seen."""
    the, person = house(), visitor().person
    chosen = personal.preferences(the.store, person.id)
    told, seen = letters.of_person(the.store, person.id, MOST), letters.seen(the.store, person.id)
    page = render_template(
        "notices/show.html",
        notices=list(dict.fromkeys(_in_words(one, seen) for one in told)),
        wish=wish_of(chosen),
        hours=HOURS,
        email=person.email,
        now=the.clock(),
    )
    if told and told[0].id > seen:
        letters.see(the.store, person.id, told[0].id)
    return page


def _in_words(one: Told, seen: int) -> Notice:
    definition, tongue = house().engine.definition(one.digest), language()
    return Notice(
        one.reference,
        one.subject,
        in_words(definition, one.body, tongue, names()),
        behalf(one.body, tongue, names()),
        one.at,
        bool(one.body.get("urgent")),
        one.id > seen,
    )


def unseen() -> int:
    """How many things whoever asks was told and has not seen."""
    return letters.unread(house().store, visitor().person.id)


@pages.post("/notices/wishes")
@access(STAFF)
def wish() -> Response:
    """By mail at once, once a day, or not at all."""
    the, form = house(), request.form
    way, hour = form.get("way", ""), form.get("hour", "")
    if way not in WAYS or hour not in HOURS:
        flash(_("Expected a choice and an hour of the list."), "fault")
        return redirect(url_for("notices.show"), 303)
    with the.store.transaction():
        personal.choose(the.store, visitor().person.id, {"mail": way, "mail_hour": hour})
    flash(_("From the next notice on you are told like this."), "done")
    return redirect(url_for("notices.show"), 303)
