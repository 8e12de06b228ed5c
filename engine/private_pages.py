"""The private page of a case for its customer: its address is signed, revocable, and good for that case alone.

Owns how the address is written and checked, and the secret that signs. Nothing in it tells which case it is, and a
wrong one looks like a revoked one. What stands on the page is the front door's.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

from engine.core.instance import Instance
from engine.store import instances, people, status_links
from engine.store.database import Store

BELOW = "/status/"
"""Where these pages are, below the address of the house."""
SECRET = "front-door-secret"


def secret_of(store: Store) -> str:
    """What signs cookies and links: HEARD_SECRET, or one made for this database at its first use."""
    given = os.environ.get("HEARD_SECRET", "")
    if given:
        return given
    with store.transaction():
        store.hold(SECRET)
        kept = people.setting(store, SECRET)
        if kept is None:
            kept = secrets.token_hex(32)
            people.set_setting(store, SECRET, kept)
    return str(kept)


def path_of(store: Store, secret: str, case: str, at: datetime) -> str:
    """The path of the page of this case (its id); a new link is made when none holds."""
    held = [one for one in status_links.of_case(store, case) if one.revoked_at is None]
    id = held[-1].id if held else secrets.token_urlsafe(12)
    if not held:
        status_links.make(store, id, case, at)
    return f"{BELOW}{id}.{_signature(secret, id)}"


def was_revoked(store: Store, case: str) -> bool:
    """Whether somebody has ended the link of this case, and none was made since."""
    links = status_links.of_case(store, case)
    return bool(links) and all(one.revoked_at is not None for one in links)


def case_behind(store: Store, secret: str, token: str) -> Instance | None:
    """The case that a link leads to; None when it is wrong or revoked."""
    id, _dot, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, id).encode()):
        return None
    link = status_links.load(store, id)
    if link is None or link.revoked_at is not None:
        return None
    return instances.load(store, link.instance)


def _signature(secret: str, id: str) -> str:
    made = hmac.new(secret.encode(), f"status {id}".encode(), sha256).digest()
    return urlsafe_b64encode(made[:18]).decode()
