"""Deployments: the pinned bundles (definition, forms, tables, calendar, templates as one JSON text), found by
their digest.

Owns the numbering of versions within a process and which version is in force. A bundle deployed again after
another one is a version of its own: the way back is a way on. Knows nothing of what a bundle says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Rejected
from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Constraint, Store
from engine.store.fields import decode, encode, from_micros, to_micros
from engine.store.versions import Bundle
from engine.store.versions import Deployment as Row


@dataclass(frozen=True, slots=True)
class Deployment:
    """One version of a process that cases can be started on from `effective_from`.

    `title` is text, or text by language. `proof` is the digest of its scenarios, empty when it has none; `reference`
    the case in which it was agreed to, empty when nobody had to, and `agreed_by` who did.
    """

    digest: str
    process: str
    version: int
    title: Any
    deployed_at: datetime
    deployed_by: str
    note: str
    effective_from: datetime
    proof: str = ""
    reference: str = ""
    agreed_by: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """What it is known by to whoever goes on from it: its digest, and that of its scenarios."""
        return f"{self.digest} {self.proof}".rstrip()


_COLUMNS = (
    Row.digest,
    Row.process,
    Row.version,
    Row.title,
    Row.deployed_at,
    Row.deployed_by,
    Row.note,
    Row.effective_from,
    Row.proof,
    Row.reference,
    Row.agreed_by,
)
_INSERT = insert(Row)
_KEEP = Statement(
    lambda: Bundle.insert(
        {Bundle.digest: Parameter("digest"), Bundle.content: Parameter("content")}
    ).on_conflict_ignore(),
    "digest",
    "content",
)
_BY_DIGEST = Statement(
    lambda: Row.select(*_COLUMNS).where(Row.digest == Parameter("digest")).order_by(Row.version.desc()).limit(1),
    "digest",
)
_BUNDLE = Statement(lambda: Bundle.select(Bundle.content).where(Bundle.digest == Parameter("digest")), "digest")
_LAST = Statement(
    lambda: Row.select(*_COLUMNS).where(Row.process == Parameter("process")).order_by(Row.version.desc()).limit(1),
    "process",
)
_IN_FORCE = Statement(
    lambda: (
        Row.select(*_COLUMNS)
        .where((Row.process == Parameter("process")) & (Row.effective_from <= Parameter("at")))
        .order_by(Row.version.desc())
        .limit(1)
    ),
    "process",
    "at",
)
_ALL = Statement(lambda: Row.select(*_COLUMNS).order_by(Row.process, Row.version))


def deploy(
    store: Store,
    digest: str,
    process: str,
    bundle_json: str,
    at: datetime,
    by: str,
    note: str = "",
    *,
    title: Any = "",
    effective_from: datetime | None = None,
    proof: str = "",
    reference: str = "",
    agreed_by: tuple[str, ...] = (),
) -> Deployment:
    """Make a version startable. When it is the newest version already, with the same scenarios or with none given,
    nothing changes and that one is given back; an older one deployed again becomes the newest.
    """
    with store.transaction():
        store.hold("versions", process)
        last = newest(store, process)
        if last is not None and last.digest == digest and proof in ("", last.proof):
            return last
        number = last.version + 1 if last else 1
        new = Deployment(
            digest, process, number, title, at, by, note, effective_from or at, proof, reference, agreed_by
        )
        try:
            store.change(_KEEP, digest, bundle_json)
            store.change(
                _INSERT,
                new.process,
                new.version,
                new.digest,
                encode(new.title),
                to_micros(new.deployed_at),
                new.deployed_by,
                new.note,
                to_micros(new.effective_from),
                new.proof,
                new.reference,
                encode(new.agreed_by),
            )
        except Constraint as error:
            raise Rejected("conflict", f"Somebody else deployed {process} at the same moment. Try again.") from error
        return new


def keep(store: Store, digest: str, bundle_json: str) -> None:
    """Store a bundle that no version is made of yet. The same again changes nothing."""
    store.change(_KEEP, digest, bundle_json)


def newest(store: Store, process: str) -> Deployment | None:
    """The last version of a process, in force or to come."""
    row = store.row(_LAST, process)
    return _deployment(row) if row is not None else None


def bundle(store: Store, digest: str) -> str | None:
    """The bundle's JSON exactly as it was deployed, or None when it never was."""
    row = store.row(_BUNDLE, digest)
    return None if row is None else row[0]


def by_digest(store: Store, digest: str) -> Deployment | None:
    """The newest version with this content."""
    row = store.row(_BY_DIGEST, digest)
    return None if row is None else _deployment(row)


def in_force(store: Store, process: str, at: datetime) -> Deployment | None:
    """The newest version that is effective at `at`, or None when there is none yet."""
    row = store.row(_IN_FORCE, process, to_micros(at))
    return None if row is None else _deployment(row)


def all_of(store: Store, process: str | None = None) -> list[Deployment]:
    """Every deployment, by process and version; or those of one process."""
    found = [_deployment(row) for row in store.rows(_ALL)]
    return [one for one in found if process is None or one.process == process]


def _deployment(row: tuple[Any, ...]) -> Deployment:
    return Deployment(
        row[0],
        row[1],
        row[2],
        decode(row[3]),
        from_micros(row[4]),
        row[5],
        row[6],
        from_micros(row[7]),
        row[8],
        row[9],
        tuple(decode(row[10])),
    )
