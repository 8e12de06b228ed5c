"""A process on its owner's desk: the files of a version, and what the owner has changed in them, until published.

Owns who may do this, what is kept meanwhile, that nothing typed is lost and nobody's newer version is passed over.
Judges no definition itself: the linter does. Cases that run stay on their version, whatever is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from engine.beginnings import beginning
from engine.core import authority
from engine.core.commands import Actor, Complete
from engine.definition.catalog import (
    CALENDARS,
    INTERFACES,
    ORGANISATION,
    Bundle,
    Catalog,
    scenarios_of,
)
from engine.definition.linter import lint
from engine.definition.loader import Loaded, sound
from engine.definition.organisation import Organisation
from engine.errors import Rejected
from engine.publishing import AGAIN, CHANGE, handed_in, needs_agreement, waiting_for
from engine.runtime import Engine, Result
from engine.store import definition_drafts, deployments
from engine.store.definition_drafts import DraftedDefinition
from engine.store.deployments import Deployment

LONGEST = 200_000
"""Characters of one file, and of a note."""
MOST = 100
"""Files that somebody may change at once."""
LONGEST_NOTE = 2_000
UNPROVEN = " [published although its scenarios do not go as they say]"


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The process as its owner has it now.

    `files` are all of its files by path, `edited` those that differ from the version `base`; `newest` is the last
    version of all. `saved_at` is None as long as nothing was changed.
    """

    process: str
    path: str
    base: Deployment
    newest: Deployment
    files: Mapping[str, str]
    edited: Mapping[str, str]
    saved_at: datetime | None
    catalog: Catalog

    @property
    def is_behind(self) -> bool:
        """Whether somebody published since this was begun."""
        return self.base.digest != self.newest.digest


def mark(text: str) -> str:
    """What a text is known by: two that are the same have the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(text: str) -> str:
    """With the line ends of every file here, whatever a browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Editing:
    """One person's work on one process. `home` are the files of the home folder: what the process shares with others,
    and its scenarios; `proven` says whether those that there are go as they say.
    """

    engine: Engine
    home: Mapping[str, bytes]
    actor: Actor
    process: str
    proven: Callable[[Manuscript], bool]

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

    def catch_up(self) -> tuple[Manuscript, tuple[str, ...]]:
        """Go on from the newest version. What the person has changed stays as they have it; with it come the files
        that the newer version has changed too.
        """
        with self.engine.store.transaction():
            now = self.manuscript()
            old, new = self._files_of(now.base.digest), self._files_of(now.newest.digest)
            both = tuple(path for path in now.edited if old.get(path) != new.get(path))
            ahead = self._keep(now, now.edited, now.newest.digest)
            return ahead, tuple(path for path in both if path in ahead.edited)

    def publish(self, note: str, effective_from: datetime | None = None, *, anyway: bool = False) -> Deployment:
        """Make what is written the next version, for cases that begin from `effective_from` on (None: now).

        Raises Rejected: ("needs-approval") where somebody else has to agree, ("no-note"), ("past"), ("content-changed")
        when there is a newer version than the one below, ("has-problems"), ("nothing-changed"), ("scenarios-fail")
        unless it is to be published `anyway`: then its note says so. What no version holds, the scenarios, is kept.
        """
        if needs_agreement(self.engine.store, self.engine.clock()):
            raise Rejected("needs-approval", "Expected it to be handed in, because somebody else has to agree to it")
        with self._ready(note, effective_from, anyway) as (now, loaded, said):
            deployed = self.engine.deploy(loaded, self.actor.id, said, effective_from=effective_from)
            assert loaded.bundle is not None
            self._keep(now, {path: text for path, text in now.edited.items() if path not in loaded.bundle.files},
                       deployed.digest)  # fmt: skip
            return deployed

    def hand_in(self, note: str, begins_on: date | None = None, key: str = "", *, anyway: bool = False) -> Result:
        """Ask others to agree: a case of `definition-change` that is about exactly what is written now, or the next
        round of the one that was sent back. What is written stays with the person until it is in force.

        Raises Rejected as `publish` does, and whatever the process itself refuses.
        """
        with self._ready(note, None, anyway) as (now, loaded, said):
            bundle, _definition = sound(loaded)
            deployments.keep(self.engine.store, bundle.digest, bundle.to_json())
            values = {"process": self.process, "version": bundle.digest, "after": now.base.digest, "note": said}
            if begins_on is not None:
                values["begins_on"] = begins_on.isoformat()
            at = self.engine.clock()
            for case in handed_in(self.engine.store, self.engine.definition, self.process, at):
                task = waiting_for(self.engine.definition(case.digest), case, self.actor.id)
                if task:
                    again = Complete(at=at, actor=self.actor, key=key, task=task, outcome=AGAIN, values=values)
                    return self.engine.do(case.id, again)
            return self.engine.start(CHANGE, self.actor, values, key=key)

    @contextmanager
    def _ready(
        self, note: str, effective_from: datetime | None, anyway: bool
    ) -> Iterator[tuple[Manuscript, Loaded, str]]:
        """It is sound and proven, has a note, and goes on from the newest version: it, and the note as it is kept. What
        is done with it is in one transaction.
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
        if loaded.bundle is not None and not self.proven(written):
            if not anyway:
                raise Rejected("scenarios-fail", "Expected the scenarios to go as they say, but they do not")
            note = f"{note[: LONGEST_NOTE - len(UNPROVEN)]}{UNPROVEN}"
        with self.engine.store.transaction():
            now = self.manuscript()
            if now.is_behind:
                raise Rejected(
                    "content-changed",
                    f"Expected to go on from the newest version, but {now.newest.deployed_by} has published version "
                    f"{now.newest.version} meanwhile. Go on from that one, and look at the differences again.",
                )
            if (now.edited, now.base.digest) != (written.edited, written.base.digest):
                raise Rejected(
                    "content-changed", "Expected nobody to write meanwhile, but a file was saved. Try again."
                )
            if loaded.bundle is not None and loaded.bundle.digest == now.base.digest:
                raise Rejected("nothing-changed", f"Expected a change, but this is version {now.base.version} as it is")
            sound(loaded)
            yield now, loaded, note

    # --- what it is made of

    def _versions(self) -> tuple[list[Deployment], Deployment]:
        """All versions, and the one in force; the newest before the first day of all."""
        versions = deployments.all_of(self.engine.store, self.process)
        if not versions:
            raise Rejected("no-such-process", f"Expected a deployed process, but there is no '{self.process}'")
        return versions, deployments.in_force(self.engine.store, self.process, self.engine.clock()) or versions[-1]

    def _manuscript(self, kept: DraftedDefinition | None, base: str = "") -> Manuscript:
        versions, _current = self._versions()
        begun = kept.base if kept is not None else base
        below = next((one for one in reversed(versions) if one.digest == begun), versions[-1])
        edited = dict(kept.files) if kept is not None else {}
        # What this person has written may be in force meanwhile: then they go on from it.
        newest = self._bundle(versions[-1].digest).files if edited and below.digest != versions[-1].digest else {}
        if newest and all(newest.get(path, text) == text for path, text in edited.items()):
            below, edited = versions[-1], {path: text for path, text in edited.items() if path not in newest}
        bundle = self._bundle(below.digest)
        files = {**self._files_of(below.digest), **edited}
        catalog = Catalog(
            {**bundle.files, **self.home, **files},
            {name: data for name, data in bundle.calendars.items() if f"{CALENDARS}{name}.yaml" not in self.home},
        )
        if ORGANISATION not in self.home:
            catalog.organisation = Organisation(roles={role: role for role in bundle.roles})
        saved_at = kept.saved_at if kept is not None else None
        return Manuscript(self.process, bundle.path, below, versions[-1], files, edited, saved_at, catalog)

    def _bundle(self, digest: str) -> Bundle:
        return Bundle.from_json(deployments.bundle(self.engine.store, digest) or "")

    def _files_of(self, digest: str) -> dict[str, str]:
        """The files of a version that somebody writes, and its scenarios as the home has them."""
        bundle = self._bundle(digest)
        files = {path: text for path, text in bundle.files.items() if not path.startswith(INTERFACES)}
        beside = scenarios_of(bundle.path)
        if beside in self.home:
            files[beside] = self.home[beside].decode("utf-8-sig", "replace")
        return files

    def _keep(self, now: Manuscript, edited: Mapping[str, str], base: str = "") -> Manuscript:
        """Keep what differs from the version below. Raises Rejected("too-large")."""
        store, base = self.engine.store, base or now.base.digest
        below = self._files_of(base)
        changed = {path: text for path, text in edited.items() if below.get(path) != text}
        if len(changed) > MOST:
            raise Rejected("too-large", f"Expected at most {MOST} changed files, but there are {len(changed)}")
        if changed:
            definition_drafts.keep(store, self.actor.id, self.process, base, changed, self.engine.recording())
        else:
            definition_drafts.drop(store, self.actor.id, self.process)
        return self._manuscript(definition_drafts.load(store, self.actor.id, self.process))
