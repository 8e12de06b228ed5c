"""The history of a case as a file: every line as it was written, with its hashes, to be checked outside.

Reads alone. Whoever may not see who the customer is gets the lines without that, and then without hashes: all else
being known, somebody could try names until a hash is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, abort

from engine.core.instance import Instance
from engine.definition.roles import CUSTOMER
from engine.store import history
from engine.store.fields import canonical
from web.access import STAFF, access
from web.cases.noun import pages
from web.house import house
from web.language import gettext as _
from web.masking import covered, hidden_now
from web.reading import case_called
from web.taken import FORMS, as_csv, as_json


@pages.get("/cases/<reference>/history.<form>")
@access(STAFF)
def take_history(reference: str, form: str) -> Response:
    """Every line of the history."""
    if form not in FORMS:
        abort(404)
    case, _definition = case_called(reference)
    name = f"{case.reference}-history"
    lines = list(_lines(case))
    if form == "json":
        return as_json({"reference": case.reference, "hidden": bool(hidden_now()), "lines": lines}, name)
    told = ({**line, "roles": " ".join(line["roles"]), "body": canonical(line["body"])} for line in lines)
    return as_csv(told, name)


def _lines(case: Instance) -> Iterator[dict[str, Any]]:
    hidden = hidden_now()
    people = _customers(case) if hidden else set()
    for line in history.read(house().store, case.id):
        event = line.event
        told = {
            "instance": line.instance,
            "seq": line.seq,
            "type": event.type,
            "at": event.at.isoformat(),
            "recorded_at": line.recorded_at.isoformat(),
            "actor": event.actor,
            "on_behalf_of": event.on_behalf_of,
            "via": event.via,
            "roles": list(event.roles),
            "body": event.body,
        }
        hashes = {"case_hash": line.case_hash, "prev_hash": line.prev_hash, "hash": line.hash}
        yield {name: _without(one, hidden, people) for name, one in told.items()} if hidden else {**told, **hashes}


def _customers(case: Instance) -> set[str]:
    """The customers who have an account and take part in the case, by what they are called in its history."""
    asked = (case.customer.get("person", ""), case.starter)
    found = {one for one in asked if one and house().directory.actor(one).kind == CUSTOMER}
    return found | {f"person:{one}" for one in found}


def _without(value: Any, hidden: set[str], people: set[str]) -> Any:
    if isinstance(value, str):
        return _("hidden") if value in people else covered(value, hidden)
    if isinstance(value, Mapping):
        return {name: _without(one, hidden, people) for name, one in value.items()}
    return [_without(one, hidden, people) for one in value] if isinstance(value, list) else value
