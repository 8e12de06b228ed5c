"""Whatever somebody's files hold: every problem with its place, within a second and 200 MB, and nothing
touched outside.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from tests.builders import PROCESS
from tests.definition.hostile_files import HARMLESS, SECONDS, SMALL, homes
from tests.definition.planting import codes, home

ROOT = Path(__file__).resolve().parents[2]


def results() -> list[dict[str, Any]]:
    """What linting each of the homes took, in a process of its own that tells what it touches."""
    alone = [sys.executable, "-B", "-m", "tests.definition.hostile_files"]  # what it imports, it does not compile
    done = subprocess.run(alone, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def faults(result: dict[str, Any]) -> Iterator[str]:
    if result["seconds"] >= SECONDS:
        yield f"took {result['seconds']:.2f} s"
    if result["memory"] >= 200:
        yield f"took {result['memory']} MB"
    if result["touched"]:
        yield f"touched {result['touched'][:3]}"
    if not result["placed"]:
        yield "has a problem in a file that is not there"
    if result["longest"] >= 600:
        yield "has a message that nobody would read to its end"
    if bool(result["errors"]) == (result["name"] in HARMLESS):
        yield f"was found to have {result['errors'] or 'no error'}"


def test_every_nasty_file_is_judged_quickly_with_little_memory_and_without_touching_anything() -> None:
    found = results()
    assert [result["name"] for result in found] == [name for name, _ in homes()]
    assert [f"{result['name']} {fault}" for result in found for fault in faults(result)] == []


def test_a_definition_that_is_too_large_is_told_and_not_analysed() -> None:
    files = home(SMALL + "".join(f"  s{i}: {{label: x}}\n" for i in range(500)))
    problems = lint(Catalog(files), PROCESS).problems
    assert codes(problems) == ["too-large"]
    assert "Expected at most 400 states, but there are 502" in problems[0].message


def test_very_many_problems_are_cut_and_said_to_be_more() -> None:
    problems = lint(Catalog(home(SMALL + "".join(f"colour{i}: red\n" for i in range(900)))), PROCESS).problems
    assert len(problems) == 300
    assert "too-many-problems" in codes(problems)


def test_a_process_of_three_hundred_states_is_not_large() -> None:
    task = "task: {title: 'Do {reference}', candidates: agent, due: 1bd}, after: {2bd: {milestone: late}}"
    body = "states:\n"
    for i in range(300):
        guards = f"[{{when: intake.kind == goods, go: s{(i + 1) % 300}}}, {{else: closed}}]"
        body += f"  s{i}: {{{task}, on: {{next: {guards}, stop: closed}}}}\n"
    files = home(body + "  closed: {final: done}\n", start="start: {by: agent, form: order-intake, go: s0}\n")
    assert lint(Catalog(files), PROCESS).problems == ()
