"""What can be asked of a case outside its tasks: which moves are open to whoever looks, and asking for one.

Decides nothing: whether it may be asked is judged again in the command.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.core.authority import open_to
from engine.core.correlation import ways
from engine.core.draft import Draft
from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.core.effects import move_in
from engine.core.instance import COMPLETED, RUNNING, Instance
from engine.definition.forms.vocabulary import ANYBODY, CUSTOMERS_ALONE, STAFF_ALONE
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.store import drafts
from web.access import SIGNED_IN, access, visitor
from web.cases.noun import pages
from web.designated import designated
from web.forms import shown
from web.hints import why_not
from web.house import house
from web.language import gettext as _
from web.language import language, said
from web.reading import case_called
from web.refusals import worded
from web.uploads import all_wrong, carried, typed_with_files


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that can be asked for from the case's page; `why_not` is empty when it can be now."""

    name: str
    title: str
    help: str
    why_not: str


def _draft(case: Instance, definition: Definition) -> Draft:
    the = house()
    return Draft(definition, case, visitor().actor, the.clock(), the.engine.roster)


def asked(case: Instance, definition: Definition) -> list[Asked]:
    if case.status != RUNNING:
        return []
    draft = _draft(case, definition)
    wording = Wording(language(), roles=house().directory.roles(), spoken=spoken_in(definition))
    found: dict[str, Asked] = {}
    for token, move in ways(draft):
        if open_to(draft, token, move):
            one = Asked(
                move.name,
                said(move.title) or wording.move(move),
                said(move.help),
                why_not(draft, token, move, wording),
            )
            # Open in several branches it is one thing to ask for, and can be asked for as soon as one of them has it.
            if move.name not in found or not one.why_not:
                found[move.name] = one
    return list(found.values())


def reopening(case: Instance, definition: Definition) -> Move | None:
    """The way back of a case that has ended, when there is one and whoever asks may ask for it."""
    if case.status != COMPLETED or not case.states:
        return None
    state = definition.states.get(case.states[0])
    move = state.ending.reopen if state is not None and state.ending is not None else None
    if move is None or not open_to(_draft(case, definition), next(iter(case.tokens)), move):
        return None
    return move


@pages.route("/cases/<reference>/moves/<name>", methods=["GET", "POST"])
@access(SIGNED_IN)
def move(reference: str, name: str) -> str | tuple[str, int] | Response:
    """Ask for a move, with its form and a comment."""
    case, definition = case_called(reference)
    found = reopening(case, definition) if name == "reopen" else None
    token = next(iter(case.tokens), "")
    if found is None:
        every = {one.name: (place, one) for place, one in ways(_draft(case, definition))}
        if name not in every or not open_to(_draft(case, definition), *every[name]):
            abort(404)
        token, found = every[name]
    return _ask(case, definition, token, found, again=name == "reopen")


def _ask(
    case: Instance, definition: Definition, token: str, found: Move, *, again: bool
) -> str | tuple[str, int] | Response:
    the, use = house(), found.form
    draft = _draft(case, definition)
    known = draft.values(token) if use is not None and use.bound.names else {}
    values: dict[str, Any] = dict(_kept(case, found)) if use is not None and request.method == "GET" else {}
    errors: Mapping[str, Sequence[str]] = {}
    comment, refusal, status = request.form.get("comment", ""), "", 200
    if request.method == "POST":
        if use is not None:
            values, errors = typed_with_files(use.form, {})
        if request.form.get("do") != "look" and use is not None and errors:
            status, errors = 422, all_wrong(definition, use, values, errors, known)
        elif request.form.get("do") != "look":
            given: dict[str, Any] = {"at": the.clock(), "actor": visitor().actor, "key": request.form.get("key", "")}
            command: c.Command = (
                c.Reopen(values=values, comment=comment, **given)
                if again
                else c.Trigger(name=found.name, values=values, comment=comment, **given)
            )
            try:
                the.engine.do(case.id, command)
            except Rejected as rejected:
                errors, status = dict(worded(rejected).fields), 422
                refusal = worded(rejected).apart
            else:
                flash(_("Done: %(what)s.") % {"what": said(found.title) or found.name}, "done")
                return redirect(url_for("cases.show", reference=case.reference), 303)
    form = None
    if use is not None:
        look = use.bound.look(values, known, the.clock(), definition.calendar.zone)
        named = designated(draft, token, use, values)
        form = shown(use.form, values, look, errors, {**people_to_choose(), **named.people}, drives=named.depends)
    page = render_template(
        "cases/move.html",
        case=case,
        move=found,
        reopening=again,
        form=form,
        comment=comment,
        comment_fault=" ".join(errors.get("comment", ())),
        needs_comment=found.comment or (again and use is None),
        refusal=refusal,
        files=carried(values),
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return page, status


def _kept(case: Instance, found: Move) -> Mapping[str, Any]:
    """What whoever asks had typed for it, when they have taken its message back."""
    kept = drafts.load(house().store, move_in(case.id, found.name), visitor().person.id)
    return kept.values if kept is not None else {}


def people_to_choose() -> dict[str, list[tuple[str, str]]]:
    """Whom a field for a person offers, by whom it can be about: those who are active, by name. To customers no other
    customer is named.
    """
    every = sorted((one for one in house().directory.people() if one.active), key=lambda one: one.name)
    who = visitor()
    known = [one for one in every if who.is_staff or one.id == who.person.id or {*one.roles} - {CUSTOMER}]
    return {
        STAFF_ALONE: [(one.id, one.name) for one in known if {*one.roles} - {CUSTOMER}],
        CUSTOMERS_ALONE: [(one.id, one.name) for one in known if CUSTOMER in one.roles],
        ANYBODY: [(one.id, one.name) for one in known],
    }
