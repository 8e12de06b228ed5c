"""Deployments, keys of requests, files and settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from engine.errors import Rejected
from engine.store import Store, deployments, files, idempotency, people

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_deployment_gets_the_next_version_of_its_process_and_the_same_digest_changes_nothing(
    store: Store,
) -> None:
    one = deployments.deploy(store, "d1", "inquiry", '{"a": 1}', NOON, "ann", "first", title={"en": "Inquiry"})
    two = deployments.deploy(store, "d2", "inquiry", '{"a": 2}', NOON + DAY, "bob", effective_from=NOON + 3 * DAY)
    other = deployments.deploy(store, "d3", "complaint", "{}", NOON, "ann")
    assert (one.version, two.version, other.version) == (1, 2, 1)
    assert deployments.deploy(store, "d2", "inquiry", "changed", NOON + DAY, "eve") == two
    assert deployments.bundle(store, "d1") == '{"a": 1}'
    assert deployments.bundle(store, "d9") is None
    assert one.title == {"en": "Inquiry"}
    assert (two.effective_from, two.deployed_at, two.deployed_by) == (NOON + 3 * DAY, NOON + DAY, "bob")
    assert deployments.all_of(store) == [other, one, two]
    assert deployments.all_of(store, "inquiry") == [one, two]
    assert deployments.by_digest(store, "d2") == two


def test_an_older_version_deployed_again_is_the_newest_one(store: Store) -> None:
    one = deployments.deploy(store, "d1", "inquiry", "{}", NOON, "ann", "first")
    deployments.deploy(store, "d2", "inquiry", '{"a": 2}', NOON + DAY, "ann", "a mistake")
    back = deployments.deploy(store, "d1", "inquiry", "{}", NOON + 2 * DAY, "ann", "back to the first")
    assert (back.version, back.digest) == (3, one.digest)
    assert deployments.in_force(store, "inquiry", NOON + 2 * DAY) == back
    assert [version.version for version in deployments.all_of(store, "inquiry")] == [1, 2, 3]
    assert deployments.by_digest(store, "d1") == back


def test_the_newest_effective_version_is_in_force(store: Store) -> None:
    one = deployments.deploy(store, "d1", "inquiry", "{}", NOON, "ann")
    two = deployments.deploy(store, "d2", "inquiry", "{}", NOON, "ann", effective_from=NOON + DAY)
    assert deployments.in_force(store, "inquiry", NOON - DAY) is None
    assert deployments.in_force(store, "inquiry", NOON) == one
    assert deployments.in_force(store, "inquiry", NOON + DAY) == two
    assert deployments.in_force(store, "complaint", NOON) is None


def test_a_repeated_request_is_answered_with_the_first_result(store: Store) -> None:
    with store.transaction():
        assert idempotency.remembered(store, "k1", "start", "f1") is None
        idempotency.remember(store, "k1", "start", "f1", "c1", {"reference": "INQ-2026-00001"}, NOON)
    with store.transaction():
        assert idempotency.remembered(store, "k1", "start", "f1") == {"reference": "INQ-2026-00001"}


@pytest.mark.parametrize(("command", "fingerprint"), [("complete", "f1"), ("start", "f2")])
def test_a_key_that_stood_for_another_request_is_refused(store: Store, command: str, fingerprint: str) -> None:
    idempotency.remember(store, "k1", "start", "f1", "c1", {}, NOON)
    for attempt in (
        lambda: idempotency.remembered(store, "k1", command, fingerprint),
        lambda: idempotency.remember(store, "k1", command, fingerprint, "c1", {}, NOON),
    ):
        with pytest.raises(Rejected) as refused, store.transaction():
            attempt()
        assert refused.value.code == "key-reused"


def test_old_keys_can_be_forgotten(store: Store) -> None:
    idempotency.remember(store, "k1", "start", "f1", "c1", {}, NOON)
    idempotency.remember(store, "k2", "start", "f1", "c2", {}, NOON + DAY)
    assert idempotency.forget(store, NOON + DAY) == 1
    with store.transaction():
        assert idempotency.remembered(store, "k1", "start", "f1") is None
        assert idempotency.remembered(store, "k2", "start", "f1") == {}


def test_a_file_is_kept_once_and_comes_back_byte_by_byte(store: Store) -> None:
    content = bytes(range(256)) * 10
    digest = files.put(store, content, NOON)
    assert digest == sha256(content).hexdigest()
    assert files.put(store, content, NOON + DAY) == digest
    assert files.get(store, digest) == content
    assert files.size(store, digest) == 2560
    assert (files.get(store, "none"), files.size(store, "none")) == (None, None)
    assert files.get(store, files.put(store, b"", NOON)) == b""


def test_a_file_above_twenty_megabytes_is_refused(store: Store) -> None:
    with pytest.raises(Rejected) as refused:
        files.put(store, b"x" * (files.LARGEST + 1), NOON)
    assert refused.value.code == "file-too-large"


def test_a_file_that_changed_in_the_database_is_not_handed_out(store: Store) -> None:
    digest = files.put(store, b"a contract", NOON)
    store.alter(files.Blob.update({files.Blob.content: b"another"}))
    with pytest.raises(Rejected) as refused:
        files.get(store, digest)
    assert refused.value.code == "file-damaged"


def test_a_setting_comes_back_as_it_was_set_last(store: Store) -> None:
    assert people.setting(store, "zone") is None
    people.set_setting(store, "zone", {"name": "Europe/Berlin"})
    people.set_setting(store, "zone", ["UTC"])
    assert people.setting(store, "zone") == ["UTC"]
