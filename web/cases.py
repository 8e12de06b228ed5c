"""A case from receipt to closure on one page, and what can be done to it as a whole.

Every change is a command; the page shows what came of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.core.authority import holds, oversees
from engine.core.draft import Draft
from engine.core.drawing import picture_of, trail_of
from engine.core.events import Event
from engine.core.instance import COMPLETED, RUNNING, Instance
from engine.core.tasks import not_offered
from engine.definition.forms import Form
from engine.definition.markdown import to_html
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.diagrams import svg_of
from engine.errors import Rejected
from engine.store import history, outbox, personal
from engine.store.history import Line
from engine.telling.sentences import Teller
from web.access import SIGNED_IN, STAFF, access, visitor
from web.forms import shown, typed
from web.house import house
from web.language import gettext as _
from web.language import language, said, zone
from web.processes import without_style
from web.reading import case_called, filled, forms_by_alias, in_words, names, promises, strip
from web.uploads import keep

pages = Blueprint("cases", __name__)

KINDS: Mapping[str, frozenset[str]] = {
    "people": frozenset(
        {
            *("case-started", "task-claimed", "task-completed", "task-released", "task-assigned", "task-delegated"),
            *("decision-given", "approval-closed", "approval-voided", "confirmation-asked", "commented"),
            *("file-attached", "suspended", "resumed", "cancelled", "reopened", "form-submitted"),
        }
    ),
    "messages": frozenset(
        {"message-sent", "message-received", "message-unaddressed", "message-withheld", "notified", "commented"}
    ),
    "promises": frozenset(
        {
            *("clock-started", "clock-paused", "clock-resumed", "clock-stopped", "clock-retargeted"),
            *(
                "clock-breached",
                "clock-cancelled",
                "move-dropped",
                "timer-fired",
                "priority-raised",
                "task-reassigned",
                "milestone-reached",
            ),
        }
    ),
}
"""What the timeline can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened in one step: by whom, through which door, on whose behalf, and what, line by line."""

    at: datetime
    recorded_at: datetime
    who: str
    behalf: str
    via: str
    roles: tuple[str, ...]
    lines: tuple[tuple[int, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that can be asked for from the case's page; `why_not` is empty when it can be now."""

    name: str
    title: str
    help: str
    why_not: str


@pages.get("/cases/<reference>")
@access(SIGNED_IN)
def show(reference: str) -> str:
    """All that is known of a case."""
    case, definition = case_called(reference)
    the, now = house(), house().clock()
    lines = history.read(the.store, case.id)
    seen = personal.seen(the.store, visitor().person.id, case.id)
    narrowed = request.args.get("only", "")
    clocks = promises(definition, case, now, _tongue(definition))
    answer = render_template(
        "cases/show.html",
        case=case,
        definition=definition,
        now=now,
        names=names(),
        customer=_customer(case),
        states=[said(definition.states[state].title) for state in case.states if state in definition.states],
        timeline=timeline(definition, lines, KINDS.get(narrowed)),
        only=narrowed,
        new_from=seen,
        filled=filled(definition, case),
        clocks=clocks,
        strip=strip(case, clocks, now),
        messages=[parcel for parcel in outbox.of_case(the.store, case.id) if parcel.kind == outbox.MESSAGE],
        notices=[parcel for parcel in outbox.of_case(the.store, case.id) if parcel.kind == outbox.NOTICE],
        attachments=[line for line in lines if line.event.type == "file-attached"],
        asked=_asked(case, definition),
        oversees=oversees(definition, visitor().actor),
        answers=definition.owner in visitor().actor.roles,
        reopen=_reopening(case, definition),
        watches=personal.watches(the.store, visitor().person.id, case.id),
        picture=Markup(_picture(case, definition, lines)),
        verified=history.verify(the.store, case.id) if request.args.get("verify") else None,
        key=secrets.token_hex(16),
        to_html=lambda text: Markup(to_html(text)),
        zone_of=zone().key,
    )
    personal.look(the.store, visitor().person.id, case.id, case.seq, now)
    return answer


def _tongue(definition: Definition) -> str:
    return language() if language() in definition.languages else definition.languages[0]


def _customer(case: Instance) -> dict[str, str]:
    return {word: case.customer[word] for word in ("name", "email", "phone") if case.customer.get(word)}


def timeline(definition: Definition, lines: Sequence[Line], only: frozenset[str] | None) -> list[Moment]:
    """The history in sentences, a step at a time, the latest first."""
    teller, forms = Teller(definition, zone().key), forms_by_alias(definition)
    found: list[Moment] = []
    for line in lines:
        event = line.event
        told = (line.seq, event.type, tuple(_told(event, teller, forms)))
        if only is not None and event.type not in only:
            continue
        last = found[-1] if found else None
        same = last is not None and (last.at, last.who, last.behalf, last.via) == (
            event.at,
            event.actor,
            event.on_behalf_of,
            event.via,
        )
        if last is not None and same:
            lines_so_far = (*last.lines, told)
            found[-1] = Moment(last.at, last.recorded_at, last.who, last.behalf, last.via, last.roles, lines_so_far)
        else:
            found.append(
                Moment(
                    event.at, line.recorded_at, event.actor, event.on_behalf_of, event.via, tuple(event.roles), (told,)
                )
            )
    return found[::-1]


def _told(event: Event, teller: Teller, forms: Mapping[str, Form]) -> Iterable[str]:
    """An event in sentences; what was filled in by the labels of its form."""
    form = forms.get(str(event.body.get("name", ""))) if event.type == "form-submitted" else None
    changes = event.body.get("changes")
    if form is None or not isinstance(changes, Mapping):
        return teller.tell(event)
    return (_changed(form, name, *change) for name, change in changes.items() if isinstance(change, list))


def _changed(form: Form, name: str, old: Any, new: Any) -> str:
    field = form.field(name)
    if field is None or field.is_table or field.holds_files:
        rows = _("%(old)s → %(new)s entries") % {"old": len(old or ()), "new": len(new or ())}
        return f"{said(field.title) if field is not None else name}: {rows if isinstance(new, list) else new}"
    before, after = in_words(field, old), in_words(field, new)
    return f"{said(field.title)}: {f'{before} → {after or chr(8212)}' if before else after}"


def _picture(case: Instance, definition: Definition, lines: Sequence[Line]) -> str:
    trail = trail_of(case, [line.event for line in lines])
    return _drawn(definition, _tongue(definition), trail)


@lru_cache(maxsize=128)
def _drawn(definition: Definition, tongue: str, trail: Any) -> str:
    try:
        return without_style(svg_of(picture_of(definition, tongue, trail)))
    except Rejected as rejected:
        return str(Markup("<p>{}</p>").format(rejected.message))


# --- what can be asked for


def _draft(case: Instance, definition: Definition) -> Draft:
    the = house()
    return Draft(definition, case, visitor().actor, the.clock(), lambda role: frozenset(the.directory.holders(role)))


def _moves(case: Instance, definition: Definition) -> list[tuple[str, Move]]:
    """The moves that belong to no task here: process-wide ones, and those of a state where nobody works; each with its
    token.
    """
    draft = _draft(case, definition)
    root = draft.root
    found = [
        (root.id, move) for move in definition.anywhere.values() if root.state in definition.anywhere_sources(move)
    ]
    for token in draft.tokens.values():
        state = definition.states.get(token.state)
        if state is not None and not token.done and state.work is None:
            found += [(token.id, move) for move in state.on.values()]
    return found


def _asked(case: Instance, definition: Definition) -> list[Asked]:
    if case.status != RUNNING:
        return []
    draft = _draft(case, definition)
    found = []
    for token, move in _moves(case, definition):
        if holds(draft, move.by, draft.actor):
            found.append(
                Asked(move.name, said(move.title) or move.name, said(move.help), not_offered(draft, token, move))
            )
    return found


def _reopening(case: Instance, definition: Definition) -> Move | None:
    """The way back of a case that has ended, when there is one and whoever asks may ask for it."""
    if case.status != COMPLETED or not case.states:
        return None
    state = definition.states.get(case.states[0])
    move = state.ending.reopen if state is not None and state.ending is not None else None
    if move is None or not holds(_draft(case, definition), move.by, visitor().actor):
        return None
    return move


@pages.route("/cases/<reference>/moves/<name>", methods=["GET", "POST"])
@access(SIGNED_IN)
def move(reference: str, name: str) -> str | tuple[str, int] | Response:
    """Ask for a move, with its form and a comment."""
    case, definition = case_called(reference)
    found = _reopening(case, definition) if name == "reopen" else None
    token = next(iter(case.tokens), "")
    if found is None:
        every = {one.name: (place, one) for place, one in _moves(case, definition)}
        if name not in every or not holds(_draft(case, definition), every[name][1].by, visitor().actor):
            abort(404)
        token, found = every[name]
    return _ask(case, definition, token, found, reopening=name == "reopen")


def _ask(
    case: Instance, definition: Definition, token: str, found: Move, *, reopening: bool
) -> str | tuple[str, int] | Response:
    the, use = house(), found.form
    draft = _draft(case, definition)
    known = draft.values(token) if use is not None and use.bound.names else {}
    values: dict[str, Any] = {}
    errors: Mapping[str, Sequence[str]] = {}
    comment, refusal, status = request.form.get("comment", ""), "", 200
    if request.method == "POST":
        if use is not None:
            values = typed(use.form, request.form, request.files, keep, {})
        if request.form.get("do") != "look":
            given: dict[str, Any] = {"at": the.clock(), "actor": visitor().actor, "key": request.form.get("key", "")}
            command: c.Command = (
                c.Reopen(values=values, comment=comment, **given)
                if reopening
                else c.Trigger(name=found.name, values=values, comment=comment, **given)
            )
            try:
                the.engine.do(case.id, command)
            except Rejected as rejected:
                errors, status = dict(rejected.fields), 422
                refusal = "" if rejected.fields else rejected.message
            else:
                flash(_("Done: %(what)s.") % {"what": said(found.title) or found.name}, "done")
                return redirect(url_for("cases.show", reference=case.reference), 303)
    form = None
    if use is not None:
        look = use.bound.look(values, known, the.clock(), definition.calendar.zone)
        form = shown(use.form, values, look, errors, people_to_choose())
    page = render_template(
        "cases/move.html",
        case=case,
        move=found,
        reopening=reopening,
        form=form,
        comment=comment,
        comment_fault=" ".join(errors.get("comment", ())),
        needs_comment=found.comment or (reopening and use is None),
        refusal=refusal,
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return page, status


def people_to_choose() -> list[tuple[str, str]]:
    """Whom a field for a person offers: everybody who is active, by name."""
    people = [person for person in house().directory.people() if person.active]
    return sorted(((person.id, person.name) for person in people), key=lambda one: one[1])


# --- what can be done to it


def _back(reference: str) -> Response:
    return redirect(url_for("cases.show", reference=reference), 303)


def _common() -> dict[str, Any]:
    return {"at": house().clock(), "actor": visitor().actor, "key": request.form.get("key", "")}


@pages.post("/cases/<reference>/comments")
@access(SIGNED_IN)
def comment(reference: str) -> Response:
    """Write a comment into the history."""
    case, _definition = case_called(reference)
    house().engine.do(case.id, c.Comment(text=request.form.get("text", ""), **_common()))
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
