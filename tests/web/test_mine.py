"""A customer who has an account: their own cases, and the private address of each."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engine.core.commands import Complete
from engine.core.instance import TAKE_BACK
from engine.runtime import VirtualClock
from engine.store import history, status_links
from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from tests.web.working import ANSWER, to_answer
from web.house import House
from web.mine import ON_A_PAGE

RECEIVED = "message-received"

Browsers = Callable[..., Browser]


@pytest.fixture
def reference(house: House) -> str:
    """An inquiry of Lena's that Dieter has taken down."""
    return begun(house)


def begun(house: House) -> str:
    return house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference


def of_case(house: House, reference: str) -> list[status_links.StatusLink]:
    return status_links.of_case(house.store, house.engine.find(reference))


def test_a_customer_finds_their_cases_with_how_they_stand(browser: Browsers, reference: str) -> None:
    client = browser("lena")
    assert client.get("/").headers["Location"] == "/mine"
    page = client.get("/mine").get_data(as_text=True)
    assert reference in page and "We have your inquiry and are reading it" in page
    assert "Which &lt;b&gt;hours&lt;/b&gt; are you open?" in page and "<b>hours" not in page
    assert 'href="/mine" aria-current' in page, "the menu leads here"


def test_how_they_stand_is_not_ahead_of_the_letter_that_tells_it(
    browser: Browsers, house: House, clock: VirtualClock
) -> None:
    client, task = browser("lena"), to_answer(house)
    there = client.get("/mine/INQ-2026-00001").headers["Location"]
    actor = house.directory.actor("ben", "web")
    house.engine.do(
        task.rpartition(".")[0], Complete(at=clock(), actor=actor, task=task, outcome="answer", values=ANSWER)
    )
    for path in ("/mine", there):
        page = client.get(path).get_data(as_text=True)
        assert "We have answered you" not in page and "From nine to five." not in page and "/moves/confirm" not in page
    clock.set(clock() + TAKE_BACK)
    assert "We have answered you" in client.get("/mine").get_data(as_text=True)
    page = client.get(there).get_data(as_text=True)
    assert "We have answered you" in page and "From nine to five." in page
    assert "If we hear nothing from you, it is closed" in page or "Wenn wir nichts von Ihnen hören" in page
    settles, withdraws = page.index("/moves/confirm"), page.index("/moves/withdraw")
    assert settles < withdraws and re.search(r'<a role="button" href="[^"]+/moves/confirm"', page)
    assert not re.search(r'role="button"[^>]*/moves/withdraw', page), "what settles it comes first, and weighs most"


def test_a_closed_case_takes_how_content_they_are_once_and_whatever_they_still_write(
    browser: Browsers, house: House, clock: VirtualClock
) -> None:
    client, task = browser("lena"), to_answer(house)
    there = client.get("/mine/INQ-2026-00001").headers["Location"]
    case, ben = task.rpartition(".")[0], house.directory.actor("ben", "web")
    house.engine.do(case, Complete(at=clock(), actor=ben, task=task, outcome="answer", values=ANSWER))
    clock.set(clock() + TAKE_BACK)
    client.get(there)
    client.post(f"{there}/moves/confirm", {"key": "k1"})
    page = client.get(there).get_data(as_text=True)
    assert "Answered and closed" in page and "How content are you" in page
    assert client.post(f"{there}/messages", {"message": "customer-rated", "key": "k2"}).status_code == 422
    rated = {"message": "customer-rated", "rating": "4", "comment": "It <b>took</b> a while.", "key": "k2"}
    assert client.post(f"{there}/messages", rated).status_code == 303
    page = client.get(there).get_data(as_text=True)
    assert "How content are you" not in page and "It &lt;b&gt;took&lt;/b&gt; a while." in page
    assert client.post(f"{there}/messages", {**rated, "key": "k3"}).status_code == 303
    client.get(there)
    assert client.post(f"{there}/messages", {"text": "Thank you.", "key": "k4"}).status_code == 303
    known = house.engine.instance(case)
    assert (known.status, known.data["satisfaction"]["rating"]) == ("completed", "4")
    told = [line.event.body["message"] for line in history.read(house.store, case) if line.event.type == RECEIVED]
    assert told == ["customer-rated", "customer-wrote-again"]


def test_each_leads_to_the_customers_page_and_the_address_stays_the_same(
    browser: Browsers, house: House, reference: str
) -> None:
    client = browser("lena")
    first = client.get(f"/mine/{reference}").headers["Location"]
    assert first.startswith("/status/") and client.get(first).status_code == 200
    assert client.get(f"/mine/{reference}").headers["Location"] == first
    assert len(of_case(house, reference)) == 1


def test_what_is_somebody_elses_is_not_there(browser: Browsers, house: House, reference: str) -> None:
    client = browser("thomas")
    page = client.get("/mine").get_data(as_text=True)
    assert reference not in page and "Nothing of yours is with us." in page
    assert client.get(f"/mine/{reference}").status_code == 404 and of_case(house, reference) == []


def test_the_list_is_for_customers_alone(browser: Browsers, reference: str) -> None:
    assert browser("dieter").get("/mine").status_code == 404
    assert browser("dieter").get(f"/mine/{reference}").status_code == 404
    assert browser().get("/mine").status_code == 303


def test_more_cases_than_a_page_holds_go_on_behind_it(browser: Browsers, house: House) -> None:
    every = {begun(house) for _ in range(ON_A_PAGE + 2)}
    client = browser("lena")
    first = client.get("/mine").get_data(as_text=True)
    more = re.search(r'href="(/mine\?after=[^"]+)"', first)
    assert more is not None
    second = client.get(more[1].replace("&amp;", "&")).get_data(as_text=True)
    shown = [set(re.findall(r'href="/mine/(INQ-[0-9-]+)"', page)) for page in (first, second)]
    assert shown[0] | shown[1] == every and not shown[0] & shown[1]
    assert client.get("/mine?after=x").status_code == 404


def test_the_list_asks_the_database_as_often_for_one_case_as_for_many(
    browser: Browsers, house: House, reference: str, statements: Callable[[], int]
) -> None:
    client = browser("lena")
    client.get("/mine")
    statements()
    client.get("/mine")
    one = statements()
    for _ in range(9):
        begun(house)
    statements()
    assert client.get("/mine").get_data(as_text=True).count('href="/mine/INQ-') == 10
    assert statements() == one > 0


def test_staff_end_the_private_address_and_it_leads_nowhere(browser: Browsers, house: House, reference: str) -> None:
    link = browser("lena").get(f"/mine/{reference}").headers["Location"]
    client = browser("ben")
    page = client.get(f"/cases/{reference}").get_data(as_text=True)
    assert "Private address of the customer" in page
    page = client.follow(client.post(f"/cases/{reference}/status-link")).get_data(as_text=True)
    assert "leads nowhere now" in page and re.search(r"ended <time[^>]+>[^<]+</time>, Ben Osei", page)
    assert browser().get(link).status_code == 404
    assert [one.revoked_by for one in of_case(house, reference)] == ["ben"]
    assert re.search(r"Ben Osei</strong>.*?private address ended", page, re.S)
    client.post(f"/cases/{reference}/status-link")
    assert len(re.findall("private address ended", client.get(f"/cases/{reference}").text)) == 1, "it is ended once"
    anew = browser("lena").get(f"/mine/{reference}").headers["Location"]
    assert anew != link and browser().get(anew).status_code == 200


@pytest.mark.parametrize("who", ["vera", "lena", "thomas"])
def test_nobody_else_ends_it(browser: Browsers, house: House, reference: str, who: str) -> None:
    link = browser("lena").get(f"/mine/{reference}").headers["Location"]
    client = browser(who)
    client.get(f"/cases/{reference}")
    assert client.post(f"/cases/{reference}/status-link").status_code in (403, 404)
    assert browser().get(link).status_code == 200
