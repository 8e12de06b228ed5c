"""`kill -9` at any moment, a hundred times: nothing is lost, doubled or stuck."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import Databases

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
def test_after_a_hundred_kills_nothing_is_lost_doubled_or_stuck(databases: Databases) -> None:
    command = [
        sys.executable,
        "-W",
        "error::ResourceWarning",
        "-m",
        "tests.runtime.mortal",
        databases.new(),
        "100",
        "20261123",
        *(databases.bare() for _ in range(10)),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["kills"] == 100
    assert report["told"] > 30 and report["begun"] > 20, report
    assert report["cases"] > 30 and report["fired"] > 5, report
    assert report["called"] > 5 and report["rungs"] > 20 and report["confirmed"] > 10, report
