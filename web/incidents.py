"""What processes could not do and what could not be delivered: to see, to have tried again, or to let go.

For those who oversee a process, and for whoever administers the house. Who may resolve what is judged by the command.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.resolving import overseen, resolve_each
from engine.store import deployments, queries
from engine.store.queries import IncidentRow
from engine.store.stalled import stalled
from web.access import Rule, Visitor, access
from web.access import visitor as who_asks
from web.house import house
from web.inbox_rows import definitions
from web.language import gettext as _
from web.language import ngettext, said
from web.reading import names, own_reach
from web.refusals import worded

pages = Blueprint("incidents", __name__)

ADMIN = "admin"
MOST = 200
"""Incidents on the page; whoever has more than that has another problem."""


def _own(visitor: Visitor) -> frozenset[str]:
    """The processes that the visitor oversees."""
    found: frozenset[str] | None = g.get("overseen")
    if found is None:
        found = g.overseen = overseen(house().engine, visitor.actor) if visitor.is_staff else frozenset()
    return found


OVERSEERS = Rule(
    "those who oversee a process or administer the house", lambda visitor: visitor.holds(ADMIN) or bool(_own(visitor))
)


@pages.get("/incidents")
@access(OVERSEERS)
def show() -> str:
    """Those that are open, the oldest first; with `all` also those that were resolved, the latest first."""
    return _page()[0]


def _page(fault: str = "", chosen: Collection[str] = (), reason: str = "", status: int = 200) -> tuple[str, int]:
    the, visitor = house(), who_asks()
    every = "all" in request.args
    reach, own = own_reach(), _own(visitor)
    rows = _rows(visitor, None if every else "open")
    processes = {one.process: said(one.title) for one in deployments.all_of(the.store)}
    still = [one for one in stalled(the.store) if visitor.holds(ADMIN) or one.process in own]
    known = definitions({one.process for one in rows} | {one.process for one in still})
    page = render_template(
        "incidents/show.html",
        rows=rows,
        states={(key, one.id): said(one.title) for key, it in known.items() for one in it.states.values()},
        own=own,
        every=every,
        stalled=still,
        processes=processes,
        seen={key for key in processes if reach.covers(key)},
        names=names(),
        now=the.clock(),
        fault=fault,
        chosen=chosen,
        reason=reason,
        key=secrets.token_urlsafe(12),
    )
    return page, status


def _rows(visitor: Visitor, status: str | None) -> list[IncidentRow]:
    within = None if visitor.holds(ADMIN) else own_reach().within
    return queries.incidents(house().store, status=status, within=within, limit=MOST)


@pages.post("/incidents/resolutions")
@access(OVERSEERS)
def resolve() -> Response | tuple[str, int]:
    """Have the chosen ones tried again, let them go, or open again those that were let go, each by itself."""
    the, form, visitor = house(), request.form, who_asks()
    action, reason = form.get("action", ""), form.get("reason", "").strip()
    reopens = action == "reopen"
    concerned = _rows(visitor, "dismissed" if reopens else "open")
    every = form.get("every") and not reopens
    chosen = {row.id for row in concerned} if every else set(form.getlist("incident"))
    if not chosen:
        return _page(_("Choose at least one incident."), chosen, reason, 422)
    if not reason:
        return _page(_("Say what was done about it; it is kept in the history."), chosen, reason, 422)
    rows = [row for row in concerned if row.id in chosen and row.process in _own(visitor)]
    refused = resolve_each(the.engine, visitor.actor, rows, action, reason, form.get("key", ""))
    done = len(rows) - len(refused)
    if done:
        if action == "retry":
            told = ngettext("%(count)s incident was tried again.", "%(count)s incidents were tried again.", done)
        elif reopens:
            told = ngettext("%(count)s incident is open again.", "%(count)s incidents are open again.", done)
        else:
            told = ngettext("%(count)s incident was let go.", "%(count)s incidents were let go.", done)
        flash(told % {"count": done}, "done")
    if len(rows) < len(chosen):
        flash(_("Some had been resolved in the meantime, or are somebody else's to resolve."), "fault")
    for row, why in refused:
        flash(f"{row.reference}: {worded(why).message}", "fault")
    return redirect(url_for("incidents.show"), 303)
