"""What waits for the customer's own word: an offer that they accept, decline, or want different."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.core.commands import Claim, Complete
from engine.core.instance import TAKE_BACK
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.runtime import VirtualClock
from tests.builders import HEAD, PROCESS, files
from tests.web.conftest import Browser
from web.house import House

Browsers = Callable[..., Browser]
BODY = """
customer: {person: intake.customer, email: intake.email}
start: {by: [customer, agent], form: order-intake, go: deciding}
clocks:
  answer:
    title: Answer
    promise: Our answer
    told: {order-later: later.until}
    target: 1bd
    stops-on: state making
states:
  deciding:
    label: We need your decision
    approval:
      by: {any: [customer]}
      binds: [intake]
    on: {approved: making, changes-requested: thinking, rejected: declined}
  thinking:
    label: We think again
    task: {candidates: [agent]}
    on: {explain: {form: order-later, send: order-later, go: thinking}, done: declined}
  making: {label: We make it, final: made}
  declined: {label: You have declined, final: declined}
"""
FORMS = {
    "order-intake": """
required: [email]
properties:
  email: {type: string, format: email}
  customer: {type: string, format: person}
""",
    "order-later": "required: [until]\nproperties: {until: {type: string, format: date}}",
}
MESSAGES = {"order-later": "Later | You have it by {later.until}."}
OFFER = "/mine/ORD-2026-00001"


@pytest.fixture
def case(house: House) -> str:
    """A case in which Lena has to decide; its id."""
    loaded = examine(Catalog(files(BODY, FORMS, MESSAGES, HEAD)), PROCESS)
    house.engine.deploy(loaded, "katrin")
    ann = house.directory.actor("ann", "web")
    return house.engine.start("order", ann, {"email": "lena@muehlenbau.example", "customer": "lena"}).instance


def page_of(client: Browser) -> str:
    """The customer's page of the case."""
    return client.follow(client.get(OFFER)).get_data(as_text=True)


def decide(client: Browser, **values: str) -> Any:
    page = page_of(client)
    (action,) = set(re.findall(r'action="([^"]+/decisions)"', page))
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("task", "content", "key")}
    return client.post(action, {**{name: found[1] for name, found in hidden.items() if found}, **values})


def test_an_offer_is_accepted(browser: Browsers, house: House, case: str) -> None:
    assert decide(browser("lena"), decision="approve").status_code == 303
    assert house.engine.instance(case).outcome == "made"
    assert re.search(r"From you, .*?<strong>Your decision: ", page_of(browser("lena")), re.S)


def test_who_declines_without_a_reason_is_asked_for_it_at_its_field(browser: Browsers, house: House, case: str) -> None:
    answer = decide(browser("lena"), decision="reject")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and house.engine.instance(case).status == "running"
    assert re.search(r'id="comment-1-said"[^>]*>Please say why\.', page) and 'aria-invalid="true"' in page


def test_what_was_typed_with_a_decision_that_came_too_late_is_not_lost(
    browser: Browsers, house: House, case: str
) -> None:
    answer = decide(browser("lena"), decision="reject", comment="Too <b>dear</b>", content="0" * 64)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Too &lt;b&gt;dear&lt;/b&gt;</textarea>" in page


def test_something_different_is_asked_for_where_the_process_listens(browser: Browsers, house: House, case: str) -> None:
    assert decide(browser("lena"), decision="request-changes", comment="In blue").status_code == 303
    assert house.engine.instance(case).states == ("thinking",)


def test_the_page_shows_the_date_that_the_last_letter_told(
    browser: Browsers, house: House, clock: VirtualClock, case: str
) -> None:
    lena = browser("lena")
    decide(lena, decision="request-changes", comment="In blue")
    before = page_of(lena)
    assert re.search(r"<dt>Our answer</dt><dd>by <time", before)
    ben = house.directory.actor("ben", "web")
    (task,) = house.engine.instance(case).tasks
    house.engine.do(case, Claim(at=house.clock(), actor=ben, task=task))
    later = Complete(at=house.clock(), actor=ben, task=task, outcome="explain", values={"until": "2026-12-09"})
    house.engine.do(case, later)
    assert "9 Dec 2026" not in page_of(lena), "the letter may still be taken back"
    clock.set(clock() + TAKE_BACK)
    assert "<dt>Our answer</dt><dd>by Wed 9 Dec 2026</dd>" in page_of(lena)
