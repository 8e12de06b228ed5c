"""What other programs bring in: signed, once, and with no more rights than the person they are."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.runtime import wall_clock
from engine.signatures import SIGNATURE, sign
from engine.store import history, mails, people
from engine.store.people import Person
from tests.databases import sql
from tests.mails import mail
from tests.web.cases import INQUIRY
from web.house import House

SHARED = b"0123456789abcdef01234567"
START = {"type": "start", "data": {"process": "inquiry", "values": INQUIRY, "external_id": "S-7"}}


@pytest.fixture(autouse=True)
def known(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop, which may start inquiries, and a mail provider share a secret with us."""
    for name in ("SHOP", "MAIL", "GONE"):
        monkeypatch.setenv(f"HEARD_WEBHOOK_SECRET_{name}", "whsec_" + b64encode(SHARED).decode())
    with house.store.transaction():
        people.put(house.store, [Person("shop", "Web shop", roles=("intake",))])


def post(
    app: Flask,
    said: Mapping[str, Any] | bytes,
    name: str = "shop",
    id: str = "msg-1",
    age: timedelta = timedelta(0),
    secret: bytes = SHARED,
    **headers: str,
) -> TestResponse:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    given = {**sign(secret, id, wall_clock() - age, body), **headers}
    return app.test_client().post(f"/webhooks/{name}", data=body, headers=given)


def test_a_program_starts_a_case_once_however_often_it_asks(app: Flask, house: House) -> None:
    first, again = post(app, START), post(app, START, age=timedelta(minutes=2))
    assert first.status_code == 200 and first.json == again.json == {"case": "INQ-2026-00001", "stuck": ""}
    assert post(app, {**START, "type": "message"}).status_code in (409, 422)
    event = history.read(house.store, house.engine.find("INQ-2026-00001"))[0].event
    assert (event.actor, event.via) == ("shop", "webhook")
    assert len(sql(house.store, "SELECT id FROM instance")) == 1


def test_a_message_comes_to_its_case_by_reference_or_by_the_other_systems_number(app: Flask, house: House) -> None:
    post(app, START)
    data: dict[str, Any] = {"message": "customer-replied", "values": {"text": "It is red", "automatic": False}}
    answer = post(app, {"type": "message", "data": {**data, "case": "inq-2026-00001"}}, id="2")
    assert answer.status_code == 200 and answer.json == {"case": "INQ-2026-00001", "stuck": ""}
    data["values"]["text"] = "It is blue"
    by_number = {**data, "process": "inquiry", "external_id": "S-7"}
    assert post(app, {"type": "message", "data": by_number}, id="3").status_code == 200
    assert house.engine.instance(house.engine.find("INQ-2026-00001")).data["reply"]["text"] == "It is blue"


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": timedelta(minutes=6)},
        {"age": timedelta(minutes=-6)},
        {"secret": b"another secret of 24 byte"},
        {SIGNATURE: ""},
        {SIGNATURE: "v1,ä"},
        {"webhook-id": "another"},
        {"webhook-timestamp": "soon"},
    ],
)
def test_what_is_not_signed_now_with_the_shared_secret_is_not_taken(app: Flask, house: House, wrong: Any) -> None:
    answer = post(app, START, **wrong)
    assert answer.status_code == 401 and answer.json is not None and answer.json["error"] == "webhook-unsigned"
    assert not sql(house.store, "SELECT id FROM instance")


@pytest.mark.parametrize(
    ("said", "name", "status", "error"),
    [
        (START, "nobody", 404, "no-such-webhook"),
        (START, "gone", 422, "unknown-person"),
        (b"{", "shop", 422, "webhook-malformed"),
        (b"[" * 10_000, "shop", 422, "webhook-malformed"),
        ({"type": "end", "data": {}}, "shop", 422, "webhook-malformed"),
        ({"type": "message", "data": {"case": "INQ-1", "message": "x"}}, "shop", 404, "no-such-case"),
        ({"type": "message", "data": {"message": "x"}}, "shop", 422, "webhook-malformed"),
        ({"type": "start", "data": {"process": "corrective-action"}}, "shop", 403, "not-allowed"),
        ({"type": "start", "data": {"process": "inquiry", "values": {}}}, "shop", 422, "invalid-values"),
        ({"type": "start", "data": {"process": "inquiry", "received_at": "now"}}, "shop", 422, "webhook-malformed"),
        (b" " * (1024 * 1024 + 1), "shop", 413, "too-large"),
    ],
)
def test_what_cannot_be_done_is_told_in_words_for_programs(
    app: Flask, said: Any, name: str, status: int, error: str
) -> None:
    answer = post(app, said, name)
    assert answer.status_code == status and answer.json is not None and answer.json["error"] == error
    assert answer.json["message"].startswith("Expected ")


def test_a_mail_comes_in_by_a_provider_as_by_the_mailbox(app: Flask, house: House) -> None:
    answer = post(app, mail(), "mail")
    assert answer.json == {"status": "began", "reason": "", "case": "INQ-2026-00001"}
    assert post(app, mail(), "mail", id="2").json == answer.json
    assert [row.door for row in mails.latest(house.store)] == ["webhook"]


def test_a_secret_that_is_too_short_is_no_secret(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_WEBHOOK_SECRET_SHOP", "whsec_c2hvcnQ=")
    answer = post(app, START, secret=b"short")
    assert answer.json is not None and answer.json["error"] == "webhook-secret"
