"""Questions to colleagues about a case: asked, found by whoever was asked, answered."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import Answer, Ask, named
from engine.errors import Rejected
from engine.store import questions
from web.access import STAFF, access, inner, visitor
from web.house import house
from web.language import gettext as _
from web.reading import case_called, case_of, names
from web.refusals import worded

pages = Blueprint("questions", __name__)


@pages.get("/questions")
@access(STAFF)
def index() -> str:
    """What whoever asks for the page was asked, and has not answered."""
    return _page()


def _page(faulty: str = "", fault: str = "") -> str:
    the, actor = house(), visitor().actor
    asked = [(one, "") for one in questions.of_person(the.store, actor.id)]
    for person in sorted(actor.stands_in):
        asked += [(one, person) for one in questions.of_person(the.store, person)]
    return render_template(
        "questions/index.html",
        asked=asked,
        names=names(),
        now=the.clock(),
        key=secrets.token_hex(16),
        faulty=faulty,
        fault=fault,
        typed=request.form.get("text", ""),
    )


@pages.post("/cases/<reference>/questions")
@access(STAFF)
def ask(reference: str) -> Response:
    """Ask a colleague."""
    case, _definition = case_called(reference)
    the, to = house(), request.form.get("to", "")
    try:
        asked = named(the.directory.actor(to)) if to else {"to": to}
        text, key = request.form.get("text", ""), request.form.get("key", "")
        command = Ask(at=the.clock(), actor=visitor().actor, text=text, key=key, **asked)
        the.engine.do(case.id, command)
    except Rejected as rejected:
        flash(worded(rejected).sentence, "fault")
    else:
        flash(_("%(who)s was asked, and finds it among their questions.") % {"who": names().get(to, to)}, "done")
    there = request.form.get("next", "")
    return redirect(inner(there) if there else url_for("cases.show", reference=case.reference), 303)


@pages.post("/questions/<id>/answer")
@access(STAFF)
def answer(id: str) -> str | tuple[str, int] | Response:
    """Answer a question, or settle one's own."""
    case, _definition = case_of(id.rpartition(".")[0])
    the = house()
    command = Answer(
        at=the.clock(),
        actor=visitor().actor,
        question=id,
        text=request.form.get("text", ""),
        key=request.form.get("key", ""),
    )
    try:
        the.engine.do(case.id, command)
    except Rejected as rejected:
        if rejected.code == "not-allowed":
            abort(404)
        return _page(id, worded(rejected).sentence), 409 if rejected.code == "no-such-question" else 422
    flash(_("Your answer is in the history of %(case)s.") % {"case": case.reference}, "done")
    there = request.form.get("next", "")
    return redirect(inner(there) if there else url_for("questions.index"), 303)
