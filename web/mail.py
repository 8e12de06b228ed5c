"""Mail that waits for somebody: what each says, why it was parked, and what it is to become.

For those who start cases that begin with mail, and those who oversee a process. Who may do what to a case is judged by
the command.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response as Answer

from engine import settling
from engine.core.mail.sorting import MOST_AN_HOUR
from engine.errors import Rejected
from engine.receiving import beginning_with_mail
from engine.store import files, instances, mails
from web.access import Rule, Visitor, access
from web.access import visitor as who_asks
from web.house import house
from web.language import gettext as _
from web.reading import case_called, names
from web.refusals import worded

pages = Blueprint("mail", __name__)

MOST = 100
"""Mails on the page; the oldest first."""


def _may(visitor: Visitor) -> bool:
    found: bool | None = g.get("settles_mail")
    if found is None:
        found = g.settles_mail = settling.may_settle(house().engine, visitor.actor)
    return found


OFFICE = Rule("those who start cases that begin with mail, or oversee a process", _may)


@pages.get("/mail")
@access(OFFICE)
def show() -> str:
    """What waits, the oldest first; with `all` everything that came in, the latest first."""
    return _page()


def _page(faulty: int = 0, fault: str = "") -> str:
    the, visitor = house(), who_asks()
    every = "all" in request.args
    rows = mails.latest(the.store, MOST) if every else mails.waiting(the.store, MOST)
    begins = [one for one in beginning_with_mail(the.engine) if not visitor.actor.roles.isdisjoint(one.starters)]
    return render_template(
        "mail/show.html",
        rows=rows,
        every=every,
        references={row.id: instances.reference_of(the.store, row.instance) for row in rows if row.instance},
        reasons=reasons(),
        begins=begins,
        names=names(),
        now=the.clock(),
        faulty=faulty,
        fault=fault,
        typed=request.form,
    )


@pages.post("/mail/<int:id>/settlement")
@access(OFFICE)
def settle(id: int) -> Answer | tuple[str, int]:
    """Say what one is."""
    the, actor, form = house(), who_asks().actor, request.form
    try:
        if form.get("do") == "attach":
            case_called(form.get("reference", ""))
            case = settling.attach(the.engine, id, form["reference"], actor)
            said = _("It came to %(case)s.") % {"case": _called(case)}
        elif form.get("do", "").startswith("start "):
            case = settling.start(the.engine, id, form["do"].partition(" ")[2], actor)
            said = _("It began %(case)s.") % {"case": _called(case)}
        else:
            settling.discard(the.engine, id, form.get("reason", ""), actor)
            said = _("It is discarded. The mail itself is kept.")
    except NotFound:
        return _page(id, _("There is no such case that you may see.")), 422
    except Rejected as rejected:
        if rejected.code == "no-such-mail":
            raise
        refusal = worded(rejected)
        words = "; ".join([refusal.message, *refusal.by_field])
        return _page(id, _("Please say why.") if "reason" in rejected.fields else words), 422
    flash(said, "done")
    return redirect(url_for("mail.show"), 303)


def _called(case: str) -> str:
    return instances.reference_of(house().store, case)


@pages.get("/mail/<int:id>/original")
@access(OFFICE)
def original(id: int) -> Response:
    """The mail itself as it came, to be saved."""
    row = mails.load(house().store, id)
    content = files.get(house().store, row.sha256) if row is not None and row.sha256 else None
    if content is None:
        abort(404)
    said = Response(content, mimetype="application/octet-stream")
    said.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": f"mail-{id}.eml"})
    said.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return said


def reasons() -> dict[str, str]:
    """Why a mail was parked, in the language of this page."""
    return {
        "unreadable": _("It could not be read"),
        "too-large": _("It is too large to be kept; it lies in the mailbox still"),
        "no-sender": _("It does not say who has sent it"),
        "ours": _("It is a letter of our own that came back round"),
        "automatic": _("A program has written it"),
        "delayed": _("A mail server still tries to deliver a letter of ours"),
        "unknown-return": _("It says that a letter came back, but none that went out from here is meant"),
        "colleague": _("A colleague has written it; colleagues answer on the pages"),
        "too-many": _("More than %(count)s came from this address within an hour") % {"count": MOST_AN_HOUR},
        "stranger": _("It names a case in which its sender has no part"),
        "several-cases": _("It names several cases"),
        "not-heard": _("The case expects no message now"),
        "not-taken": _("The process does not take it as it is"),
        "no-process": _("It belongs to no case, and no process begins with such a mail"),
        "several-processes": _("It belongs to no case, and several processes would begin with it"),
    }
