"""A customer's page of their case: where it stands, what comes next, what was written, and what they can do.

By a private link, without signing in, or for who is signed in. Either way the customer acts as themselves, and the
command judges it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.core.authority import guest_of, holds
from engine.core.commands import Actor
from engine.core.draft import Draft
from engine.core.instance import COMPLETED, RUNNING, Instance
from engine.core.tasks import not_offered
from engine.definition.forms import Form
from engine.definition.markdown import to_html
from engine.definition.model import Definition
from engine.definition.moves import FormUse, Move
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.store import history, outbox
from engine.telling.approvals import standing
from web import files as case_files
from web import rationing
from web.access import ANYBODY, access
from web.forms import shown, typed
from web.house import house
from web.language import gettext as _
from web.language import in_zone, language, said
from web.reading import Filled, answers, forms_by_alias, promises
from web.status_links import case_behind
from web.uploads import keep

pages = Blueprint("status", __name__)

STAFF_ONLY = frozenset({"automatic"})
"""Fields of a customer's message that whoever writes it down answers, and never the customer."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in either direction: what it says, and when; `ours` when the house wrote it."""

    at: datetime
    ours: bool
    subject: str
    text: Markup
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that the customer can do: a move, with its title."""

    name: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An approval that waits for the customer, with what it is about."""

    id: str
    title: str
    content: str
    bound: tuple[Filled, ...]
    yes: str
    no: str


class _Visit:
    """The case behind a link, with the customer who acts."""

    def __init__(self, token: str) -> None:
        case = case_behind(house(), token)
        if case is None:
            abort(404)
        self.token = token
        self.case = case
        self.definition = house().engine.definition(case.digest)
        self.actor: Actor = guest_of(case.customer)
        in_zone(self.definition.calendar.zone)

    @property
    def draft(self) -> Draft:
        the = house()
        return Draft(self.definition, self.case, self.actor, the.clock(), the.engine.roster)

    def back(self) -> Response:
        return redirect(url_for("status.show", token=self.token), 303)

    def common(self) -> dict[str, Any]:
        the = house()
        rationing.judge(the.store, rationing.CUSTOMER_REPLY, self.case.id, the.clock())
        rationing.note(the.store, rationing.CUSTOMER_REPLY, self.case.id, the.clock())
        return {"at": the.clock(), "actor": self.actor, "key": request.form.get("key", "")}


@pages.get("/status/<token>")
@access(ANYBODY)
def show(token: str) -> Response:
    """Where the case stands, in plain words."""
    return _page(_Visit(token))


def _page(
    visit: _Visit,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    case, definition, now = visit.case, visit.definition, house().clock()
    tongue = language() if language() in definition.languages else definition.languages[0]
    clocks = [one for one in promises(definition, case, now, tongue) if one.clock.live and one.due is not None]
    message = _message(visit)
    reply = None
    if message is not None and message[1] is not None:
        use = message[1]
        look = use.bound.look(values or {}, {}, now, definition.calendar.zone)
        reply = shown(use.form, values or {}, look, errors, without=STAFF_ONLY)
    page = render_template(
        "status/show.html",
        case=case,
        definition=definition,
        stage=_stage(case, definition),
        done=case.status != RUNNING,
        clocks=[(one.title, one.due, one.clock.missed is not None) for one in clocks if not one.clock.missed][:2],
        late=any(one.clock.missed is not None for one in clocks),
        letters=_letters(visit),
        reply=reply,
        waits=any(wait.message == (message or ("",))[0] for wait in case.waits),
        offered=_offered(visit),
        approvals=_approvals(visit),
        refusal=refusal,
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


def _stage(case: Instance, definition: Definition) -> str:
    """What the process tells customers of where the case stands."""
    labels = [said(definition.states[state].label) for state in case.states if state in definition.states]
    told = next((label for label in labels if label), "")
    return told or (_("It is closed.") if case.status != RUNNING else _("We are working on it."))


def _letters(visit: _Visit) -> list[Letter]:
    """What was written in both directions, the latest first."""
    found = []
    for parcel in outbox.of_case(house().store, visit.case.id):
        if parcel.kind == outbox.MESSAGE and parcel.is_out_by(house().engine.recording()):
            body = parcel.body
            found.append(Letter(parcel.created_at, True, str(body["subject"]), Markup(to_html(body["body"]))))
    forms = forms_by_alias(visit.definition)
    told: Mapping[str, Any] = {}
    for line in history.read(house().store, visit.case.id):
        event = line.event
        if event.type == "message-received":
            told = event.body
        elif event.type == "form-submitted" and told:
            letter = _received(event.at, forms.get(str(event.body.get("name"))), event.body.get("changes", {}))
            found += [letter] if letter is not None else []
            told = {}
        elif event.type == "file-attached" and event.actor == visit.actor.id:
            found.append(Letter(event.at, False, "", Markup(""), (event.body["file"],)))
        elif event.type == "commented" and event.actor == visit.actor.id:
            found.append(Letter(event.at, False, "", _paragraphs(str(event.body["text"]))))
    return sorted(found, key=lambda letter: letter.at, reverse=True)


def _received(at: datetime, form: Form | None, changes: Mapping[str, Any]) -> Letter | None:
    values = {name: new for name, (_old, new) in changes.items() if new is not None and name not in STAFF_ONLY}
    texts, files = [], []
    for answer in answers(form, values):
        files += list(answer.files)
        texts += [answer.words] if answer.words else []
    return Letter(at, False, "", _paragraphs("\n".join(texts)), tuple(files)) if texts or files else None


def _paragraphs(text: str) -> Markup:
    return Markup("<p class='typed'>{}</p>").format(text)


# --- what the customer can do


def _message(visit: _Visit) -> tuple[str, FormUse | None] | None:
    """The message by which the customer writes to us now: what the case waits for, else what it always hears."""
    if visit.case.status != RUNNING:
        return None
    definition, draft = visit.definition, visit.draft
    waiting = [(wait.message, definition.states[wait.state].waits[wait.message]) for wait in visit.case.waits]
    heeded = [
        (name, move)
        for name, move in definition.heeded.items()
        if draft.root.state in definition.anywhere_sources(move)
    ]
    for name, move in (*waiting, *heeded):
        if not move.by:
            return name, move.form
    return None


@pages.post("/status/<token>/messages")
@access(ANYBODY)
def write(token: str) -> Response:
    """Write to us about the case."""
    visit = _Visit(token)
    message = _message(visit)
    engine = house().engine
    if message is None or message[1] is None:
        text = request.form.get("text", "")
        try:
            engine.do(visit.case.id, c.Comment(text=text, **visit.common()))
        except Rejected as rejected:
            return _page(visit, {"text": text}, rejected.fields, rejected.message, 422)
        flash(_("Thank you. We have your message."), "done")
        return visit.back()
    use = message[1]
    values = typed(use.form, request.form, request.files, keep, {})
    asked = {name: value for name, value in values.items() if name not in STAFF_ONLY and value not in ("", None, [])}
    try:
        engine.do(visit.case.id, c.Correlate(message=message[0], values=asked, **visit.common()))
    except Rejected as rejected:
        return _page(visit, values, rejected.fields, rejected.apart, 422)
    flash(_("Thank you. We have your message."), "done")
    return visit.back()


def _moves(visit: _Visit) -> list[tuple[str, Move]]:
    """The moves that the customer may ask for now, each with its token; `reopen` among them once it has ended."""
    case, definition, draft = visit.case, visit.definition, visit.draft
    if case.status == COMPLETED and case.states:
        state = definition.states.get(case.states[0])
        move = state.ending.reopen if state is not None and state.ending is not None else None
        return [(next(iter(case.tokens)), move)] if move is not None and holds(draft, move.by, visit.actor) else []
    if case.status != RUNNING:
        return []
    root = draft.root
    found = [
        (root.id, move) for move in definition.anywhere.values() if root.state in definition.anywhere_sources(move)
    ]
    for token in draft.tokens.values():
        state = definition.states.get(token.state)
        if state is not None and not token.done and state.work is None:
            found += [(token.id, move) for move in state.on.values()]
    return [
        (token, move)
        for token, move in found
        if CUSTOMER in move.by and holds(draft, move.by, visit.actor) and not not_offered(draft, token, move)
    ]


def _offered(visit: _Visit) -> list[Offered]:
    return [
        Offered(_name(move), said(move.title) or (_("Reopen") if move.kind == "reopen" else move.name), said(move.help))
        for _token, move in _moves(visit)
    ]


def _name(move: Move) -> str:
    return "reopen" if move.kind == "reopen" else move.name


@pages.route("/status/<token>/moves/<name>", methods=["GET", "POST"])
@access(ANYBODY)
def move(token: str, name: str) -> Response:
    """Ask for something: GET shows what, POST asks."""
    visit = _Visit(token)
    found = next(((place, one) for place, one in _moves(visit) if _name(one) == name), None)
    if found is None:
        abort(404)
    place, asked = found
    the, use, draft = house(), asked.form, visit.draft
    values: dict[str, Any] = {}
    errors: Mapping[str, Sequence[str]] = {}
    refusal, status = "", 200
    comment = request.form.get("comment", "")
    if request.method == "POST":
        if use is not None:
            values = typed(use.form, request.form, request.files, keep, {})
        if request.form.get("do") != "look":
            try:
                given = visit.common()
                command: c.Command = (
                    c.Reopen(values=values, comment=comment, **given)
                    if asked.kind == "reopen"
                    else c.Trigger(name=asked.name, values=values, comment=comment, **given)
                )
                the.engine.do(visit.case.id, command)
            except Rejected as rejected:
                errors, status = dict(rejected.fields), 422
                refusal = rejected.apart
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
        title=said(asked.title) or _("Reopen"),
        help=said(asked.help),
        form=drawn,
        comment=comment,
        comment_fault=" ".join(errors.get("comment", ())),
        needs_comment=asked.comment or (asked.kind == "reopen" and use is None),
        refusal=refusal,
        token=token,
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return Response(page, status=status, mimetype="text/html")


def _approvals(visit: _Visit) -> list[ToDecide]:
    """What waits for the customer's own yes or no."""
    draft, forms = visit.draft, forms_by_alias(visit.definition)
    found = []
    for id, approval in visit.case.approvals.items():
        task = visit.case.tasks[id]
        stands = standing(draft, task, ())
        if visit.actor.id not in stands.may or approval.asked is not None:
            continue
        known = draft.values(approval.token)
        bound = []
        for alias in stands.plan.binds:
            form, values = forms.get(alias), known.get(alias)
            for one in values if isinstance(values, list) else [values]:
                if isinstance(one, Mapping):
                    bound.append(Filled(alias, said(form.title) if form else alias, tuple(answers(form, one))))
        titles = {name: said(move.title) for name, move in visit.definition.states[approval.state].on.items()}
        yes, no = titles.get("approved") or _("Yes"), titles.get("rejected") or _("No")
        found.append(ToDecide(id, said(stands.plan.help) or task.title, approval.content, tuple(bound), yes, no))
    return found


@pages.post("/status/<token>/decisions")
@access(ANYBODY)
def decide(token: str) -> Response:
    """Say yes or no to an offer, to what was seen."""
    visit = _Visit(token)
    decision = request.form.get("decision", "")
    if decision not in ("approve", "reject"):
        return _page(visit, refusal=_("Choose yes or no."), status=422)
    command = c.Decide(
        task=request.form.get("task", ""),
        decision=decision,  # type: ignore[arg-type]
        comment=request.form.get("comment", ""),
        content=request.form.get("content", ""),
        **visit.common(),
    )
    try:
        house().engine.do(visit.case.id, command)
    except Rejected as rejected:
        return _page(_Visit(token), refusal=rejected.message, status=409 if rejected.code != "comment-needed" else 422)
    flash(_("Thank you. We have your decision."), "done")
    return visit.back()


@pages.get("/status/<token>/files/<digest>")
@access(ANYBODY)
def file(token: str, digest: str) -> Response:
    """A file that the customer sent."""
    visit = _Visit(token)
    known = {one["sha256"] for letter in _letters(visit) for one in letter.files}
    if digest not in known:
        abort(404)
    return case_files.answer(visit.case, digest)
