"""Drafts: what somebody typed for a task and has not handed in.

Beside the case, no part of its history, judged by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import decode, encode, from_micros, to_micros
from engine.store.registers import Draft


@dataclass(frozen=True, slots=True)
class Typed:
    """What `person` typed for `task`, and the outcome chosen, if any."""

    task: str
    person: str
    values: Mapping[str, Any]
    outcome: str
    saved_at: datetime


_KEEP = upsert(Draft)
_DROP = Statement(
    lambda: Draft.delete().where((Draft.task == Parameter("task")) & (Draft.person == Parameter("person"))),
    "task",
    "person",
)
_ONE = Statement(
    lambda: Draft.select().where((Draft.task == Parameter("task")) & (Draft.person == Parameter("person"))),
    "task",
    "person",
)
_OF_PERSON = Statement(
    lambda: Draft.select().where(Draft.person == Parameter("person")).order_by(Draft.saved_at.desc(), Draft.task),
    "person",
)


def keep(store: Store, task: str, person: str, values: Mapping[str, Any], outcome: str, at: datetime) -> None:
    """Keep this in place of what the person had typed before."""
    store.change(_KEEP, task, person, encode(values), outcome, to_micros(at))


def drop(store: Store, pairs: Sequence[tuple[str, str]]) -> None:
    """Forget what these people typed, each pair a task and a person."""
    store.change_many(_DROP, pairs)


def load(store: Store, task: str, person: str) -> Typed | None:
    row = store.row(_ONE, task, person)
    return None if row is None else _typed(row)


def of_person(store: Store, person: str) -> list[Typed]:
    """All drafts of a person, the newest first."""
    return [_typed(row) for row in store.rows(_OF_PERSON, person)]


def _typed(row: tuple[Any, ...]) -> Typed:
    return Typed(row[0], row[1], decode(row[2]), row[3], from_micros(row[4]))
