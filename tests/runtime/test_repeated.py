"""The same request again: it answers with the first result, and another request under the same key is
refused.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.core.commands import Comment, Complete
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from tests.invariants import assert_whole, everything
from tests.runtime.worlds import ANN, BEN, BROKEN, CARLA, DORA, INTAKE, LIGHT, NOON, task_in


def test_a_start_with_the_same_key_gives_the_first_case_and_writes_nothing(engine: Engine, clock: VirtualClock) -> None:
    first = engine.start("parcel", CARLA, INTAKE, key="form-1")
    before = everything(engine.store)
    clock.set(NOON + timedelta(days=1))
    again = engine.start("parcel", CARLA, INTAKE, key="form-1")
    assert (again.instance, again.reference, again.revision, again.events) == (
        first.instance,
        first.reference,
        1,
        (),
    )
    assert everything(engine.store) == before


def test_a_completion_with_the_same_key_is_done_once(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    command = Complete(
        at=NOON, actor=ANN, task=task_in(engine, case, "received"), outcome="sort", values=LIGHT, key="c"
    )
    first = engine.do(case, command)
    before = everything(engine.store)
    assert engine.do(case, command).revision == first.revision
    assert everything(engine.store) == before


def test_a_completion_that_got_stuck_answers_so_again_and_raises_one_incident(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    command = Complete(
        at=NOON, actor=ANN, task=task_in(engine, case, "received"), outcome="sort", values=BROKEN, key="c"
    )
    assert engine.do(case, command).stuck == engine.do(case, command).stuck != ""
    assert len(engine.instance(case).incidents) == 1


def test_a_refused_request_does_not_use_its_key_up(engine: Engine) -> None:
    with pytest.raises(Rejected):
        engine.start("parcel", CARLA, {}, key="k")
    assert engine.start("parcel", CARLA, INTAKE, key="k").reference == "PCL-2026-00001"


def test_a_key_stands_for_one_request_alone(engine: Engine) -> None:
    case = engine.start("parcel", CARLA, INTAKE, key="k").instance
    other = engine.start("parcel", CARLA, INTAKE).instance
    engine.do(case, Comment(at=NOON, actor=ANN, text="Seen.", key="c"))
    before = everything(engine.store)
    with pytest.raises(Rejected) as refused:
        engine.start("parcel", CARLA, {**INTAKE, "subject": "Another"}, key="k")
    assert refused.value.code == "key-reused"
    with pytest.raises(Rejected) as refused:
        engine.start("parcel", DORA, INTAKE, key="k")
    assert refused.value.code == "key-reused"
    for where, who, key in ((other, ANN, "c"), (case, BEN, "c"), (case, ANN, "k")):
        with pytest.raises(Rejected) as refused:
            engine.do(where, Comment(at=NOON, actor=who, text="Seen.", key=key))
        assert refused.value.code == "key-reused"
    assert everything(engine.store) == before


def test_an_external_id_is_taken_once_in_a_process_and_a_refused_start_leaves_no_gap(engine: Engine) -> None:
    engine.start("parcel", CARLA, INTAKE, external_id="T-1")
    for _ in range(3):
        with pytest.raises(Rejected) as refused:
            engine.start("parcel", CARLA, INTAKE, external_id="T-1")
        assert refused.value.code == "external-id-known"
    assert engine.start("parcel", CARLA, INTAKE, external_id="T-2").reference == "PCL-2026-00002"
    assert engine.start("parcel", CARLA, INTAKE).reference == "PCL-2026-00003"
    assert_whole(engine.store)


def test_references_are_counted_by_the_year_of_receipt(engine: Engine) -> None:
    last_year = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    received = [last_year, NOON, last_year, NOON]
    references = [engine.start("parcel", CARLA, INTAKE, received_at=at).reference for at in received]
    assert references == ["PCL-2025-00001", "PCL-2026-00001", "PCL-2025-00002", "PCL-2026-00002"]
    assert_whole(engine.store)


@pytest.mark.parametrize(
    ("at", "code"),
    [(datetime(1, 1, 1, tzinfo=UTC), "received-early"), (NOON + timedelta(seconds=1), "received-later")],
)
def test_a_receipt_that_cannot_be_is_refused(engine: Engine, at: datetime, code: str) -> None:
    before = everything(engine.store)
    with pytest.raises(Rejected) as refused:
        engine.start("parcel", CARLA, INTAKE, received_at=at)
    assert refused.value.code == code
    assert everything(engine.store) == before
