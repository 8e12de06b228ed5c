"""A process as somebody writes it: the files of a version, its scenarios among them, and what was changed in them.

Owns which files those are and which version they go on from. Keeps nothing, and judges nobody: `engine.editing` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from engine.definition.catalog import CALENDARS, INTERFACES, ORGANISATION, Bundle, Catalog, scenarios_of
from engine.definition.organisation import Organisation
from engine.store import deployments, proofs
from engine.store.database import Store
from engine.store.definition_drafts import DraftedDefinition
from engine.store.deployments import Deployment
from engine.store.proofs import Proven

Home = Mapping[str, bytes]


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
        return self.base.content != self.newest.content


def mark(text: str) -> str:
    """What a text is known by: two that are the same have the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def manuscript_of(
    store: Store, versions: Sequence[Deployment], home: Home, kept: DraftedDefinition | None, base: str
) -> Manuscript:
    """What there is to write on: what is kept, else the version with the content `base`, else the last of `versions`,
    which are those of the process, the newest last.
    """
    newest, begun = versions[-1], kept.base if kept is not None else base
    latest = [*reversed(versions)]
    # What was kept before versions had scenarios knows its own by the digest alone.
    below = next((one for ours in (_content, _digest) for one in latest if ours(one) == begun), newest)
    edited = dict(kept.files) if kept is not None else {}
    # What this person has written may be in force meanwhile: then they go on from it.
    held = held_by(store, newest) if edited and below.content != newest.content else {}
    if held and all(held.get(path, text) == text for path, text in edited.items()):
        below, edited = newest, {path: text for path, text in edited.items() if path not in held}
    bundle, proven = bundle_of(store, below.digest), proofs.load(store, below.proof)
    files = {**files_of(store, below, home), **edited}
    catalog = Catalog(
        {**bundle.files, **home, **files},
        {name: data for name, data in bundle.calendars.items() if f"{CALENDARS}{name}.yaml" not in home},
    )
    if ORGANISATION not in home:
        catalog.organisation = _organisation(bundle, proven)
    saved_at = kept.saved_at if kept is not None else None
    return Manuscript(below.process, bundle.path, below, newest, files, edited, saved_at, catalog)


_content, _digest = attrgetter("content"), attrgetter("digest")


def bundle_of(store: Store, digest: str) -> Bundle:
    """What cases of the version with this digest run on."""
    return Bundle.from_json(deployments.bundle(store, digest) or "")


def held_by(store: Store, version: Deployment) -> dict[str, str]:
    """The files that this version itself holds, its scenarios among them."""
    return _held(store, version.digest, version.proof)


def _held(store: Store, digest: str, proof: str) -> dict[str, str]:
    proven = proofs.load(store, proof)
    scenarios = {proven.proof.path: proven.proof.text} if proven is not None else {}
    return {**bundle_of(store, digest).files, **scenarios}


def files_of(store: Store, version: Deployment, home: Home) -> dict[str, str]:
    """The files of a version that somebody writes; with the scenarios of the home, where it has none of its own."""
    files = written_in(store, version.digest, version.proof)
    beside = scenarios_of(bundle_of(store, version.digest).path)
    if beside in home and beside not in files:
        files[beside] = home[beside].decode("utf-8-sig", "replace")
    return files


def written_in(store: Store, digest: str, proof: str) -> dict[str, str]:
    """The files that somebody writes, of the version and the proof with these digests."""
    return {path: text for path, text in _held(store, digest, proof).items() if not path.startswith(INTERFACES)}


def _organisation(bundle: Bundle, proven: Proven | None) -> Organisation:
    """The roles of the version, and whoever acts in its scenarios."""
    if proven is not None:
        return proven.proof.catalog(bundle).organisation
    return Organisation(roles={role: role for role in bundle.roles})
