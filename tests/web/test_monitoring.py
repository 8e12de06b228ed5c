"""What a monitor learns: whether Heard is ready, its numbers if it has the token, and each request by a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from engine import __version__
from engine.store.upgrades import LEDGER, known
from tests.databases import BOTH, Databases
from tests.web.conftest import Browser
from tests.web.working import begun
from web import create_app
from web.house import House, Settings

Browsers = Callable[..., Browser]
TOKEN = "0123456789abcdef"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The requests that were told to the log so far."""
    with caplog.at_level(logging.INFO, logger="web.requests"):
        yield lambda: [vars(one)["facts"] for one in caplog.records if one.name == "web.requests"]


@pytest.mark.parametrize("kind", BOTH)
def test_with_a_database_that_answers_and_its_tables_it_is_ready(databases: Databases) -> None:
    app = create_app(Settings(database=databases.new()))
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "version": __version__})
    app.extensions["heard"].store.close()


@pytest.mark.parametrize("kind", BOTH)
def test_with_tables_of_another_version_it_is_not_ready_and_says_why(databases: Databases) -> None:
    app = create_app(Settings(database=databases.new()))
    client, store = app.test_client(), app.extensions["heard"].store
    newest = known()[-1]
    for change, reason in (
        (f"UPDATE {LEDGER} SET name = '9999_to_come' WHERE name = '{newest}'", {"reason": "database-newer"}),
        (f"DELETE FROM {LEDGER} WHERE name = '9999_to_come'", {"reason": "database-old", "missing": [newest]}),
    ):
        with store.transaction():
            store.database.execute_sql(change)
        answer = client.get("/ready")
        assert (answer.status_code, answer.json) == (503, {"status": "not-ready", **reason})
    store.close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("sqlite:////nowhere/at/all.db", "database-folder"),
        ("postgresql://heard:secret@127.0.0.1:1/heard", "database-unreachable"),
    ],
)
def test_without_a_database_it_is_alive_and_not_ready_and_names_no_server(address: str, reason: str) -> None:
    client = create_app(Settings(database=address)).test_client()
    client.set_cookie("heard", "an old session")
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "not-ready", "reason": reason})


def test_a_database_that_stops_answering_makes_it_unready_until_it_is_back(
    house: House, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    assert client.get("/ready").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(type(house.store.database), "get_tables", lambda self: 1 / 0)
        answer = client.get("/ready")
        assert (answer.status_code, answer.json) == (503, {"status": "not-ready", "reason": "unknown"})
    assert client.get("/ready").status_code == 200


@pytest.mark.parametrize(
    ("kept", "given"),
    [
        (None, f"Bearer {TOKEN}"),
        ("", "Bearer "),
        ("  ", "Bearer   "),
        (TOKEN, None),
        (TOKEN, TOKEN),
        (TOKEN, f"Basic {TOKEN}"),
        (TOKEN, f"Bearer {TOKEN}0"),
        (TOKEN, f"Bearer {TOKEN[:-1]}"),
        (TOKEN, "Bearer ü"),
    ],
)
def test_without_the_token_there_is_no_page_of_numbers(
    browser: Browsers, monkeypatch: pytest.MonkeyPatch, kept: str | None, given: str | None
) -> None:
    monkeypatch.delenv("HEARD_METRICS_TOKEN", raising=False)
    if kept is not None:
        monkeypatch.setenv("HEARD_METRICS_TOKEN", kept)
    nobody = browser()
    answer = nobody.get("/metrics", headers={} if given is None else {"Authorization": given})
    assert answer.status_code == 404
    assert "heard_" not in answer.get_data(as_text=True)


def test_somebody_who_is_signed_in_needs_the_token_as_well(browser: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_METRICS_TOKEN", TOKEN)
    assert browser("katrin").get("/metrics").status_code == 404


@pytest.mark.parametrize("token", [TOKEN, "with=signs/and+more==", "größer"])
def test_with_the_token_the_numbers_are_there(
    house: House, browser: Browsers, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("HEARD_METRICS_TOKEN", token)
    begun(house)
    header = f"Bearer {token}".encode().decode("latin-1")  # as a server hands it on
    answer = browser().get("/metrics", headers={"Authorization": header})
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.get_data(as_text=True)
    assert "heard_database_up 1\n" in text
    assert 'heard_tasks_open{process="inquiry"} 1\n' in text
    assert 'heard_steps_total{process="inquiry",outcome="done"}' in text


def test_a_request_keeps_the_id_that_a_proxy_gave_it_when_it_is_one(browser: Browsers) -> None:
    client = browser()
    given = [client.get("/sign-in", headers={"X-Request-ID": "edge-7.a"}).headers["X-Request-ID"]]
    given += [
        client.get("/sign-in", headers={"X-Request-ID": odd}).headers["X-Request-ID"] for odd in ("", "a b", "x" * 65)
    ]
    assert given[0] == "edge-7.a"
    assert all(len(one) == 16 for one in given[1:]) and len(set(given)) == 4


def test_a_request_is_told_with_its_case_and_who_asked(
    house: House, browser: Browsers, told: Callable[[], list[dict[str, Any]]]
) -> None:
    reference = house.engine.instance(begun(house).rpartition(".")[0]).reference
    browser("dieter").get(f"/cases/{reference}?q=lena@example.org")
    last = told()[-1]
    assert last.pop("duration") > 0
    assert last == {
        "method": "GET",
        "page": "/cases/<reference>",
        "status": 200,
        "case": reference,
        "actor": "dieter",
    }


def test_private_addresses_and_what_was_typed_are_not_told(
    browser: Browsers, told: Callable[[], list[dict[str, Any]]]
) -> None:
    guest = browser()
    guest.get("/status/a-private-word")
    guest.get("/cases/lena@example.org?next=lena")
    guest.get("/lena@example.org")
    guest.get("/sign-in")
    guest.post("/sessions", {"name": "lena@example.org", "password": "a private word"})
    assert [one["page"] for one in told()] == ["/status/<token>", "/cases/<reference>", "", "/sign-in", "/sessions"]
    assert "lena" not in json.dumps(told()) and "private" not in json.dumps(told())


def test_a_monitor_that_asks_all_day_is_told_only_when_something_is_wrong(
    app: Flask, browser: Browsers, told: Callable[[], list[dict[str, Any]]]
) -> None:
    client = browser()
    for path in ("/health", "/ready", "/static/heard.css"):
        assert client.get(path).status_code == 200
    assert told() == []
    client.get("/metrics")
    assert [(one["page"], one["status"]) for one in told()] == [("/metrics", 404)]


def test_the_steps_of_a_request_are_known_by_its_id(house: House, browser: Browsers) -> None:
    from engine.logs import request

    seen: list[str] = []
    client = browser("dieter")
    task = begun(house)
    original = house.engine.do

    def do(*given: Any) -> Any:
        seen.append(request.get())
        return original(*given)

    house.engine.do = do  # type: ignore[method-assign]
    client.get(f"/tasks/{task}")
    client.post(f"/tasks/{task}/claim", headers={"X-Request-ID": "edge-8"})
    assert seen == ["edge-8"] and request.get() == ""
