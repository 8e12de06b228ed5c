"""What others have done to a case since somebody looked at it, as far as it matters to whoever is writing there.

Owns which events matter: not the clock's ticking and what is only told, but what people said and changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.store.history import Line

MATTERS = frozenset(
    {
        *("form-submitted", "values-set", "moved", "reopened", "suspended", "resumed", "priority-raised"),
        *("message-received", "commented", "file-attached", "question-answered", "decision-given"),
        *("task-claimed", "task-released", "task-assigned", "task-delegated", "task-reassigned", "task-escalated"),
    }
)


def by_others(lines: Iterable[Line], person: str) -> list[Line]:
    """Those lines that somebody else wrote and that this person should see before going on."""
    return [line for line in lines if line.event.actor != person and line.event.type in MATTERS]
