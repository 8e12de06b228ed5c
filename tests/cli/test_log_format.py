"""`--log-format json`: everything that `heard worker` and `heard serve` say is one JSON object a line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import Engine
from tests.runtime.worlds import ANN, engine_on, single

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from engine.cli import main; main()"]
TICKING = single(
    "start: {by: agent, go: open}\nstates:\n"
    "  open: {task: {title: A, candidates: [agent]}, on: {done: end}, after: {0h: end}}\n  end: {final: done}\n"
)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = engine_on(url, TICKING, process="small")
    yield made
    made.store.close()


def started(url: str, *words: str, **more: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.Popen(
        [*COMMAND, "--database", url, *words],
        cwd=ROOT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.parametrize(("words", "more"), [(("--log-format", "json"), {}), ((), {"HEARD_LOG_FORMAT": "json"})])
def test_a_worker_tells_each_step_with_its_case(url: str, engine: Engine, words: tuple[str, ...], more: Any) -> None:
    case = engine.start("small", ANN, {})
    out, err = started(url, "worker", "--once", *words, **more).communicate(timeout=60)
    assert err == ""
    step, done = lines(out)
    assert (step["event"], step["case"], step["process"]) == ("step", case.reference, "small")
    assert (step["command"], step["outcome"], step["actor"], step["via"]) == ("FireTimer", "done", "system", "worker")
    assert {"time", "level", "duration"} <= step.keys()
    assert (done["event"], done["fired"], done["failed"]) == ("round", 1, [])


def test_without_it_a_worker_speaks_to_people(url: str, engine: Engine) -> None:
    engine.start("small", ANN, {})
    out, err = started(url, "worker", "--once").communicate(timeout=60)
    assert (out.endswith("fired 1 timer\n"), out.count("\n"), err) == (True, 1, "")


def test_the_pages_tell_each_request_and_where_they_are_served(url: str, engine: Engine) -> None:
    serving = started(url, "serve", "--no-work", "--listen", "127.0.0.1:0", "--log-format", "json")
    assert serving.stdout is not None
    first = json.loads(serving.stdout.readline())
    assert first["event"] == "serving"
    asked = urllib.request.Request(first["address"] + "sign-in", headers={"X-Request-ID": "edge-1"})
    assert urllib.request.urlopen(asked, timeout=30).status == 200
    serving.send_signal(signal.SIGTERM)
    out, err = serving.communicate(timeout=30)
    assert err == ""
    (request,) = [line for line in lines(out) if line["event"] == "request"]  # a busy machine makes its server say so
    told = {name: request[name] for name in ("event", "page", "status", "request", "level")}
    assert told == {"event": "request", "page": "/sign-in", "status": 200, "request": "edge-1", "level": "info"}


def test_any_server_of_the_pages_tells_them_so_when_the_environment_asks_for_it(url: str, engine: Engine) -> None:
    code = (
        "import logging; logging.basicConfig()\n"  # as servers do before they load what they serve
        "from wsgi import app; app.test_client().get('/sign-in')"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HEARD_DATABASE_URL": url, "HEARD_LOG_FORMAT": "json"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    assert [(line["event"], line["page"]) for line in lines(done.stdout)] == [("request", "/sign-in")]
