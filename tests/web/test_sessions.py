"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.runtime import VirtualClock
from engine.store import people, sessions
from tests.web.conftest import MONDAY, Browser
from web.house import DEMO, House
from web.passwords import hashed

Browsers = Callable[..., Browser]
PASSWORD = "four quiet words here"


@pytest.fixture
def with_password(house: House) -> House:
    """Ann has a password, and this is no demo."""
    with house.store.transaction():
        people.set_setting(house.store, DEMO, False)
        sessions.set_password(house.store, "ann", hashed(PASSWORD), MONDAY)
    return house


def sign_in(client: Browser, name: str, password: str) -> int:
    client.get("/sign-in")
    return client.post("/sessions", {"name": name, "password": password}).status_code


@pytest.mark.parametrize("name", ["ann", "Ann", "ANN@brightwater.example"])
def test_somebody_signs_in_with_their_name_or_their_address(with_password: House, browser: Browsers, name: str) -> None:
    client = browser()
    assert sign_in(client, name, PASSWORD) == 303
    assert client.get("/inbox").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody", PASSWORD), ("ben", ""), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    with_password: House, browser: Browsers, name: str, password: str
) -> None:
    client = browser()
    assert sign_in(client, name, password) == 422
    assert "Name and password do not belong together." in client.page
    assert client.get("/inbox").status_code == 303


def test_nobody_is_somebody_of_the_demo_where_there_is_no_demo(with_password: House, browser: Browsers) -> None:
    client = browser()
    client.get("/sign-in")
    assert "demo-person" not in client.page
    assert client.post("/sessions", {"demo-person": "ann"}).status_code == 422
    assert client.get("/inbox").status_code == 303


def test_after_ten_wrong_passwords_the_right_one_has_to_wait_too(
    with_password: House, browser: Browsers, clock: VirtualClock
) -> None:
    client = browser()
    assert [sign_in(client, "ann", f"wrong {number}") for number in range(10)] == [422] * 10
    assert sign_in(client, "ann", PASSWORD) == 429
    assert "Try again in 15 minutes" in client.page
    clock.set(MONDAY + timedelta(minutes=16))
    assert sign_in(client, "ann", PASSWORD) == 303


def test_a_session_ends_when_it_is_not_used_and_at_the_latest_after_a_week(
    browser: Browsers, clock: VirtualClock
) -> None:
    client = browser("ann")
    clock.set(MONDAY + timedelta(hours=11))
    assert client.get("/inbox").status_code == 200
    clock.set(MONDAY + timedelta(hours=22))
    assert client.get("/inbox").status_code == 200
    clock.set(MONDAY + timedelta(hours=35))
    assert client.get("/inbox").status_code == 303
    again = browser("ann")
    for hour in range(35, 35 + 7 * 24, 10):
        clock.set(MONDAY + timedelta(hours=hour))
        again.get("/inbox")
    clock.set(MONDAY + timedelta(hours=35 + 7 * 24))
    assert again.get("/inbox").status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(browser: Browsers) -> None:
    client = browser("ann")
    word = client.client.get_cookie("heard")
    assert word is not None and word.http_only and word.same_site == "Lax"
    client.get("/inbox")
    assert client.post("/sessions/end").status_code == 303
    client.client.set_cookie("heard", word.value)
    assert client.get("/inbox").status_code == 303


def test_the_database_does_not_hold_what_the_browser_holds(browser: Browsers, house: House) -> None:
    word = browser("ann").client.get_cookie("heard")
    assert word is not None
    kept = sessions.of_person(house.store, "ann", MONDAY)
    assert len(kept) == 1 and kept[0].id != word.value


def test_somebody_who_has_left_is_signed_out_at_once(browser: Browsers, house: House) -> None:
    client = browser("ann")
    ann = house.directory.person("ann")
    with house.store.transaction():
        people.put(house.store, [people.Person(ann.id, ann.name, ann.email, ann.language, ann.zone, False, ann.roles)])
    assert client.get("/inbox").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_house_after_signing_in(browser: Browsers, target: str) -> None:
    client = browser()
    client.get("/sign-in")
    answer = client.post("/sessions", {"demo-person": "ann", "next": target})
    assert answer.headers["Location"] == "/"
