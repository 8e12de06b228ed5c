"""Whether every case is what its history says: all chains, all cases, the rows by which work is found, and the outbox.

Owns the walk over all cases, some at a time while others go on working, and what is remembered of the last one. What a
row should hold is `row_checks`' and `parcel_checks`'. Mends nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from peewee import SQL, Tuple, fn

from engine.core.instance import Instance
from engine.store import binding, history
from engine.store.compiled import Parameter, Statement, upsert
from engine.store.content_checks import contents_apart
from engine.store.database import Store
from engine.store.fields import decode, encode
from engine.store.instances import of_columns
from engine.store.models import Candidate, Exclusion, History, Outbox, Task
from engine.store.models import Instance as Row
from engine.store.parcel_checks import parcels_apart
from engine.store.registers import Counter as Numbers
from engine.store.registers import Search, Setting
from engine.store.row_checks import TABLES, rows_apart

PAGE = 50
"""Cases that are read at a time, each kind of their rows in one question."""
LINES = 2_000
_KEY = "verified"

_CASES = Statement(
    lambda: (
        Row.select(*binding.COLUMNS, Row.snapshot)
        .where(Row.id > Parameter("after"))
        .order_by(Row.id)
        .limit(Parameter("most"))
    ),
    *("after", "most"),
)
_CASE = Statement(lambda: Row.select(*binding.COLUMNS, Row.snapshot).where(Row.id == Parameter("id")), "id")
_CASE_LOCKED = Statement(lambda: _CASE.build().for_update(), "id")
_HISTORY = Statement(
    lambda: (
        History.select()
        .where(
            (Tuple(History.instance, History.seq) > Tuple(Parameter("after"), Parameter("line")))
            & (History.instance <= Parameter("last"))
        )
        .order_by(History.instance, History.seq)
        .limit(Parameter("most"))
    ),
    *("after", "line", "last", "most"),
)
_OF_TASKS = (Candidate, Exclusion)


def _of_cases(table: Any) -> Statement:
    """The rows of a range of cases; in front of each its case."""
    fields = table._meta.sorted_fields
    if table in _OF_TASKS:
        query = table.select(Task.instance, *fields).join(Task, on=(Task.id == table.task))
        owner = Task.instance
    else:
        query, owner = table.select(table.instance, *fields), table.instance
    return Statement(
        lambda: query.where((owner >= Parameter("first")) & (owner <= Parameter("last"))), *("first", "last")
    )


_ROWS: Mapping[Any, Statement] = {table: _of_cases(table) for table in (*TABLES, Outbox, Search)}
_KEEP = upsert(Setting)
_LAST = Statement(lambda: Setting.select(Setting.value).where(Setting.key == Parameter("key")), "key")


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with a case, or with all that share the beginning of a reference."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One case was checked: the lines of its history, whether the case itself is bound to it, and what is wrong."""

    reference: str
    lines: int
    bound: bool
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """How the last check of all cases came out: when it ended, how many there were, and how many things were wrong."""

    at: datetime
    cases: int
    lines: int
    unbound: int
    found: int


def every_case(store: Store) -> Iterator[Checked]:
    """Check one case after the other; the last answer is about what belongs to none of them, and has no lines."""
    given = {(prefix, year): last for prefix, year, last in store.select(Numbers.select())}
    here: Counter[tuple[str, int]] = Counter()
    after = ""
    while page := store.rows(_CASES, after, PAGE):
        for reference in (row[_REFERENCE] for row in page):
            prefix, year, _number = reference.rsplit("-", 2)
            here[prefix, int(year)] += 1
        yield from _checked(store, page, after)
        after = page[-1][0]
    gone = [
        Found(f"{prefix}-{year}", f"{last} numbers were given to cases, but {here[prefix, year]} of them are here")
        for (prefix, year), last in sorted(given.items())
        if here[prefix, year] < last
    ]
    gone += _strays(store)
    gone += [Found(digest, why) for digest, why in contents_apart(store)]
    if gone:
        yield Checked("", 0, True, tuple(gone))


_REFERENCE = binding.NAMES.index("reference")


def _checked(store: Store, page: Sequence[Sequence[Any]], after: str) -> Iterator[Checked]:
    """Some cases that follow each other, and all that lies there of them."""
    first, last = page[0][0], page[-1][0]
    lines = {case: list(rows) for case, rows in groupby(_history(store, after, last), key=lambda row: row[0])}
    held = {table: _by_case(store, statement, first, last) for table, statement in _ROWS.items()}
    for row in page:
        rows = {table: of.get(row[0], []) for table, of in held.items()}
        checked = _case(store, row, lines.get(row[0], []), rows)
        if checked.found:
            with store.transaction():  # it may have gone on between two looks; now it cannot
                checked = _again(store, row[0]) or checked
        yield checked


def _again(store: Store, case: str) -> Checked | None:
    """One case alone, as it lies there now. Only inside a transaction, in which it cannot go on."""
    row = store.row(_CASE_LOCKED if store.locks_rows else _CASE, case)
    if row is None:
        return None
    lines = [line for line in _history(store, case, case, 0) if line[0] == case]
    rows = {table: _by_case(store, statement, case, case).get(case, []) for table, statement in _ROWS.items()}
    return _case(store, row, lines, rows)


def _history(store: Store, after: str, last: str, line: int = 2**31 - 1) -> Iterator[tuple[Any, ...]]:
    """The lines of all cases behind a line of one of them, up to those of another."""
    while page := store.rows(_HISTORY, after, line, last, LINES):
        yield from page
        after, line = page[-1][0], page[-1][1]
        if len(page) < LINES:
            return


def _by_case(store: Store, statement: Statement, first: str, last: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in store.rows(statement, first, last):
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found


def _case(
    store: Store, row: Sequence[Any], lines: Sequence[tuple[Any, ...]], rows: Mapping[Any, list[tuple[Any, ...]]]
) -> Checked:
    columns, snapshot = tuple(row[:-1]), row[-1]
    chain = history.judged(store, columns[0], (columns, snapshot), lines)
    why = [_where(chain)] if not chain.ok else list(_parts(columns, snapshot, lines, rows))
    reference = columns[_REFERENCE]
    return Checked(reference, chain.length, chain.bound_from is not None, tuple(Found(reference, one) for one in why))


def _where(chain: history.Verified) -> str:
    line = f"line {chain.first_bad_seq}"
    return chain.why if chain.first_bad_seq is None or line in chain.why else f"{line}: {chain.why}"


def _parts(
    columns: Sequence[Any],
    snapshot: str,
    lines: Sequence[tuple[Any, ...]],
    rows: Mapping[Any, list[tuple[Any, ...]]],
) -> Iterator[str]:
    """What is not as by the case itself, which is what its history says."""
    case = _read(columns, snapshot)
    if case is None:
        yield "its snapshot cannot be read"
        return
    events = [history.event_of(line) for line in lines]
    yield from rows_apart(case, events, rows)
    yield from parcels_apart(events, rows[Outbox])
    if not rows[Search]:
        yield "it has no words by which it is found"


def _read(columns: Sequence[Any], snapshot: str) -> Instance | None:
    try:
        return of_columns(dict(zip(binding.NAMES, columns, strict=True)), snapshot)
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def _strays(store: Store) -> Iterator[Found]:
    """Rows of cases and tasks that are not there."""
    for table in (*(table for table in TABLES if table not in _OF_TASKS), History, Outbox, Search):
        there = Row.select(SQL("1")).where(Row.id == table.instance)
        query = table.select(table.instance, fn.COUNT(SQL("*"))).where(~fn.EXISTS(there)).group_by(table.instance)
        for case, count in store.select(query.order_by(table.instance)):
            yield Found(case, f"the table {table._meta.table_name} has rows of this case ({count}), which is not here")
    for table in _OF_TASKS:
        of_task = Task.select(SQL("1")).where(Task.id == table.task)
        query = table.select(table.task, fn.COUNT(SQL("*"))).where(~fn.EXISTS(of_task)).group_by(table.task)
        for task, count in store.select(query.order_by(table.task)):
            yield Found(task, f"the table {table._meta.table_name} has rows of this task ({count}), which is not here")


def remember(store: Store, last: Last) -> None:
    """Keep how it came out, for whoever asks when it was last done."""
    with store.transaction():
        store.change(_KEEP, _KEY, encode({**asdict(last), "at": last.at.isoformat()}))


def last(store: Store) -> Last | None:
    """How the last check of all cases came out; None when there was none."""
    row = store.row(_LAST, _KEY)
    if row is None:
        return None
    kept = decode(row[0])
    return Last(**{**kept, "at": datetime.fromisoformat(kept["at"])})
