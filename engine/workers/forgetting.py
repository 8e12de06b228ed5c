"""Mail that came to no case is forgotten when the organisation says so: what it says and who sent it, not that it came.

Owns how often that is looked at, and the setting. What came to a case is kept as long as the case.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.announcing import ORGANISATION
from engine.core.actors import SYSTEM
from engine.runtime import Engine
from engine.store import files, mails, people
from engine.store.database import Store

EVERY = timedelta(hours=1)
BATCH = 50
LONGEST = 36_500
"""Days. More than that is for ever."""


def kept_for(store: Store) -> int | None:
    """Days for which mail that came to no case is kept, as the organisation's file says; None: for ever."""
    organisation = people.setting(store, ORGANISATION) or {}
    days = (organisation.get("parked-mail") or {}).get("days", LONGEST)
    return days if days < LONGEST else None


class Forgetting:
    """Forgets what is old enough when it is time to look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.next = datetime.min.replace(tzinfo=engine.recording().tzinfo)

    def __call__(self) -> int:
        """How many were forgotten; none when it is too early to look."""
        now = self.engine.recording()
        if now < self.next:
            return 0
        days = kept_for(self.engine.store)
        done = forget(self.engine, days) if days is not None else 0
        self.next = now if done >= BATCH else now + EVERY
        return done


def forget(engine: Engine, days: int, most: int = BATCH) -> int:
    """Forget what came in more than so many days ago; how many that were."""
    store, now = engine.store, engine.recording()

    def once() -> int:
        rows = mails.outlived(store, now - timedelta(days=days), most)
        gone = [row for row in rows if mails.forget(store, row, now, SYSTEM.id, str(days))]
        if gone:
            files.forget(store, [row.sha256 for row in gone if row.sha256], min(row.at for row in gone))
        return len(gone)

    return store.unit(once)
