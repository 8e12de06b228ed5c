"""The page of a task, in whatever state it is: to be done, somebody else's, or done already."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.core.authority import oversees
from engine.core.clock_explanations import ClockExplanation
from engine.definition.markdown import to_html
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.store import history, outbox, personal
from engine.store.history import Line
from engine.telling.since import SAID_AND_DONE
from web import deadlines
from web.access import STAFF, access, visitor
from web.cases.moves import people_to_choose
from web.cases.page import timeline
from web.designated import designated
from web.forms import shown
from web.house import house
from web.language import gettext as _
from web.language import language
from web.messages import recallable_after
from web.proposals import written_next
from web.reading import answers, child_ended_as, filled, names, own_reach, promises
from web.tasks.desk import (
    Desk,
    barred,
    choices,
    chosen,
    desk_of,
    first_values,
    kept_draft,
    look_at,
    others,
    takers,
)
from web.tasks.noun import pages
from web.times import clock, zone
from web.uploads import carried

VIEW, AFTER = "view", "after"
"""In the address: the view of the inbox that somebody works through, and the task they have just done."""
LATEST = 6
"""So many steps of the history stand beside a task; the case's page has all."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was typed so far, and what is to be said about it. `seen` is the last line of the history that whoever types
    has seen, `since` what others have done behind it.
    """

    move: Move
    values: Mapping[str, Any]
    comment: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fault: str = ""
    since: Sequence[Line] = ()
    key: str = ""


@pages.get("/tasks/<id>")
@access(STAFF)
def show(id: str) -> str | Response:
    """What is to be done, with the case beside it."""
    desk = desk_of(id)
    if id in desk.case.approvals or desk.state.task is None:
        return redirect(url_for("approvals.show", id=id), 303)
    if own_reach().masked:
        return redirect(url_for("cases.show", reference=desk.case.reference), 303)
    if desk.task is None:
        return gone(desk, {})
    kept = kept_draft(desk)
    move = chosen(desk, request.args.get("outcome", ""), kept)
    return page(desk, Sheet(move, first_values(desk, move.form, kept)))


def page(desk: Desk, sheet: Sheet) -> str:
    """The page with this typed into its form."""
    the, now = house(), house().clock()
    assert desk.task is not None
    case, definition, use = desk.case, desk.definition, sheet.move.form
    look = look_at(desk, use, sheet.values) if use is not None else None
    form = None
    if use is not None:
        named = designated(desk.draft(), desk.token, use, sheet.values, desk.state.id)
        people = {**people_to_choose(), **named.people}
        form = shown(use.form, sheet.values, look, sheet.errors, people, drives=named.depends)
    code, why_barred = barred(desk)
    lines = history.read(the.store, case.id)
    tongue = language() if language() in definition.languages else definition.languages[0]
    clocks = [one for one in promises(definition, case, now, tongue) if one.clock.live and one.due is not None]
    kept = kept_draft(desk)
    text = render_template(
        "tasks/show.html",
        case=case,
        definition=definition,
        task=desk.task,
        plan=desk.state.task,
        now=now,
        names=names(),
        child_ended_as=child_ended_as,
        roles=the.directory.roles(),
        form=form,
        choices=choices(desk, sheet.move, look),
        move=sheet.move,
        sheet=sheet,
        since=timeline(definition, sheet.since, None),
        comment_fault=" ".join(sheet.errors.get("comment", ())) if form is None or "comment" in form.errors else "",
        barred=why_barred,
        barred_code=code,
        mine=visitor().person.id == desk.task.assignee,
        oversees=oversees(definition, visitor().actor),
        takers=takers(desk),
        colleagues=others(),
        saved_at=kept.saved_at if kept is not None else None,
        saved=clock(kept.saved_at) if kept is not None else "",
        filled=filled(definition, case),
        written=written_next(definition, case),
        deadline=deadlines.of_task(definition, desk.task, now),
        clocks=[(one, _stands(one, definition, now)) for one in clocks],
        messages=[one for one in outbox.of_case(the.store, case.id) if one.kind == outbox.MESSAGE][::-1],
        timeline=timeline(definition, lines, SAID_AND_DONE)[:LATEST],
        states=[definition.states[state].title for state in case.states if state in definition.states],
        waiting=[one for one in case.approvals.values() if (one.asked or {}).get("task") == desk.task.id],
        view=request.values.get(VIEW, ""),
        recalled=recallable_after(request.args.get(AFTER, "")),
        files=carried(sheet.values),
        key=sheet.key or secrets.token_hex(16),
        zone_of=zone().key,
        today=now.astimezone(zone()).date().isoformat(),
        to_html=lambda text: Markup(to_html(text)),
    )
    personal.look(the.store, visitor().person.id, case.id, case.seq, now)
    return text


def _stands(one: ClockExplanation, definition: Definition, now: datetime) -> deadlines.Said:
    if one.clock.status == "paused":
        return deadlines.Said(_("stands still"), "‖", "note")
    return deadlines.of_clock(definition, one.clock.name, one.clock.due_at, now)


def gone(desk: Desk, typed: Mapping[str, Any], move: Move | None = None) -> str:
    """That the task is done or not needed any more; with what somebody typed for it nevertheless."""
    use = move.form if move is not None else None
    return render_template(
        "tasks/gone.html",
        case=desk.case,
        definition=desk.definition,
        row=desk.row,
        names=names(),
        outcome=desk.state.on.get(desk.row.outcome),
        typed=tuple(answers(use.form, typed)) if use is not None else (),
        view=request.values.get(VIEW, ""),
        recalled=recallable_after(request.args.get(AFTER, "")),
        now=house().clock(),
    )


def known_line(desk: Desk, said: str) -> int:
    """The number of the last line that whoever types has seen; 404 for what no page of ours says."""
    if not said.isdecimal() or len(said) > 9:
        abort(404)
    return min(int(said), desk.case.seq)
