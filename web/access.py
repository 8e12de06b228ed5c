"""Who may ask for which page: every view says it, and one that says nothing answers nobody.

Owns these rules and the visitor of a request. What a person may see of a case is `engine.visibility`'s, and what they
may do to it is the command's, whatever page they came by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core.actors import Actor
from engine.definition.roles import CUSTOMER, READER
from engine.store.people import Person
from engine.store.sessions import Session
from web.house import house

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, with the session they are signed in by."""

    person: Person
    session: Session

    @property
    def actor(self) -> Actor:
        """The person as one who asks, with the roles of this moment."""
        found: Actor | None = g.get("actor")
        if found is None:
            found = g.actor = replace(house().directory.actor(self.person.id, "web"), language=self.person.language)
        return found

    @property
    def is_staff(self) -> bool:
        return self.actor.kind != CUSTOMER

    def holds(self, *roles: str) -> bool:
        return not self.actor.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may come in. `allows` is None for a page that anybody may see."""

    name: str
    allows: Callable[[Visitor], bool] | None


ANYBODY = Rule("anybody", None)
SIGNED_IN = Rule("signed-in", lambda visitor: True)
STAFF = Rule("staff", lambda visitor: visitor.is_staff)
WORKERS = Rule("workers", lambda visitor: visitor.is_staff and visitor.actor.kind != READER)
"""Who does something here: not those who only read."""


def role(*roles: str) -> Rule:
    """Those who hold one of these roles."""
    return Rule(f"role {', '.join(roles)}", lambda visitor: visitor.holds(*roles))


def access(rule: Rule) -> Callable[[View], View]:
    """Say who may ask for this view."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., object] | None) -> Rule | None:
    """The rule of a view; None when it has none."""
    return getattr(view, "access", None)


def visitor() -> Visitor:
    """Who asks. Only for views that need somebody to be signed in."""
    found = guest()
    assert found is not None, "a view that asks for the visitor has to be for those who are signed in"
    return found


def guest() -> Visitor | None:
    """Who asks, or None for somebody who is not signed in."""
    found: Visitor | None = g.get("visitor")
    return found


def guard(app: Flask) -> None:
    """Judge every request before its view sees it."""

    @app.before_request
    def judge() -> Response | None:
        if request.endpoint is None or request.endpoint == "static":
            return None  # an address that leads nowhere is refused as that; style sheets are everybody's
        rule = rule_of(app.view_functions.get(request.endpoint))
        if rule is None:
            abort(404)
        if rule.allows is None:
            return None
        found = guest()
        if found is None:
            return to_sign_in()
        if not rule.allows(found):
            abort(404)  # what somebody may not know of is not there for them
        return None


def to_sign_in() -> Response:
    """The way to the sign-in page, and back here when that makes sense."""
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("sessions.new", next=back or None), 303)


def inner(target: str | None) -> str:
    """An address within this house, or the start page: nobody is sent elsewhere by a link that they followed."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("home.start")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(character) < 32 for character in target):
        return url_for("home.start")
    return target
