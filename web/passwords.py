"""Passwords: hashed slowly, with a salt of their own, and compared in constant time.

Owns what a good one is. Where the hashes are kept is `engine.store.sessions`.
"""

from __future__ import annotations

from functools import lru_cache

from werkzeug.security import check_password_hash, generate_password_hash

from engine.errors import Rejected
from web.language import gettext as _

SHORTEST, LONGEST = 12, 200
DEMO_PASSWORD = "brightwater"
"""What the invented people of the demo type where a process asks for the password once more."""


def hashed(password: str, person: str = "") -> str:
    """The hash to keep. Rejected("weak-password") for one that is easily guessed, or no password at all."""
    if len(password) < SHORTEST:
        short = _("Expected at least %(least)s characters, but there are %(count)s. Use several words.")
        said = short % {"least": SHORTEST, "count": len(password)}
    elif len(password) > LONGEST:
        said = _("Expected at most %(most)s characters, but there are %(count)s.") % {
            "most": LONGEST,
            "count": len(password),
        }
    elif len(set(password)) < 5 or (person and person.lower() in password.lower()):
        said = _("Expected a password that nobody guesses, but it repeats itself or names its owner.")
    else:
        return generate_password_hash(password)
    raise Rejected("weak-password", said, {"password": (said,)})


def fits(kept: str | None, password: str) -> bool:
    """Whether it is the password of this hash. Takes as long for somebody who has none."""
    return check_password_hash(kept or _nobodys(), password[:LONGEST]) and kept is not None


def proves(kept: str | None, password: str, demo: bool) -> bool:
    """Whether somebody who is signed in has given their password once more. The invented people have one together."""
    return password == DEMO_PASSWORD if demo and kept is None else fits(kept, password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return generate_password_hash("nobody's password")
