"""All cases are checked, one after the other, and what somebody changed behind our back is found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from engine.core.delegation import Delegation
from engine.core.effects import SendMessage
from engine.core.instance import DELEGATION, Question
from engine.core.promised import Clock
from engine.store import Store, files, open_database, verifying
from engine.store.inbox import inbox
from engine.store.inbox_parts import GIVEN, Only
from engine.store.upgrades import LEDGER
from tests.databases import Databases, change, tamper
from tests.store.conftest import NOON, VERSION, Cases


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


FILE = sha256(b"A file").hexdigest()
GONE = "DELETE FROM history WHERE instance = 'c2'; DELETE FROM search; DELETE FROM instance WHERE id = 'c2'"


TAMPERINGS = [
    ("UPDATE history SET actor = 'eve' WHERE instance = 'c2'", "INQ-2026-00002", "line 1: its content"),
    ("UPDATE instance SET subject = 'x' WHERE id = 'c2'", "INQ-2026-00002", "the case is not what its history"),
    ("UPDATE task SET state = 'x' WHERE status = 'open'", "INQ-2026-00001",
     "the task c1.1: state is \"x\", by its snapshot it is \"received\""),
    ("UPDATE task SET completed_by = 'eve' WHERE status = 'completed'", "INQ-2026-00001",
     "the task c1.2: completed_by is \"eve\", by its history it is \"ann\""),
    ("DELETE FROM task WHERE status = 'completed'", "INQ-2026-00001", "the task c1.2 has no row"),
    ("UPDATE candidate SET due_at = 5", "INQ-2026-00001", "the offer of the task c1.1 agent: due_at is"),
    ("DELETE FROM candidate", "INQ-2026-00001", "the offer of the task c1.1 agent has no row"),
    ("DELETE FROM timer", "INQ-2026-00001", "the timer c1.3 has no row"),
    ("UPDATE clock SET due_at = due_at + 1000000", "INQ-2026-00001", "the promise answer 1: due_at is"),
    ("UPDATE outbox SET recipient = 'eve@x.example'", "INQ-2026-00001",
     "the message m1: recipient is \"eve@x.example\", by its history it is \"cleo@x.example\""),
    ("UPDATE outbox SET status = 'withdrawn'", "INQ-2026-00001", "the message m1: status is \"withdrawn\""),
    ("UPDATE outbox SET status = 'dead'", "INQ-2026-00001", "the message m1: status is \"dead\""),
    ("UPDATE outbox SET body = replace(body, 'Yes.', 'No.')", "INQ-2026-00001", "the message m1: body is \"No.\""),
    ("UPDATE outbox SET body = 'no json'", "INQ-2026-00001", "the message m1: "),
    ("UPDATE question SET person = 'eve'", "INQ-2026-00001", "the question c1.9: person is \"eve\", by its snap"),
    ("DELETE FROM outbox", "INQ-2026-00001", "the message m1 was sent, but is not in the outbox"),
    ("UPDATE outbox SET key = 'm2'", "INQ-2026-00001", "the message m2 is in the outbox, but its history tells"),
    ("DELETE FROM search WHERE instance = 'c1'", "INQ-2026-00001", "it has no words by which it is found"),
    ("UPDATE bundle SET content = '{}'", VERSION, "the version of a process kept under this hash is not what was"),
    (f"DELETE FROM blob; INSERT INTO blob (sha256, size, content, stored_at) VALUES ('{FILE}', 0, '', 0)", FILE,
     "a file kept under this hash is not what was kept"),
    (GONE, "INQ-2026", "2 numbers were given to cases, but 1 of them are here"),
    ("UPDATE question SET instance = 'c9'", "c9", "the table question has rows of this case (1), which is not here"),
]  # fmt: skip


class Undone(Exception):
    """Takes back what was tampered with."""


def test_what_was_changed_is_found_with_what_it_was_and_where(store: Store, cases: Any) -> None:
    tasks = {id: cases.task("c1", number) for number, id in ((1, "c1.1"), (2, "c1.2"))}
    clock = Clock("answer", 1, NOON, "1d", due_at=NOON + timedelta(days=1))
    letter = SendMessage("m1", "hello", "en", "cleo@x.example", "", "Hello", "Yes.")
    said = {"message": "m1", "template": "hello", "language": "en", "to": letter.to, "subject": "Hello", "body": "Yes."}
    opened = [cases.event("task-opened", task=id, title=one.title, state=one.state) for id, one in tasks.items()]
    first = cases.step(
        cases.start("c1"), *opened, cases.event("message-sent", **said), tasks=tasks, clocks={"answer": clock},
        timers={"c1.3": cases.timer("c1", 3)}, effects=(letter,),
    )  # fmt: skip
    asked = Question("c1.9", "ann", "ben", "Why?", NOON)
    first = cases.step(
        first, cases.event("question-asked", question="c1.9", to="ben", text="Why?"), questions={"c1.9": asked}
    )
    cases.step(first, cases.event("task-completed", task="c1.2", outcome="done"), tasks={"c1.1": tasks["c1.1"]})
    cases.start("c2")
    assert files.put(store, b"A file", NOON) == FILE
    assert found(store) == []
    missed = []
    for tampering, reference, why in TAMPERINGS:
        with suppress(Undone), store.transaction():
            tamper(store, *tampering.split("; "))
            told = found(store)
            if not any(where == reference and why in sentence for where, sentence in told):
                missed.append((tampering, told))
            raise Undone
    assert missed == [] and found(store) == []


def test_a_snapshot_that_nothing_binds_and_nobody_can_read_is_found(store: Store, cases: Any) -> None:
    cases.start()
    tamper(store, "DELETE FROM history")
    change(store, "UPDATE instance SET seq = 0, snapshot = 'no json'")
    assert found(store) == [("INQ-2026-00001", "its snapshot cannot be read")]


def test_what_was_delegated_for_later_by_an_older_version_is_found_once_the_tables_are_up_to_date(
    databases: Databases,
) -> None:
    with open_database(databases.bare()) as store:
        store.upgrade()
        made = Cases(store)
        given = Delegation("ben", NOON + timedelta(days=1), None, "c1.3")
        timer = replace(made.timer("c1", 3), word=DELEGATION)
        tasks = {"c1.1": replace(made.task("c1", 1, assignee="ann"), delegation=given), "c1.2": made.task("c1", 2)}
        made.start("c1", tasks=tasks, timers={"c1.3": timer})
        for undone in (
            "DROP INDEX task_to_delegate",
            "ALTER TABLE task DROP COLUMN deputy",
            "ALTER TABLE task DROP COLUMN begins_at",
            f"DELETE FROM {LEDGER} WHERE name = '0017_delegated_from'",
        ):
            store.database.execute_sql(undone)
        assert store.upgrade() == ("0017_delegated_from",)
        assert found(store) == []
        rows = inbox(store, "ann", (), only=Only(whose=GIVEN)).rows
        assert [(row.task, row.deputy, row.begins_at) for row in rows] == [("c1.1", "ben", given.since)]
