"""The content of attached files, found by its SHA-256: the same content is kept once.

Owns the limit on size. What a file is called and to which case it belongs is written in the case.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from hashlib import sha256
from operator import or_

from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import to_micros
from engine.store.models import History
from engine.store.registers import Blob, Draft

LARGEST = 20 * 1024 * 1024

_INSERT = Statement(
    lambda: Blob.insert(
        {
            Blob.sha256: Parameter("sha256"),
            Blob.size: Parameter("size"),
            Blob.content: Parameter("content"),
            Blob.stored_at: Parameter("at"),
        }
    ).on_conflict_ignore(),
    "sha256",
    "size",
    "content",
    "at",
)
_CONTENT = Statement(lambda: Blob.select(Blob.content).where(Blob.sha256 == Parameter("sha256")), "sha256")
_SIZE = Statement(lambda: Blob.select(Blob.size).where(Blob.sha256 == Parameter("sha256")), "sha256")


_DELETE = Statement(lambda: Blob.delete().where(Blob.sha256 == Parameter("sha256")), "sha256")


def put(store: Store, content: bytes, at: datetime, largest: int = LARGEST) -> str:
    """Keep the content; its SHA-256 in hexadecimal. Rejected("file-too-large") above 20 MB, unless its kind of thing
    may be larger.
    """
    if len(content) > largest:
        raise Rejected(
            "file-too-large",
            f"Expected a file of at most {largest // 1_048_576} MB, but this one is larger.",
        )
    digest = sha256(content).hexdigest()
    store.change(_INSERT, digest, len(content), content, to_micros(at))
    return digest


def size(store: Store, digest: str) -> int | None:
    """How many bytes the file has, or None when it is not here."""
    row = store.row(_SIZE, digest)
    return None if row is None else row[0]


def keeps(store: Store, digest: str) -> bool:
    return size(store, digest) is not None


def get(store: Store, digest: str) -> bytes | None:
    """The content, or None when it is not here. Rejected("file-damaged") when it is not what was stored."""
    row = store.row(_CONTENT, digest)
    if row is None:
        return None
    content = bytes(row[0])
    if sha256(content).hexdigest() != digest:
        raise Rejected(
            "file-damaged",
            f"Expected the file {digest} as it was stored, but its content has changed. Restore a backup.",
        )
    return content


def forget(store: Store, digests: Collection[str], since: datetime) -> None:
    """Keep these no more, unless somebody has given one to a case, or has it in a draft. `since` is when the first of
    them came: what was written down before cannot mean it.

    Reads every line of the histories since then, once for all of them.
    """
    if not digests:
        return
    named = reduce(or_, (History.body.contains(one) for one in digests))
    lines = History.select(History.body).where(
        (History.recorded_at >= to_micros(since)) & History.body.contains('"sha256"') & named
    )
    drafts = Draft.select(Draft.values).where(Draft.saved_at >= to_micros(since))
    kept = [str(row[0]) for query in (lines, drafts) for row in store.select(query)]
    for one in digests:
        if not any(one in text for text in kept):
            store.change(_DELETE, one)
