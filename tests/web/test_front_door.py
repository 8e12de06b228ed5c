"""What a browser or a monitor meets, before there are pages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from engine import __version__
from web import create_app


@pytest.fixture
def client() -> FlaskClient:
    return create_app().test_client()


def test_a_monitor_learns_that_heard_is_up_and_which_version_runs(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": __version__}


def test_the_start_page_says_what_is_not_there_and_how_to_go_on(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert "not part of it yet" in page
    assert "heard inbox --as PERSON" in page


def test_everything_the_start_page_points_at_is_there(client: FlaskClient) -> None:
    targets = re.findall(r'(?:href|src)="([^"]+)"', client.get("/").get_data(as_text=True))
    assert {"/health", "/static/heard.css"} <= set(targets)
    assert [client.get(target).status_code for target in targets] == [200] * len(targets)


@pytest.mark.parametrize("path", ["/", "/health", "/static/heard.css", "/nowhere"])
def test_every_answer_allows_no_script_no_frame_and_no_other_address(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {"default-src", "style-src", "base-uri", "form-action", "frame-ancestors"}
    assert {rules[name] for name in rules if name != "style-src"} == {"'none'"}
    assert rules["style-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_no_page_carries_a_style_or_script_that_its_own_rules_forbid(client: FlaskClient) -> None:
    for path in ("/", "/nowhere"):
        assert not re.search(r"<script|<style|style=|\son\w+=", client.get(path).get_data(as_text=True))


def test_an_address_that_does_not_exist_gets_a_page_and_not_a_traceback(client: FlaskClient) -> None:
    answer = client.get("/nowhere/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "Back to the start" in answer.get_data(as_text=True)
    assert "<script>" not in answer.get_data(as_text=True)


def test_a_method_that_is_not_allowed_is_told_which_are(client: FlaskClient) -> None:
    answer = client.post("/health")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
