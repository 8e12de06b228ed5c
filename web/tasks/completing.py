"""Completing a task, keeping what was typed for it, and looking at the form again while it is typed.

What was typed is never lost: it comes back with what is wrong, lies there as a draft, or is shown with what somebody
else was faster in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import Complete, SaveDraft
from engine.definition.moves import FormUse, Move
from engine.errors import Rejected
from engine.runtime import Result
from engine.store import history
from engine.store.history import Line
from engine.store.inbox import inbox
from engine.store.inbox_parts import Only
from engine.telling.since import by_others
from web.access import STAFF, access, visitor
from web.house import house
from web.inbox import views
from web.language import gettext as _
from web.language import said
from web.reading import why_stuck
from web.refusals import worded
from web.tasks.desk import Desk, choices, desk_of, field_names, first_values, kept_draft, look_at
from web.tasks.noun import pages
from web.tasks.showing import VIEW, Sheet, gone, known_line, page
from web.times import clock
from web.uploads import all_wrong, typed_with_files

# A form may have a field of any name of letters, digits and underscores; with a hyphen, a name is ours.
OUTCOME, GROUP, TURN = "task-outcome", "task-group", "task-turn"
SEEN, KEY, COMMENT = "task-seen", "task-key", "task-comment"

Answer = str | tuple[str, int] | Response


@pages.post("/tasks/<id>/completion")
@access(STAFF)
def complete(id: str) -> Answer:
    """Complete the task; `do` asks to look again or to keep what was typed, `task-turn` to turn to another outcome."""
    desk = desk_of(id)
    name = request.form.get(OUTCOME, "")
    move = desk.state.on.get(name or request.form.get(GROUP, "")) or next(iter(desk.state.on.values()))
    values, faults = _typed(desk, move.form)
    if desk.task is not None:
        sheet = Sheet(move, values, request.form.get(COMMENT, ""), key=request.form.get(KEY, ""))
        if request.form.get("do") == "look":
            return page(desk, sheet)
        if request.form.get("do") == "save" or request.form.get(TURN):
            return _kept(desk, sheet)
        if not name:
            return page(desk, _told(sheet, _("Choose what you decide."))), 422
        if faults and move.form is not None:
            known = desk.draft().values(desk.token)
            return page(desk, _told(sheet, "", all_wrong(desk.definition, move.form, values, faults, known))), 422
        news = _news(desk)
        if news:
            return page(desk, _told(sheet, "", since=news)), 409
    return _handed_in(desk, move, values)


def _told(sheet: Sheet, fault: str, errors: Mapping[str, Any] | None = None, since: list[Line] | None = None) -> Sheet:
    return Sheet(sheet.move, sheet.values, sheet.comment, errors or {}, fault, since or (), sheet.key)


def _typed(desk: Desk, use: FormUse | None) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """The values, and what is wrong with the files among them."""
    if use is None:
        return {}, {}
    return typed_with_files(use.form, first_values(desk, use, kept_draft(desk)))


def _news(desk: Desk) -> list[Line]:
    """What others have done since the page was made."""
    seen = known_line(desk, request.form.get(SEEN, ""))
    lines = history.read(house().store, desk.case.id, seen) if seen < desk.case.seq else []
    return by_others(lines, visitor().person.id)


def _handed_in(desk: Desk, move: Move, values: dict[str, Any]) -> Answer:
    the, comment = house(), request.form.get(COMMENT, "")
    command = Complete(
        at=the.clock(),
        actor=visitor().actor,
        task=desk.row.id,
        outcome=move.name,
        values=values,
        comment=comment,
        key=request.form.get(KEY, ""),
        revision=desk.case.revision,
    )
    try:
        result = the.engine.do(desk.case.id, command)
    except Rejected as rejected:
        return _refused(desk.row.id, move, values, rejected)
    return _done(desk, move, result)


def _refused(id: str, move: Move, values: dict[str, Any], rejected: Rejected) -> Answer:
    """What was typed comes back, beside the case as it is by now."""
    desk = desk_of(id)
    if desk.task is None:
        return gone(desk, values, move), 409
    sheet = Sheet(move, values, request.form.get(COMMENT, ""), key=request.form.get(KEY, ""))
    if rejected.code == "conflict":
        return page(desk, _told(sheet, worded(rejected).message, since=_news(desk))), 409
    fields = dict(worded(rejected).fields)
    if move.form is None and fields.keys() - {"comment"}:
        return page(desk, _told(sheet, worded(rejected).message)), 422
    status = 409 if rejected.code in ("claimed-by-other", "not-offered", "suspended", "ended") else 422
    return page(desk, _told(sheet, worded(rejected).apart, fields)), status


def _done(desk: Desk, move: Move, result: Result) -> Response:
    reference = desk.case.reference
    title = said(move.title) or move.name
    if result.stuck:
        flash(
            _("Your work is kept, but the process could not go on: %(why)s. Its owner sees this and can mend it.")
            % {"why": why_stuck(result)},
            "fault",
        )
        return redirect(url_for("cases.show", reference=reference), 303)
    if any(event.type == "confirmation-asked" for event in result.events):
        told = _("%(what)s, %(case)s: somebody else has to confirm it now.")
    else:
        told = _("Done: %(what)s, %(case)s.")
    flash(told % {"what": title, "case": reference}, "done")
    view, following = request.form.get(VIEW) or None, _goes_on(desk.case.id) or _following(desk.row.id) or desk.row.id
    return redirect(url_for("tasks.show", id=following, after=desk.row.id, view=view), 303)


def _goes_on(case: str) -> str:
    """The task in which the case goes on with whoever asks: what they have just taken they stay with. Empty when it
    goes on with others.
    """
    me = visitor().person.id
    return next((task.id for task in house().engine.instance(case).tasks.values() if task.assignee == me), "")


def _following(done: str) -> str:
    """The next task of the view that whoever asks works through; empty when there is none."""
    actor, now = visitor().actor, house().clock()
    only = next((one.only for one in views(now) if one.key == request.form.get(VIEW, "")), None)
    rows = inbox(house().store, actor.id, actor.roles, actor.stands_in, only=only or Only(), limit=2).rows
    return next((row.task for row in rows if row.task != done), "")


# --- what is not handed in yet


def _kept(desk: Desk, sheet: Sheet) -> Answer:
    """Keep it as a draft, and stay, or turn to the form of another outcome."""
    try:
        _save(desk, sheet.values)
    except Rejected as rejected:
        return page(desk, _told(sheet, worded(rejected).message)), 409
    turn = request.form.get(TURN, "")
    if not turn:
        flash(_("Kept as your draft."), "done")
    outcome, view = turn or request.form.get(GROUP) or None, request.form.get(VIEW) or None
    return redirect(url_for("tasks.show", id=desk.row.id, outcome=outcome, view=view), 303)


def _save(desk: Desk, values: Mapping[str, Any]) -> None:
    """Beside what was typed for other outcomes of the task."""
    if not values:
        return
    earlier = kept_draft(desk)
    known = field_names(desk)
    before = {name: value for name, value in earlier.values.items() if name in known} if earlier is not None else {}
    command = SaveDraft(at=house().clock(), actor=visitor().actor, task=desk.row.id, values={**before, **values})
    house().engine.do(desk.case.id, command)


@pages.post("/tasks/<id>/draft")
@access(STAFF)
def save(id: str) -> tuple[dict[str, Any], int]:
    """Keep what is typed while it is typed. Answers what to say about it, what others have done meanwhile, and what the
    outcomes would bring by now.
    """
    desk = desk_of(id)
    if desk.task is None:
        return {"said": _("This task is no longer open. What you typed stays in this page: copy what you need.")}, 409
    move = desk.state.on.get(request.form.get(GROUP, "")) or next(iter(desk.state.on.values()))
    values, _faults = _typed(desk, move.form)
    try:
        _save(desk, values)
    except Rejected as rejected:
        return {"said": _("Not saved: %(why)s") % {"why": worded(rejected).message}}, 409
    look = look_at(desk, move.form, values) if move.form is not None else None
    told = {
        "said": _("saved %(time)s") % {"time": clock(house().engine.recording())},
        "news": _("Somebody has changed this case while you were typing. You will see what before anything is done.")
        if _news(desk)
        else "",
        "then": {one.name: one.then for one in choices(desk, move, look)},
    }
    return told, 200
