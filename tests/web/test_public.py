"""What customers meet: public forms, the receipt, and the private page of their case."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from engine.runtime import VirtualClock
from engine.store import history, status_links
from engine.store.files import LARGEST
from tests.web.conftest import MONDAY, Browser
from web.house import House
from web.uploads import TOGETHER

Browsers = Callable[..., Browser]
PDF = b"%PDF-1.7 a small one"

ASKED: dict[str, Any] = {
    "contact_name": "Otto <b>Klein</b>",
    "contact_email": "otto@klein.example",
    "preferred_channel": "email",
    "language": "en",
    "category": "other",
    "subject": "Are you open on Friday?",
    "description": "I would like to come by.",
}


def sent(client: Browser, **changed: Any) -> Any:
    client.get("/contact/inquiry?language=en")
    return client.post("/contact/inquiry", {**ASKED, "key": "k1", **changed})


@pytest.fixture
def link(browser: Browsers) -> str:
    """The private page of an inquiry that came in by the public form."""
    answer = sent(browser())
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"].partition("?")[0])


def case_of(house: House) -> Any:
    return house.engine.instance(house.engine.find("INQ-2026-00001"))


def test_only_what_a_process_makes_public_can_be_written_in_about(browser: Browsers) -> None:
    client = browser()
    page = client.get("/contact").get_data(as_text=True)
    assert set(re.findall(r'href="/contact/([a-z-]+)"', page)) == {"inquiry", "complaint"}
    assert client.get("/contact/corrective-action").status_code == 404


def test_a_form_says_how_many_files_it_takes_and_how_large(browser: Browsers) -> None:
    page = browser().get("/contact/complaint?language=en").get_data(as_text=True)
    assert re.search(r'evidence">[^<]+<span class="unit">\(up to 10, 20 MB each\)', page)
    assert re.search(r'representative_authority">[^<]+<span class="unit">\(up to 20 MB\)', page)


def test_what_is_too_large_is_told_with_how_to_go_on(
    browser: Browsers, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    page = client.get("/contact/inquiry").get_data(as_text=True)
    assert f'data-most="{LARGEST}"' in page and f'data-together="{TOGETHER}"' in page
    assert app.config["MAX_CONTENT_LENGTH"] > TOGETHER, "what is typed has room beside the files"
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    came = {"Referer": "http://localhost/contact/inquiry"}
    answer = client.post("/contact/inquiry", {**ASKED, "subject": "x" * 1000}, headers=came)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 413 and "Go back with your browser: what you typed is still there" in page
    assert "Back to where you were" not in page, "there the form would be empty"


def test_the_form_does_not_ask_the_public_what_only_staff_know(browser: Browsers) -> None:
    page = browser().get("/contact/complaint").get_data(as_text=True)
    names = set(re.findall(r'name="([a-z_]+)"', page))
    assert {"subject", "description", "name"} <= names
    assert names.isdisjoint({"channel", "received_at", "customer", "privacy_notice_version"})


def test_a_form_that_is_sent_becomes_a_case_and_a_receipt_with_its_number(browser: Browsers, house: House) -> None:
    client = browser()
    page = client.follow(sent(client)).get_data(as_text=True)
    assert "Your number is" in page and "INQ-2026-00001" in page
    assert "We have your inquiry and are reading it" in page
    assert re.search(r"by <time", page), "the next promised time"
    case = case_of(house)
    assert case.starter == "guest" and case.data["intake"]["channel"] == "web"


def test_an_amount_is_read_in_the_language_of_the_page_and_shown_in_it(browser: Browsers, house: House) -> None:
    client = browser()
    client.get("/contact/inquiry?language=de")
    quote = {**ASKED, "category": "quote", "product": "Planner", "quantity": "1.250", "budget": "1.250,50", "key": "k1"}
    wrong = client.post("/contact/inquiry", {**quote, "subject": ""})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and 'value="1250,50"' in page and 'value="1250"' in page
    answer = client.post("/contact/inquiry", {**quote, "quantity": "1250", "budget": "1250,50"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    intake = case_of(house).data["intake"]
    assert (intake["quantity"], intake["budget"]) == (1250, "1250.50")


def test_staff_read_of_a_customer_without_an_account_and_of_their_file_in_their_own_language(browser: Browsers) -> None:
    sent(browser(), attachments=(io.BytesIO(PDF), "proof.pdf"))
    page = browser("dieter").get("/cases/INQ-2026-00001?language=de").get_data(as_text=True)
    assert "<strong>Kunde</strong>" in page and "<dd>Kunde, " in page and "guest" not in page
    assert "0 → 1 Eintrag<" in page


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(browser: Browsers, house: House) -> None:
    client = browser()
    upload = (io.BytesIO(PDF), "proof.pdf")
    answer = sent(client, contact_email="not an address", subject="", attachments=upload)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page and 'value="not an address"' in page
    assert "I would like to come by." in page and "proof.pdf <small>1 kB</small>" in page
    kept = re.search(r'name="kept:attachments" value="([0-9a-f]{64})"', page)
    files = re.search(r'name="files-before" value="([^"]+)"', page)
    assert kept is not None and files is not None
    again = client.post(
        "/contact/inquiry", {**ASKED, "kept:attachments": kept[1], "files-before": files[1], "key": "k2"}
    )
    assert again.status_code == 303
    assert [file["name"] for file in case_of(house).data["intake"]["attachments"]] == ["proof.pdf"]


def test_a_file_that_is_refused_costs_nothing_of_what_was_typed(browser: Browsers, house: House) -> None:
    files = [(io.BytesIO(PDF), "proof.pdf"), (io.BytesIO(b"MZ program"), "photo.png")]
    answer = sent(browser(), attachments=files, subject="", contact_email="nowhere")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "photo.png is a program" in page
    assert set(re.findall(r'<li><a href="#f-([a-z_]+)">', page)) == {"attachments", "subject", "contact_email"}
    assert "I would like to come by." in page and "proof.pdf" in page
    assert house.store.database.execute_sql("SELECT COUNT(*) FROM instance").fetchone() == (0,)


def test_a_refused_file_costs_nothing_of_a_message_about_the_case(browser: Browsers, link: str, house: House) -> None:
    client = browser()
    client.get(link)
    before = case_of(house).seq
    files = [(io.BytesIO(PDF), "proof.pdf"), (io.BytesIO(b"MZ program"), "photo.png")]
    answer = client.post(f"{link}/messages", {"text": "Here is <i>more</i>.", "attachments": files, "key": "m1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "photo.png is a program" in page
    assert "Here is &lt;i&gt;more&lt;/i&gt;." in page and case_of(house).seq == before
    kept = re.search(r'name="kept:attachments" value="([0-9a-f]{64})"', page)
    carried = re.search(r'name="files-before" value="([^"]+)"', page)
    assert kept is not None and carried is not None
    again = {"text": "Here is more.", "kept:attachments": kept[1], "files-before": carried[1], "key": "m2"}
    assert client.post(f"{link}/messages", again).status_code == 303
    assert "proof.pdf" in client.get(link).get_data(as_text=True)


def test_a_file_that_was_never_sent_cannot_be_claimed(browser: Browsers, house: House) -> None:
    client = browser()
    client.get("/contact/inquiry")
    client.post("/contact/inquiry", {**ASKED, "kept:attachments": "0" * 64, "files-before": "e30.forged", "key": "k2"})
    assert not case_of(house).data["intake"].get("attachments")


def test_the_same_form_sent_twice_is_one_case(browser: Browsers, house: House) -> None:
    client = browser()
    assert sent(client).headers["Location"] == sent(client).headers["Location"]
    assert browser("dieter").get("/cases/INQ-2026-00002").status_code == 404


def test_a_machine_that_fills_in_everything_starts_nothing(browser: Browsers) -> None:
    answer = sent(browser(), website="https://spam.example")
    assert answer.status_code == 422
    assert browser("dieter").get("/cases/INQ-2026-00001").status_code == 404


def test_too_many_forms_from_one_address_have_to_wait(browser: Browsers, clock: VirtualClock) -> None:
    client = browser()
    answers = [sent(client, key=f"k{number}").status_code for number in range(13)]
    assert answers == [303] * 12 + [429]
    assert "I would like to come by." in client.page
    clock.set(MONDAY + timedelta(minutes=61))
    assert sent(client, key="later").status_code == 303


def test_a_wrong_a_revoked_and_an_unknown_link_look_alike(browser: Browsers, house: House, link: str) -> None:
    client = browser()
    assert client.get(link).status_code == 200
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    status_links.revoke(house.store, case_of(house).id, "ines", house.clock())
    answers = [client.get(path) for path in (link, forged, "/status/nothing.at-all", "/status/x")]
    assert {answer.status_code for answer in answers} == {404}
    pages = {re.sub(r'value="[^"]+"|X-CSRFToken[^}]+|path=[^"]+', "", a.get_data(as_text=True)) for a in answers}
    assert len(pages) == 1
    (page,) = pages
    assert "This link does not work" in page and 'href="/contact"' in page and "sign in" not in page


def test_the_private_page_is_kept_out_of_search_and_of_referrers(browser: Browsers, link: str) -> None:
    headers = browser().get(link).headers
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_customer_writes_and_it_is_in_the_case(browser: Browsers, house: House, link: str) -> None:
    client = browser()
    client.get(link)
    values = {"text": "One <i>more</i> thing", "automatic": "yes", "key": "m1"}
    assert client.post(f"{link}/messages", values).status_code == 303
    page = client.get(link).get_data(as_text=True)
    assert "One &lt;i&gt;more&lt;/i&gt; thing" in page and "<i>more" not in page
    lines = history.read(house.store, case_of(house).id)
    (received,) = [line for line in lines if line.event.type == "message-received"]
    assert received.event.actor == "otto@klein.example"
    assert not received.event.body.get("unheeded"), "only staff can say that a message was automatic"


def test_an_empty_message_is_asked_for_again(browser: Browsers, link: str) -> None:
    client = browser()
    client.get(link)
    assert client.post(f"{link}/messages", {"text": " "}).status_code == 422


def test_a_file_alone_is_a_message_too(browser: Browsers, house: House, link: str) -> None:
    client = browser()
    client.get(link)
    answer = client.post(f"{link}/messages", {"attachments": (io.BytesIO(PDF), "proof.pdf"), "key": "m1"})
    assert answer.status_code == 303
    assert "proof.pdf" in client.get(link).get_data(as_text=True)
    assert case_of(house).data["reply"]["attachments"][0]["name"] == "proof.pdf"


def test_a_customer_withdraws_what_they_may_and_nothing_else(browser: Browsers, house: House, link: str) -> None:
    client = browser()
    page = client.get(link).get_data(as_text=True)
    moves = set(re.findall(r'/moves/([a-z-]+)"', page))
    assert moves, "an inquiry can be withdrawn"
    assert client.get(f"{link}/moves/reassign").status_code == 404
    client.get(link)
    assert client.post(f"{link}/moves/cancel", {"comment": "x"}).status_code == 404
    assert case_of(house).status == "running"


def test_looking_at_the_page_changes_nothing(browser: Browsers, house: House, link: str) -> None:
    before = case_of(house)
    client = browser()
    for _ in range(3):
        client.get(link)
    assert case_of(house) == before


def test_what_colleagues_say_to_each_other_is_not_on_the_customers_page(
    browser: Browsers, house: House, link: str
) -> None:
    staff = browser("dieter")
    staff.get("/cases/INQ-2026-00001")
    staff.post("/cases/INQ-2026-00001/comments", {"text": "He is a difficult one."})
    assert "difficult" not in browser().get(link).get_data(as_text=True)


def test_the_page_speaks_the_language_that_was_chosen(browser: Browsers) -> None:
    client = browser()
    assert "Neue Anfrage" in client.get("/contact/inquiry?language=de").get_data(as_text=True)
    assert "Neue Anfrage" in client.get("/contact/inquiry").get_data(as_text=True)
    assert "New inquiry" in client.get("/contact/inquiry?language=en").get_data(as_text=True)
    assert "Schreiben Sie uns" in client.get("/contact?language=de").get_data(as_text=True)
    assert "Neue Anfrage" in client.get("/contact/inquiry").get_data(as_text=True), "on every page it is kept"


def test_the_private_page_speaks_the_customers_language_unless_they_choose_another(browser: Browsers) -> None:
    german = str(sent(browser(), language="de").headers["Location"])
    client = browser()
    page = client.get(german, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="de">' in page and ">English</a>" in page
    client.get(f"{german}&language=en")
    assert '<html lang="en">' in client.get(german).get_data(as_text=True)
