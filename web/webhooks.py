"""Other programs bring something in: a message for a case, the beginning of one, or a mail. Each is signed.

A program is a person of the organisation: what it may do, its roles say, and the history names it. Owns the shape of
what they send and of the answers, which are for programs too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from engine.core.actors import Actor
from engine.core.commands import Correlate
from engine.core.mail.reading import LARGEST
from engine.errors import Rejected
from engine.receiving import receive
from engine.signatures import MAIL, secret_for, verify
from engine.store import instances
from engine.workers.channels.fetching import own_addresses
from web.access import ANYBODY, access
from web.errors import status_of
from web.house import house

pages = Blueprint("webhooks", __name__)

LARGEST_JSON = 1024 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")

Answer = tuple[dict[str, object], int]


@pages.post("/webhooks/<name>")
@access(ANYBODY)
def take(name: str) -> Answer:
    """Take in what this program has signed. The same id twice is answered as the first time, and done once."""
    the = house()
    try:
        secret = secret_for(name, os.environ) if _NAME.fullmatch(name) else None
        if secret is None:
            return {"error": "no-such-webhook", "message": "Expected a webhook, but there is none of this name."}, 404
        largest = LARGEST if name == MAIL else LARGEST_JSON
        body = request.stream.read(largest + 1)
        if len(body) > largest:
            return {"error": "too-large", "message": f"Expected at most {largest} bytes."}, 413
        id = verify(secret, dict(request.headers), body, the.engine.recording())
        return _mail(body) if name == MAIL else _done(name, id, body)
    except Rejected as rejected:
        status = 401 if rejected.code == "webhook-unsigned" else status_of(rejected)
        told: dict[str, object] = {"error": rejected.code, "message": rejected.message}
        return {**told, **({"fields": rejected.fields} if rejected.fields else {})}, status


def _mail(body: bytes) -> Answer:
    got = receive(house().engine, body, "webhook", own_addresses(os.environ))
    return {"status": got.row.status, "reason": got.row.reason, "case": got.reference}, 200


def _done(name: str, id: str, body: bytes) -> Answer:
    type, data = _read(body)
    actor = house().directory.actor(name, "webhook")
    return _DOES[type](data, actor, f"webhook {name} {id}")


def _read(body: bytes) -> tuple[str, Mapping[str, Any]]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed("Expected JSON in UTF-8") from None
    data = said.get("data") if isinstance(said, dict) else None
    if not isinstance(data, dict) or said.get("type") not in _DOES:
        raise _malformed(f"Expected {{type, data}} with one of the types {', '.join(_DOES)}")
    return str(said["type"]), data


def _message(data: Mapping[str, Any], actor: Actor, key: str) -> Answer:
    engine = house().engine
    command = Correlate(at=engine.clock(), actor=actor, key=key, message=_text(data, "message"), values=_values(data))
    result = engine.do(_case(data), command)
    return {"case": result.reference, "stuck": result.stuck}, 200


def _start(data: Mapping[str, Any], actor: Actor, key: str) -> Answer:
    result = house().engine.start(
        _text(data, "process"),
        actor,
        _values(data),
        external_id=_text(data, "external_id", ""),
        received_at=_moment(data),
        key=key,
    )
    return {"case": result.reference, "stuck": result.stuck}, 200


def _case(data: Mapping[str, Any]) -> str:
    """By its reference, or by the number that another system gives it."""
    if "case" in data:
        return house().engine.find(_text(data, "case"))
    found = instances.by_external_id(house().store, _text(data, "process"), _text(data, "external_id"))
    if found is None:
        raise Rejected("no-such-case", "Expected a case, but there is none with this external id")
    return found


def _text(data: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    found = data.get(name, otherwise)
    if not isinstance(found, str):
        raise _malformed(f"Expected a text as `{name}` in `data`")
    return found


def _values(data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = data.get("values", {})
    if not isinstance(found, dict):
        raise _malformed("Expected a mapping of fields as `values` in `data`")
    return found


def _moment(data: Mapping[str, Any]) -> datetime | None:
    if "received_at" not in data:
        return None
    try:
        found = datetime.fromisoformat(_text(data, "received_at"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _malformed("Expected a moment with its zone as `received_at` in `data`, such as 2026-11-23T09:00:00Z")
    return found


def _malformed(said: str) -> Rejected:
    return Rejected("webhook-malformed", f"{said}, but got something else")


_DOES: Mapping[str, Callable[[Mapping[str, Any], Actor, str], Answer]] = {"message": _message, "start": _start}
