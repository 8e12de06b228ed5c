"""A house to knock at: the sample company with its processes deployed, and a client that behaves like a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.definition.loader import examine
from engine.demo.company import load_people
from engine.directory import Directory
from engine.home import shipped
from engine.library import catalog_of
from engine.runtime import Engine, VirtualClock
from engine.store import people
from engine.store.database import Store, open_database
from tests.databases import Databases
from web import create_app
from web.house import DEMO, House, Settings

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Berlin."""

PROCESSES = ("inquiry", "complaint", "requirement-change", "corrective-action", "referred-complaint")


class Browser:
    """Somebody's browser without scripts: keeps cookies, and sends the token of the page it saw last."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self.client.get(path, **more))

    def post(self, path: str, values: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of the page that was seen last."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        given = {**({"csrf_token": token[1]} if token else {}), **(values or {})}
        return self._seen(self.client.post(path, data=given, **more))

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.get(answer.headers["Location"])

    def sign_in(self, person: str) -> Browser:
        """Be somebody of the demo."""
        self.get("/sign-in")
        answer = self.post("/sessions", {"demo-person": person})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code != 303:
            self.page = answer.get_data(as_text=True)
        return answer


@pytest.fixture(scope="session")
def company(shared: Databases) -> str:
    """A database of the sample company without a case, to be copied."""
    url = shared.new()
    catalog = catalog_of(shipped())
    with open_database(url) as store:
        engine = Engine(store, lambda: MONDAY)
        load_people(store, catalog)
        # Ann reads German; the others English, as the tests do.
        store.database.execute_sql("UPDATE person SET language = 'en' WHERE id <> 'ann'")
        for key in PROCESSES:
            engine.deploy(examine(catalog, f"processes/{key}.yaml"), "katrin")
        with store.transaction():
            people.set_setting(store, DEMO, True)
    return url


@pytest.fixture
def clock() -> VirtualClock:
    """What time it is for the pages."""
    return VirtualClock(MONDAY)


@pytest.fixture(scope="session")
def pages() -> Flask:
    """The application without a house: its routes are laid and its templates compiled once for all tests."""
    made = create_app()
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def app(pages: Flask, company: str, databases: Databases, clock: VirtualClock) -> Iterator[Flask]:
    """The application of a house of this test's own."""
    house = House(Settings(home=str(shipped()), database=databases.copy(company), clock=clock))
    pages.extensions["heard"], pages.secret_key = house, None
    yield pages
    house.store.close()


@pytest.fixture
def house(app: Flask) -> House:
    found: House = app.extensions["heard"]
    return found


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """A new browser; of somebody who is signed in, when named."""

    def open(person: str = "") -> Browser:
        made = Browser(app.test_client())
        return made.sign_in(person) if person else made

    return open


@pytest.fixture
def directory(house: House) -> Directory:
    return house.directory


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many statements the database was asked since this was called last."""
    run = [0]
    for name in ("_run", "select"):
        original = getattr(Store, name)

        def counting(self: Store, *given: object, original: Callable[..., object] = original) -> object:
            run[0] += 1
            return original(self, *given)

        monkeypatch.setattr(Store, name, counting)

    def since() -> int:
        found, run[0] = run[0], 0
        return found

    return since
