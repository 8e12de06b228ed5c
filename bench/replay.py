"""A floor for any process: the very statements that Heard ran, in the same transactions, and nothing between.

Owns the recording and the playing back. What is played back is what no program could leave out and still write these
rows: the statements, the snapshot read from JSON and written to it. No permissions, no forms, no expressions, no
working time, no hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.connecting import connected
from engine.store.compiled import Statement
from engine.store.handle import Store, Unit

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_DECODE = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Run:
    """One statement with its values, or with several sets of them."""

    sql: str
    values: tuple[Any, ...]
    many: bool = False


class Recorder(Store):
    """A store that remembers what it ran, a list a transaction."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.database, store.patience)
        self.steps: list[list[Run]] = []

    def transaction(self) -> Unit:
        if not self.in_transaction:
            self.steps.append([])
        return super().transaction()

    def _run(self, statement: Statement, values: Sequence[Any], take: Callable[[Any], Any]) -> Any:
        self._remember(statement, [values], many=False)
        return super()._run(statement, values, take)

    def change_many(self, statement: Statement, batch: Iterable[Sequence[Any]]) -> None:
        sets = [tuple(values) for values in batch]
        self._remember(statement, sets, many=True)
        super().change_many(statement, sets)

    def _remember(self, statement: Statement, sets: Sequence[Sequence[Any]], *, many: bool) -> None:
        if not self.in_transaction:
            return
        compiled = statement.compiled(self.database)
        arranged = tuple(tuple(compiled.arrange(values) if compiled.arrange else values) for values in sets)
        self.steps[-1].append(Run(compiled.sql, arranged if many else arranged[0], many))


class Replay:
    """Plays recorded steps on one database file that Heard's own migrations have made."""

    def __init__(self, path: Path) -> None:
        self._connection = connected(path)

    def close(self) -> None:
        self._connection.close()

    def play(self, steps: Iterable[Sequence[Run]]) -> float:
        """Each step in a transaction of its own; the seconds it took."""
        prepared = [[_prepared(run) for run in step] for step in steps]
        do, many = self._connection.execute, self._connection.executemany
        began = perf_counter()
        for step in prepared:
            do("BEGIN IMMEDIATE")
            for run, at, snapshot in step:
                if run.many:
                    many(run.sql, run.values)
                    continue
                values = run.values
                if at >= 0:
                    values = (*values[:at], _ENCODE(snapshot), *values[at + 1 :])
                row = do(run.sql, values).fetchone()
                if row is not None and isinstance(row[-1], str) and row[-1].startswith("{"):
                    _DECODE(row[-1])
            do("COMMIT")
        return perf_counter() - began


def _prepared(run: Run) -> tuple[Run, int, Any]:
    """With the place of the snapshot among the values, and what stands in it."""
    if not run.many and '"snapshot"' in run.sql and not run.sql.startswith("SELECT"):
        for at, value in enumerate(run.values):
            if isinstance(value, str) and value.startswith('{"starter"'):
                return run, at, _DECODE(value)
    return run, -1, None
