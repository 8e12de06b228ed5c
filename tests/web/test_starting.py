"""A new case begun by somebody who works here."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from textwrap import dedent

from flask import Flask, g

from engine.definition.forms import read_form
from engine.definition.reader import read
from engine.store import people
from engine.store.sessions import Session
from tests.web.cases import INQUIRY
from tests.web.conftest import MONDAY, Browser
from web.access import Visitor
from web.cases.moves import people_to_choose
from web.forms import shown
from web.house import House, house

Browsers = Callable[..., Browser]


def begin(client: Browser, process: str, **values: object) -> object:
    page = client.get(f"/start/{process}").get_data(as_text=True)
    key = re.search(r'name="case-key" value="([^"]+)"', page)
    assert key is not None
    return client.post(f"/start/{process}", {"case-key": key[1], **values})


def test_a_field_for_a_customer_offers_customers(browser: Browsers) -> None:
    page = browser("emma").get("/start/inquiry").get_data(as_text=True)
    control = re.search(r'<select[^>]*name="customer".*?</select>', page, re.S)
    assert control is not None
    offered = set(re.findall(r'<option value="(\w+)"', control[0]))
    assert "lena" in offered and not offered & {"emma", "dieter", "vera"}


def test_where_a_time_is_asked_for_it_says_in_which_zone(browser: Browsers) -> None:
    page = browser("emma").get("/start/complaint").get_data(as_text=True)
    assert re.search(r'type="datetime-local"[^>]*> <small class="zone-name">Europe/Stockholm</small>', page)


def test_a_field_offers_those_whom_its_form_means(app: Flask, browser: Browsers) -> None:
    written = """
    form: who
    properties:
      colleague: {type: string, format: person}
      either: {type: string, format: person, of: anybody}
      several: {type: array, items: {type: string, format: person}}
    """
    form = read_form(read(dedent(written), "who.yaml"), "who")

    def offered(person: str) -> dict[str, set[str]]:
        with app.test_request_context():
            who = people.load(house().store, person)
            assert who is not None
            g.visitor = Visitor(who, Session("1", person, MONDAY, MONDAY, MONDAY, MONDAY, ""))
            (section,) = shown(form, {"several": ["lena"]}, people=people_to_choose()).sections
            return {field.name: {id for id, _name in field.options} for field in section.fields}

    emma = offered("emma")
    assert {"emma", "vera"} <= emma["colleague"] == emma["several"] and "lena" not in emma["colleague"]
    assert emma["either"] > {"lena", "vera"}
    assert {one for one in offered("lena")["either"] if one not in emma["colleague"]} == {"lena"}


def test_only_what_one_may_begin_is_offered(browser: Browsers) -> None:
    page = browser("emma").get("/start").get_data(as_text=True)
    assert "/start/inquiry" in page and "/start/complaint" in page
    assert browser("lena").get("/start").status_code == 404
    assert browser("ben").get("/start/inquiry").status_code == 404
    assert browser("ben").get("/start/nothing").status_code == 404


def test_a_case_is_begun_and_the_receipt_gives_its_reference(browser: Browsers, house: House) -> None:
    emma = browser("emma")
    page = emma.follow(begin(emma, "inquiry", **INQUIRY)).get_data(as_text=True)  # type: ignore[arg-type]
    assert '<h1 class="reference">INQ-2026-00001</h1>' in page
    assert "Which &lt;b&gt;hours&lt;/b&gt;" in page and "<b>hours" not in page
    assert "Go on with it" in page  # Emma sorts inquiries himself
    assert "at lena.fischer@muehlenbau.example" in page
    assert house.engine.instance(house.engine.find("INQ-2026-00001")).starter == "emma"


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(browser: Browsers, house: House) -> None:
    emma = browser("emma")
    answer = begin(emma, "inquiry", subject="Half a <question>")
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Half a &lt;question&gt;" in page
    assert re.search(r'data-field="contact_name".*?<p class="fault">', page, re.S)


def test_a_file_that_was_sent_with_a_faulty_form_need_not_be_sent_again(browser: Browsers) -> None:
    emma = browser("emma")
    emma.get("/start/inquiry")
    file = {"attachments": (io.BytesIO(b"%PDF-1.7 ..."), "order.pdf")}
    page = emma.post("/start/inquiry", {**INQUIRY, "subject": "", **file}).get_data(as_text=True)
    kept = re.search(r'name="kept:attachments" value="([0-9a-f]{64})"', page)
    before = re.search(r'name="files-before" value="([^"]+)"', page)
    assert kept is not None and before is not None and "order.pdf" in page
    answer = emma.post("/start/inquiry", {**INQUIRY, "kept:attachments": kept[1], "files-before": before[1]})
    emma.follow(answer)
    assert "order.pdf" in emma.get("/cases/INQ-2026-00001").get_data(as_text=True)


def test_pressing_twice_begins_one_case(browser: Browsers) -> None:
    emma = browser("emma")
    key = {"case-key": "the-same"}
    emma.get("/start/inquiry")
    one, other = (emma.post("/start/inquiry", {**INQUIRY, **key}) for _ in range(2))
    assert one.headers["Location"] == other.headers["Location"] == "/start/receipts/INQ-2026-00001"


def test_a_look_asks_for_nothing_yet(browser: Browsers) -> None:
    emma = browser("emma")
    emma.get("/start/inquiry")
    answer = emma.post("/start/inquiry", {"category": "billing", "do": "look"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'class="fault"' not in page
    assert '<div class="field" data-field="invoice_no">' in page


def test_the_receipt_of_a_case_that_one_may_not_see_is_not_there(browser: Browsers, house: House) -> None:
    house.engine.start("inquiry", house.directory.actor("emma", "web"), INQUIRY)
    assert browser("samir").get("/start/receipts/INQ-2026-00001").status_code == 404
