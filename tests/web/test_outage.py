"""While the database is away, pages say so at once, and workers wait; when it is back, everything goes on by itself."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from engine.errors import Rejected
from engine.runtime import VirtualClock
from engine.store import jobs, outbox
from engine.store.database import ABSENCE
from engine.workers import distributed
from engine.workers.driving import DISTRIBUTED, VARIABLE, settle
from engine.workers.rounds import Round, rounds
from tests.databases import OwnServer, own_server
from tests.runtime.worlds import engine_on
from tests.workers.posting import LETTERS, noting, write
from web import create_app
from web.house import House, Settings


@pytest.fixture
def server() -> Iterator[OwnServer]:
    with own_server() as made:
        yield made


def soon(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def visitor(server: OwnServer) -> FlaskClient:
    """Of a web process that has just begun, with the cookie of a session that has to be looked for."""
    client = create_app(Settings(database=server.url)).test_client()
    client.set_cookie("heard", "a word")
    return client


def test_a_database_that_is_stopped_and_started_again_costs_nobody_more_than_a_moment(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("HEARTBEAT", 0.5), ("_PAUSE", 0.2)):
        monkeypatch.setattr(distributed, name, seconds)
    clock = VirtualClock(datetime.now(UTC) - timedelta(minutes=1))
    engine = engine_on(server.url, LETTERS, clock=clock, process="letters", patience=ABSENCE)
    settle(engine.store, {VARIABLE: DISTRIBUTED})
    keys: list[str] = []
    stop, latest = threading.Event(), [Round(clock())]

    def work() -> None:
        for done in rounds(engine, stop, noting(keys), every=0.1):
            latest[0] = done

    worker = threading.Thread(target=work)
    worker.start()
    try:
        browser = visitor(server)
        assert browser.get("/sign-in").status_code == 200
        write(engine, clock, 1)
        soon(lambda: len(keys) == 1)

        server.stop()
        late = visitor(server)
        for one, longest in ((browser, ABSENCE + 2), (browser, 1), (late, 2), (late, 1)):
            began = time.monotonic()
            answer = one.get("/sign-in", headers={"Accept-Language": "de"})
            assert time.monotonic() - began < longest
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5"), answer.get_data(as_text=True)
            assert "Unsere Datenbank antwortet gerade nicht" in answer.get_data(as_text=True)
        assert browser.get("/health").status_code == 200
        assert browser.get("/ready").json == {"status": "not-ready", "reason": "database-unreachable"}
        soon(lambda: any("Expected" in one for one in latest[0].trouble))

        server.start()
        for one in (browser, late):
            soon(lambda one=one: one.get("/sign-in").status_code == 200, 5)  # type: ignore[misc]
        write(engine, clock, 1)
        soon(lambda: len(keys) == 2 and not latest[0].trouble, 40)
        soon(lambda: outbox.due(engine.store, clock()) == [])
        assert jobs.is_there(engine.store)
    finally:
        stop.set()
        worker.join()
        engine.store.close()


def test_who_waited_while_another_tried_in_vain_to_open_the_database_does_not_wait_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[float] = []

    def nobody_answers(*_: object, **__: object) -> object:
        tries.append(time.monotonic())
        time.sleep(0.2)
        raise Rejected("database-unreachable", "Expected to reach the database, but: timeout")

    monkeypatch.setattr("engine.store.database.open_database", nobody_answers)
    house = House(Settings(database="postgresql://nobody.example/heard"))

    def ask() -> None:
        with pytest.raises(Rejected):
            _ = house.engine

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(tries) == 1
    monkeypatch.setattr(sys.modules[House.__module__], "_AGAIN_AFTER", 0.0)
    ask()
    assert len(tries) == 2


def test_a_page_that_is_asked_for_at_the_very_moment_at_which_the_database_is_back_is_told_to_come_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[House] = []

    def back_by_the_second_time(self: House) -> str:
        asked.append(self)
        if len(asked) == 1:
            raise Rejected("database-unreachable", "Expected to reach the database, but: timeout")
        return "a secret"

    monkeypatch.setattr(House, "secret", property(back_by_the_second_time))
    one = create_app(Settings(database=url)).test_client()
    assert [one.get("/sign-in").status_code for _ in range(2)] == [503, 200]
