"""The rows of questions to colleagues, so that everybody finds what they were asked.

Owns how they follow a case's snapshot, and their reading. A question that was answered stays: whoever was asked may
still see the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.events import Event
from engine.core.instance import Instance, Question
from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import from_micros, to_micros
from engine.store.models import Instance as Case
from engine.store.registers import Question as Row

_KEEP = upsert(Row)
_ANSWERED = Statement(
    lambda: Row.update({Row.answered_at: Parameter("at")}).where(Row.id == Parameter("id")), "at", "id"
)
_OF_PERSON = Statement(
    lambda: (
        Row.select(Row.id, Row.instance, Case.reference, Case.subject, Row.asked_by, Row.text, Row.asked_at)
        .join(Case, on=(Case.id == Row.instance))
        .where((Row.person == Parameter("person")) & Row.answered_at.is_null())
        .order_by(Row.asked_at, Row.id)
    ),
    "person",
)
_WAS_ASKED = Statement(
    lambda: (
        Row.select(Row.id).where((Row.instance == Parameter("instance")) & (Row.person == Parameter("person"))).limit(1)
    ),
    *("instance", "person"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open question with the case that it is about."""

    id: str
    instance: str
    reference: str
    subject: str
    by: str
    text: str
    at: datetime


def write(store: Store, old: Mapping[str, Question], new: Instance, events: Sequence[Event]) -> None:
    """Bring the rows from `old` to `new`."""
    gone = [(to_micros(events[-1].at if events else new.started_at), id) for id in old if id not in new.questions]
    if gone:
        store.change_many(_ANSWERED, gone)
    fresh = [
        (one.id, new.id, one.by, one.to, one.text, to_micros(one.at), None)
        for one in new.questions.values()
        if one.id not in old
    ]
    if fresh:
        store.change_many(_KEEP, fresh)


def of_person(store: Store, person: str) -> list[Asked]:
    """What waits for this person's answer, the oldest first."""
    return [
        Asked(row[0], row[1], row[2], row[3], row[4], row[5], from_micros(row[6]))
        for row in store.rows(_OF_PERSON, person)
    ]


def was_asked(store: Store, instance: str, person: str) -> bool:
    """Whether this person was ever asked about the case."""
    return store.row(_WAS_ASKED, instance, person) is not None
