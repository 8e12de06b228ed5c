"""A new case, begun by somebody who works here: choose the process, fill in its form, get the reference."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import Start
from engine.core.draft import Draft
from engine.core.instances import ROOT, blank
from engine.core.tasks import next_for
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.store import outbox
from web.access import WORKERS, access, visitor
from web.cases.moves import people_to_choose
from web.designated import designated
from web.forms import shown
from web.house import house
from web.language import gettext as _
from web.language import language
from web.reading import case_called, in_force, names, promises, why_stuck
from web.refusals import worded
from web.times import zone
from web.uploads import all_wrong, carried, typed_with_files

pages = Blueprint("starting", __name__)

RECEIVED = "case-received"
"""When the organisation got it. With a hyphen, so that no field of a form can be called so."""


@pages.get("/start")
@access(WORKERS)
def choose() -> str:
    """The processes that whoever asks may begin."""
    return render_template("starting/choose.html", processes=_startable())


def _startable() -> list[Definition]:
    the, now, roles = house(), house().clock(), visitor().actor.roles
    digests = {one.process: one.digest for one in in_force().values() if one.effective_from <= now}
    known = (the.engine.definition(digest) for digest in digests.values())
    return [definition for definition in known if not roles.isdisjoint(definition.starters)]


@pages.route("/start/<key>", methods=["GET", "POST"])
@access(WORKERS)
def form(key: str) -> str | tuple[str, int] | Response:
    """The form with which a case begins; sent, it leads to the receipt."""
    definition = next((one for one in _startable() if one.key == key), None)
    if definition is None:
        abort(404)
    use = definition.start.form
    values: dict[str, Any] = {}
    errors: Mapping[str, Sequence[str]] = {}
    fault, status = "", 200
    if request.method == "POST":
        values, wrong = typed_with_files(use.form, {}) if use is not None else ({}, {})
        errors = all_wrong(definition, use, values, wrong) if use is not None and wrong else wrong
        if request.form.get("do") != "look" and not wrong:
            try:
                return _begun(definition, values)
            except Rejected as rejected:
                errors, fault = dict(worded(rejected).fields), worded(rejected).apart
        status = 422 if request.form.get("do") != "look" else 200
    elif use is not None and use.form.field("language") is not None and language() in definition.languages:
        values = {"language": language()}
    drawn = None
    if use is not None:
        look = use.bound.look(values, {}, house().clock(), definition.calendar.zone)
        named = designated(_as_new(definition), ROOT, use, values)
        people = {**people_to_choose(), **named.people}
        drawn = shown(use.form, values, look, errors, people, drives=named.depends)
    page = render_template(
        "starting/form.html",
        definition=definition,
        form=drawn,
        fault=fault or " ".join(errors.get(RECEIVED, ())),
        asks_received=not definition.received,
        files=carried(values),
        received=request.form.get(RECEIVED, ""),
        key=request.form.get("case-key") or secrets.token_hex(16),
    )
    return page, status


def _as_new(definition: Definition) -> Draft:
    """A case before it begins, to look at and to throw away."""
    the, actor = house(), visitor().actor
    command = Start(at=the.clock(), actor=actor, instance="", reference="")
    return Draft(definition, blank(definition, command), actor, the.clock(), the.engine.roster)


def _begun(definition: Definition, values: Mapping[str, Any]) -> Response:
    result = house().engine.start(
        definition.key, visitor().actor, values, received_at=_received(), key=request.form.get("case-key", "")
    )
    if result.stuck:
        told = _("The case is written down, but the process could not go on: %(why)s. Its owner can mend it.")
        flash(told % {"why": why_stuck(result)}, "fault")
    return redirect(url_for("starting.receipt", reference=result.reference), 303)


def _received() -> datetime | None:
    said = request.form.get(RECEIVED, "").strip()
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise Rejected(
            "invalid-values",
            "Expected a time of receipt",
            {RECEIVED: (_("Give a day and a time of receipt, or leave it empty for now."),)},
        ) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone())


@pages.get("/start/receipts/<reference>")
@access(WORKERS)
def receipt(reference: str) -> str:
    """The reference of a new case, what is promised, and what happens next."""
    case, definition = case_called(reference)
    the, now = house(), house().clock()
    parcels = outbox.of_case(the.store, case.id)
    tongue = language() if language() in definition.languages else definition.languages[0]
    return render_template(
        "starting/receipt.html",
        case=case,
        definition=definition,
        names=names(),
        roles=the.directory.roles(),
        now=now,
        clocks=[one for one in promises(definition, case, now, tongue) if one.clock.live and one.due is not None],
        messages=[one for one in parcels if one.kind == outbox.MESSAGE and one.seq == parcels[0].seq],
        mine=next_for(case, visitor().actor),
    )
