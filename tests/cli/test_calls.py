"""Cases that call one another, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runtime import wall_clock
from tests.cli.shell import Shell
from tests.runtime.callers import FILES

YEAR = wall_clock().year
GRIEF, MENDING = f"GRF-{YEAR}-00001", f"MND-{YEAR}-00001"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON", "HEARD_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    for path, text in FILES.items():
        if path.endswith("/round.yaml"):
            continue  # it calls itself, which the linter does not let through
        (tmp_path / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / path).write_text(text, encoding="utf-8")
    made = Shell(tmp_path, capsys)
    made.good("deploy")
    made.good("start", "grief", "--as", "carla", "--set", "subject=Wet")
    return made


def test_a_case_shows_those_it_has_called_and_the_one_that_called_it(shell: Shell) -> None:
    shell.good("complete", GRIEF, "mend", "--as", "ann", "--set", "what=the tap", "--set", "blocks=true")
    shown = shell.good("case", GRIEF)
    assert f"  {MENDING}  mending  spawned  open, holds back the end\n" in shown
    assert f"called by {GRIEF} (grief), spawned" in shell.good("case", MENDING)
    said = shell.good("complete", GRIEF, "answer", "--as", "ann", "--set", "text=soon")
    assert f"the way to the end is held until {MENDING} has ended" in said
    assert "The way to the end is taken as soon as these have ended." in shell.good("case", GRIEF)
    shell.good("complete", MENDING, "done", "--as", "tom", "--set", "note=new tap")
    shown = shell.good("case", GRIEF)
    assert f"  {MENDING}  mending  spawned  ended: mended\n" in shown and "completed: closed" in shown
    (link,) = shell.json("case", GRIEF)["case"]["links"].values()
    assert (link["reference"], link["status"], link["outcome"]) == (MENDING, "ended", "mended")
    assert shell.json("case", MENDING)["case"]["parent"]["reference"] == GRIEF
    assert "case-linked" in shell.good("history", GRIEF, "--verify")


def test_a_case_that_cannot_begin_is_told_at_once_and_its_values_are_mended_by_the_incident(shell: Shell) -> None:
    said = shell("complete", GRIEF, "mend", "--as", "ann", "--set", "what=the tap", "--set", "weight=11")
    assert said.code == 1 and "Expected to start 'mending' from here, but it was refused" in said.err
    assert "mending  mending  spawned  could not begin" in shell.good("case", GRIEF)
    (incident,) = shell.json("incidents")
    name = f"{GRIEF}.{incident['id'].rpartition('.')[2]}"
    shell.good("resolve", name, "retry", "--reason", "weighed again", "--as", "tom", "--set", "weight=9")
    assert shell.json("case", MENDING)["case"]["data"]["intake"] == {"what": "the tap", "weight": 9}
