"""A promised time, as it stands in the snapshot of a case.

Owns its shape and how it ends; when it begins, stands still and falls due is `engine.core.clocks`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

NOTHING = "none"
"""How an event says that a clock promises nothing for this answer."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A promised time, as it stands.

    `target` is the duration promised (empty: nothing is, for this answer); `pauses` are (from, to or None); `due_at` is
    None while it stands still; `fired` are the rungs that have fired, in per cent; `missed` the deadline that was not
    kept. `status` is running, paused, stopped or cancelled.
    """

    name: str
    run: int
    started_at: datetime
    target: str
    status: str = "running"
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    due_at: datetime | None = None
    fired: tuple[int, ...] = ()
    missed: datetime | None = None
    ended_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.status in ("running", "paused")

    def closed(self, at: datetime) -> Clock:
        """With the pause that goes on, if any, ended."""
        pauses = tuple((begin, end or at) for begin, end in self.pauses)
        return replace(self, pauses=pauses) if pauses != self.pauses else self

    def over(self, status: str, at: datetime) -> Clock:
        """Ended in this way."""
        return replace(self.closed(at), status=status, ended_at=at, due_at=None)

    @property
    def promised(self) -> dict[str, Any]:
        """What an event says of its promise."""
        due = {"due_at": self.due_at.isoformat()} if self.due_at else {}
        return {"target": self.target or NOTHING, **due}
