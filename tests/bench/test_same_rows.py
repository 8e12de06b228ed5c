"""The benchmark is fair: the floor leaves the same rows as Heard, so it is no faster by doing less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import promises, steps
from bench.workload import STEPS
from engine.store.database import open_database

SAME = (
    "SELECT reference, process, status, revision, seq, states, starter, outcome, subject, customer_name"
    " FROM instance ORDER BY reference",
    "SELECT state, status, assignee, completed_by, outcome, excluded FROM task ORDER BY instance, id",
    "SELECT seq, type, actor, via, roles FROM history ORDER BY instance, seq",
    "SELECT role, process FROM candidate",
    "SELECT command FROM idempotency ORDER BY command",
)


def rows(path: Path, question: str) -> list[Any]:
    with open_database(f"sqlite:///{path}") as store:
        return list(store.database.execute_sql(question))


def test_the_floor_and_heard_write_the_same_rows(tmp_path: Path) -> None:
    measured = steps.measure(tmp_path, cases=2, rounds=1)
    assert measured.steps == 2 * (len(STEPS) + 1) and measured.ratio > 0
    for question in SAME:
        assert rows(tmp_path / "floor.db", question) == rows(tmp_path / "heard.db", question)
    lengths = "SELECT type, AVG(LENGTH(body)) FROM history GROUP BY type ORDER BY type"
    pairs = zip(rows(tmp_path / "floor.db", lengths), rows(tmp_path / "heard.db", lengths), strict=True)
    for (type, floor), (_, heard) in pairs:
        assert floor == pytest.approx(heard, rel=0.2), type


def test_other_measurements_run_with_small_numbers(tmp_path: Path) -> None:
    assert promises.inboxes(tmp_path, 2_000, times=5).median > 0
    done = promises.imported(tmp_path, 20)
    assert (done.rows, done.steps > 20) == (20, True)
