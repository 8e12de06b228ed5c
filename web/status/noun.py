"""The noun of these pages: a case as its customer sees it, with the customer who acts."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.actors import Actor
from engine.core.authority import guest_of
from engine.core.draft import Draft
from engine.core.events import Event
from engine.core.instance import Instance
from engine.private_pages import case_behind
from engine.store import history
from engine.telling.known import as_known
from web import rationing
from web.house import house
from web.language import language, prefer
from web.times import in_zone

pages = Blueprint("status", __name__)

STAFF_ONLY = frozenset({"automatic"})
"""Fields of a customer's message that whoever writes it down answers, and never the customer."""


class Visit:
    """The case behind a link, with the customer who acts."""

    def __init__(self, token: str) -> None:
        case = case_behind(house().store, house().secret, token)
        if case is None:
            abort(make_response(render_template("status/gone.html"), 404))
        self.token = token
        self.case = case
        self.definition = house().engine.definition(case.digest)
        prefer(case.customer.get("language", ""))
        self.actor: Actor = replace(guest_of(case.customer), language=language())
        in_zone(self.definition.calendar.zone)

    @property
    def draft(self) -> Draft:
        return self._draft_of(self.case)

    @cached_property
    def known(self) -> Draft:
        """The case as its customer knows it: no further than the letters that they have got."""
        return self._draft_of(as_known(self.case, house().clock()))

    def _draft_of(self, case: Instance) -> Draft:
        the = house()
        return Draft(self.definition, case, self.actor, the.clock(), the.engine.roster)

    @property
    def tongue(self) -> str:
        """The language of the page as far as the process speaks it."""
        return language() if language() in self.definition.languages else self.definition.languages[0]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """All that has happened in the case."""
        return tuple(line.event for line in history.read(house().store, self.case.id))

    def back(self) -> Response:
        return redirect(url_for("status.show", token=self.token), 303)

    def common(self) -> dict[str, Any]:
        the = house()
        rationing.judge(the.store, rationing.CUSTOMER_REPLY, self.case.id, the.clock())
        rationing.note(the.store, rationing.CUSTOMER_REPLY, self.case.id, the.clock())
        return {"at": the.clock(), "actor": self.actor, "key": request.form.get("key", "")}
