"""A message that waits to be taken back is not delivered before, and not at all when it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.core.effects import SendMessage, WithdrawParcel
from engine.core.promised import Clock
from engine.errors import Rejected
from engine.store import Store, outbox
from tests.store.conftest import NOON

HELD = timedelta(seconds=15)
MESSAGE = SendMessage("m1", "answer", "en", "a@b.example", "A", "Answer", "Yes", HELD)


def test_it_is_not_due_before_its_time_is_over(store: Store, cases: Any) -> None:
    cases.start(effects=(MESSAGE,))
    assert outbox.due(store, NOON + HELD - timedelta(microseconds=1)) == []
    assert len(outbox.due(store, NOON + HELD)) == 1


def test_what_was_taken_back_is_never_due_and_stays_to_be_seen(store: Store, cases: Any) -> None:
    cases.step(cases.start(effects=(MESSAGE,)), effects=(WithdrawParcel("m1"),))
    assert outbox.due(store, NOON + timedelta(days=365)) == []
    (parcel,) = outbox.of_case(store, "c1")
    assert parcel.status == outbox.WITHDRAWN


def test_what_has_gone_out_is_not_taken_back_and_nothing_of_the_step_is_written(store: Store, cases: Any) -> None:
    old = cases.start(effects=(MESSAGE,))
    assert outbox.delivered(store, outbox.of_case(store, "c1")[0].id, NOON + HELD)
    with pytest.raises(Rejected) as refused:
        cases.step(old, effects=(WithdrawParcel("m1"),))
    assert refused.value.code == "no-longer-possible"
    assert outbox.of_case(store, "c1")[0].status == outbox.SENT
    cases.step(old, subject="Still at its first revision")


def test_a_message_of_another_case_is_not_taken_back(store: Store, cases: Any) -> None:
    cases.start(effects=(MESSAGE,))
    other = cases.start("c2")
    with pytest.raises(Rejected):
        cases.step(other, effects=(WithdrawParcel("m1"),))
    assert outbox.of_case(store, "c1")[0].status == outbox.PENDING


def test_a_run_that_began_with_it_is_over_and_the_one_before_goes_on(store: Store, cases: Any) -> None:
    first = Clock("silence", 1, NOON, "1bd", due_at=NOON + timedelta(days=1))
    second = replace(first, run=2, started_at=NOON + timedelta(hours=1))
    stopped = cases.event("clock-stopped", clock="silence", by="sent", kept=True, target="1bd")
    case = cases.step(cases.start(clocks={"silence": first}), stopped, clocks={"silence": second})
    case = cases.step(case, cases.event("clock-restored", clock="silence", target="1bd"), clocks={"silence": first})
    assert runs(store) == [(1, "running"), (2, "cancelled")]
    cases.step(case, stopped, clocks={"silence": replace(second, started_at=NOON + timedelta(hours=2))})
    assert runs(store) == [(1, "stopped"), (2, "running")]


def runs(store: Store) -> list[tuple[int, str]]:
    return list(store.database.execute_sql("SELECT run, status FROM clock ORDER BY run").fetchall())
