"""A customer who has lost the address of their page gets it once more: by mail, to the address of the case, and nobody
learns anything by asking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.core.instance import Instance
from engine.core.private_address import TEMPLATE
from engine.private_pages import path_of
from engine.runtime import VirtualClock
from engine.store import history, outbox, status_links
from tests.web.cases import INQUIRY
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]
LENA = "lena.fischer@muehlenbau.example"


@pytest.fixture(autouse=True)
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server is named, and where the pages are."""
    monkeypatch.setenv("HEARD_URL", "https://heard.example")
    monkeypatch.setenv("HEARD_SMTP_URL", "smtp+plain://localhost:1")
    monkeypatch.setenv("HEARD_MAIL_FROM", "Service <service@heard.example>")


@pytest.fixture
def case(house: House) -> Instance:
    started = house.engine.start("inquiry", house.directory.actor("emma", "web"), INQUIRY)
    return house.engine.instance(started.instance)


def ask(client: Browser, reference: str, email: str, **more: str) -> str:
    """What the page says to it."""
    client.get("/lost-links?language=en")
    answer = client.post("/lost-links", {"reference": reference, "email": email, **more})
    return (client.follow(answer) if answer.status_code == 303 else answer).get_data(as_text=True)


def mailed(house: House, case: Instance) -> list[str]:
    """To whom the address was sent."""
    return [one.recipient for one in outbox.of_case(house.store, case.id) if one.body.get("template") == TEMPLATE]


def happened(house: House, case: Instance) -> list[tuple[str, str]]:
    lines = [line.event for line in history.read(house.store, case.id)]
    return [(one.type, one.actor) for one in lines if one.type.startswith("private-address")]


def test_who_gives_number_and_address_gets_a_mail_and_nobody_can_tell(
    browser: Browsers, house: House, case: Instance
) -> None:
    pages = {
        ask(browser(), given, email).partition("<main")[2].partition("csrf_token")[0]
        for given, email in (
            (case.reference, "somebody@else.example"),
            ("INQ-2026-00099", LENA),
            ("nothing <b>", "nobody"),
            (f" {case.reference.lower()} ", LENA.upper()),
        )
    }
    assert len(pages) == 1 and "If the two belong together" in pages.pop()
    assert mailed(house, case) == [LENA]
    assert happened(house, case) == [("private-address-sent", LENA)]
    path = path_of(house.store, house.secret, case.id, house.clock())
    assert path.rpartition("/")[2] not in str([one.body for one in outbox.of_case(house.store, case.id)])


def test_nobody_fills_a_mailbox_by_asking_nor_tries_numbers(
    browser: Browsers, house: House, case: Instance, clock: VirtualClock
) -> None:
    client = browser()
    for _ in range(5):
        assert "If the two belong together" in ask(client, case.reference, LENA)
    assert len(mailed(house, case)) == 3, "of one case, in a day; whoever asks is told nothing else"
    assert "If the two belong together" in ask(client, case.reference, "a@b.example")
    assert "Expected fewer tries" in ask(client, case.reference, "a@b.example")
    clock.set(clock() + timedelta(hours=25))
    ask(client, case.reference, LENA)
    assert len(mailed(house, case)) == 4


def test_who_stands_before_the_door_finds_it(browser: Browsers) -> None:
    for path in ("/sign-in", "/contact", "/status/nothing.at-all"):
        assert 'href="/lost-links"' in browser().get(path).get_data(as_text=True), path


def test_a_machine_and_half_an_answer_get_nothing(browser: Browsers, house: House, case: Instance) -> None:
    assert "Leave the field" in ask(browser(), case.reference, LENA, website="x")
    page = ask(browser(), "", LENA)
    assert "Give both" in page and LENA in page
    assert mailed(house, case) == []


def test_what_a_colleague_has_ended_only_a_colleague_gives_anew(
    browser: Browsers, house: House, case: Instance
) -> None:
    old = path_of(house.store, house.secret, case.id, house.clock())
    staff = browser("ben")
    staff.get(f"/cases/{case.reference}")
    staff.post(f"/cases/{case.reference}/status-link")
    assert "If the two belong together" in ask(browser(), case.reference, LENA)
    ended = ("private-address-ended", "ben")
    assert mailed(house, case) == [] and happened(house, case) == [ended, ("private-address-withheld", LENA)]
    page = staff.get(f"/cases/{case.reference}").get_data(as_text=True)
    assert "Send the customer a new one" in page and "Ben" in page
    assert staff.post(f"/cases/{case.reference}/status-link/letters", {"key": "k"}).status_code == 303
    assert mailed(house, case) == [LENA] and happened(house, case)[-1] == ("private-address-sent", "ben")
    new = path_of(house.store, house.secret, case.id, house.clock())
    assert new != old and browser().get(old).status_code == 404 and browser().get(new).status_code == 200


def test_who_only_reads_sends_none_and_without_an_address_nobody_does(
    browser: Browsers, house: House, case: Instance
) -> None:
    reader = browser("vera")
    page = reader.get(f"/cases/{case.reference}").get_data(as_text=True)
    assert "Send it to the customer" not in page
    assert reader.post(f"/cases/{case.reference}/status-link/letters").status_code in (403, 404)
    called = {name: value for name, value in INQUIRY.items() if name != "contact_email"}
    started = house.engine.start("inquiry", house.directory.actor("emma", "web"), called).instance
    staff, reference = browser("ben"), house.engine.instance(started).reference
    assert "Private address" not in staff.get(f"/cases/{reference}").get_data(as_text=True)
    assert staff.post(f"/cases/{reference}/status-link/letters").status_code == 404
    assert status_links.of_case(house.store, started) == []


@pytest.mark.parametrize("missing", ["HEARD_URL", "HEARD_SMTP_URL"])
def test_where_no_mail_leads_to_the_pages_it_is_said_what_to_do_instead(
    browser: Browsers, house: House, case: Instance, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    client = browser()
    page = client.get("/lost-links?language=en").get_data(as_text=True)
    assert "We do not send mail from here" in page and "<form" not in page
    client.get("/contact/inquiry")
    assert client.post("/lost-links", {"reference": case.reference, "email": LENA}).status_code == 422
    assert mailed(house, case) == []
