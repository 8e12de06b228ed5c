"""What others have done to a case since somebody looked at it, as far as it matters to whoever is writing there.

Owns which events matter: not the clock's ticking and what is only told, but what people said and changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.store.history import Line

MATTERS = frozenset(
    {
        *("form-submitted", "values-set", "moved", "reopened", "suspended", "resumed", "priority-raised"),
        *("message-received", "commented", "file-attached", "question-answered", "decision-given", "step-undone"),
        *("task-claimed", "task-released", "task-assigned", "task-delegated", "task-reassigned", "task-escalated"),
        *("delegation-began", "delegation-ended", "delegation-dropped"),
    }
)

SAID_AND_DONE = frozenset(
    {
        *("case-started", "message-sent", "message-received", "message-withdrawn", "message-unaddressed", "commented"),
        *("file-attached", "question-asked", "question-answered", "task-completed", "decision-given", "clock-breached"),
        *("task-assigned", "task-delegated", "task-escalated", "approval-voided", "confirmation-asked", "reopened"),
        *("delegation-began", "delegation-ended", "delegation-dropped"),
        *("step-undone", "task-reopened"),
        *("suspended", "resumed", "cancelled", "completed", "priority-raised", "incident-raised", "delivery-failed"),
    }
)
"""What a short look back at a case tells: what people said and did, not how the process went about it."""


def by_others(lines: Iterable[Line], person: str) -> list[Line]:
    """Those lines that somebody else wrote and that this person should see before going on."""
    return [line for line in lines if line.event.actor != person and line.event.type in MATTERS]
