"""A home and a database for the tests of the command line: one process deployed, three cases, copied for each
test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.commands import Complete
from engine.runtime import wall_clock
from tests.cli.shell import Shell
from tests.runtime.worlds import ANN, BROKEN, CARLA, FILES, INTAKE, engine_on, task_in

COPIED = ("heard.db", "heard.db-wal", "heard.db-shm")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the home and a database in which the process is deployed and three cases stand."""
    folder = tmp_path_factory.mktemp("deployed")
    for path, text in FILES.items():
        (folder / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "home" / path).write_text(text, encoding="utf-8")
    engine = engine_on(f"sqlite:///{folder}/heard.db", FILES)
    with engine.store:
        for number in range(3):
            case = engine.start("parcel", CARLA, INTAKE, external_id=f"T-{number}").instance
        task = task_in(engine, case, "received")
        engine.do(case, Complete(at=wall_clock(), actor=ANN, task=task, outcome="sort", values=BROKEN))
    return folder


@pytest.fixture
def shell(
    deployed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    for name in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON", "HEARD_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    for name in COPIED:
        if (deployed / name).exists():
            shutil.copy(deployed / name, tmp_path / name)
    os.symlink(deployed / "home", tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    yield Shell(tmp_path, capsys)
