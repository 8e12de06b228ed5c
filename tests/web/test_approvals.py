"""Deciding on a page: what is decided about, by whom, and the decision itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.core.commands import Complete
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.home import shipped
from engine.library import read_files
from engine.runtime import VirtualClock
from engine.store import history
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]

FORM = """
form: gift-intake
title: {en: Gift, de: Geschenk}
order: [what, worth, email]
required: [what, worth]
properties:
  what: {title: {en: What it is, de: Was es ist}, type: string, maxLength: 100}
  worth: {title: {en: Worth, de: Wert}, type: string, format: money, currency: EUR}
  email: {title: {en: For whom, de: Für wen}, type: string, format: email}
"""
PROCESS = """
process: gift
title: {en: Gift, de: Geschenk}
owner: process-owner
reference: GIF
calendar: office
languages: [en, de]
retention: {class: quality-record, years: 6}
customer: {email: intake.email}
start: {by: [agent], form: gift-intake, go: review}
states:
  review:
    title: {en: Under review, de: In Prüfung}
    approval: {title: "Decide about {reference}", by: {RULE}, binds: [intake]}
    on:
      approved: {send: gift-letter, go: given}
      rejected: {go: refused}
      changes-requested: {go: again}
  again:
    title: {en: To be changed, de: Zu ändern}
    task: {title: "Change {reference}", candidates: agent}
    on: {done: {form: gift-intake, go: review}}
  given: {title: {en: Given, de: Überreicht}, final: given}
  refused: {title: {en: Refused, de: Abgelehnt}, final: refused}
"""


@pytest.fixture
def gift(house: House) -> Callable[..., str]:
    """A gift that waits for two of quality manager and management; the address of its approval."""

    def deploy(rule: str = "quorum: 2, of: [quality-manager, management]") -> str:
        files = read_files(shipped())
        files = {
            path: files[path] for path in files if "calendars/office" in path or path.endswith("organisation.yaml")
        }
        files |= {
            "processes/gift.yaml": PROCESS.replace("RULE", rule).encode(),
            "forms/gift-intake.yaml": FORM.encode(),
        }
        letter = b"---\nsubject: A gift\n---\nIt is yours.\n"
        files |= {f"processes/messages/gift-letter.{language}.md": letter for language in ("en", "de")}
        loaded = examine(Catalog(files), "processes/gift.yaml")
        assert [str(problem) for problem in loaded.errors] == []
        house.engine.deploy(loaded, "katrin")
        ann = house.directory.actor("ann", "web")
        case = house.engine.start("gift", ann, {"what": "A <b>bell</b>", "worth": "40", "email": "g@x.example"})
        task = next(iter(house.engine.instance(case.instance).tasks))
        return f"/approvals/{task}"

    return deploy


def decide(client: Browser, address: str, decision: str, **more: Any) -> int:
    page = client.get(address).get_data(as_text=True)
    content = re.search(r'name="content" value="([0-9a-f]+)"', page)
    values = {"decision": decision, "content": content[1] if content else "", **more}
    return client.post(f"{address}/decisions", values).status_code


def state_of(house: House, address: str) -> tuple[str, ...]:
    return house.engine.instance(address.rpartition("/")[2].rpartition(".")[0]).states


def test_the_page_shows_what_is_decided_by_which_rule_and_who_is_still_to_decide(
    browser: Browsers, gift: Callable[..., str]
) -> None:
    page = browser("liam").get(gift()).get_data(as_text=True)
    assert "A &lt;b&gt;bell&lt;/b&gt;" in page and "40 EUR" in page
    assert "2 people of Quality manager and Management have to say yes." in page
    assert "2 more have to say yes." in page and "Helga Brand" in page and "Nobody has decided yet." in page


def test_two_say_yes_and_the_gift_is_given(browser: Browsers, house: House, gift: Callable[..., str]) -> None:
    address = gift()
    assert decide(browser("liam"), address, "approve", comment="A fine bell") == 303
    second = browser("helga")
    assert "A fine bell" in second.get(address).get_data(as_text=True)
    assert decide(second, address, "approve") == 303
    assert state_of(house, address) == ("given",)


def test_the_letter_that_a_decision_sends_can_be_taken_back_by_whoever_gave_it(
    browser: Browsers, house: House, gift: Callable[..., str]
) -> None:
    address, helga = gift(), browser("helga")
    assert decide(browser("liam"), address, "approve") == 303
    content = re.search(r'name="content" value="([0-9a-f]+)"', helga.get(address).get_data(as_text=True))
    assert content is not None
    page = helga.follow(helga.post(f"{address}/decisions", {"decision": "approve", "content": content[1]}))
    back = re.search(r'action="(/cases/[^"]+/withdrawal)"', page.get_data(as_text=True))
    assert back is not None and "“A gift” goes out to g@x.example in a moment." in page.get_data(as_text=True)
    again = helga.post(back[1], {"next": "/inbox"})
    assert again.headers["Location"] == address.replace("approvals", "tasks")
    page = helga.follow(helga.follow(again)).get_data(as_text=True)
    assert "you can decide anew" in page
    assert state_of(house, address) == ("review",)


def test_what_was_decided_about_is_shown_as_it_was_to_whoever_looks_later(
    browser: Browsers, house: House, gift: Callable[..., str]
) -> None:
    address = gift()
    assert decide(browser("liam"), address, "approve", comment="A fine bell") == 303
    auditor = browser("vera")
    page = auditor.get("/cases?process=gift").get_data(as_text=True)
    case = re.search(r'href="(/cases/GIF-[^"]+)"', page)
    assert case is not None
    still = approvals(auditor.get(case[1]).get_data(as_text=True))
    for words in ("… open", "round 1", "Liam", "✓ yes", "A fine bell", "1 more yes is needed", "Helga Brand", "40 EUR"):
        assert words in still, words
    assert decide(browser("helga"), address, "approve") == 303
    answer = auditor.get(address)
    assert answer.status_code == 303 and "#decided-" in answer.headers["Location"]
    page = auditor.follow(answer).get_data(as_text=True)
    decided = approvals(page)
    assert "A &lt;b&gt;bell&lt;/b&gt;" in decided and "40 EUR" in decided
    assert "It was approved." in decided and "Helga Brand" in decided and "A fine bell" in decided
    assert decided.count("as Quality manager") == 1 and "… open" not in decided
    content = re.search(r"<code>([0-9a-f]{12})</code>", decided)
    assert content is not None and f"(content {content[1]})" in page


def approvals(page: str) -> str:
    """The section of its own that a case's page has for them."""
    found = re.search(r'<section aria-labelledby="decided">.*?</section>', page, re.S)
    assert found is not None and ">Approvals</h2>" in found[0]
    return found[0]


def test_a_no_without_a_reason_is_asked_for_it_and_nothing_typed_is_lost(
    browser: Browsers, house: House, gift: Callable[..., str]
) -> None:
    address, client = gift(), browser("liam")
    assert decide(client, address, "reject", comment="  ") == 422
    assert "Please say why." in client.page
    assert decide(client, address, "reject", comment="Too dear") == 303
    assert decide(client, address, "reject", comment="Too dear, again") in (303, 422)
    helga = browser("helga")
    assert decide(helga, address, "recuse", comment="It is for me") == 303
    assert "that you must not decide on" in helga.get("/inbox").get_data(as_text=True)


def test_nobody_decides_twice_however_often_the_button_is_pressed(
    browser: Browsers, house: House, gift: Callable[..., str]
) -> None:
    address, client = gift(), browser("liam")
    for _ in range(3):
        assert decide(client, address, "approve", key="pressed") in (303, 422)
    case = house.engine.instance(address.rpartition("/")[2].rpartition(".")[0])
    given = [line for line in history.read(house.store, case.id) if line.event.type == "decision-given"]
    assert len(given) == 1
    assert "You have decided." in client.get(address).get_data(as_text=True)


def test_who_is_not_asked_sees_it_and_cannot_decide(browser: Browsers, house: House, gift: Callable[..., str]) -> None:
    address, client = gift(), browser("ben")
    assert "You are not asked here" in client.get(address).get_data(as_text=True)
    assert decide(client, address, "approve") == 422
    assert state_of(house, address) == ("review",)
    assert browser("lena").get(address).status_code == 404


def test_a_password_is_asked_for_once_more_where_the_process_says_so(
    browser: Browsers, gift: Callable[..., str], clock: VirtualClock
) -> None:
    address = gift("quorum: 2, of: [quality-manager, management], reauthenticate: true")
    client = browser("liam")
    assert "Your password, once more" in client.get(address).get_data(as_text=True)
    assert decide(client, address, "approve", password="wrong", comment="kept") == 422
    assert "This is not your password" in client.page and "kept" in client.page
    assert decide(client, address, "approve") == 422 and "Give your password first" in client.page
    clock.set(clock() + timedelta(minutes=1))
    assert decide(client, address, "reject", password="brightwater") == 422
    assert "Please say why." in client.page and "Your password, once more" not in client.page
    assert decide(client, address, "approve") == 303
    assert decide(browser("helga"), address, "approve") == 422


def test_a_decision_on_what_has_been_changed_meanwhile_counts_for_nothing_and_the_change_is_shown(
    browser: Browsers, house: House, gift: Callable[..., str]
) -> None:
    address, engine = gift(), house.engine
    client = browser("liam")
    old = re.search(r'name="content" value="([0-9a-f]+)"', client.get(address).get_data(as_text=True))
    assert old is not None
    assert decide(browser("helga"), address, "request-changes", comment="Say what it is made of") == 303
    id = address.rpartition("/")[2].rpartition(".")[0]
    task = next(iter(engine.instance(id).tasks))
    ann = house.directory.actor("ann", "web")
    begun = browser("ann").get(f"/tasks/{task}").get_data(as_text=True)
    assert 'value="A &lt;b&gt;bell&lt;/b&gt;"' in begun, "whoever changes it writes on, and does not begin anew"
    values = {"what": "A bell of brass", "worth": "40"}
    engine.do(id, Complete(at=house.clock(), actor=ann, task=task, outcome="done", values=values))
    answer = client.post(f"{address}/decisions", {"decision": "approve", "content": old[1]})
    assert answer.status_code == 404
    again = f"/approvals/{next(iter(engine.instance(id).tasks))}"
    answer = client.post(f"{again}/decisions", {"decision": "approve", "content": old[1]})
    assert answer.status_code == 409
    assert "Changes were asked for." in client.page and "Say what it is made of" in client.page
    assert "<del>A &lt;b&gt;bell&lt;/b&gt;</del>" in client.page and "<ins>A bell of brass</ins>" in client.page
    assert "A bell of brass" in client.page
    assert state_of(house, again) == ("review",)


def test_a_decision_that_does_not_exist_is_no_decision(browser: Browsers, gift: Callable[..., str]) -> None:
    client = browser("liam")
    assert decide(client, gift(), "maybe") == 422
    assert "Choose what you decide." in client.page
