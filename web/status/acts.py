"""What the customer does on their page: write to us, ask for something, say yes or no. Each is a command."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, render_template, request
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.errors import Rejected
from engine.telling.until import ends_at
from web.access import ANYBODY, access
from web.forms import shown
from web.house import house
from web.language import gettext as _
from web.refusals import worded
from web.status.noun import STAFF_ONLY, Visit, pages
from web.status.offers import asked, message_of, moves_of, name_of, offer_of
from web.status.page import Doubt, page_of
from web.uploads import all_wrong, carried, keep, typed_with_files


@pages.post("/status/<token>/messages")
@access(ANYBODY)
def write(token: str) -> Response:
    """Write to us about the case."""
    visit = Visit(token)
    name, engine = request.form.get("message", ""), house().engine
    message = next((one for one in asked(visit) if one[0] == name), None) if name else message_of(visit)
    if name and message is None:
        flash(_("Thank you. We have your answer already."), "done")
        return visit.back()
    if message is None or message[1] is None:
        return _note(visit)
    use = message[1]
    values, faults = typed_with_files(use.form, {})
    if faults:
        asked_for = {name: value for name, value in values.items() if name not in STAFF_ONLY}
        wrong = all_wrong(visit.definition, use, asked_for, faults)
        return page_of(visit, values, wrong, status=422, writing=message[0])
    given = {name: value for name, value in values.items() if name not in STAFF_ONLY and value not in ("", None, [])}
    try:
        engine.do(visit.case.id, c.Correlate(message=message[0], values=given, **visit.common()))
    except Rejected as rejected:
        return page_of(visit, values, worded(rejected).fields, worded(rejected).apart, 422, writing=message[0])
    flash(_("Thank you. We have your message."), "done")
    return visit.back()


def _note(visit: Visit) -> Response:
    """What they write, and the files that they send, where the process asks for no message of its own."""
    text, engine = request.form.get("text", ""), house().engine
    try:
        files = [keep(one) for one in request.files.getlist("files") if one.filename]
        common = visit.common()
        if text.strip() or not files:
            engine.do(visit.case.id, c.Comment(text=text, **common))
        for number, one in enumerate(files):
            key = f"{common['key']}-{number}" if common["key"] else ""
            engine.do(visit.case.id, c.Attach(file=one, **{**common, "key": key}))
    except Rejected as rejected:
        return page_of(visit, {"text": text}, worded(rejected).fields, worded(rejected).apart, 422)
    flash(_("Thank you. We have your message."), "done")
    return visit.back()


@pages.route("/status/<token>/moves/<name>", methods=["GET", "POST"])
@access(ANYBODY)
def move(token: str, name: str) -> Response:
    """Ask for something: GET shows what, POST asks."""
    visit = Visit(token)
    found = next(((place, one) for place, one in moves_of(visit) if name_of(one) == name), None)
    if found is None:
        abort(404)
    place, way = found
    the, use, draft = house(), way.form, visit.draft
    values: dict[str, Any] = {}
    errors: Mapping[str, Sequence[str]] = {}
    refusal, status = "", 200
    comment = request.form.get("comment", "")
    if request.method == "POST":
        if use is not None:
            values, errors = typed_with_files(use.form, {})
        if request.form.get("do") != "look" and use is not None and errors:
            known = draft.values(place) if use.bound.names else {}
            status, errors = 422, all_wrong(visit.definition, use, values, errors, known)
        elif request.form.get("do") != "look":
            try:
                given = visit.common()
                command: c.Command = (
                    c.Reopen(values=values, comment=comment, **given)
                    if way.kind == "reopen"
                    else c.Trigger(name=way.name, values=values, comment=comment, **given)
                )
                the.engine.do(visit.case.id, command)
            except Rejected as rejected:
                errors, status = dict(worded(rejected).fields), 422
                refusal = worded(rejected).apart
            else:
                flash(_("Thank you. It is done."), "done")
                return visit.back()
    drawn = None
    if use is not None:
        known = draft.values(place) if use.bound.names else {}
        look = use.bound.look(values, known, the.clock(), visit.definition.calendar.zone)
        drawn = shown(use.form, values, look, errors)
    page = render_template(
        "status/move.html",
        case=visit.case,
        offer=offer_of(visit, place, way),
        ends=ends_at(visit.known),
        form=drawn,
        comment=comment,
        comment_fault=" ".join(errors.get("comment", ())),
        needs_comment=way.comment or (way.kind == "reopen" and use is None),
        refusal=refusal,
        files=carried(values),
        token=token,
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return Response(page, status=status, mimetype="text/html")


@pages.post("/status/<token>/decisions")
@access(ANYBODY)
def decide(token: str) -> Response:
    """Say yes or no to an offer, or what should be different, to what was seen."""
    visit = Visit(token)
    decision = request.form.get("decision", "")
    if decision not in ("approve", "reject", "request-changes"):
        return page_of(visit, refusal=_("Choose yes or no."), status=422)
    task, comment = request.form.get("task", ""), request.form.get("comment", "")
    command = c.Decide(
        task=task,
        decision=decision,  # type: ignore[arg-type]
        comment=comment,
        content=request.form.get("content", ""),
        **visit.common(),
    )
    try:
        house().engine.do(visit.case.id, command)
    except Rejected as rejected:
        said, status = worded(rejected), 409 if rejected.code != "comment-needed" else 422
        doubt = Doubt(task, comment, " ".join(said.fields.get("comment", ())))
        return page_of(Visit(token), refusal=said.apart, status=status, doubt=doubt)
    flash(_("Thank you. We have your decision."), "done")
    return visit.back()
