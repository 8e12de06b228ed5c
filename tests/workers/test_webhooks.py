"""Other programs are told what happened: signed, again until they have it, and never into the house's own network."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engine.core.actors import SYSTEM
from engine.core.commands import ResolveIncident
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.signatures import verify
from engine.store import outbox, queries
from engine.workers.channels import handlers, webhooks
from engine.workers.channels.webhooks import Webhooks, is_public
from engine.workers.delivering import FAILED, GIVEN_UP, SENT
from engine.workers.embedded import Embedded
from tests.databases import BOTH
from tests.runtime.worlds import OLGA, ORGANISATION
from tests.workers.posting import office, write

SHARED = b"0123456789abcdef01234567"
ENVIRON = {
    "HEARD_WEBHOOK_SECRET_ERP": "whsec_" + b64encode(SHARED).decode(),
    "HEARD_WEBHOOK_ALLOW": "localhost other",
}


class Receiver(ThreadingHTTPServer):
    """Another program: what it was sent, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.slow = False


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        if self.server.slow:
            self.wfile.write(b"HTTP/1.1 ")
            with suppress(OSError):  # who has waited long enough hangs up
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    threading.Event().wait(0.05)
            return
        self.send_response(self.server.status)
        self.send_header("Location", "http://localhost:1/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *given: object) -> None:
        """Nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def listen(engine: Engine, url: str, **more: Any) -> None:
    """From now on `erp` is told when a case begins and when it ends."""
    from engine.definition.nodes import plain
    from engine.definition.reader import read

    data = plain(read(ORGANISATION, "processes/organisation.yaml"))
    assert isinstance(data, dict)
    entry = {"url": url, "events": ["case-started", "completed"], **more}
    Directory(engine.store).load_organisation({**data, "webhooks": {"erp": entry}})


@pytest.fixture
def house(url: str) -> tuple[Engine, VirtualClock]:
    return office(url)


def parcels(engine: Engine, case: str) -> list[outbox.Parcel]:
    return [one for one in outbox.of_case(engine.store, case) if one.kind == outbox.WEBHOOK]


def deliver(engine: Engine, environ: dict[str, str] = ENVIRON) -> dict[str, int]:
    return dict(Embedded(engine, {outbox.WEBHOOK: handlers(engine, environ)[outbox.WEBHOOK]}, "me").deliver_due())


@pytest.mark.parametrize("kind", BOTH)
def test_what_was_asked_for_goes_out_signed_and_says_nothing_of_what_people_wrote(
    house: tuple[Engine, VirtualClock], receiver: Receiver, kind: str
) -> None:
    engine, clock = house
    listen(engine, f"http://localhost:{receiver.server_port}/heard?to=erp")
    case = write(engine, clock, last="leave")
    assert deliver(engine) == {SENT: 2}
    (path, headers, body), (_, _, last) = receiver.got
    assert path == "/heard?to=erp" and headers["Content-Type"] == "application/json"
    started, ended = parcels(engine, case)
    assert verify(SHARED, headers, body, clock()) == started.key == headers["webhook-id"] == started.receipt
    reference = engine.instance(case).reference
    assert json.loads(body)["type"] == "case-started" and json.loads(last)["data"] == {
        "case": reference,
        "external_id": "",
        "process": "letters",
        "seq": int(ended.name.partition(".")[2]),
        "status": "completed",
        "states": ["end"],
        "outcome": "done",
    }
    assert b"Lena" not in body + last


def test_only_the_processes_that_were_named_are_told_of(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    listen(engine, "https://erp.example.org", processes="inquiry")
    assert parcels(engine, write(engine, clock)) == []


@pytest.mark.parametrize(
    ("status", "why"),
    [(500, "localhost answers 500"), (302, "localhost answers 302; it is not followed elsewhere")],
)
def test_who_does_not_take_it_is_told_again_and_never_elsewhere(
    house: tuple[Engine, VirtualClock], receiver: Receiver, status: int, why: str
) -> None:
    engine, clock = house
    receiver.status = status
    listen(engine, f"http://localhost:{receiver.server_port}/")
    case = write(engine, clock)
    assert deliver(engine) == {FAILED: 1}
    (waits,) = parcels(engine, case)
    assert (waits.last_error, waits.attempts) == (why, 1) and waits.next_at is not None and waits.next_at > clock()
    receiver.status = 200
    clock.set(waits.next_at)
    assert deliver(engine) == {SENT: 1}
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]


def test_what_cannot_be_told_is_an_incident_that_can_be_tried_again(
    house: tuple[Engine, VirtualClock], receiver: Receiver
) -> None:
    engine, clock = house
    receiver.status = 410
    listen(engine, f"http://localhost:{receiver.server_port}/")
    write(engine, clock)
    assert deliver(engine) == {GIVEN_UP: 1}
    (incident,) = queries.incidents(engine.store)
    assert "case-started of" in incident.message and "to erp, but: localhost says that it is gone" in incident.message
    again = ResolveIncident(at=clock(), actor=OLGA, incident=incident.id, action="retry", reason="It is back")
    engine.do(incident.instance, again)
    receiver.status = 200
    assert deliver(engine) == {SENT: 1}


@pytest.mark.parametrize(
    ("address", "found", "why"),
    [
        ("https://erp.example.org/", ["10.0.0.7"], "erp.example.org is 10.0.0.7, in a network of its own"),
        ("https://erp.example.org/", ["93.184.216.34", "127.0.0.1"], "is 127.0.0.1, in a network"),
        ("https://169.254.169.254/latest", ["169.254.169.254"], "169.254.169.254 lies in a network"),
        ("http://erp.example.org/", ["93.184.216.34"], "would be told without encryption"),
    ],
)
def test_nobody_in_the_houses_own_network_is_told_unless_allowed_by_name(
    house: tuple[Engine, VirtualClock], address: str, found: list[str], why: str
) -> None:
    engine, clock = house
    listen(engine, address)
    case = write(engine, clock)
    handler = Webhooks(engine, ENVIRON, lambda host, port: found)
    assert Embedded(engine, {outbox.WEBHOOK: handler}, "me").deliver_due() == {GIVEN_UP: 1}
    assert why in parcels(engine, case)[0].last_error


def test_a_name_that_changes_its_mind_is_asked_once_and_connected_to_as_it_was_judged(
    house: tuple[Engine, VirtualClock], receiver: Receiver
) -> None:
    engine, clock = house
    listen(engine, f"http://other:{receiver.server_port}/")
    write(engine, clock)
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    assert Embedded(engine, {outbox.WEBHOOK: Webhooks(engine, ENVIRON, resolve)}, "me").deliver_due() == {SENT: 1}
    assert asked == ["other"] and receiver.got[0][1]["Host"] == f"other:{receiver.server_port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("93.184.216.34", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False)),
        *(("192.168.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False), ("100.64.0.1", False)),
        *(("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False)),
        *(("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("224.0.0.1", False), ("255.255.255.255", False)),
    ],
)
def test_which_addresses_anybody_could_reach(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_whoever_answers_without_an_end_is_cut_off(
    house: tuple[Engine, VirtualClock], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, clock = house
    monkeypatch.setattr(webhooks, "LONGEST", 0.3)
    receiver.slow = True
    listen(engine, f"http://localhost:{receiver.server_port}/")
    case = write(engine, clock)
    began = datetime.now(UTC)
    assert deliver(engine) == {FAILED: 1}
    assert (datetime.now(UTC) - began).total_seconds() < 3 and parcels(engine, case)[0].last_error


def test_without_its_secret_it_waits_and_without_its_name_it_is_given_up(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    listen(engine, "https://erp.example.org/")
    case = write(engine, clock)
    assert deliver(engine, {}) == {FAILED: 1}
    (waits,) = parcels(engine, case)
    assert waits.last_error == "HEARD_WEBHOOK_SECRET_ERP is not set here" and waits.next_at is not None
    Directory(engine.store).load_organisation({"people": {}})
    clock.set(waits.next_at)
    assert deliver(engine) == {GIVEN_UP: 1}
    assert SYSTEM.id in engine.instance(case).incidents[queries.incidents(engine.store)[0].id].retry["actor"]


def test_a_type_of_event_that_there_is_not_is_found_when_the_organisation_is_loaded(
    house: tuple[Engine, VirtualClock],
) -> None:
    with pytest.raises(Rejected) as refused:
        listen(house[0], "https://erp.example.org", events=["case-begun", "complete"])
    assert "Did you mean completed?" in str(refused.value.fields)
