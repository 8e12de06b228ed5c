"""How often something may be tried before it has to wait: wrong passwords, public forms.

Owns the counting, which is kept in the database, so that all processes and machines count together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import Rejected
from engine.store import sessions
from engine.store.database import Store
from web.language import gettext as _


@dataclass(frozen=True, slots=True)
class Ration:
    """So many uses of `kind` within a time."""

    kind: str
    most: int
    within: timedelta


LONGEST = timedelta(hours=24)
"""No ration looks back further: what is older is forgotten."""

WRONG_PASSWORD = Ration("sign-in", 10, timedelta(minutes=15))
FROM_ONE_ADDRESS = Ration("sign-in-from", 60, timedelta(minutes=15))
PUBLIC_FORM = Ration("public-form", 12, timedelta(hours=1))
LOST_LINK = Ration("lost-link", 6, timedelta(hours=1))
LOST_LINK_OF_CASE = Ration("lost-link-of-case", 3, timedelta(hours=24))
CUSTOMER_REPLY = Ration("customer-reply", 30, timedelta(hours=1))


def judge(store: Store, ration: Ration, whose: str, at: datetime) -> None:
    """Rejected("too-often") when the ration is used up, with when there is more."""
    count, first = sessions.used(store, _what(ration, whose), at - ration.within)
    if count >= ration.most and first is not None:
        minutes = max(1, round((first + ration.within - at).total_seconds() / 60))
        said = _("Expected fewer tries, but there were %(count)s already. Try again in %(minutes)s minutes.")
        raise Rejected("too-often", said % {"count": count, "minutes": minutes})


def note(store: Store, ration: Ration, whose: str, at: datetime) -> None:
    """One use more."""
    sessions.use(store, _what(ration, whose), at, at - LONGEST)


def forgive(store: Store, ration: Ration, whose: str) -> None:
    """Begin to count anew."""
    sessions.unuse(store, _what(ration, whose))


def _what(ration: Ration, whose: str) -> str:
    return f"{ration.kind} {whose[:200]}"
