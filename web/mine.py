"""A customer's own cases: for whoever has an account here and is no colleague, each with how it stands in plain words.

Reads alone, but for the private address of a case that had none.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.keywords import writing_again
from engine.private_pages import path_of
from engine.store import own_cases, queries, tasks
from engine.store.queries import Case
from engine.telling.known import as_known
from web.access import Rule, access
from web.house import house
from web.reading import case_called, own_reach
from web.status.page import stage_in, stage_of

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
    ids = [one.id for one in found.rows]
    unsent = tasks.with_open(the.store, ids, writing_again.NAME)
    waiting = own_cases.with_held_letters(the.store, ids, the.engine.recording())
    rows = [Own(one, _known(one) if one.id in waiting else _stage(one, one.id in unsent)) for one in found.rows]
    more = url_for("mine.index", after=f"{found.next[0]}.{found.next[1]}") if found.next is not None else ""
    return render_template("mine/index.html", rows=rows, more=more, first="after" not in request.args)


def _stage(case: Case, writing: bool) -> str:
    definition = house().engine.definition(case.digest)
    return stage_in(definition, case.states.split(", "), case.status, writing=writing)


def _known(case: Case) -> str:
    """The same of one with a letter that may still be taken back: what it does is not told before it is."""
    the = house()
    known = as_known(the.engine.instance(case.id), the.clock())
    return stage_of(the.engine.definition(case.digest), known)


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
