"""The library of processes and each one's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.core.drawing.prose import prose_of
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.home import shipped
from engine.library import catalog_of
from tests.builders import PROCESS, files
from tests.web.conftest import MONDAY, PROCESSES, Browser
from web.house import House

Browsers = Callable[..., Browser]


@pytest.mark.parametrize("key", PROCESSES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_state_form_message_and_promise_of_a_process_is_told(key: str, language: str) -> None:
    definition = examine(catalog_of(shipped()), f"processes/{key}.yaml").definition
    assert definition is not None
    told = prose_of(definition, language)
    assert [stop.id for stop in told.stops] == list(definition.states)
    assert [stop.id for stop in told.beside] == list(definition.tasks)
    assert [promise.id for promise in told.promises] == list(definition.clocks)
    sent = {sending.message for _, move in definition.moves() for actions in move.doing for sending in actions.sendings}
    assert sent <= {message.id for message in told.messages}
    for stop in (*told.stops, *told.beside):
        assert stop.title and not stop.title.endswith("…")
        if definition.place_of(stop.id).ending is None:
            assert stop.ways or definition.place_of(stop.id).fork or definition.place_of(stop.id).each


def test_the_library_shows_each_process_with_its_owner_version_and_clauses(browser: Browsers) -> None:
    page = browser("katrin").get("/processes?language=en").get_data(as_text=True)
    for word in ("Complaint", "Process owner", "8.2.1.c", "Cases that go on"):
        assert word in page
    assert {f"/processes/{key}" for key in PROCESSES} <= set(re.findall(r'href="(/processes/[a-z-]+)"', page))


LATE_REMINDER = """
start: {by: [agent], form: order-offer, go: here}
states:
  here:
    task: {candidates: [agent], due: 2bh}
    on: {done: end}
    after: {3bh: {notify: assignee}}
  end: {final: true}
"""


def test_the_library_says_what_the_linter_says_of_each_version(browser: Browsers, house: House) -> None:
    home = files(LATE_REMINDER, {"order-offer": "properties: {price: {type: integer}}"})
    house.engine.deploy(examine(Catalog(home), PROCESS), "ole", "")
    shelves = browser("katrin").get("/processes?language=en").get_data(as_text=True).split("<article>")[1:-1]
    said = {re.findall(r'href="/processes/([a-z-]+)"', shelf)[0]: shelf for shelf in shelves}
    order = said.pop("order")
    assert "! 1 warning<" in order and "Expected this reminder no later than the work in &#39;here&#39; is due" in order
    assert all("nothing to mend" in shelf for shelf in said.values())


@pytest.mark.parametrize("key", PROCESSES)
def test_a_process_is_a_picture_and_all_of_it_in_words(browser: Browsers, key: str) -> None:
    answer = browser("ben").get(f"/processes/{key}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page and "<style" not in page
    anchors = set(re.findall(r'id="([a-z0-9-]+)"', page))
    assert {target for target in re.findall(r'href="#([a-z0-9-]+)"', page) if target} <= anchors


def test_a_state_is_as_hot_as_cases_stay_in_it(browser: Browsers, house: House) -> None:
    from tests.web.cases import INQUIRY

    directory = house.directory
    started = house.engine.start("inquiry", directory.actor("dieter", "web"), INQUIRY)
    house.clock.set(MONDAY + timedelta(hours=5))  # type: ignore[attr-defined]
    page = browser("ben").get("/processes/inquiry").get_data(as_text=True)
    assert "1 case here" in page and "usually 5 working hours" in page
    sheet = browser("ben").get("/processes/inquiry/picture.css")
    assert sheet.mimetype == "text/css"
    assert 'data-state="received"' in sheet.get_data(as_text=True)
    assert started.reference


def test_an_older_version_is_still_there_and_one_that_never_was_is_not(browser: Browsers) -> None:
    client = browser("ben")
    assert client.get("/processes/inquiry?version=1").status_code == 200
    assert client.get("/processes/inquiry?version=7").status_code == 404
    assert client.get("/processes/nothing").status_code == 404


def test_customers_do_not_see_how_the_house_works(browser: Browsers) -> None:
    assert browser("lena").get("/processes").status_code == 404
    assert browser("lena").get("/processes/inquiry").status_code == 404


@pytest.mark.parametrize(("person", "title", "other"), [("ben", "Complaints officer", "Beschwerdestelle"),
                                                        ("ann", "Beschwerdestelle", "Complaints officer")])  # fmt: skip
def test_a_picture_calls_roles_what_the_house_calls_them_in_the_language_of_the_page(
    browser: Browsers, person: str, title: str, other: str
) -> None:
    page = browser(person).get("/processes/complaint").get_data(as_text=True)
    drawn = page[page.index("<svg xmlns") : page.index("</svg>")]
    assert title in drawn and other not in drawn and "complaint-officer" not in drawn
    quoted = "“{}”</span>" if person == "ben" else "„{}“</span>"
    assert quoted.format({"ben": "Decision", "ann": "Entscheidung"}[person]) in page
