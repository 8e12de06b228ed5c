"""A case comes back as it was saved; a step is written whole, by one person, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from engine.core.effects import DropDraft, GiveUpParcel, KeepDraft, ResendParcel, SendMessage
from engine.core.instance import Incident, Token, Wait
from engine.errors import Rejected
from engine.store import Store, drafts, history, instances, outbox, queries

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_case_comes_back_exactly_as_it_was_saved(store: Store, cases: Any) -> None:
    saved = cases.start(
        tokens={
            "t0": Token("t0", "analysis", NOON),
            "t1": Token("t1", "legal", NOON, "t0", "legal", {"qty": 1}, {"note": {"text": "é"}}, False),
        },
        tasks={
            "c1.1": cases.task("c1", 1, excluded=("bob",)),
            "c1.2": cases.task("c1", 2, assignee="ann", due_at=None),
        },
        timers={"c1.3": cases.timer("c1", 3)},
        waits=(Wait("t1", "legal", "customer-replied"),),
        incidents={"c1.4": Incident("c1.4", NOON, "no guard holds", "inquiry.yaml:3:1", "legal", {"do": "complete"})},
        data={"intake": {"total": "1.10", "lines": [{"qty": 3}], "none": None}},
        variables={"reopened": 0},
        milestones={"acknowledged": NOON},
        doers=(("received", "ann"),),
        external_id="X-1",
    )
    loaded = instances.load(store, "c1")
    assert loaded == saved
    assert (saved.revision, saved.seq) == (1, 1)
    assert instances.by_reference(store, "INQ-2026-00001") == "c1"
    assert instances.by_external_id(store, "inquiry", "X-1") == "c1"
    assert instances.by_external_id(store, "inquiry", "") is None
    assert instances.load(store, "c2") is None


def test_instants_come_back_aware_and_in_utc(store: Store, cases: Any) -> None:
    berlin = timezone(timedelta(hours=1))
    cases.start(tasks={"c1.1": cases.task("c1", 1, due_at=datetime(2026, 11, 24, 17, 0, 0, 123456, tzinfo=berlin))})
    (row,) = queries.tasks(store, "c1")
    assert row.due_at == datetime(2026, 11, 24, 16, 0, 0, 123456, tzinfo=UTC)
    assert row.due_at is not None and row.due_at.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(cases: Any) -> None:
    with pytest.raises(ValueError, match="Expected an instant with its zone"):
        cases.start(received_at=datetime(2026, 11, 23))  # noqa: DTZ001


def test_the_second_of_two_steps_on_one_revision_is_refused_and_writes_nothing(store: Store, cases: Any) -> None:
    seen = cases.start(tasks={"c1.1": cases.task("c1", 1)})
    first = cases.step(seen, subject="first")
    with pytest.raises(Rejected) as refused:
        cases.step(seen, subject="second", effects=(SendMessage("m1", "t", "en", "a@b", "A", "s", "b"),))
    assert refused.value.code == "conflict"
    assert instances.load(store, "c1") == first
    assert len(history.read(store, "c1")) == 2
    assert outbox.of_case(store, "c1") == []


def test_a_second_case_with_the_same_external_id_is_refused(store: Store, cases: Any) -> None:
    cases.start("c1", external_id="X-1")
    with pytest.raises(Rejected) as refused:
        cases.start("c2", external_id="X-1")
    assert refused.value.code == "external-id-known"
    cases.start("c3", external_id="")
    cases.start("c4", external_id="")
    assert [case.reference for case in queries.cases(store).rows] == [
        "INQ-2026-00003",
        "INQ-2026-00002",
        "INQ-2026-00001",
    ]


def test_a_second_case_with_the_same_id_or_reference_is_refused(cases: Any) -> None:
    cases.start("c1")
    for again in ({"case": "c1"}, {"case": "c2", "reference": "INQ-2026-00001"}):
        with pytest.raises(Rejected) as refused:
            cases.start(**again)
        assert refused.value.code == "conflict"


def test_a_case_on_a_bundle_that_was_never_deployed_cannot_start(cases: Any) -> None:
    with pytest.raises(RuntimeError, match="never deployed"):
        cases.start(digest="digest-9")


def test_a_case_that_ends_and_one_that_is_reopened_change_their_status(store: Store, cases: Any) -> None:
    ended = cases.step(cases.start(), status="completed", ended_at=NOON, outcome="resolved")
    assert instances.load(store, "c1") == ended
    (row,) = queries.cases(store, status="completed", outcome="resolved").rows
    assert row.ended_at == NOON
    again = cases.step(ended, status="running", ended_at=None, outcome="")
    assert instances.load(store, "c1") == again


def test_a_change_without_an_event_is_an_error_of_ours(store: Store, cases: Any) -> None:
    old = cases.start()
    with pytest.raises(RuntimeError, match="without an event"), store.transaction():
        instances.save(store, old, replace(old, subject="other"), [], [], NOON)


def test_a_step_is_saved_inside_a_transaction_only(store: Store, cases: Any) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        instances.save(store, None, cases.new(), [cases.event("case-started")], [], NOON)


def test_keeping_a_draft_changes_neither_revision_nor_history(store: Store, cases: Any) -> None:
    old = cases.start(tasks={"c1.1": cases.task("c1", 1)})
    for text in ("hal", "hallo"):
        with store.transaction():
            kept = instances.save(store, old, old, [], [KeepDraft("c1.1", "ann", {"note": text}, "done")], NOON)
    assert kept.revision == 1
    assert len(history.read(store, "c1")) == 1
    (draft,) = drafts.of_person(store, "ann")
    assert (draft.values, draft.outcome, draft.saved_at) == ({"note": "hallo"}, "done", NOON)
    assert drafts.load(store, "c1.1", "bob") is None
    cases.step(old, effects=(DropDraft("c1.1", "ann"),))
    assert drafts.of_person(store, "ann") == []


def test_messages_are_kept_exactly_and_delivered_once(store: Store, cases: Any) -> None:
    message = SendMessage("m1", "inquiry-received", "de", "carla@example.org", "Carla", "Grüße", "Zeile 1\nZeile 2")
    cases.start(effects=(message,))
    (parcel,) = outbox.due(store, NOON)
    assert parcel.body["body"] == "Zeile 1\nZeile 2"
    assert (parcel.key, parcel.seq, parcel.attempts) == ("c1/m1", 1, 0)
    mine = outbox.claim(store, parcel.id, "me", NOON, NOON + timedelta(minutes=1))
    assert mine is not None
    assert outbox.failed(store, mine, "no route", NOON + timedelta(minutes=5))
    assert outbox.due(store, NOON) == []
    (again,) = outbox.due(store, NOON + timedelta(minutes=5))
    assert (again.attempts, again.last_error) == (1, "no route")
    assert outbox.delivered(store, parcel.id, NOON, "<1@here>")
    assert not outbox.delivered(store, parcel.id, NOON)
    assert not outbox.failed(store, mine, "late", NOON)
    (sent,) = outbox.of_case(store, "c1")
    assert (sent.status, sent.sent_at, sent.receipt) == ("sent", NOON, "<1@here>")


def test_a_message_that_is_given_up_is_tried_no_more(store: Store, cases: Any) -> None:
    old = cases.start(effects=(SendMessage("m1", "t", "en", "a@b", "A", "s", "b"),))
    old = cases.step(old, effects=(GiveUpParcel("m1", "no such address"),))
    assert outbox.due(store, NOON + timedelta(days=365)) == []
    (dead,) = outbox.of_case(store, "c1")
    assert (dead.status, dead.last_error) == ("dead", "no such address")
    cases.step(old, effects=(ResendParcel("m1"),))
    (again,) = outbox.due(store, NOON)
    assert (again.status, again.attempts) == ("pending", 0)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("half \ud800 a character", "invalid-text"),
        (float("nan"), "invalid-value"),
        (10**5000, "invalid-value"),
    ],
    ids=["half a character", "not a number", "too many digits"],
)
def test_values_that_cannot_be_kept_are_refused_and_nothing_is_written(
    store: Store, cases: Any, value: object, code: str
) -> None:
    old = cases.start()
    for change in ({"data": {"intake": {"x": value}}}, {"variables": {"x": value}}):
        with pytest.raises(Rejected) as refused:
            cases.step(old, **change)
        assert refused.value.code == code
    with pytest.raises(Rejected) as refused:
        cases.step(old, cases.event("commented", text=value))
    assert refused.value.code == code
    assert instances.load(store, "c1") == old


def test_a_structure_without_a_bottom_is_refused(cases: Any) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    round_and_round: dict[str, Any] = {}
    round_and_round["x"] = round_and_round
    for value in (deep, round_and_round):
        with pytest.raises(Rejected) as refused:
            cases.start(data={"x": value})
        assert refused.value.code == "invalid-value"


def test_a_very_large_case_is_kept(store: Store, cases: Any) -> None:
    saved = cases.start(data={"intake": {"text": "ä" * 3_000_000}})
    assert instances.load(store, "c1") == saved
