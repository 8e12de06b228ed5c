"""What a browser or a monitor meets at the door: headers, refusals, and a rule for every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask

from engine import __version__
from tests.web.conftest import Browser
from web import create_app
from web.access import rule_of
from web.house import House

Browsers = Callable[..., Browser]


def test_a_monitor_learns_that_heard_is_up_and_which_version_runs(browser: Browsers) -> None:
    answer = browser().get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": __version__}


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back(browser: Browsers) -> None:
    guest = browser()
    answer = guest.get("/inbox")
    assert answer.status_code == 303
    page = guest.follow(answer).get_data(as_text=True)
    assert 'name="next" value="/inbox"' in page
    answer = guest.post("/sessions", {"demo-person": "ann", "next": "/inbox"})
    assert answer.headers["Location"] == "/inbox"


def test_every_route_has_an_access_rule(app: Flask) -> None:
    without = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and rule_of(app.view_functions[rule.endpoint]) is None
    ]
    assert without == []


@pytest.fixture
def apart(house: House) -> Flask:
    """An application of this test's own, to be changed."""
    made = create_app()
    made.extensions["heard"] = house
    return made


def test_a_view_that_says_nothing_about_access_answers_nobody(apart: Flask) -> None:
    apart.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    client = Browser(apart.test_client()).sign_in("katrin")
    answer = client.get("/forgotten")
    assert answer.status_code == 404
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/static/heard.css", "/nowhere", "/inbox"])
def test_every_answer_allows_only_our_own_scripts_and_styles(browser: Browsers, path: str) -> None:
    headers = browser().get(path).headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", rules["script-src"])
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_style_that_names_an_id_is_for_one_page_alone() -> None:
    web = files("web")
    named = set(re.findall(r"^#([a-z][\w-]*)", (web / "static" / "heard.css").read_text("utf-8"), re.MULTILINE))
    pages = [page.read_text("utf-8") for page in Path(str(web / "templates")).rglob("*.html")]
    assert named and {id: found for id in named if (found := sum(f'id="{id}"' in page for page in pages)) != 1} == {}


def test_the_word_that_allows_a_script_is_new_in_every_answer(browser: Browsers) -> None:
    client = browser()
    one, other = (client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


def test_no_page_is_kept_by_a_shared_cache(browser: Browsers) -> None:
    assert browser("ann").get("/inbox").headers["Cache-Control"] == "no-store"


def test_no_page_carries_a_style_or_script_that_its_own_rules_forbid(browser: Browsers) -> None:
    client = browser("ann")
    for path in ("/inbox", "/nowhere"):
        assert not re.search(r"<script>|<style|style=|\son\w+=", client.get(path).get_data(as_text=True))


@pytest.mark.parametrize(
    ("came", "led"),
    [
        ("http://localhost/inbox?view=mine", True),
        ("http://evil.example/inbox", False),
        ("http://localhost//evil.example", False),
        ("http://localhost/sessions", False),
        ("", False),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_ours_that_can_be_opened(browser: Browsers, came: str, led: bool) -> None:
    client = browser("ben")
    client.get("/inbox")
    client.post("/tasks/none/claim", headers={"Referer": came})
    assert ('<a href="/inbox?view=mine">Back to where you were</a>' in client.page) is led
    assert ("Back to where you were" in client.page) is led


def test_an_address_that_does_not_exist_gets_a_page_and_not_a_traceback(browser: Browsers) -> None:
    answer = browser().get("/nowhere/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "Back to the start" in answer.get_data(as_text=True)
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_a_page_that_says_so_and_shows_nothing_of_the_inside(
    apart: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    from web.access import ANYBODY, access

    @apart.get("/broken")
    @access(ANYBODY)
    def broken() -> str:
        raise RuntimeError("the secret inside")

    answer = Browser(apart.test_client()).get("/broken")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "our fault" in page and "the secret inside" not in page
    mark = re.search(r"mark: (\w{8})", page)
    assert mark is not None and mark[1] in caplog.text and "the secret inside" in caplog.text


def test_a_method_that_is_not_allowed_is_told_which_are(browser: Browsers) -> None:
    answer = browser().get("/sessions")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_form_that_another_site_made_is_refused(browser: Browsers) -> None:
    client = browser()
    client.get("/sign-in")
    client.page = ""
    answer = client.post("/sessions", {"demo-person": "ann"})
    assert answer.status_code == 400
    assert "Nothing was done" in answer.get_data(as_text=True)
    assert client.get("/inbox").status_code == 303
