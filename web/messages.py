"""Messages to customers that somebody has just caused: taken back before they go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import WithdrawMessage
from engine.core.effects import move_in
from engine.core.events import Event
from engine.core.instance import TAKE_BACK, Instance, Undo
from engine.errors import Rejected
from engine.store import outbox, queries
from web.access import STAFF, access, inner, visitor
from web.house import house
from web.language import gettext as _
from web.reading import case_called, case_of
from web.refusals import worded

pages = Blueprint("messages", __name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A message that can still be taken back, for so many seconds: a browser's own clock may be wrong."""

    id: str
    reference: str
    subject: str
    to: str
    left: int


def recallable(case: Instance) -> list[Recalled]:
    """What whoever asks has just caused to be sent, and may take back."""
    now, me = house().clock(), visitor().person.id
    ends = {one.id: one.at + TAKE_BACK for one in case.sent if one.by == me}
    open_ones = {id: ceil((end - now).total_seconds()) for id, end in ends.items() if end > now}
    if not open_ones:
        return []
    return [
        Recalled(one.body["id"], case.reference, one.body["subject"], one.body["to"], open_ones[one.body["id"]])
        for one in outbox.of_case(house().store, case.id)
        if one.body["id"] in open_ones and one.status == outbox.PENDING
    ]


def recallable_after(task: str) -> list[Recalled]:
    """The same of the case in which whoever asks has just done this task, or decided in this approval."""
    row = queries.task(house().store, task) if task else None
    return recallable(case_of(row.instance)[0]) if row is not None else []


def _again(case: Instance, undone: Undo, events: Sequence[Event]) -> str:
    """Where what was typed is found, or where it is decided anew."""
    place, outcome, _values = undone.typed or ("", "", {})
    if not place:
        place = next((event.body["task"] for event in events if event.type == "task-reopened"), "")
    if not place:
        return url_for("cases.show", reference=case.reference)
    if place == move_in(case.id, outcome):
        return url_for("cases.move", reference=case.reference, name=outcome)
    return url_for("tasks.show", id=place)


@pages.post("/cases/<reference>/messages/<id>/withdrawal")
@access(STAFF)
def withdraw(reference: str, id: str) -> Response:
    """Take a message back, and go to where it can be written again."""
    case, _definition = case_called(reference)
    the = house()
    try:
        done = the.engine.do(case.id, WithdrawMessage(at=the.clock(), actor=visitor().actor, message=id))
    except Rejected as rejected:
        gone = _("It was too late: the message is on its way.")
        flash(gone if rejected.code == "no-longer-possible" else worded(rejected).message, "fault")
    else:
        if case.undo is not None and id in case.undo.messages:
            told = _("Taken back: nothing was sent. %(case)s is where it was, and what you typed is here again.")
            if case.undo.typed is None:
                told = _("Taken back: nothing was sent. %(case)s is where it was, and you can decide anew.")
            flash(told % {"case": case.reference}, "done")
            return redirect(_again(case, case.undo, done.events), 303)
        task = next((event.body["task"] for event in done.events if "lines" in event.body), "")
        if task:
            flash(_("Taken back: nothing was sent. The case had gone on; please write it again here."), "done")
            return redirect(url_for("tasks.show", id=task), 303)
        flash(_("Taken back: nothing was sent."), "done")
    there = request.form.get("next", "")
    return redirect(inner(there) if there else url_for("cases.show", reference=case.reference), 303)
