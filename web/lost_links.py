"""For customers who have lost the address of their private page: it is mailed to them once more.

Owns what may be asked for and how often. Whatever is asked, the answer is the same, so that nobody learns here which
cases there are and whose they are. The mail goes to the address that the case knows, and to no other.
"""

from __future__ import annotations

import os
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.authority import guest_of
from engine.core.commands import SendPrivateAddress
from engine.core.instance import Instance
from engine.errors import Rejected
from engine.private_pages import was_revoked
from engine.workers.channels import mails_pages
from web import rationing
from web.access import ANYBODY, access
from web.house import house
from web.language import gettext as _
from web.public import TRAP
from web.refusals import worded

pages = Blueprint("lost_links", __name__)


@pages.get("/lost-links")
@access(ANYBODY)
def new() -> str:
    """Where one asks for it."""
    return _page()


def _page(refusal: str = "") -> str:
    return render_template(
        "lost_links/new.html",
        reference=request.form.get("reference", ""),
        email=request.form.get("email", ""),
        refusal=refusal,
        mails=mails_pages(os.environ),
        trap=TRAP,
    )


@pages.post("/lost-links")
@access(ANYBODY)
def create() -> Response | tuple[str, int]:
    """Mail it, if what was given belongs together."""
    reference, email = request.form.get("reference", "").strip(), request.form.get("email", "").strip()
    the, now, asking = house(), house().clock(), request.remote_addr or ""
    if not reference or not email or not mails_pages(os.environ):
        return _page(_("Give both: the number of your matter, and your e-mail address.")), 422
    if request.form.get(TRAP):
        return _page(_("Leave the field “Website” empty; it is there for machines.")), 422
    try:
        rationing.judge(the.store, rationing.LOST_LINK, asking, now)
    except Rejected as rejected:
        return _page(worded(rejected).message), 429
    rationing.note(the.store, rationing.LOST_LINK, asking, now)
    case = _case(reference)
    if case is not None and case.customer.get("email", "").lower() == email.lower():
        _send(case)
    flash(_("If the two belong together, the address of your page is on its way to you by mail."), "done")
    return redirect(url_for("lost_links.new"), 303)


def _case(reference: str) -> Instance | None:
    engine = house().engine
    try:
        return engine.instance(engine.find(reference.upper()))
    except Rejected:
        return None


def _send(case: Instance) -> None:
    """Not too often for one case either; whoever asks does not learn of that."""
    the, now = house(), house().clock()
    try:
        rationing.judge(the.store, rationing.LOST_LINK_OF_CASE, case.id, now)
    except Rejected:
        return
    rationing.note(the.store, rationing.LOST_LINK_OF_CASE, case.id, now)
    ended = was_revoked(the.store, case.id)
    with suppress(Rejected):  # the answer is the same, whatever stands in the way
        the.engine.do(case.id, SendPrivateAddress(at=now, actor=guest_of(case.customer), ended=ended))
