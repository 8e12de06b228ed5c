"""A process on its owner's desk: the files of a version, and what the owner has changed in them, until published.

Owns who may do this, what is kept meanwhile, that nothing typed is lost and nobody's newer version is passed over.
Judges no definition itself: the linter does. Cases that run stay on their version, whatever is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.beginnings import beginning
from engine.core import authority
from engine.core.actors import Actor
from engine.core.commands import Complete
from engine.definition.linter import lint
from engine.definition.loader import Loaded, sound
from engine.definition.model import Definition
from engine.definition.proof import Proof, Verdict, proof_of
from engine.definition.texts import localised
from engine.errors import Rejected
from engine.manuscript import Manuscript, files_of, held_by, manuscript_of, mark, written_in
from engine.publishing import AGAIN, CHANGE, PROOF, TITLE, asks, handed_in, needs_agreement, proposed, waiting_for
from engine.runtime import Engine, Result
from engine.store import definition_drafts, deployments, proofs
from engine.store.definition_drafts import DraftedDefinition
from engine.store.deployments import Deployment

LONGEST = 200_000
"""Characters of one file, and of a note."""
MOST = 100
"""Files that somebody may change at once."""
LONGEST_NOTE = 2_000
LONGEST_REASON = 500
LONGEST_TITLE = 200
UNPROVEN = " [published although its scenarios do not go as they say]"


def _plain(text: str) -> str:
    """With the line ends of every file here, whatever a browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class _Ready:
    """What can be published: the note as it is kept, the scenarios (None: there are none) and how they went."""

    now: Manuscript
    loaded: Loaded
    note: str
    proof: Proof | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Editing:
    """One person's work on one process. `home` are the files of the home folder: what the process shares with others,
    and scenarios that no version holds yet; `proven` runs the scenarios and says how they went, None where there are
    none.
    """

    engine: Engine
    home: Mapping[str, bytes]
    actor: Actor
    process: str
    proven: Callable[[Manuscript], Verdict | None]

    def may(self) -> None:
        """Raises Rejected("no-such-process") and Rejected("not-allowed")."""
        _versions, current = self._versions()
        authority.may_publish(self.engine.definition(current.digest), self.actor)

    def manuscript(self) -> Manuscript:
        """What there is to edit. Raises as `may` does."""
        self.may()
        return self._manuscript(definition_drafts.load(self.engine.store, self.actor.id, self.process))

    def write(self, path: str, text: str, *, base: str, seen: str) -> Manuscript:
        """Keep the text of a file. `base` is the digest of the version that the person saw, `seen` the mark of the text
        they began with.

        Rejected("content-changed") when the file has been changed elsewhere since, ("too-large"), ("no-such-file").
        """
        text = _plain(text)
        if len(text) > LONGEST:
            raise Rejected(
                "too-large", f"Expected at most {LONGEST:,} characters in a file, but there are {len(text):,}"
            )
        with self.engine.store.transaction():
            self.may()
            kept = definition_drafts.load(self.engine.store, self.actor.id, self.process)
            now = self._manuscript(kept, base)
            if path not in now.files:
                raise Rejected("no-such-file", f"Expected a file of this process, but '{path[:80]}' is not one")
            if text == _plain(now.files[path]):
                return now
            if seen != mark(now.files[path]):
                raise Rejected(
                    "content-changed",
                    "This file was saved in another window meanwhile. Below is what you have typed here: "
                    "saving it again puts it in the place of the other.",
                )
            return self._keep(now, {**now.edited, path: text})

    def add(self, path: str) -> Manuscript:
        """Put another file beside: one of the home as it is there, else one to begin with.

        Raises Rejected("no-such-file") for what cannot be a file of a process.
        """
        with self.engine.store.transaction():
            now = self.manuscript()
            if path in now.files:
                return now
            return self._keep(now, {**now.edited, path: beginning(path, now.path, self.home)})

    def take_back(self, path: str) -> Manuscript:
        """Make a file again what it is in the version below; one that is not in it is gone."""
        with self.engine.store.transaction():
            now = self.manuscript()
            return self._keep(now, {at: text for at, text in now.edited.items() if at != path})

    def take_up(self, reference: str) -> Manuscript:
        """Go on from what was handed in with the case of this reference, and is not decided yet.

        Raises Rejected("no-such-case"), and ("content-changed") when the person is writing on something already.
        """
        store, at = self.engine.store, self.engine.clock()
        with store.transaction():
            now = self.manuscript()
            if now.edited:
                raise Rejected(
                    "content-changed", "Expected nothing to be written yet, but there is; take it back first"
                )
            for case in handed_in(store, self.engine.definition, self.process, at):
                about = proposed(self.engine.definition(case.digest), case, at)
                if case.reference == reference and about is not None:
                    written = written_in(store, about.version, about.proof)
                    return self._keep(now, written, deployments.by_digest(store, about.after))
            raise Rejected("no-such-case", f"Expected a change that is handed in, but {reference[:40]} is none")

    def catch_up(self) -> tuple[Manuscript, tuple[str, ...]]:
        """Go on from the newest version. What the person has changed stays as they have it; with it come the files
        that the newer version has changed too.
        """
        with self.engine.store.transaction():
            now = self.manuscript()
            old, new = (files_of(self.engine.store, one, self.home) for one in (now.base, now.newest))
            both = tuple(path for path in now.edited if old.get(path) != new.get(path))
            ahead = self._keep(now, now.edited, now.newest)
            return ahead, tuple(path for path in both if path in ahead.edited)

    def publish(self, note: str, effective_from: datetime | None = None, *, anyway: str = "") -> Deployment:
        """Make what is written the next version, for cases that begin from `effective_from` on (None: now).

        Raises Rejected: ("needs-approval") where somebody else has to agree, ("no-note"), ("past"), ("content-changed")
        when there is a newer version than the one below, ("has-problems"), ("nothing-changed"), ("scenarios-fail")
        unless there is a reason to publish it `anyway`: then its note says so. What the version does not hold is kept.
        """
        if needs_agreement(self.engine.store, self.engine.clock()):
            raise Rejected("needs-approval", "Expected it to be handed in, because somebody else has to agree to it")
        with self._ready(note, effective_from, anyway) as ready:
            deployed = self.engine.deploy(
                ready.loaded,
                self.actor.id,
                ready.note,
                effective_from=effective_from,
                proof=ready.proof,
                verdict=ready.verdict,
            )
            held = held_by(self.engine.store, deployed)
            self._keep(ready.now, {at: text for at, text in ready.now.edited.items() if at not in held}, deployed)
            return deployed

    def hand_in(self, note: str, begins_on: date | None = None, key: str = "", *, anyway: str = "") -> Result:
        """Ask others to agree: a case of `definition-change` that is about exactly what is written now, or the next
        round of the one that was sent back. What is written stays with the person until it is in force.

        Raises Rejected as `publish` does, and whatever the process itself refuses.
        """
        with self._ready(note, None, anyway) as ready:
            store, at = self.engine.store, self.engine.clock()
            bundle, _definition = sound(ready.loaded)
            deployments.keep(store, bundle.digest, bundle.to_json())
            values = {"process": self.process, "version": bundle.digest, "after": ready.now.base.digest}
            values["note"] = ready.note
            if begins_on is not None:
                values["begins_on"] = begins_on.isoformat()
            told = {PROOF: proofs.keep(store, ready.proof, ready.verdict)} if ready.proof is not None else {}
            known = self.engine.definition(ready.now.base.digest)
            for case in handed_in(store, self.engine.definition, self.process, at):
                change = self.engine.definition(case.digest)
                task = waiting_for(change, case, self.actor.id)
                if task:
                    values |= _asked(change, known, told)
                    again = Complete(at=at, actor=self.actor, key=key, task=task, outcome=AGAIN, values=values)
                    return self.engine.do(case.id, again)
            change = self.engine.in_force(CHANGE)
            values |= _asked(change, known, told)
            return self.engine.start(CHANGE, self.actor, values, key=key)

    @contextmanager
    def _ready(self, note: str, effective_from: datetime | None, anyway: str) -> Iterator[_Ready]:
        """It is sound and proven, has a note, and goes on from the newest version. What is done with it is in one
        transaction.
        """
        note = note.strip()
        if not note:
            raise Rejected("no-note", "Expected a note on what changes and why, but there is none")
        if len(note) > LONGEST_NOTE:
            raise Rejected("no-note", f"Expected a note of at most {LONGEST_NOTE:,} characters, but got {len(note):,}")
        at = self.engine.clock()
        if effective_from is not None and effective_from < at:
            raise Rejected("past", "Expected a day from tomorrow on, but it has begun already; leave it empty for now")
        written = self.manuscript()
        loaded = lint(written.catalog, written.path)  # before the transaction: others need not wait for it
        proof = proof_of(written.catalog, loaded.bundle) if loaded.bundle is not None else None
        verdict = self.proven(written) if proof is not None else None
        if verdict is not None and not verdict.ok:
            if not anyway.strip():
                raise Rejected("scenarios-fail", "Expected the scenarios to go as they say, but they do not")
            verdict = replace(verdict, anyway=anyway.strip()[:LONGEST_REASON])
            note = f"{note[: LONGEST_NOTE - len(UNPROVEN)]}{UNPROVEN}"
        with self.engine.store.transaction():
            now = self.manuscript()
            if now.is_behind:
                raise Rejected(
                    "content-changed",
                    f"Expected to go on from the newest version, but {now.newest.deployed_by} has published version "
                    f"{now.newest.version} meanwhile. Go on from that one, and look at the differences again.",
                )
            if (now.edited, now.base.content) != (written.edited, written.base.content):
                raise Rejected(
                    "content-changed", "Expected nobody to write meanwhile, but a file was saved. Try again."
                )
            told_anew = proof is not None and proof.path in now.edited
            if loaded.bundle is not None and loaded.bundle.digest == now.base.digest and not told_anew:
                raise Rejected("nothing-changed", f"Expected a change, but this is version {now.base.version} as it is")
            sound(loaded)
            yield _Ready(now, loaded, note, proof, verdict)

    # --- what it is made of

    def _versions(self) -> tuple[list[Deployment], Deployment]:
        """All versions, and the one in force; the newest before the first day of all."""
        versions = deployments.all_of(self.engine.store, self.process)
        if not versions:
            raise Rejected("no-such-process", f"Expected a deployed process, but there is no '{self.process}'")
        return versions, deployments.in_force(self.engine.store, self.process, self.engine.clock()) or versions[-1]

    def _manuscript(self, kept: DraftedDefinition | None, base: str = "") -> Manuscript:
        versions, _current = self._versions()
        return manuscript_of(self.engine.store, versions, self.home, kept, base)

    def _keep(self, now: Manuscript, edited: Mapping[str, str], base: Deployment | None = None) -> Manuscript:
        """Keep what differs from the version below. Raises Rejected("too-large")."""
        store, base = self.engine.store, base or now.base
        below = files_of(store, base, self.home)
        changed = {path: text for path, text in edited.items() if below.get(path) != text}
        if len(changed) > MOST:
            raise Rejected("too-large", f"Expected at most {MOST} changed files, but there are {len(changed)}")
        if changed:
            definition_drafts.keep(store, self.actor.id, self.process, base.content, changed, self.engine.recording())
        else:
            definition_drafts.drop(store, self.actor.id, self.process)
        return self._manuscript(definition_drafts.load(store, self.actor.id, self.process))


def _asked(change: Definition, known: Definition, told: Mapping[str, str]) -> dict[str, str]:
    """Of what is told with a version, and of what people know the process as, in the languages of the process for
    changes, as much as that one asks for.
    """
    titles = {f"{TITLE}{one}": localised(known.title, one)[:LONGEST_TITLE] for one in change.languages}
    return {field: value for field, value in {**titles, **told}.items() if asks(change, field)}
