"""The read side: lists and single cases as plain rows, for pages, the command line and reports.

Owns what can be listed, filtered and counted. Writes nothing. The inbox, incidents and what is due have their own
files; they are reached from here too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from peewee import SQL, Tuple, fn

from engine.store import drafts, history, outbox, search
from engine.store.as_of import had_begun
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.deployments import Deployment, all_of, in_force
from engine.store.due import DueTimer, Waiting, due_timers, next_due, waits
from engine.store.fields import from_maybe, from_micros, to_micros
from engine.store.inbox import LARGEST_PAGE, InboxRow, Page, inbox, waiting
from engine.store.incidents import IncidentRow, incidents
from engine.store.models import ENDED, GOING, PROMISED, Instance
from engine.store.reach import Within, seen_by
from engine.store.search import ALL, Eyes
from engine.store.tasks import TaskRow, has_part, held_by, task, tasks

__all__ = [
    "Case",
    "Count",
    "Deployment",
    "DueTimer",
    "InboxRow",
    "IncidentRow",
    "Page",
    "TaskRow",
    "Waiting",
    "Within",
    "case",
    "cases",
    "counts",
    "deployments",
    "drafts_of",
    "due_timers",
    "has_part",
    "history_of",
    "in_force",
    "inbox",
    "incidents",
    "live_by_version",
    "messages",
    "next_due",
    "outbox_due",
    "task",
    "tasks",
    "waiting",
    "waits",
]

deployments = all_of
drafts_of = drafts.of_person
history_of = history.read
messages = outbox.of_case
outbox_due = outbox.due


@dataclass(frozen=True, slots=True)
class Case:
    """A case as lists show it.

    `states` holds its states now, `, ` between them; `next_due_at` is the first due date of its open tasks; `severity`
    is empty where its process tells none.
    """

    id: str
    process: str
    digest: str
    reference: str
    status: str
    states: str
    starter: str
    received_at: datetime
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    outcome: str
    external_id: str
    subject: str
    customer_name: str
    customer_email: str
    next_due_at: datetime | None
    severity: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases of a process have this status and stand in these states."""

    process: str
    status: str
    states: str
    cases: int


LATEST, OLDEST, DUE = ORDERS = ("latest", "oldest", "due")
CASE_COLUMNS = tuple(getattr(Instance, field.name) for field in fields(Case))
_ONE = Statement(
    lambda: Instance.select(*CASE_COLUMNS).where(Instance.reference == Parameter("reference")), "reference"
)


def case(store: Store, reference: str) -> Case | None:
    """The case with this reference, without its content: `instances.load` gives that by `id`."""
    row = store.row(_ONE, reference)
    return None if row is None else case_of_row(row)


def case_of_row(row: tuple[Any, ...]) -> Case:
    instants = (from_micros(row[7]), from_micros(row[8]), from_micros(row[9]), from_maybe(row[10]))
    columns: tuple[Any, ...] = (*row[:7], *instants, *row[11:16], from_maybe(row[16]), row[17])
    return Case(*columns)


def cases(
    store: Store,
    *,
    process: str | None = None,
    status: str | None = None,
    state: str | None = None,
    outcome: str | None = None,
    received_from: datetime | None = None,
    received_before: datetime | None = None,
    here_by: datetime | None = None,
    assignee: str | None = None,
    severity: str | None = None,
    text: str = "",
    customer: str = "",
    eyes: Eyes = ALL,
    within: Within | None = None,
    order: str = LATEST,
    limit: int = 50,
    after: tuple[int, str] | None = None,
) -> Page[Case]:
    """Cases, the latest received first, or in another of `ORDERS`: the oldest first, or those that have a deadline, the
    next first.

    `within` leaves out what somebody may not see. `text` are words to be found, `customer` words of the customer's name
    or address, and `eyes` by what they may be found, see `engine.store.search`. `assignee` has one of their open tasks;
    empty: nobody has one of them. `here_by` leaves out what was written down later, whenever it was received.
    """
    by = Instance.next_due_at if order == DUE else Instance.received_at
    falling = order == LATEST
    query = Instance.select(*CASE_COLUMNS)
    query = query.order_by(by.desc(), Instance.id.desc()) if falling else query.order_by(by, Instance.id)
    if order == DUE:
        query = query.where(PROMISED)
    for field, wanted in (
        (Instance.process, process),
        (Instance.outcome, outcome),
        (Instance.status, status),
        (Instance.severity, severity),
    ):
        if wanted is not None:
            query = query.where(field == wanted)
    if status in ("running", "suspended"):
        query = query.where(GOING)
    if state is not None:
        query = query.where(
            (Instance.states == state)
            | Instance.states.startswith(f"{state}, ")
            | Instance.states.endswith(f", {state}")
            | Instance.states.contains(f", {state}, ")
        )
    if received_from is not None:
        query = query.where(Instance.received_at >= to_micros(received_from))
    if received_before is not None:
        query = query.where(Instance.received_at < to_micros(received_before))
    if here_by is not None:
        query = query.where(had_begun(here_by))
    if assignee is not None:
        query = query.where(held_by(assignee))
    if text or customer:
        query = query.where(search.condition(store, text, customer, eyes))
    if within is not None:
        query = query.where(seen_by(within))
    if after is not None:
        here, there = Tuple(by, Instance.id), Tuple(*after)
        query = query.where(here < there if falling else here > there)
    size = max(1, min(limit, LARGEST_PAGE))
    rows = store.select(query.limit(size + 1))
    found = tuple(case_of_row(row) for row in rows[:size])
    return Page(found, behind(found[-1], order) if len(rows) > size else None)


def behind(case: Case, order: str = LATEST) -> tuple[int, str]:
    """Where a page begins that follows this case."""
    at = case.next_due_at if order == DUE and case.next_due_at is not None else case.received_at
    return to_micros(at), case.id


def counts(store: Store) -> list[Count]:
    """How many cases there are by process, status and states; those still going first, each part in
    alphabetical order.
    """
    found = []
    for part in (GOING, ENDED):  # each has its own index, so that no case itself is read
        columns = (Instance.process, Instance.status, Instance.states)
        query = Instance.select(*columns, fn.COUNT(SQL("*"))).where(part).group_by(*columns).order_by(*columns)
        found += [Count(*row) for row in store.select(query)]
    return found


def live_by_version(store: Store) -> dict[tuple[str, str], int]:
    """How many cases go on, by process and digest."""
    columns = (Instance.process, Instance.digest)
    query = Instance.select(*columns, fn.COUNT(SQL("*"))).where(GOING).group_by(*columns)
    return {(process, digest): count for process, digest, count in store.select(query)}
