"""The page of parked mail: who sees it, what it shows, and how one is settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine.core.mail.sorting import REASONS
from engine.receiving import receive
from engine.store import history, mails
from tests.mails import HOUSE, mail
from tests.web.conftest import Browser
from web.house import House
from web.mail import reasons

Open = Callable[..., Browser]


def parked(house: House, text: str = "Have you work for me?", subject: str = "<b>Work</b>") -> int:
    told = {"to": "jobs@brightwater.example", "subject": subject, "id": f"<{len(text)}@x>"}
    content = mail(text, files={"a.pdf": b"%PDF-1"}, **told)
    return receive(house.engine, content, "imap", [HOUSE]).row.id


@pytest.mark.parametrize(
    ("person", "status"), [("emma", 200), ("katrin", 200), ("ines", 200), ("ann", 404), ("vera", 404), ("lena", 404)]
)
def test_it_is_there_for_those_who_start_such_cases_or_oversee_a_process(
    browser: Open, house: House, person: str, status: int
) -> None:
    id, signed_in = parked(house), browser(person)
    assert signed_in.get("/mail").status_code == signed_in.get(f"/mail/{id}/original").status_code == status
    assert ('href="/mail"' in signed_in.get("/account").get_data(as_text=True)) == (status == 200)


def test_it_shows_what_waits_and_why_with_hostile_text_as_text(browser: Open, house: House) -> None:
    id = parked(house, "<script>alert(1)</script>")
    page = browser("emma").get("/mail").get_data(as_text=True)
    assert "&lt;b&gt;Work&lt;/b&gt;" in page and "&lt;script&gt;" in page and "<script>alert" not in page
    assert "It belongs to no case, and no process begins with such a mail" in page
    answer = browser("emma").get(f"/mail/{id}/original")
    assert answer.mimetype == "application/octet-stream" and "attachment" in answer.headers["Content-Disposition"]


def test_one_begins_a_case_another_comes_to_it_and_a_third_is_discarded_with_the_reason(
    browser: Open, house: House
) -> None:
    first, second, third = parked(house, "One"), parked(house, "Three"), parked(house, "Eleven")
    emma = browser("emma")
    emma.get("/mail")
    emma.follow(emma.post(f"/mail/{first}/settlement", {"do": "start inquiry"}))
    case = mails.latest(house.store)[-1].instance
    reference = house.engine.instance(case).reference
    assert f"It began {reference}." in emma.page
    started = history.read(house.store, case)[0].event
    assert started.actor == "emma" and started.body["mail"]["from"] == "lena@example.org"
    emma.follow(emma.post(f"/mail/{second}/settlement", {"do": "attach", "reference": reference.lower()}))
    assert house.engine.instance(case).data["reply"]["text"] == "Three"
    emma.follow(emma.post(f"/mail/{third}/settlement", {"do": "discard", "reason": "An application"}))
    assert "No mail waits." in emma.page
    assert "An application" in emma.get("/mail?all=1").get_data(as_text=True)
    (row,) = mails.outlived(house.store, house.clock() + timedelta(days=1), 9)
    assert mails.forget(house.store, row, house.clock(), "system", "180")
    page = emma.get("/mail?all=1").get_data(as_text=True)
    assert "Forgotten after 180 days" in page and "An application" not in page and "(forgotten)" in page
    page = emma.get(f"/cases/{reference}").get_data(as_text=True)
    digest = started.body["mail"]["original"]["sha256"]
    assert f"/cases/{reference}/files/{digest}" in page
    assert emma.get(f"/cases/{reference}/files/{digest}").status_code == 200


def test_without_a_case_or_a_reason_nothing_is_done_and_what_was_typed_stays(browser: Open, house: House) -> None:
    id, emma = parked(house), browser("emma")
    emma.get("/mail")
    answer = emma.post(f"/mail/{id}/settlement", {"do": "attach", "reference": "INQ-1"})
    assert answer.status_code == 422 and 'value="INQ-1"' in emma.page and "no such case" in emma.page
    assert emma.post(f"/mail/{id}/settlement", {"do": "discard", "reason": " "}).status_code == 422
    assert emma.post("/mail/99/settlement", {"do": "discard", "reason": "x"}).status_code == 404
    assert [row.id for row in mails.waiting(house.store)] == [id]


def test_every_reason_has_its_words_on_the_page(app: Flask) -> None:
    with app.test_request_context():
        assert reasons().keys() == REASONS.keys()
