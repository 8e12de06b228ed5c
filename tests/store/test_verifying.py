"""All cases are checked, one after the other, and what somebody changed behind our back is found."""

from __future__ import annotations

from typing import Any

import pytest

from engine.store import Store, verifying
from tests.databases import change, tamper


def found(store: Store) -> list[tuple[str, str]]:
    return [(one.reference, one.why) for case in verifying.every_case(store) for one in case.found]


def test_cases_that_are_as_they_were_left_are_checked_page_by_page(
    store: Store, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PAGE", 2)
    tasks = {"c1.1": cases.task("c1", 1, excluded=("bob",)), "c1.2": cases.task("c1", 2, assignee="ann")}
    cases.start("c1", tasks=tasks, timers={"c1.3": cases.timer("c1", 3)})
    cases.step(cases.start("c2"))
    cases.start("c3")
    checked = list(verifying.every_case(store))
    assert [(one.reference, one.lines, one.bound) for one in checked] == [
        *(("INQ-2026-00001", 1, True), ("INQ-2026-00002", 2, True), ("INQ-2026-00003", 1, True)),
    ]
    assert found(store) == []


@pytest.mark.parametrize(
    ("tampering", "reference", "why"),
    [
        ("UPDATE history SET actor = 'eve' WHERE instance = 'c2'", "INQ-2026-00002", "its content"),
        ("UPDATE instance SET subject = 'x' WHERE id = 'c2'", "INQ-2026-00002", "the case is not what its history"),
        ("UPDATE task SET due_at = due_at + 1", "INQ-2026-00001", "the tasks by which it is found are not its own"),
        ("UPDATE candidate SET role = 'boss'", "INQ-2026-00001", "the roles by which it is found"),
        ("DELETE FROM timer", "INQ-2026-00001", "the timers by which it is found"),
        ("DELETE FROM history WHERE instance = 'c2'; DELETE FROM search; DELETE FROM instance WHERE id = 'c2'",
         "INQ-2026", "2 numbers were given to cases, but 1 of them are here"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found_and_told_once(
    store: Store, cases: Any, tampering: str, reference: str, why: str
) -> None:
    cases.start("c1", tasks={"c1.1": cases.task("c1", 1)}, timers={"c1.3": cases.timer("c1", 3)})
    cases.start("c2")
    tamper(store, *tampering.split("; "))
    ((where, told),) = found(store)
    assert where == reference and why in told


def test_a_snapshot_that_nothing_binds_and_nobody_can_read_is_found(store: Store, cases: Any) -> None:
    cases.start()
    tamper(store, "DELETE FROM history")
    change(store, "UPDATE instance SET seq = 0, snapshot = 'no json'")
    assert found(store) == [("INQ-2026-00001", "its snapshot cannot be read")]
