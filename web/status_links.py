"""The private address of a case for its customer: signed, revocable, and good for that case alone.

Owns how it is written and checked. Nothing in it tells which case it is, and a wrong one looks like a revoked one.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from flask import url_for

from engine.core.instance import Instance
from engine.store import instances, status_links
from web.house import House


def link_of(house: House, case: Instance) -> str:
    """The path of the case's private page; a new link is made when none holds."""
    held = [one for one in status_links.of_case(house.store, case.id) if one.revoked_at is None]
    id = held[-1].id if held else secrets.token_urlsafe(12)
    if not held:
        status_links.make(house.store, id, case.id, house.clock())
    return url_for("status.show", token=f"{id}.{_signature(house, id)}")


def case_behind(house: House, token: str) -> Instance | None:
    """The case that a link leads to; None when it is wrong or revoked."""
    id, _dot, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(house, id).encode()):
        return None
    link = status_links.load(house.store, id)
    if link is None or link.revoked_at is not None:
        return None
    return instances.load(house.store, link.instance)


def _signature(house: House, id: str) -> str:
    made = hmac.new(house.secret.encode(), f"status {id}".encode(), sha256).digest()
    return urlsafe_b64encode(made[:18]).decode()


def base_url() -> str:
    """Where the outside world finds this house: HEARD_URL, without a slash at its end; empty when it is not said."""
    return os.environ.get("HEARD_URL", "").rstrip("/")
