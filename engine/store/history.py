"""The history: what happened, added to and never changed, each line bound to the one before by its hash.

Owns the numbering within a case, the hash chain and its check. Knows nothing of what an event means.

The hash of a line is SHA-256, in hexadecimal, over canonical JSON (`fields.canonical`) in UTF-8 of
`[prev_hash, instance, seq, type, at, recorded_at, actor, on_behalf_of, via, roles, body]`, instants in
microseconds since 1970 in UTC; `prev_hash` of the first line is empty. The last line of a step binds the case as the
step has left it: there `case_hash` (see `binding`) follows the body. A line whose `case_hash` is empty has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from engine.core.events import Event
from engine.store import binding
from engine.store.compiled import Parameter, Statement, insert
from engine.store.database import Store
from engine.store.differing import Difference, differing
from engine.store.fields import canonical, decode, from_micros, to_micros
from engine.store.models import History


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history as it was written."""

    instance: str
    seq: int
    event: Event
    recorded_at: datetime
    prev_hash: str
    hash: str
    case_hash: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found.

    `head` is the last good hash: kept elsewhere, it also shows that nothing was cut off at the end. `bound_from` is
    when the first line was recorded that binds the case itself; None: none does, and only the history is proved.
    `differs` names the parts of the case that are not as its history says.
    """

    ok: bool
    length: int
    head: str
    first_bad_seq: int | None = None
    why: str = ""
    bound_from: datetime | None = None
    differs: tuple[Difference, ...] = ()


_HASH = Statement(
    lambda: History.select(History.hash).where(
        (History.instance == Parameter("instance")) & (History.seq == Parameter("seq"))
    ),
    "instance",
    "seq",
)
_INSERT = insert(History)
_READ = Statement(
    lambda: (
        History.select()
        .where((History.instance == Parameter("instance")) & (History.seq > Parameter("after")))
        .order_by(History.seq)
        .limit(Parameter("limit"))
    ),
    "instance",
    "after",
    "limit",
)
_PAGE = 500


def append(
    store: Store, instance: str, last: int, events: Sequence[Event], recorded_at: datetime, case_hash: str
) -> int:
    """Write the `events` of a step behind line `last` (0: none yet); the number of the new last line.

    `case_hash` is of the case as the step leaves it, see `binding`. Only inside a transaction.
    """
    prev = ""
    if last:
        row = store.row(_HASH, instance, last)
        if row is None:
            raise RuntimeError(
                f"The history of case {instance} lacks its line {last}: the database was changed from outside."
            )
        prev = row[0]
    recorded = to_micros(recorded_at)
    instance_text = canonical(instance)
    rows = []
    who: tuple[object, ...] = ()
    end = last + len(events)
    for event in events:
        last += 1
        at = to_micros(event.at)
        if who != (event.actor, event.on_behalf_of, event.via, event.roles):  # mostly one for the whole step
            who = (event.actor, event.on_behalf_of, event.via, event.roles)
            who_text, roles_text = canonical(who), canonical(event.roles)
        body = canonical(event.body)
        bound = case_hash if last == end else ""
        digest = _hash(prev, instance_text, last, event.type, at, recorded, who_text, body, bound)
        row = (instance, last, event.type, at, recorded, event.actor, event.on_behalf_of, event.via)
        rows.append((*row, roles_text, body, prev, digest, bound))
        prev = digest
    store.change_many(_INSERT, rows)
    return last


_type_text = lru_cache(maxsize=256)(canonical)


def _hash(
    prev: str,
    instance_text: str,
    seq: int,
    type: str,
    at: int,
    recorded: int,
    who_text: str,
    body_text: str,
    case_hash: str,
) -> str:
    # Put together from what is canonical already: `who_text` is the list from actor to roles.
    start = f'"{prev}",{instance_text},{seq},{_type_text(type)},{at},{recorded}'
    bound = f',"{case_hash}"' if case_hash else ""
    text = f"[{start},{who_text[1:-1]},{body_text}{bound}]"
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(store: Store, instance: str, after: int = 0, limit: int = -1) -> list[Line]:
    """The lines of a case behind number `after`, oldest first; all of them unless `limit` says how many."""
    lines: list[Line] = []
    for row in _rows(store, instance, after):
        if len(lines) == limit:
            break
        lines.append(Line(row[0], row[1], event_of(row), from_micros(row[4]), row[10], row[11], row[12]))
    return lines


def event_of(row: tuple[Any, ...]) -> Event:
    """What a line tells, as it lies there."""
    return Event(row[2], from_micros(row[3]), row[5], row[7], decode(row[9]), row[6], tuple(decode(row[8])))


def _rows(store: Store, instance: str, after: int = 0) -> Iterator[tuple[Any, ...]]:
    while True:
        page = store.rows(_READ, instance, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1][1]


def verify(store: Store, instance: str) -> Verified:
    """Compute every hash of a case again, and hold the case itself against what its last step has bound.

    Also checks the numbering and that the case knows of exactly these lines. A case that goes on meanwhile is judged
    as it lay there when this was asked.
    """
    return judged(store, instance, binding.row(store, instance), _rows(store, instance))


def judged(
    store: Store, instance: str, case: tuple[tuple[Any, ...], str] | None, rows: Iterable[tuple[Any, ...]]
) -> Verified:
    """The same of what was read already: the case as `binding.row` gives it, and then its lines as they lie there."""
    expected: int | None = case[0][binding.SEQ] if case is not None else None
    prev, seq, bound, bound_from = "", 0, "", None
    for row in rows:
        number, stored_prev, stored, case_hash = row[1], row[10], row[11], row[12]
        if number != seq + 1:
            return Verified(False, seq, prev, seq + 1, f"line {seq + 1} is missing")
        if stored_prev != prev:
            return Verified(
                False, seq, prev, number, "it does not follow the line before: one of the two was exchanged"
            )
        try:
            decode(row[9])
            who = canonical([row[5], row[6], row[7], decode(row[8])])
            computed = _hash(prev, canonical(row[0]), number, row[2], row[3], row[4], who, row[9], case_hash)
        except (ValueError, TypeError):
            computed = ""
        if computed != stored:
            return Verified(False, seq, prev, number, "its content is not what was written")
        prev, seq = stored, number
        if case_hash and bound_from is None:
            bound_from = from_micros(row[4])
        if number == expected:
            bound = case_hash
    chain = Verified(True, seq, prev, bound_from=bound_from)
    if case is None:
        return replace(chain, ok=False, why="the case itself is gone") if seq else chain
    if expected != seq and binding.row(store, instance) == case:
        why = f"the case has {expected} lines, but {seq} are here"
        return replace(chain, ok=False, first_bad_seq=seq + 1, why=why)
    if bound_from is None or bound == binding.case_hash(*case):
        return chain
    if not bound:
        return replace(chain, ok=False, why="its last step does not bind the case, as those before it do")
    parts = differing(*case, [line.event for line in read(store, instance, limit=case[0][binding.SEQ])])
    return replace(
        chain, ok=False, why=f"the case is not what its history says: {'; '.join(map(str, parts))}", differs=parts
    )
