"""The files to run several processes can be used as they stand: they parse, and what they call is there."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import click
import pytest
import yaml
from waitress.adjustments import Adjustments

from engine.cli import heard
from tests.docs.pages import DOCS

PAGE = (DOCS / "how-to" / "scale-out.md").read_text(encoding="utf-8")
FILES: dict[str, str] = dict(re.findall(r"^```[a-z]+\n# (\S+)\n(.*?)^```$", PAGE, re.M | re.S))
"""By the path that the first line of a block says."""
OURS = "\n".join(
    file.read_text(encoding="utf-8") for room in ("engine", "web") for file in (DOCS.parent / room).rglob("*.py")
)


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILES["compose.yaml"])["services"]
    return found


def unit(name: str) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(FILES[f"/etc/systemd/system/{name}"])
    return read


UNITS = [path.rpartition("/")[2] for path in FILES if path.endswith(".service")]
COMMANDS = [services()[name]["command"] for name in ("setup", "web", "worker")] + [
    unit(name)["Service"]["ExecStart"].replace("%i", "8000") for name in UNITS
]


def test_the_page_shows_the_files_that_it_speaks_of() -> None:
    assert sorted(FILES) == [
        *("/etc/heard.env", "/etc/systemd/system/heard-web@.service", "/etc/systemd/system/heard-worker@.service"),
        "compose.yaml",
    ]


def test_the_compose_file_is_one(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(FILES["compose.yaml"], encoding="utf-8")
    checking = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(checking, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_service_waits_only_for_what_is_there() -> None:
    for service in services().values():
        assert set(service.get("depends_on", {})) <= set(services())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_there_with_each_of_its_options(command: str) -> None:
    program, *words = shlex.split(command)
    if Path(program).name == "waitress-serve":
        given, application = Adjustments.parse_args(words)
        assert application == ["web.wsgi:app"]
        assert find_spec("web.wsgi") is not None
        Adjustments(**{name: value for name, value in given.items() if name not in ("help", "call")})
        return
    assert Path(program).name == "heard"
    called = heard.get_command(click.Context(heard), words[0])
    assert called is not None
    called.make_context(words[0], words[1:])


@pytest.mark.parametrize("name", UNITS)
def test_each_unit_starts_again_by_itself_and_with_the_machine(name: str) -> None:
    read = unit(name)
    assert read.sections() == ["Unit", "Service", "Install"]
    assert read["Service"]["Restart"] == "always" and read["Install"]["WantedBy"] == "multi-user.target"
    assert read["Service"]["EnvironmentFile"] in FILES


def test_a_web_process_answers_what_it_has_begun_when_it_is_stopped_as_the_page_says(tmp_path: Path) -> None:
    said = {unit("heard-web@.service")["Service"]["KillSignal"], services()["web"]["stop_signal"]}
    assert len(said) == 1
    (tmp_path / "slow.py").write_text(
        "import time\ndef app(environ, start):\n"
        "    print('begun', flush=True)\n    time.sleep(0.5)\n    start('200 OK', [])\n    return [b'done']\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "slow:app"]
    with (
        subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as web,
        ThreadPoolExecutor(1) as asking,
    ):
        answer = asking.submit(ask, port)
        assert web.stdout is not None and web.stdout.readline() == b"begun\n"
        web.send_signal(signal.Signals[said.pop()])
        assert (answer.result(), web.wait(20)) == (b"done", 0)


def ask(port: int) -> bytes:
    until = time.monotonic() + 20
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/") as answer:
                return bytes(answer.read())
        except URLError:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_every_variable_means_something_to_heard() -> None:
    named = set(re.findall(r"\bHEARD_[A-Z_]+\b", PAGE)) - {"HEARD_DATABASE_PASSWORD"}  # the compose file's own
    assert named and all(f'"{name}"' in OURS for name in named), named
