"""The rows of the inbox as its page shows them: what is due and when, what is new, and what can be done with several.

Owns these shapes. Whether somebody may do it is judged by each task's command; here it is only what is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.core.actors import Actor
from engine.core.authority import oversees, stood_for
from engine.definition.model import Definition
from engine.definition.roles import READER
from engine.store import own_cases, personal
from engine.store.inbox import InboxRow
from web import deadlines
from web.access import visitor
from web.house import house
from web.language import gettext as _
from web.language import said
from web.reading import in_force


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that is due: `what` it is, in words, when, and how far away that is."""

    what: str
    at: datetime
    said: deadlines.Said


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the page shows it."""

    row: InboxRow
    process: str
    deadlines: tuple[Deadline, ...]
    new: bool
    address: str


@dataclass(frozen=True, slots=True)
class Together:
    """What is offered for several tasks at once; what may be done to each, its command says."""

    takes: bool = False
    gives: bool = False
    tags: bool = False

    def __bool__(self) -> bool:
        return self.takes or self.gives or self.tags


def shown(rows: Sequence[InboxRow], view: str, now: datetime) -> list[Shown]:
    store, person = house().store, visitor().person.id
    ids = [row.instance for row in rows]
    seen, length = personal.seen_of(store, person, ids), own_cases.lengths(store, ids)
    promised = own_cases.promised(store, ids)
    known = definitions({row.process for row in rows})
    found = []
    for row in rows:
        definition = known.get(row.process)
        title = said(definition.title) if definition is not None else row.process
        due = tuple(_due(row, promised.get(row.instance), definition, now)) if definition is not None else ()
        new = length.get(row.instance, 0) > seen.get(row.instance, 0)
        found.append(Shown(row, title, due, new, f"/tasks/{row.task}" + (f"?view={view}" if view else "")))
    return found


def _due(
    row: InboxRow, promised: tuple[str, datetime] | None, definition: Definition, now: datetime
) -> Iterator[Deadline]:
    """The task's own deadline and the next promise of its case, the sooner first."""
    every = []
    if row.due_at is not None:
        every.append(Deadline(_("Task"), row.due_at, deadlines.of_task(definition, row, now)))
    if promised is not None:
        name, at = promised
        clock = definition.clocks.get(name)
        title = said(clock.title) if clock is not None else name
        every.append(Deadline(title, at, deadlines.of_clock(definition, name, at, now)))
    yield from sorted(every, key=lambda one: one.at)


def definitions(processes: set[str]) -> dict[str, Definition]:
    """The version in force of each of these processes."""
    engine = house().engine
    return {process: engine.definition(one.digest) for process, one in in_force().items() if process in processes}


def together(rows: Sequence[Shown]) -> Together:
    """What can be done with several of these tasks at once by whoever asks."""
    who = visitor()
    if not who.is_staff or who.actor.kind == READER:
        return Together()
    known = definitions({one.row.process for one in rows if one.row.kind == "task"})
    gives = any(_oversees(definition, who.actor) for definition in known.values())
    takes = any(one.row.kind == "task" and not one.row.assignee for one in rows)
    return Together(takes, gives, tags=bool(rows))


def _oversees(definition: Definition, actor: Actor) -> bool:
    """Whether somebody oversees the process, or stands in for somebody who does."""
    return oversees(definition, actor) or bool(stood_for((definition.owner, *definition.supervisors), actor))
