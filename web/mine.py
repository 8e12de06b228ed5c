"""A customer's own cases: for whoever has an account here and is no colleague, each with how it stands in plain words.

Reads alone, but for the private address of a case that had none.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.keywords import writing_again
from engine.private_pages import path_of
from engine.store import queries, tasks
from engine.store.queries import Case
from web.access import Rule, access
from web.house import house
from web.reading import case_called, own_reach
from web.status.page import stage_in

pages = Blueprint("mine", __name__)

CUSTOMERS = Rule("customer", lambda visitor: not visitor.is_staff)
ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Own:
    """A case of whoever asks, and what the process tells customers of where it stands."""

    case: Case
    stage: str


@pages.get("/mine")
@access(CUSTOMERS)
def index() -> str:
    """Their cases, the latest first."""
    the = house()
    found = queries.cases(the.store, within=own_reach().within, limit=ON_A_PAGE, after=_after())
    unsent = tasks.with_open(the.store, [one.id for one in found.rows], writing_again.NAME)
    rows = [Own(one, _stage(one, one.id in unsent)) for one in found.rows]
    more = url_for("mine.index", after=f"{found.next[0]}.{found.next[1]}") if found.next is not None else ""
    return render_template("mine/index.html", rows=rows, more=more, first="after" not in request.args)


def _stage(case: Case, writing: bool) -> str:
    definition = house().engine.definition(case.digest)
    return stage_in(definition, case.states.split(", "), case.status, writing=writing)


def _after() -> tuple[int, str] | None:
    """Behind which case the page begins; 404 for what no page of ours says."""
    said = request.args.get("after")
    if said is None:
        return None
    at, _dot, id = said.partition(".")
    if not at.isdecimal() or len(at) > 18 or not id:
        abort(404)
    return int(at), id


@pages.get("/mine/<reference>")
@access(CUSTOMERS)
def show(reference: str) -> Response:
    """To the customer's page of the case."""
    (case, _definition), the = case_called(reference), house()
    return redirect(path_of(the.store, the.secret, case.id, the.clock()), 303)
