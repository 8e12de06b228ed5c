"""Signing in and out. A session is a row in the database, which the person can end from anywhere.

Owns the cookie: a random word whose hash finds the row. Decides nothing about what somebody may do.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Blueprint, Flask, Response, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from engine.core.actors import SYSTEM
from engine.errors import Rejected
from engine.store import people
from engine.store import sessions as rows
from engine.store.people import Person
from engine.store.sessions import Session
from web import passwords, rationing
from web.access import ANYBODY, SIGNED_IN, Visitor, access, guest, inner, visitor
from web.house import house
from web.language import gettext as _
from web.passwords import DEMO_PASSWORD
from web.refusals import worded

COOKIE = "heard"
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
NOTED_EVERY = timedelta(minutes=5)
"""A session in use is written at most so often, not with each page."""

pages = Blueprint("sessions", __name__)


def guard(app: Flask) -> None:
    """Find out who asks, before anything judges it."""

    @app.before_request
    def recognise() -> None:
        if request.endpoint == "static" or request.blueprint == "monitoring":
            return
        if "refused" in g:  # even if it answers again by now: without its session a page cannot be made
            raise g.refused
        word = request.cookies.get(COOKIE)
        if word:
            g.visitor = _visitor(word, house().clock())


def _visitor(word: str, now: datetime) -> Visitor | None:
    store = house().store
    found = rows.load(store, _id(word))
    if found is None or found.ends_at <= now:
        return None
    try:
        person = house().directory.person(found.person)
    except Rejected as rejected:
        if rejected.code.startswith("database-"):
            raise
        return None
    if not person.active:
        return None
    if now - found.seen_at >= NOTED_EVERY:
        rows.seen(store, found.id, now, min(now + IDLE, found.began_at + LONGEST))
    return Visitor(person, found)


def _id(word: str) -> str:
    return sha256(word.encode()).hexdigest()


@pages.get("/sign-in")
@access(ANYBODY)
def new() -> str | Answer:
    """The sign-in page; of the demo, with its people to choose from."""
    if guest() is not None:
        return redirect(inner(request.args.get("next")), 303)
    return _page()


def _page(name: str = "", said: str = "") -> str:
    demo = _demo_people() if house().is_demo else []
    back = request.values.get("next", "")
    return render_template("sessions/new.html", name=name, said=said, next=back, people=demo, password=DEMO_PASSWORD)


def _demo_people() -> list[Person]:
    return [person for person in house().directory.people() if person.active and person.id != SYSTEM.id]


@pages.post("/sessions")
@access(ANYBODY)
def create() -> str | tuple[str, int] | Answer:
    """Sign in with a password; in the demo, as whoever was chosen."""
    store, now = house().store, house().clock()
    chosen = request.form.get("demo-person", "")
    if chosen and house().is_demo:
        person = next((one for one in _demo_people() if one.id == chosen), None)
        if person is None:
            return _page(said=_("This person is not part of the demo.")), 422
        return _begin(person, now)
    name = request.form.get("name", "").strip()
    address = request.remote_addr or ""
    try:
        rationing.judge(store, rationing.WRONG_PASSWORD, name.lower(), now)
        rationing.judge(store, rationing.FROM_ONE_ADDRESS, address, now)
    except Rejected as rejected:
        return _page(name, worded(rejected).message), 429
    person = people.called(store, name) if name else None
    kept = rows.password(store, person.id) if person is not None else None
    if not passwords.fits(kept, request.form.get("password", "")) or person is None:
        rationing.note(store, rationing.WRONG_PASSWORD, name.lower(), now)
        rationing.note(store, rationing.FROM_ONE_ADDRESS, address, now)
        return _page(name, _("Name and password do not belong together.")), 422
    rationing.forgive(store, rationing.WRONG_PASSWORD, name.lower())
    return _begin(person, now)


def _begin(person: Person, now: datetime) -> Answer:
    word = secrets.token_urlsafe(32)
    agent = request.headers.get("User-Agent", "")[:200]
    rows.begin(house().store, Session(_id(word), person.id, now, now, now + IDLE, now, agent))
    session.clear()  # what was known of the guest, a forged form's token too, is not the person's
    answer = redirect(inner(request.form.get("next")), 303)
    answer.set_cookie(
        COOKIE,
        word,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure or house().settings.secure,
    )
    return answer


@pages.post("/sessions/end")
@access(SIGNED_IN)
def end() -> Answer:
    """Sign out here; with `others`, everywhere else."""
    who = visitor()
    if request.form.get("others"):
        rows.end_others(house().store, who.person.id, who.session.id)
        return redirect(url_for("account.show"), 303)
    rows.end(house().store, who.session.id)
    answer: Response = redirect(url_for("sessions.new"), 303)  # type: ignore[assignment]
    answer.delete_cookie(COOKIE)
    session.clear()
    return answer
