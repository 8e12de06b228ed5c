"""Proofs: the scenarios that were handed in with a version, found by their digest, and how they went.

Knows nothing of what they say, and runs none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from engine.definition.proof import Proof, Verdict
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import decode, encode
from engine.store.versions import Proof as Row


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof, and how it went as it was handed in; None when it was put in force without being run."""

    proof: Proof
    verdict: Verdict | None


_KEEP = Statement(
    lambda: Row.insert(
        {
            Row.digest: Parameter("digest"),
            Row.content: Parameter("content"),
            Row.verdict: Parameter("verdict"),
        }
    ).on_conflict_ignore(),
    *("digest", "content", "verdict"),
)
_JUDGED = Statement(
    lambda: Row.update({Row.verdict: Parameter("verdict")}).where(Row.digest == Parameter("digest")),
    *("verdict", "digest"),
)
_ONE = Statement(lambda: Row.select(Row.content, Row.verdict).where(Row.digest == Parameter("digest")), "digest")


def keep(store: Store, proof: Proof, verdict: Verdict | None) -> str:
    """Store a proof with how it went; its digest. The same again changes nothing but that it has been run now."""
    said = encode(asdict(verdict)) if verdict is not None else ""
    store.change(_KEEP, proof.digest, proof.to_json(), said)
    if said:
        store.change(_JUDGED, said, proof.digest)
    return proof.digest


def load(store: Store, digest: str) -> Proven | None:
    """The proof of this digest, or None when none was handed in."""
    row = store.row(_ONE, digest) if digest else None
    return None if row is None else Proven(Proof.from_json(row[0]), Verdict(**decode(row[1])) if row[1] else None)
