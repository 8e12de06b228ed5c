"""What the stories sent has gone out, and colleagues were told, each at its time.

Owns this one pretence: these customers have no mailbox, and nobody looks at the sample company as it was months ago.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.runtime import Engine, VirtualClock
from engine.store import letters, outbox
from engine.store.outbox import NOTICE
from engine.workers.channels.notices import Notices

NEW = timedelta(days=2)
"""What somebody was told within this time they have not read yet."""

EVERYTHING = 100_000


def deliver(engine: Engine, clock: VirtualClock, end: datetime) -> None:
    """Everything that was to go out by then. The engine records by this clock."""
    tell = Notices(engine, mails=False)
    seen = False
    for notice in outbox.due(engine.store, end, (NOTICE,), EVERYTHING):
        if not seen and notice.available_at > end - NEW:
            letters.everybody_saw(engine.store)
            seen = True
        clock.set(notice.available_at)
        tell(notice)
    clock.set(end)
    outbox.went_out(engine.store, end)
