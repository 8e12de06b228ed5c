"""A home and a database for the tests of the command line: one process deployed, three cases, copied for each
test.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.core.commands import Complete
from engine.runtime import wall_clock
from tests.cli.shell import Shell
from tests.databases import Databases
from tests.runtime.worlds import ANN, BROKEN, CARLA, FILES, INTAKE, engine_on, task_in


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, shared: Databases) -> tuple[Path, str]:
    """A folder with the home, and a database in which the process is deployed and three cases stand."""
    folder, url = tmp_path_factory.mktemp("deployed"), shared.new()
    for path, text in FILES.items():
        (folder / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "home" / path).write_text(text, encoding="utf-8")
    engine = engine_on(url, FILES)
    with engine.store:
        for number in range(3):
            case = engine.start("parcel", CARLA, INTAKE, external_id=f"T-{number}").instance
        task = task_in(engine, case, "received")
        engine.do(case, Complete(at=wall_clock(), actor=ANN, task=task, outcome="sort", values=BROKEN))
    return folder, url


@pytest.fixture
def shell(
    deployed: tuple[Path, str],
    databases: Databases,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    for name in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON", "HEARD_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    folder, url = deployed
    os.symlink(folder / "home", tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys, databases.copy(url))
