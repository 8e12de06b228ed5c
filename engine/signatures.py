"""Signed messages between programs: who sent one, that nobody has changed it, and that it is no old one played again.

Owns how such a message is signed (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`), how a
secret is written, and in which variables of the environment it stands.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from engine.errors import Rejected

SECRET = "HEARD_WEBHOOK_SECRET_"
"""With the name behind it, in capitals, `_` for each `-`."""
MAIL = "mail"
"""The name under which mail comes in, and nothing else."""
PREFIX = "whsec_"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
WINDOW = timedelta(minutes=5)
"""So far the sender's clock may be from ours; what is older is not taken, so that nobody plays it again."""
SHORTEST = 24
LONGEST_ID = 200


def variable_of(name: str) -> str:
    """Where the secret that is shared with this one stands."""
    return SECRET + name.upper().replace("-", "_")


def secret_for(name: str, environ: Mapping[str, str]) -> bytes | None:
    """The secret that is shared with this one; None when there is none. Rejected("webhook-secret") when it is none."""
    variable = variable_of(name)
    said = environ.get(variable, "").strip()
    if not said:
        return None
    try:
        secret = b64decode(said.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) < SHORTEST:
        raise Rejected(
            "webhook-secret",
            f"Expected {variable} to be {PREFIX} and at least {SHORTEST} bytes in base64, but it is not",
        )
    return secret


def sign(secret: bytes, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message that goes out at this moment."""
    seconds = str(int(at.timestamp()))
    return {ID: id, TIMESTAMP: seconds, SIGNATURE: f"v1,{_signature(secret, id, seconds, body)}"}


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a message that came in. Rejected("webhook-unsigned") with why it is not taken."""
    given = {name.lower(): value for name, value in headers.items()}
    id, seconds = given.get(ID, ""), given.get(TIMESTAMP, "")
    if not id or len(id) > LONGEST_ID or not id.isascii() or not id.isprintable():
        raise _unsigned(f"Expected an id in the header {ID}, but there is none that can be kept")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        raise _unsigned(f"Expected seconds since 1970 in the header {TIMESTAMP}, but got '{seconds[:20]}'")
    if abs(now.timestamp() - int(seconds)) > WINDOW.total_seconds():
        raise _unsigned(f"Expected a message of the last {WINDOW.seconds // 60} minutes, but it is of another time")
    wanted = _signature(secret, id, seconds, body).encode()
    signed = [one.removeprefix("v1,") for one in given.get(SIGNATURE, "").split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(one.encode("utf-8", "replace"), wanted) for one in signed):
        raise _unsigned("Expected a signature made with the shared secret, but it is another")
    return id


def _signature(secret: bytes, id: str, seconds: str, body: bytes) -> str:
    return b64encode(hmac.digest(secret, f"{id}.{seconds}.".encode() + body, sha256)).decode()


def _unsigned(why: str) -> Rejected:
    return Rejected("webhook-unsigned", why)
