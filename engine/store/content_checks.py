"""Whether what is kept under the hash of its content still has it: versions of processes, their proofs, files.

Owns these checks; the histories name such contents by their hashes alone. Reads a few at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from peewee import Field

from engine.store.database import Store
from engine.store.models import Instance
from engine.store.registers import Blob
from engine.store.versions import Bundle, Proof

AT_ONCE = 5
"""Files are read so many at a time: each may have 20 MB."""


def contents_apart(store: Store) -> Iterator[tuple[str, str]]:
    """The hash, and a sentence, of each that is not what it was; also of a version of cases that is not here."""
    for what, key in (
        ("the version of a process", Bundle.digest),
        ("the scenarios of a version", Proof.digest),
        ("a file", Blob.sha256),
    ):
        for digest, content in _contents(store, key):
            if sha256(_bytes(content)).hexdigest() != digest:
                yield digest, f"{what} kept under this hash is not what was kept"
    gone = Instance.select(Instance.digest).where(Instance.digest.not_in(Bundle.select(Bundle.digest))).distinct()
    for (digest,) in store.select(gone):
        yield digest, "cases are of this version of their process, but it is not here"


def _contents(store: Store, key: Field) -> Iterator[tuple[str, Any]]:
    last = ""
    while page := store.select(key.model.select(key, key.model.content).where(key > last).order_by(key).limit(AT_ONCE)):
        yield from page
        last = page[-1][0]


def _bytes(content: Any) -> bytes:
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
