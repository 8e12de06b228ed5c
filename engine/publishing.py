"""Versions that are handed in, agreed to, and put in force: what the word `publish` means to the store.

Owns that only a stored version takes effect, and never one that passes over a newer one. Who agrees is the process's
own matter: `definition-change`, or whatever a house puts in its place under that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from engine.core.commands import SYSTEM
from engine.core.draft import Draft
from engine.core.effects import Effect, PublishVersion
from engine.core.instance import RUNNING, Instance
from engine.definition.model import Definition
from engine.definition.plans import Publishing
from engine.errors import Rejected, Stuck
from engine.store import deployments, instances, queries
from engine.store.database import Store
from engine.store.inbox import LARGEST_PAGE

CHANGE = "definition-change"
"""The process that a change goes through before it is in force; where it is not deployed, an owner decides alone."""

AGAIN = "hand-in-again"
"""The outcome of its task for what was sent back: it is handed in once more."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a case would put in force: the digests of the version and of the one it was written from."""

    version: str
    after: str


def proposed(definition: Definition, case: Instance, at: datetime) -> Proposed | None:
    """What this case is about; None when it puts nothing in force, or nobody has said what yet."""
    for state in definition.states.values():
        meaning = state.words.get("publish")
        if isinstance(meaning, Publishing):
            values = Draft(definition, case, SYSTEM, at).values("0")
            try:
                return Proposed(str(meaning.version.evaluate(values)), str(meaning.after.evaluate(values)))
            except Stuck:
                return None
    return None


def needs_agreement(store: Store, at: datetime) -> bool:
    """Whether somebody else has to agree to a version before it is in force."""
    return deployments.in_force(store, CHANGE, at) is not None


def handed_in(store: Store, definition: Callable[[str], Definition], process: str, at: datetime) -> list[Instance]:
    """The open cases that are about a next version of this process, the latest first."""
    found = []
    for row in queries.cases(store, process=CHANGE, status=RUNNING, limit=LARGEST_PAGE).rows:
        case = instances.load(store, row.id)
        about = proposed(definition(case.digest), case, at) if case is not None else None
        if case is None or about is None:
            continue
        with suppress(Rejected):  # a digest of nothing: whoever agrees to it is told
            if definition(about.version).key == process:
                found.append(case)
    return found


def waiting_for(definition: Definition, case: Instance, person: str) -> str:
    """The task by which this person hands it in once more; empty when there is none."""
    for task in case.tasks.values():
        if task.assignee == person and AGAIN in definition.place_of(task.state).on:
            return task.id
    return ""


def put_in_force(
    store: Store, definition: Callable[[str], Definition], effects: Iterable[Effect], at: datetime
) -> None:
    """Do what a step asked for, in its transaction.

    Raises Rejected("no-such-version") for what is not stored, and ("content-changed") when somebody published since:
    then the step is not taken either.
    """
    for one in effects:
        if isinstance(one, PublishVersion):
            _publish(store, definition, one, at)


def _publish(store: Store, definition: Callable[[str], Definition], asked: PublishVersion, at: datetime) -> None:
    stored = deployments.bundle(store, asked.version)
    if stored is None:
        raise Rejected(
            "no-such-version",
            f"Expected the digest of a version that was handed in, but there is none with {asked.version[:12]}",
        )
    new = definition(asked.version)
    newest = deployments.newest(store, new.key)
    if newest is not None and newest.digest != asked.after:
        raise Rejected(
            "content-changed",
            f"Expected a change to the newest version of {new.key}, but {newest.deployed_by} has published version "
            f"{newest.version} meanwhile. Ask for changes: it has to go on from that one.",
        )
    note = f"{asked.note} ({asked.reference})"
    deployments.deploy(
        store, asked.version, new.key, stored, at, asked.by, note, title=new.title, effective_from=asked.since
    )
