"""The customer's page of their case: where it stands, what comes next, what was written, and what they can do.

By a private link, without signing in, or for who is signed in. Either way the customer acts as themselves, and the
command judges it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.instance import RUNNING, SUSPENDED, Instance
from engine.definition.model import Definition
from engine.definition.moves import FormUse
from engine.telling.customers import promised_to_customer, stage_due
from engine.telling.until import ends_at
from web import files as case_files
from web.access import ANYBODY, access
from web.forms import ShownForm, shown
from web.house import house
from web.language import gettext as _
from web.language import said
from web.status.letters import letters_of, told
from web.status.noun import STAFF_ONLY, Visit, pages
from web.status.offers import asked, message_of, offered, to_decide
from web.uploads import carried


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision that could not be taken like this: about which task, what was typed, and what is wrong with it."""

    task: str
    comment: str
    fault: str


@pages.get("/status/<token>")
@access(ANYBODY)
def show(token: str) -> Response:
    """Where the case stands, in plain words."""
    return page_of(Visit(token))


def page_of(
    visit: Visit,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    refusal: str = "",
    status: int = 200,
    doubt: Doubt | None = None,
    writing: str = "",
) -> Response:
    """The page; with what was typed into the message called `writing` (else: by which they write to us), and what is
    wrong with it.
    """
    case, definition, now = visit.known.before, visit.definition, house().clock()
    promised = promised_to_customer(visit.known, visit.events, visit.tongue)
    message, goes_on = message_of(visit), case.status in (RUNNING, SUSPENDED)

    def form_of(name: str, use: FormUse) -> ShownForm:
        typed, faults = (values or {}, errors) if writing in (name, "") else ({}, None)
        look = use.bound.look(typed, {}, now, definition.calendar.zone)
        return shown(use.form, typed, look, faults, without=STAFF_ONLY)

    use = message[1] if message is not None else None
    reply = form_of(message[0], use) if message is not None and use is not None else None
    page = render_template(
        "status/show.html",
        case=case,
        definition=definition,
        stage=stage_of(definition, case),
        done=not goes_on,
        by=stage_due(definition, case, now),
        promised=[one for one in promised if one.over or not one.late],
        late=any(one.late and not one.over for one in promised),
        letters=letters_of(visit),
        told=told(visit),
        by_mail=bool(case.customer.get("email")),
        reply=reply,
        asked=[(name, form_of(name, use).apart()) for name, use in asked(visit)],
        heard=message is not None or goes_on,
        waits=any(wait.message == (message or ("",))[0] for wait in case.waits),
        ends=ends_at(visit.known),
        offered=offered(visit),
        approvals=to_decide(visit),
        doubt=doubt,
        refusal=refusal,
        note={"text": (values or {}).get("text", ""), "fault": " ".join((errors or {}).get("text", ()))},
        files=carried(values or {}),
        token=visit.token,
        received=bool(request.args.get("received")),
        address=url_for("status.show", token=visit.token, _external=True),
        key=secrets.token_hex(16),
        now=now,
    )
    answer = Response(page, status=status, mimetype="text/html")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def stage_of(definition: Definition, case: Instance) -> str:
    """The same of a case as its customer knows it."""
    return stage_in(definition, case.states, case.status, writing=bool(case.unsent))


def stage_in(definition: Definition, states: Iterable[str], status: str, *, writing: bool = False) -> str:
    """What the process tells customers of where a case stands; that they are written to, while a letter that was taken
    back is to be written again.
    """
    if writing:
        return _("We are writing to you.")
    labels = [said(definition.states[state].label) for state in states if state in definition.states]
    told = next((label for label in labels if label), "")
    return told or (_("We are working on it.") if status in (RUNNING, SUSPENDED) else _("It is closed."))


@pages.get("/status/<token>/files/<digest>")
@access(ANYBODY)
def file(token: str, digest: str) -> Response:
    """A file that the customer sent, or was sent."""
    visit = Visit(token)
    sent = [one for letter in letters_of(visit) for one in letter.files]
    known = {one["sha256"] for one in (*sent, *(one for answer in told(visit) for one in answer.files))}
    if digest not in known:
        abort(404)
    return case_files.answer(visit.case, digest)
