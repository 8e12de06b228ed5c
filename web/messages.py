"""Messages to customers that somebody has just caused: taken back before they go out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import WithdrawMessage
from engine.errors import Rejected
from web.access import STAFF, access, inner, visitor
from web.house import house
from web.language import gettext as _
from web.reading import case_called
from web.refusals import worded

pages = Blueprint("messages", __name__)


@pages.post("/cases/<reference>/messages/<id>/withdrawal")
@access(STAFF)
def withdraw(reference: str, id: str) -> Response:
    """Take a message back. The case stays where it is."""
    case, _definition = case_called(reference)
    the = house()
    try:
        the.engine.do(case.id, WithdrawMessage(at=the.clock(), actor=visitor().actor, message=id))
    except Rejected as rejected:
        gone = _("It was too late: the message is on its way.")
        flash(gone if rejected.code == "no-longer-possible" else worded(rejected).message, "fault")
    else:
        told = _("The message was taken back. The customer hears nothing so far; %(case)s stays where it is now.")
        flash(told % {"case": case.reference}, "done")
    there = request.form.get("next", "")
    return redirect(inner(there) if there else url_for("cases.show", reference=case.reference), 303)
