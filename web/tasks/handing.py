"""Whose a task is: taken, given back, given to somebody, delegated, handed up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core import commands as c
from engine.core.absences import moment
from engine.core.instance import Task
from engine.errors import Rejected
from web.access import STAFF, access, visitor
from web.house import house
from web.language import either, said
from web.language import gettext as _
from web.reading import names
from web.refusals import worded
from web.tasks.desk import desk_of
from web.tasks.noun import pages
from web.tasks.showing import VIEW, gone
from web.times import bound, zone

Answer = Response | tuple[str, int]


@pages.post("/tasks/<id>/claim")
@access(STAFF)
def claim(id: str) -> Answer:
    """Take it; take it back, when one has delegated it."""
    return _do(id, c.Claim, _("It is yours."))


@pages.post("/tasks/<id>/release")
@access(STAFF)
def release(id: str) -> Answer:
    """Give it back to those who may take it, or to whoever delegated it."""
    return _do(id, c.Release, _given_back)


def _given_back(task: Task | None) -> str:
    if task is None or not task.assignee:
        return _("It is free again.")
    return _("%(who)s has it again.") % {"who": _name(task.assignee)}


@pages.post("/tasks/<id>/assignment")
@access(STAFF)
def assign(id: str) -> Answer:
    """Give it to somebody."""
    to = request.form.get("to", "")
    return _do(id, c.Assign, _("%(who)s has it now.") % {"who": _name(to)}, to=to)


@pages.post("/tasks/<id>/delegation")
@access(STAFF)
def delegate(id: str) -> Answer:
    """Let somebody act on one's behalf, from a day on and until a day, if any are named; in one's own zone."""
    to = request.form.get("to", "")
    try:
        since, until = _day("from", last=False), _day("until", last=True)
    except Rejected as rejected:
        return _back(id, _sentence(rejected), "fault")
    words = _("%(who)s acts on your behalf.")
    if since is not None and since > house().clock():
        words = _("%(who)s acts on your behalf from %(from)s on.")
    told = words % {"who": _name(to), "from": bound(since)}
    return _do(id, c.Delegate, told, to=to, since=since, until=until)


@pages.post("/tasks/<id>/escalation")
@access(STAFF)
def escalate(id: str) -> Answer:
    """Hand it to those who oversee the process."""
    definition = desk_of(id).definition
    roles = house().directory.roles()
    above = (said(roles.get(role, role)) for role in definition.supervisors or (definition.owner,))
    told = _("It waits for %(roles)s now, and they are told.") % {"roles": either(above)}
    return _do(id, c.Escalate, told, reason=request.form.get("reason", ""))


def _do(id: str, kind: Any, told: str | Callable[[Task | None], str], **more: Any) -> Answer:
    """`told` is what is said when it is done, or says that by the task as it is then."""
    desk = desk_of(id)
    if desk.task is None:
        return gone(desk, {}), 409
    the = house()
    key = request.form.get("key", "")
    try:
        if "to" in more:
            more |= c.named(the.directory.actor(more["to"]))
        the.engine.do(desk.case.id, kind(at=the.clock(), actor=visitor().actor, task=id, key=key, **more))
    except Rejected as rejected:
        return _back(id, _sentence(rejected), "fault")
    if not isinstance(told, str):
        told = told(the.engine.instance(desk.case.id).tasks.get(id))
    return _back(id, told, "done")


def _back(id: str, said: str, kind: str) -> Response:
    flash(said, kind)
    return redirect(url_for("tasks.show", id=id, view=request.form.get(VIEW) or None), 303)


def _day(field: str, *, last: bool) -> datetime | None:
    """The first or the last moment of the day that was typed; None for none."""
    typed = request.form.get(field, "").strip()
    return moment(typed, zone().key, last=last) if typed else None


def _name(person: str) -> str:
    return names().get(person, person)


def _sentence(rejected: Rejected) -> str:
    if rejected.code == "claimed-by-other":
        return _("Somebody else was faster: the task is taken.")
    return worded(rejected).sentence
