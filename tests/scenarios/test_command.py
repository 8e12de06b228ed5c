"""`heard test` at the command line, and the shipped processes under it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main
from tests.pace import at_most
from tests.scenarios.telling import home

GOOD = """
- scenario: a
  start: {as: customer, values: {size: 1, email: a@example.org}}
  steps:
  - {as: agent, do: ask}
"""


def heard(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main([*arguments])
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out, said.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in home(GOOD).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_processes_go_as_their_scenarios_say_and_are_wholly_covered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with at_most(10):
        code, out, _ = heard(capsys, "--home", str(Path(__file__).parents[2]), "test")
    assert code == 0, out
    assert "wholly covered" in out and "not-covered" not in out


def test_what_is_not_reached_is_listed_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = heard(capsys, "--home", str(folder), "test")
    assert code == 1
    assert out.startswith("order: 1 scenario, 2 steps, none failed\n")
    assert "states 2/4" in out and "processes/order.yaml:" in out and "not-covered" in out


def test_what_fails_is_told_with_the_run_so_far(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "processes/order.scenarios.yaml"
    file.write_text(file.read_text().replace("do: ask}", "do: ask, expect: {state: open}}"))
    code, out, _ = heard(capsys, "--home", str(folder), "test", "order")
    assert code == 1
    assert "processes/order.scenarios.yaml:6:" in out and "scenario-failed" in out
    assert "    Mon 2026-11-23 10:00  agent: ask → waiting" in out


def test_programs_get_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = heard(capsys, "--home", str(folder), "test", "--json")
    data = json.loads(out)
    assert code == 1 and data["ok"] is False
    (process,) = data["processes"]
    assert process["process"] == "order" and process["coverage"]["states"] == {"reached": 2, "of": 4}
    assert process["missing"][0]["file"] == "processes/order.yaml"
    assert process["scenarios"][0]["ok"] is True and len(process["scenarios"][0]["run"]) == 2


def test_every_step_is_told_when_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = heard(capsys, "--home", str(folder), "test", "--verbose", "processes/order.yaml")
    assert (
        "  a\n    Mon 2026-11-23 10:00  customer: starts order → open; sent received; milestone acknowledged\n" in out
    )


def test_a_process_that_is_not_there_is_told_with_the_near_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = heard(capsys, "--home", str(folder), "test", "ordr")
    assert code == 2 and "did you mean 'order'" in err


def test_a_file_that_cannot_be_read_is_told_without_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "processes/order.scenarios.yaml").write_bytes(b"scenarios: [\xff\n")
    code, out, err = heard(capsys, "--home", str(folder), "test")
    assert code == 1 and "processes/order.scenarios.yaml:" in out and "Traceback" not in out + err
    assert out.startswith("order: no scenario was played, since something has to be mended first\nprocesses/order.sc")
    assert "none failed" not in out and "states 0" not in out


def test_a_home_without_processes_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "processes").mkdir()
    (tmp_path / "forms").mkdir()
    code, out, _ = heard(capsys, "--home", str(tmp_path), "test")
    assert code == 1 and "No processes" in out


def test_the_scenarios_of_a_deployed_version_run_on_it_whatever_the_folder_holds_by_then(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--home", str(folder), "--database", f"sqlite:///{folder}/heard.db"]
    code, out, _ = heard(capsys, *here, "deploy")
    assert code == 0 and "; 1 of 1 scenarios go as they say, " in out and "see `heard test order`" in out
    before = heard(capsys, *here, "test", "order", "--json")[1]
    (folder / "processes/order.scenarios.yaml").write_text("scenarios: []\n", encoding="utf-8")
    (folder / "processes/order.yaml").write_text("nothing\n", encoding="utf-8")
    assert heard(capsys, *here, "test", "order", "--version", "1", "--json")[1] == before
    code, _out, err = heard(capsys, *here, "test", "order", "--version", "2")
    assert code != 0 and "there is no 2" in err
    code, _out, err = heard(capsys, *here, "test", "--version", "1")
    assert code == 2 and "Expected one PROCESS beside --version, but got 0" in err


def test_a_version_that_was_deployed_without_scenarios_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--home", str(folder), "--database", f"sqlite:///{folder}/heard.db"]
    (folder / "processes/order.scenarios.yaml").unlink()
    code, out, _ = heard(capsys, *here, "deploy")
    assert code == 0 and "; it has no scenarios" in out
    code, _out, err = heard(capsys, *here, "test", "order", "--version", "1")
    assert code != 0 and "put in force without any" in err
