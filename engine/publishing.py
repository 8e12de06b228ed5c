"""Versions that are handed in, agreed to, and put in force: what the word `publish` means to the store.

Owns that only a stored version takes effect, and never one that passes over a newer one. Who agrees is the process's
own matter: `definition-change`, or whatever a house puts in its place under that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from engine.core.actors import SYSTEM
from engine.core.draft import Draft
from engine.core.effects import Effect, PublishVersion
from engine.core.instance import RUNNING, Instance
from engine.definition.catalog import Bundle
from engine.definition.model import Definition
from engine.definition.plans import Publishing
from engine.definition.proof import Proof, Verdict
from engine.definition.texts import Localised
from engine.errors import Rejected, Stuck
from engine.keywords.stored import if_known
from engine.store import deployments, history, instances, proofs, queries
from engine.store.database import Store
from engine.store.deployments import Deployment
from engine.store.inbox import LARGEST_PAGE
from engine.store.proofs import Proven

CHANGE = "definition-change"
"""The process that a change goes through before it is in force; where it is not deployed, an owner decides alone."""

AGAIN = "hand-in-again"
"""The outcome of its task for what was sent back: it is handed in once more."""

PROOF = "scenarios"
"""The field in which it is told with which scenarios; a house's own process may do without."""

TITLE = "title_"
"""What the fields begin with that tell what the process is called, in the language they end with: likewise."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a case would put in force: the digests of the version, of the one it was written from, and of its proof
    (empty when none was handed in with it).
    """

    version: str
    after: str
    proof: str


def proposed(definition: Definition, case: Instance, at: datetime) -> Proposed | None:
    """What this case is about; None when it puts nothing in force, or nobody has said what yet."""
    for state in definition.states.values():
        meaning = state.words.get("publish")
        if isinstance(meaning, Publishing):
            values = Draft(definition, case, SYSTEM, at).values("0")
            try:
                proof = if_known(meaning.scenarios, values) if meaning.scenarios is not None else None
                return Proposed(
                    str(meaning.version.evaluate(values)), str(meaning.after.evaluate(values)), str(proof or "")
                )
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


def asks(definition: Definition, field: str) -> bool:
    """Whether this process for changes asks for this too."""
    use = definition.start.form
    return use is not None and use.form.field(field) is not None


def waiting_for(definition: Definition, case: Instance, person: str) -> str:
    """The task by which this person hands it in once more; empty when there is none."""
    for task in case.tasks.values():
        if task.assignee == person and AGAIN in definition.place_of(task.state).on:
            return task.id
    return ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version as somebody makes it without asking others: from now on where `effective_from` is None, with its
    scenarios and how they went where there are any.
    """

    bundle: Bundle
    title: Localised
    by: str
    note: str
    effective_from: datetime | None
    proof: Proof | None
    verdict: Verdict | None


def make_version(store: Store, new: Version, at: datetime) -> Deployment:
    """Make it startable. What is the newest version already, with the same scenarios, changes nothing, whoever has come
    to the house or left it meanwhile; but scenarios that had not been run by then have been now.
    """
    with store.transaction():
        last, digest, proof = deployments.newest(store, new.bundle.process), new.bundle.digest, ""
        same = last.proof if last is not None and last.digest == digest else ""
        known = proofs.load(store, same)
        if new.proof is not None and not _says(known, new.proof):
            proof = proofs.keep(store, new.proof, new.verdict)
        elif known is not None and known.verdict is None:
            proofs.keep(store, known.proof, new.verdict)
        return deployments.deploy(
            store,
            digest,
            new.bundle.process,
            new.bundle.to_json(),
            at,
            new.by,
            new.note,
            title=new.title,
            effective_from=new.effective_from,
            proof=proof,
        )


def _says(known: Proven | None, proof: Proof) -> bool:
    """Whether these scenarios are word by word those that are known."""
    return known is not None and (known.proof.path, known.proof.text) == (proof.path, proof.text)


def put_in_force(
    store: Store, definition: Callable[[str], Definition], effects: Iterable[Effect], at: datetime
) -> None:
    """Do what a step asked for, in its transaction.

    Raises Rejected("no-such-version") for what is not stored, ("no-such-proof") for scenarios that were not handed in
    with it, and ("content-changed") when somebody published since: then the step is not taken either.
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
    proven = proofs.load(store, asked.scenarios)
    if asked.scenarios and (proven is None or proven.proof.version != asked.version):
        raise Rejected(
            "no-such-proof",
            "Expected the digest of the scenarios that were handed in with this version, but there are none with "
            f"{asked.scenarios[:12]}",
        )
    deployments.deploy(
        store,
        asked.version,
        new.key,
        stored,
        at,
        asked.by,
        f"{asked.note} ({asked.reference})",
        title=new.title,
        effective_from=asked.since,
        proof=asked.scenarios,
        reference=asked.reference,
        agreed_by=_agreed(store, asked.reference),
    )


def _agreed(store: Store, reference: str) -> tuple[str, ...]:
    """Who said yes in the round that a case's latest decision ended."""
    case = instances.by_reference(store, reference)
    given = [one.event for one in history.read(store, case or "") if one.event.type == "decision-given"]
    last = given[-1].body if given else {}
    return tuple(
        one.on_behalf_of or one.actor
        for one in given
        if (one.body["task"], one.body["round"]) == (last["task"], last["round"]) and one.body["decision"] == "approve"
    )
