"""What is still to come of a delegation with dates. Owns its shape; what becomes of it is `engine.core.delegating`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delegation:
    """That `to` gets the task (`since`; None when they have it), and that it comes back from them (`until`; None when
    it stays theirs). `timer` is the id of the timer of whichever comes first.
    """

    to: str
    since: datetime | None
    until: datetime | None
    timer: str
