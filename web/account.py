"""One's own account: the password, where one is signed in, the language, the zone, and whether single keys work."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.definition.zones import zones
from engine.errors import Rejected
from engine.store import people, personal, sessions
from web import agents, passwords, rationing
from web.access import SIGNED_IN, access, visitor
from web.house import house
from web.language import LANGUAGES
from web.language import gettext as _
from web.refusals import worded

pages = Blueprint("account", __name__)


@pages.get("/account")
@access(SIGNED_IN)
def show() -> str:
    return _page()[0]


def _page(faults: dict[str, str] | None = None, status: int = 200) -> tuple[str, int]:
    the, who = house(), visitor()
    page = render_template(
        "account/show.html",
        person=who.person,
        session=who.session,
        sessions=sessions.of_person(the.store, who.person.id, the.clock()),
        has_password=sessions.password(the.store, who.person.id) is not None,
        zones=sorted(zones()),
        in_words=agents.in_words,
        keys=personal.preferences(the.store, who.person.id).get("keys") != "off",
        faults=faults or {},
        now=the.clock(),
    )
    return page, status


@pages.post("/account/preferences")
@access(SIGNED_IN)
def prefer() -> Response | tuple[str, int]:
    """Language, zone and keys."""
    the, person = house(), visitor().person
    language, zone = request.form.get("language", ""), request.form.get("zone", "")
    if language not in LANGUAGES or zone not in zones():
        return _page({"zone": _("Expected a language and a time zone of the list.")}, 422)
    with the.store.transaction():
        people.put(the.store, [replace(person, language=language, zone=zone)])
        personal.choose(the.store, person.id, {"keys": "on" if request.form.get("keys") else "off"})
    return redirect(url_for("account.show"), 303)


@pages.post("/account/password")
@access(SIGNED_IN)
def change() -> Response | tuple[str, int]:
    """A new password, after the old one; other sessions end."""
    the, who = house(), visitor()
    old, new = request.form.get("old", ""), request.form.get("password", "")
    kept, now = sessions.password(the.store, who.person.id), the.clock()
    if kept is None:
        return _page({"old": _("You sign in without a password here.")}, 422)
    try:
        rationing.judge(the.store, rationing.WRONG_PASSWORD, who.person.id, now)
        if not passwords.fits(kept, old):
            rationing.note(the.store, rationing.WRONG_PASSWORD, who.person.id, now)
            return _page({"old": _("This is not your password.")}, 422)
        if new != request.form.get("again", ""):
            return _page({"again": _("The two new ones differ.")}, 422)
        hashed = passwords.hashed(new, who.person.id)
    except Rejected as rejected:
        return _page({"password": worded(rejected).message}, 422)
    with the.store.transaction():
        sessions.set_password(the.store, who.person.id, hashed, now)
        sessions.end_others(the.store, who.person.id, who.session.id)
    flash(_("Your password is changed, and you are signed out everywhere else."), "done")
    return redirect(url_for("account.show"), 303)
