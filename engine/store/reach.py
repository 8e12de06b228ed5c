"""What somebody may see of all cases, as a condition that a query asks along.

Owns this condition. Who may see what is `engine.visibility`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import fn

from engine.store.models import Instance, Task
from engine.store.registers import Question


@dataclass(frozen=True, slots=True)
class Within:
    """What somebody may see: the cases of these processes, those they started, worked on or were asked about, and
    those about this e-mail address.
    """

    person: str
    processes: frozenset[str]
    email: str = ""


def seen_by(within: Within) -> Any:
    """That a case is one of those."""
    own = Instance.starter == within.person
    theirs = Task.select(Task.instance).where((Task.assignee == within.person) | (Task.completed_by == within.person))
    own |= Instance.id.in_(theirs)
    own |= Instance.id.in_(Question.select(Question.instance).where(Question.person == within.person))
    if within.email:
        own |= fn.LOWER(Instance.customer_email) == within.email.lower()
    return own | Instance.process.in_(sorted(within.processes)) if within.processes else own
