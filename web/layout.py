"""What stands around every page: the words above it, the way to the other pages, who is signed in.

Owns the menu. A page that somebody may not ask for is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from engine import __version__
from engine.store import personal
from web.access import guest, rule_of
from web.event_names import event_names
from web.headers import nonce
from web.house import house
from web.language import asked_anew
from web.language import gettext as _
from web.reading import addressee, delivery_error, own_reach, process_name, role_name, zone_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu. `nouns` are the blueprints whose pages lie under it."""

    label: str
    address: str
    here: bool


def menu() -> list[Entry]:
    """The pages for whoever asks, in the order of their day."""
    who = guest()
    if who is None:
        return []
    here = request.blueprint or ""
    found = []
    for label, endpoint, nouns in _pages():
        rule = rule_of(current_app.view_functions.get(endpoint))
        if rule is not None and (rule.allows is None or rule.allows(who)):
            found.append(Entry(label, url_for(endpoint), here in nouns))
    return found


def _pages() -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (_("My cases"), "mine.index", ("mine",)),
        (_("Inbox"), "inbox.show", ("inbox", "tasks", "notices")),
        (_("Cases"), "cases.register", ("cases",)),
        (_("New case"), "starting.choose", ("starting",)),
        (_("Processes"), "processes.library", ("processes", "proofs", "editor")),
        (_("Reports"), "registers.index", ("registers",)),
        (_("Mail"), "mail.show", ("mail",)),
        (_("Incidents"), "incidents.show", ("incidents",)),
    ]


def masked(text: str) -> str:
    """Personal data, or that it is hidden from whoever asks."""
    return _("hidden") if text and own_reach().masked else text


def event_name(type: str) -> str:
    return event_names().get(type, type)


def setup(app: Flask) -> None:
    filters = {
        "masked": masked,
        "event_name": event_name,
        "role_name": role_name,
        "addressee": addressee,
        "process_name": process_name,
        "delivery_error": delivery_error,
        "zone_of": zone_of,
    }
    app.jinja_env.filters.update({name: asked_anew(one) for name, one in filters.items()})

    @app.context_processor
    def around() -> dict[str, Any]:
        return {
            "menu": menu,
            "who": guest(),
            "csp_nonce": nonce,
            "release": __version__,
            "keys_on": _keys_on(),
        }


def _keys_on() -> bool:
    """Whether the person works with single keys; they can be turned off, since they get in the way of some aids."""
    who = guest()
    return who is None or personal.preferences(house().store, who.person.id).get("keys") != "off"
