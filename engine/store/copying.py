"""Moving everything from one database into another, of the same kind or not, and proving that it arrived.

Owns what a whole copy is: every table but that of the workers, every row, the same in every column, and every history's
chain unbroken. Nothing is written to the one it is copied from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import BlobField, Tuple

from engine.errors import Rejected
from engine.store import history
from engine.store.compiled import Statement, insert
from engine.store.database import Store
from engine.store.models import TABLES, Instance
from engine.store.registers import Table, Worker
from engine.store.upgrades import known, pending

PAGE = 500  # rows that are held in memory at once …
FEW = 5  # … and of those that hold whole files

MOVED = tuple(table for table in TABLES if table is not Worker)
"""Who works on the one database does not work on the other."""

Told = Callable[[str, int], None]
"""Called with each table's name and its number of rows when it has been copied, or `history` and the cases checked."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy came to: rows of all tables, cases whose history was checked, and lines in these histories."""

    rows: int
    cases: int
    lines: int


def copy(source: Store, target: Store, told: Told = lambda name, count: None) -> Copied:
    """Copy everything, and compare it; all of it or nothing. Meanwhile nobody else can write to either.

    `target` gets its tables, and may not hold anything in them: Rejected("not-empty"). `source` has to be of this
    version: Rejected("database-old"). Rejected("copy-differs") when something is not as it was there.
    """
    if pending(source):
        raise Rejected(
            "database-old",
            "Expected a database of this version to copy from, but it is older. "
            "Any `heard` command brings it up to date.",
        )
    if pending(target) not in ((), known()):
        raise Rejected(
            "not-empty",
            "Expected an empty database to copy into, but this one was used by an older version. Name a new one.",
        )
    target.upgrade()
    with source.transaction(), target.transaction():
        source.keep_out_writers()
        target.keep_out_writers()
        for table in TABLES:
            if target.select(table.select().limit(1)):
                raise Rejected(
                    "not-empty",
                    "Expected an empty database to copy into, but there is something in its table "
                    f"{_name(table)}. Name a new one.",
                )
        rows = 0
        for table in MOVED:
            count = _rows(source, target, table)
            told(_name(table), count)
            rows += count
        for table in MOVED:
            _compare(source, target, table)
        cases, lines = _chains(target)
        told("history", cases)
    return Copied(rows, cases, lines)


def _name(table: type[Table]) -> str:
    name: str = table._meta.table_name
    return name


def _pages(store: Store, table: type[Table]) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in the order of their keys, which is the same in every database."""
    fields = table._meta.sorted_fields
    keys = table._meta.get_primary_keys()
    names = [field.name for field in fields]
    places = [names.index(key.name) for key in keys]
    size = FEW if any(isinstance(field, BlobField) for field in fields) else PAGE
    query = table.select(*fields).order_by(*keys).limit(size)
    page = store.select(query)
    while page:
        yield [_plain(row) for row in page]
        if len(page) < size:
            return
        last = [page[-1][place] for place in places]
        behind = keys[0] > last[0] if len(keys) == 1 else Tuple(*keys) > Tuple(*last)
        page = store.select(query.where(behind))


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Each driver has its own way to give bytes."""
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _rows(source: Store, target: Store, table: type[Table]) -> int:
    statement: Statement = insert(table, *table._meta.sorted_fields)
    count = 0
    for page in _pages(source, table):
        target.change_many(statement, page)
        count += len(page)
    if count:
        target.count_on(table)
    return count


def _compare(source: Store, target: Store, table: type[Table]) -> None:
    missing: tuple[Any, ...] = ()
    here = (row for page in _pages(source, table) for row in page)
    there = (row for page in _pages(target, table) for row in page)
    for number, row in enumerate(here, start=1):
        if next(there, missing) != row:
            raise _differs(f"row {number} of the table {_name(table)} is not there as it was")
    if next(there, missing) != missing:
        raise _differs(f"the table {_name(table)} has a row more than it had")


def _chains(target: Store) -> tuple[int, int]:
    cases = lines = 0
    for page in _pages(target, Instance):
        for row in page:
            found = history.verify(target, row[0])
            if not found.ok:
                raise _differs(f"in the history of {row[3]}, {found.why}; `heard history` shows it in the old one too")
            cases, lines = cases + 1, lines + found.length
    return cases, lines


def _differs(why: str) -> Rejected:
    return Rejected("copy-differs", f"Expected the same in both databases, but {why}. Nothing was copied.")
