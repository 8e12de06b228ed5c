"""What can be done to a case as a whole: comment, attach, suspend, resume, cancel, watch. Each is a command."""

from __future__ import annotations

import os
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.definition.roles import READER
from engine.errors import Rejected
from engine.private_pages import path_of
from engine.store import personal, status_links
from engine.workers.channels import mails_pages
from web.access import SIGNED_IN, STAFF, access, inner, visitor
from web.cases.noun import pages
from web.house import house
from web.language import gettext as _
from web.language import listed, ngettext
from web.reading import case_called, names, sees
from web.uploads import keep


def _back(reference: str) -> Response:
    """To where it was asked: the case's page, or a task's."""
    there = request.form.get("next", "")
    return redirect(inner(there) if there else url_for("cases.show", reference=reference), 303)


def _common() -> dict[str, Any]:
    return {"at": house().clock(), "actor": visitor().actor, "key": request.form.get("key", "")}


@pages.post("/cases/<reference>/comments")
@access(SIGNED_IN)
def comment(reference: str) -> Response:
    """Write a comment into the history. Who is named with an @ is told, if they may see the case."""
    case, _definition = case_called(reference)
    text = request.form.get("text", "")
    named = house().directory.mentioned(text)
    told = tuple(person for person in named if sees(person, case))
    house().engine.do(case.id, c.Comment(text=text, mentions=told, **_common()))
    if told:
        hears = ngettext("%(who)s is told.", "%(who)s are told.", len(told))
        flash(hears % {"who": listed([names()[person] for person in told])})
    for person in named:
        if person not in told:
            blind = _("%(who)s was not told, because they may not see this case. Ask them a question: then they may.")
            flash(blind % {"who": names()[person]}, "fault")
    return _back(case.reference)


@pages.post("/cases/<reference>/attachments")
@access(SIGNED_IN)
def attach(reference: str) -> Response:
    """Attach files, with a note."""
    case, _definition = case_called(reference)
    given = [one for one in request.files.getlist("file") if one.filename]
    if not given:
        raise Rejected("invalid-values", _("Expected a file to attach, but none was chosen"))
    for number, one in enumerate(given):
        common = _common()
        common["key"] = f"{common['key']}-{number}" if common["key"] else ""
        house().engine.do(case.id, c.Attach(file=keep(one), note=request.form.get("note", ""), **common))
    flash(_("Attached: %(files)s.") % {"files": ", ".join(one.filename or "" for one in given)})
    return _back(case.reference)


@pages.post("/cases/<reference>/status")
@access(STAFF)
def status(reference: str) -> Response:
    """Suspend, resume or cancel, with a reason."""
    case, _definition = case_called(reference)
    kinds: dict[str, type[c.Suspend] | type[c.Resume] | type[c.Cancel]] = {
        "suspend": c.Suspend,
        "resume": c.Resume,
        "cancel": c.Cancel,
    }
    kind = kinds.get(request.form.get("do", ""))
    if kind is None:
        abort(404)
    house().engine.do(case.id, kind(reason=request.form.get("reason", ""), **_common()))
    return _back(case.reference)


@pages.post("/cases/<reference>/status-link")
@access(STAFF)
def revoke_link(reference: str) -> Response:
    """End the customer's private address of this case: whoever has it sees nothing more."""
    case, _definition = case_called(reference)
    if visitor().actor.kind == READER:
        abort(404)
    if any(link.revoked_at is None for link in status_links.of_case(house().store, case.id)):
        house().engine.do(case.id, c.EndPrivateAddress(**_common()))
        flash(_("The private address of the customer leads nowhere now."), "done")
    return _back(case.reference)


@pages.post("/cases/<reference>/status-link/letters")
@access(STAFF)
def mail_link(reference: str) -> Response:
    """Mail the customer their private address of this case; a new one where it was ended."""
    case, _definition = case_called(reference)
    if visitor().actor.kind == READER or not case.customer.get("email") or not mails_pages(os.environ):
        abort(404)
    the = house()
    path_of(the.store, the.secret, case.id, the.clock())
    the.engine.do(case.id, c.SendPrivateAddress(**_common()))
    flash(_("It goes to the customer by mail."), "done")
    return _back(case.reference)


@pages.post("/cases/<reference>/watch")
@access(STAFF)
def watch(reference: str) -> Response:
    """Hear of this case, or no longer."""
    case, _definition = case_called(reference)
    person = visitor().person.id
    if request.form.get("do") == "unwatch":
        personal.unwatch(house().store, person, case.id)
    else:
        personal.watch(house().store, person, case.id, house().clock())
    return _back(case.reference)


@pages.post("/cases/<reference>/personal-data")
@access(SIGNED_IN)
def show_personal_data(reference: str) -> Response:
    """See who the customer is, after saying what that is needed for."""
    case, _definition = case_called(reference)
    house().engine.do(case.id, c.ShowPersonalData(reason=request.form.get("reason", ""), **_common()))
    return _back(case.reference)
