"""The scenarios of a version: their text and who acts in them, as they were when it was handed in, and how they went.

They prove a version and are no part of it: whatever a case runs on is in its bundle, and a new scenario changes no
case. So a proof has a digest of its own, which names the version it is about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from engine.definition.catalog import Bundle, Catalog, scenarios_of
from engine.definition.organisation import Organisation, PersonEntry


@dataclass(frozen=True, slots=True)
class Proof:
    """`version` is the digest of the bundle, `path` and `text` are those of the scenarios.

    `people` are the house's, id -> roles, without their names; `reading` are the roles that change nothing.
    """

    version: str
    path: str
    text: str
    people: Mapping[str, tuple[str, ...]]
    reading: tuple[str, ...]

    def to_json(self) -> str:
        """Canonical JSON: the same proof always gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Proof:
        data = json.loads(text)
        people = {person: tuple(roles) for person, roles in data["people"].items()}
        return cls(data["version"], data["path"], data["text"], people, tuple(data["reading"]))

    def catalog(self, bundle: Bundle) -> Catalog:
        """The version's own files with these scenarios beside: what they were run on, and nothing of today."""
        catalog = Catalog({**bundle.files, self.path: self.text}, bundle.calendars)
        people = {id: PersonEntry(id, id, "", "", "UTC", roles) for id, roles in self.people.items()}
        titles = {role: role for role in bundle.roles}
        catalog.organisation = Organisation(roles=titles, people=people, reading=frozenset(self.reading))
        return catalog


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the scenarios went: how many there are and how many failed, how much of the process they reach of how much,
    and how many problems there were in all. `anyway` is why it was handed in although they did not go well.
    """

    scenarios: int
    failed: int
    reached: int
    elements: int
    problems: int
    anyway: str = ""

    @property
    def ok(self) -> bool:
        """Everything as expected, and everything reached."""
        return not self.problems and self.reached == self.elements

    @property
    def percent(self) -> int:
        """0 to 100, rounded down, so that 100 means everything."""
        return 100 * self.reached // self.elements if self.elements else 100


def proof_of(catalog: Catalog, bundle: Bundle) -> Proof | None:
    """The scenarios beside a process, for this version of it; None when there are none."""
    path = scenarios_of(bundle.path)
    if path not in catalog.files:
        return None
    text = catalog.files[path]
    said = text if isinstance(text, str) else text.decode("utf-8-sig", "replace")
    organisation = catalog.organisation
    people = {person.id: person.roles for person in organisation.people.values()}
    return Proof(bundle.digest, path, said, people, tuple(sorted(organisation.reading)))
