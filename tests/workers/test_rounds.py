"""A worker goes on until it is told to stop, says that it lives, and is not ended by what fails."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from engine.doctor import ALIVE
from engine.store import outbox, workers
from engine.store.database import Store, open_database
from engine.workers import embedded, life
from engine.workers.channels import handlers
from engine.workers.delivering import FAILED, SENT
from engine.workers.embedded import BATCH
from engine.workers.life import Pulse, heart
from engine.workers.rounds import rounds
from tests.workers.mail import FROM
from tests.workers.posting import noting, office, pass_time, write

ROOT = Path(__file__).resolve().parents[2]


def test_a_worker_is_heard_of_while_it_works_and_leaves_when_it_stops(url: str) -> None:
    engine, clock = office(url)
    began = clock()
    turns = rounds(engine, threading.Event(), {}, every=0.001, name="here:1:a")
    next(turns)
    pass_time(clock, timedelta(minutes=1))
    next(turns)
    assert workers.everybody(engine.store) == [workers.Worker("here:1:a", began, clock())]
    turns.close()
    assert workers.everybody(engine.store) == []


def test_one_that_was_killed_is_forgotten_after_a_week(url: str) -> None:
    engine, clock = office(url)
    workers.beat(engine.store, "killed", clock())
    for days, left in ((6, ["killed"]), (2, [])):
        pass_time(clock, timedelta(days=days))
        list(rounds(engine, threading.Event(), {}, until=clock()))
        assert [one.id for one in workers.everybody(engine.store)] == left


def test_what_waits_in_the_outbox_is_sent_in_one_go_also_when_it_is_more_than_a_batch(url: str) -> None:
    engine, clock = office(url)
    case = write(engine, clock, BATCH + 3)
    keys: list[str] = []
    done = list(rounds(engine, threading.Event(), noting(keys), until=clock()))
    assert [one.posted for one in done] == [{SENT: BATCH}, {SENT: 3}]
    assert {row.status for row in outbox.of_case(engine.store, case)} == {outbox.SENT}


def test_a_round_that_fails_is_told_and_the_next_one_does_its_work(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, clock = office(url)
    write(engine, clock)
    turns = rounds(engine, threading.Event(), noting([]), every=0.001)
    with monkeypatch.context() as broken:

        def fail(self: Store, *given: object) -> None:
            raise OSError("the disk is gone")

        for name in ("change", "rows", "select"):
            broken.setattr(Store, name, fail)
        assert next(turns).trouble == ["the disk is gone"] * 3
    again = next(turns)
    assert again.trouble == [] and again.posted == {SENT: 1}
    turns.close()


def test_a_worker_that_a_silent_mail_server_holds_up_is_heard_of_and_looks_at_the_timers_between_two_letters(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "HEARTBEAT", 0.02)
    monkeypatch.setattr(embedded, "SPELL", 0.1)
    engine, clock = office(url)
    write(engine, clock, 2)
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as thread:
        environ = {"HEARD_SMTP_URL": f"smtp+plain://127.0.0.1:{silent.getsockname()[1]}", "HEARD_MAIL_FROM": FROM}
        turns = rounds(engine, threading.Event(), handlers(engine, environ), every=0.01)
        for _ in range(2):
            round_ = thread.submit(next, turns)
            with silent.accept()[0]:
                now = pass_time(clock, 2 * ALIVE)
                while [one.seen_at for one in workers.everybody(engine.store)] != [now]:
                    assert not round_.done()
                    time.sleep(0.02)
                time.sleep(2 * embedded.SPELL)
            assert round_.result().posted == {FAILED: 1}
        thread.submit(turns.close).result()


def test_a_round_that_never_ends_is_no_sign_of_life(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "HEARTBEAT", 0.01)
    engine, _ = office(url)
    with heart(engine, "hangs", Pulse(longest=0.001)):
        time.sleep(0.1)
    assert workers.everybody(engine.store) == []


@pytest.mark.parametrize(
    "words",
    [("worker", "--every", "9", "--listen", "127.0.0.1:0"), ("serve", "--listen", "127.0.0.1:0")],
    ids=lambda words: words[0],
)
def test_the_command_answers_monitors_and_stops_cleanly_when_it_is_asked_to(url: str, words: tuple[str, ...]) -> None:
    office(url)
    command = [sys.executable, "-u", "-c", "from engine.cli import main; main()", "--database", url, *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HEARD_METRICS_TOKEN": "word"}
    piped: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = subprocess.Popen(command, cwd=ROOT, env=environ, **piped)
    with open_database(url) as store:
        address = re.findall(r"http://[^/]+", started.stdout.readline())[0]
        until = time.monotonic() + 30
        while not workers.everybody(store):
            assert time.monotonic() < until and started.poll() is None
            time.sleep(0.05)
        assert json.load(urlopen(f"{address}/health"))["status"] == "ok"
        assert json.load(urlopen(f"{address}/ready"))["status"] == "ready"
        asked = Request(f"{address}/metrics", headers={"Authorization": "Bearer word"})
        assert b"heard_workers_alive 1" in urlopen(asked).read()
        started.send_signal(signal.SIGTERM)
        _, said = started.communicate(timeout=30)
        assert (started.returncode, said) == (0, "")
        assert workers.everybody(store) == []


def test_the_health_of_a_worker_fails_while_its_round_does_not_come_to_an_end_and_is_good_again_afterwards(
    url: str,
) -> None:
    office(url)
    options = ("--every", "0.1", "--longest-round", "1", "--listen", "127.0.0.1:0")
    command = [sys.executable, "-u", "-c", "from engine.cli import main; main()", "--database", url, "worker", *options]
    piped: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **piped)
    address = re.findall(r"http://[^/]+", started.stdout.readline())[0]

    def answers(status: int) -> dict[str, Any]:
        until = time.monotonic() + 30
        while True:
            try:
                answer: Any = urlopen(f"{address}/health")
            except HTTPError as refused:
                answer = refused
            if answer.status == status:
                return dict(json.load(answer))
            assert time.monotonic() < until and started.poll() is None
            time.sleep(0.05)

    try:
        with open_database(url) as store:
            assert answers(200)["status"] == "ok"
            with store.transaction():
                store.keep_out_writers()
                assert answers(503).items() >= {"status": "not-healthy", "reason": "no-round"}.items()
            assert answers(200)["status"] == "ok"
    finally:
        started.send_signal(signal.SIGTERM)
        _, said = started.communicate(timeout=30)
    assert started.returncode == 0 and "Traceback" not in said
