"""An approval: what is decided about, how it stands, and the decision of whoever asks.

Counts nothing and judges nobody: the command does, with what was seen as it was seen.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.approvals import decides_for
from engine.core.ballots import DECISIONS, Rule
from engine.core.commands import Decide
from engine.core.draft import Draft
from engine.core.instance import Instance, Task
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.keywords.approval import about_of
from engine.store import history, queries, sessions
from engine.telling.approvals import Standing, standing
from web import deadlines, passwords, rationing
from web.access import SIGNED_IN, access, visitor
from web.house import house
from web.language import gettext as _
from web.language import listed, ngettext, said, titled
from web.proposals import proposal_of
from web.reading import Filled, answers, case_of, forms_by_alias, in_words, names, readable
from web.refusals import worded

pages = Blueprint("approvals", __name__)

FRESH = timedelta(minutes=5)
"""So long a password that was just given counts for the next decision too."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of what is decided about that was changed since an earlier round."""

    label: str
    before: str
    after: str


@pages.get("/approvals/<id>")
@access(SIGNED_IN)
def show(id: str) -> str | tuple[str, int] | Response:
    """What is decided, by whom so far, what is still needed; once it is over, where the case tells of it."""
    case, definition = case_of(id.rpartition(".")[0])
    row = queries.task(house().store, id)
    if id not in case.approvals and row is not None and row.status == "completed" and visitor().is_staff:
        return redirect(url_for("cases.show", reference=case.reference, _anchor=f"decided-{id}"), 303)
    case, definition, task = _found(id)
    return _page(case, definition, task)


def _found(id: str) -> tuple[Instance, Definition, Task]:
    case, definition = case_of(id.rpartition(".")[0])
    task = case.tasks.get(id)
    if task is None or id not in case.approvals:
        row = queries.task(house().store, id)
        if row is None or row.instance != case.id:
            abort(404)
        said = _("This has been decided in the meantime, or is not asked any more.")
        raise Rejected("no-such-task", f"{said} {case.reference}: {titled(row)}")
    return case, definition, task


def _page(
    case: Instance,
    definition: Definition,
    task: Task,
    fault: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
    status: int = 200,
) -> str | tuple[str, int]:
    the = house()
    draft = draft_of(case, definition)
    lines = history.read(the.store, case.id)
    stands = standing(draft, task, lines)
    me = visitor().person.id
    page = render_template(
        "approvals/show.html",
        case=case,
        definition=definition,
        task=task,
        stands=stands,
        bound=bound(draft, definition, stands),
        changed=_changes(definition, stands),
        proposal=proposal_of(definition, case),
        rule=rule_in_words(stands.rule, the.directory.roles()),
        roles=the.directory.roles(),
        names=names(),
        left=deadlines.of_task(definition, task, the.clock()),
        mine=decides_for(draft, task.id),
        done=any(me in (one.person, one.by) for one in stands.given),
        titles={name: said(state.title) for name, state in definition.states.items()},
        outcome_titles=_outcome_titles(definition, stands),
        proved=_proved(),
        fault=fault,
        errors=errors or {},
        form=request.form,
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return page if status == 200 else (page, status)


def draft_of(case: Instance, definition: Definition) -> Draft:
    """The case as whoever asks could act in it now."""
    the = house()
    return Draft(definition, case, visitor().actor, the.clock(), the.engine.roster)


def _outcome_titles(definition: Definition, stands: Standing) -> dict[str, str]:
    if stands.asked is not None:
        return {}
    return {name: said(move.title) for name, move in definition.states[stands.approval.state].on.items()}


def bound(draft: Draft, definition: Definition, stands: Standing) -> list[Filled]:
    """What is decided about, readable: the forms that the approval binds, or the values of the move it confirms."""
    forms = forms_by_alias(definition)
    if stands.asked is not None and stands.approval.asked is not None:
        form = stands.asked.form.form if stands.asked.form is not None else None
        values = stands.approval.asked.get("values") or {}
        title = said(stands.asked.title) or stands.asked.name
        return [Filled("asked", title, tuple(answers(form, values)))] if values else []
    return list(readable(forms, about_of(draft, stands.plan, stands.approval.token)))


def _changes(definition: Definition, stands: Standing) -> list[Change]:
    """What has been changed in the forms that are decided about since the round before began."""
    forms, found = forms_by_alias(definition), []
    for one in stands.changed:
        form = forms.get(one.form)
        field = form.field(one.field) if form is not None else None
        if field is None or field.is_table or field.holds_files:
            found.append(Change(said(field.title) if field is not None else one.field, "…", "…"))
        else:
            found.append(Change(said(field.title), in_words(field, one.before), in_words(field, one.after)))
    return found


def rule_in_words(rule: Rule, roles: Mapping[str, Any]) -> str:
    """What has to come together, in a sentence."""
    who = listed(said(roles.get(role, role)) for role in rule.of)
    told = {
        "any": _("One of %(who)s has to say yes."),
        "all": _("Each of %(who)s has to say yes."),
        "quorum": ngettext(
            "%(need)s person of %(who)s has to say yes.", "%(need)s people of %(who)s have to say yes.", rule.need
        ),
        "majority": _("More than half of %(who)s have to say yes."),
        "sequential": _("%(who)s have to say yes, one after the other."),
    }[rule.mode] % {"who": who, "need": rule.need}
    if rule.mode == "majority" and rule.need > 1:
        told += " " + _("At least %(need)s have to.") % {"need": rule.need}
    if rule.veto:
        told += " " + _("%(who)s can refuse alone.") % {"who": listed(said(roles.get(one, one)) for one in rule.veto)}
    return told


# --- deciding


@pages.post("/approvals/<id>/decisions")
@access(SIGNED_IN)
def decide(id: str) -> str | tuple[str, int] | Response:
    """Say yes or no, ask for changes, abstain, or say that one must not decide."""
    case, definition, task = _found(id)
    decision = request.form.get("decision", "")
    if decision not in DECISIONS:
        return _page(case, definition, task, _("Choose what you decide."), status=422)
    plan_rule = standing(draft_of(case, definition), task, ()).rule
    proved = _proved()
    if plan_rule.reauthenticate and not proved:
        fault = _prove(request.form.get("password", ""))
        if fault:
            return _page(case, definition, task, errors={"password": (fault,)}, status=422)
        proved = True
    command = Decide(
        at=house().clock(),
        actor=visitor().actor,
        task=id,
        decision=decision,
        comment=request.form.get("comment", ""),
        content=request.form.get("content", ""),
        on_behalf_of=request.form.get("behalf", ""),
        reauthenticated=plan_rule.reauthenticate and proved,
        key=request.form.get("key", ""),
    )
    try:
        house().engine.do(case.id, command)
    except Rejected as rejected:
        if rejected.code in ("no-such-task", "ended"):
            raise
        case, definition, task = _found(id)
        said, status = worded(rejected), 409 if rejected.code == "content-changed" else 422
        return _page(case, definition, task, said.apart, said.fields, status)
    if decision == "recuse":
        told = _("It is noted that you must not decide on “%(title)s”.")
    else:
        told = _("Your decision on “%(title)s” is in.")
    flash(told % {"title": titled(task)}, "done")
    return redirect(url_for("inbox.show", done=id), 303)


def _proved() -> bool:
    """Whether whoever asks gave their password just now."""
    the, session = house(), visitor().session
    return session.proved_at > session.began_at and the.clock() - session.proved_at < FRESH


def _prove(password: str) -> str:
    """What is wrong with the password; empty, and noted with the session, when it is right."""
    the, who = house(), visitor()
    now = the.clock()
    if not password:
        return _("Give your password first. Nothing was decided.")
    try:
        rationing.judge(the.store, rationing.WRONG_PASSWORD, who.person.id, now)
    except Rejected as rejected:
        return worded(rejected).message
    if not passwords.proves(sessions.password(the.store, who.person.id), password, the.is_demo):
        rationing.note(the.store, rationing.WRONG_PASSWORD, who.person.id, now)
        return _("This is not your password. Nothing was decided.")
    sessions.proved(the.store, who.session.id, now)
    g.visitor = replace(who, session=replace(who.session, proved_at=now))
    return ""
