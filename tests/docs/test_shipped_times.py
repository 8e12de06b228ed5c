"""The times that the page about the shipped processes promises are those of their clocks."""

from __future__ import annotations

import re
from functools import cache

import pytest

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import ClockPlan, Definition
from engine.library import read_files
from tests.docs.pages import DOCS

PAGE = (DOCS / "explanation" / "shipped-processes.md").read_text(encoding="utf-8")
UNITS = {"working minutes": "bm", "working hour": "bh", "working day": "bd"}
ROWS = {
    "inquiry": {"first response within": "first-response", "answered within": "resolution"},
    "complaint": {
        "assessed within": "triage",
        "contained within": "containment-in-time",
        "decided within": "final-response",
        "longest silence": "keep-in-loop",
        "a message is answered within": "response",
        "appeal decided within": "appeal",
    },
    "corrective-action": {"immediate measures": "containment", "cause found": "root-cause", "plan approved": "plan"},
}
CASES = [(process, row, clock) for process, rows in ROWS.items() for row, clock in rows.items()]


@cache
def catalog() -> Catalog:
    return Catalog(read_files(DOCS.parent))


@cache
def definition(process: str) -> Definition:
    loaded = examine(catalog(), f"processes/{process}.yaml")
    assert loaded.definition is not None, loaded.errors
    return loaded.definition


def said(row: str) -> list[str]:
    """The cells of a row as durations; a bare number has the unit before it, an empty cell promises nothing."""
    (line,) = re.findall(rf"^\| {row} \|(.*)\|$", PAGE, re.M)
    unit, found = "", []
    for cell in (cell.strip() for cell in line.split("|")):
        match = re.fullmatch(r"(\d+)(?: (working [a-z]+?)s?)?", cell)
        if match and match[2]:
            unit = next(short for words, short in UNITS.items() if words.rstrip("s") == match[2].rstrip("s"))
        if match or not cell:
            found.append(f"{match[1]}{unit}" if match else "none")
    return found


def promised(clock: ClockPlan, severity: str) -> str:
    target = clock.target
    if target.pick.by is None:
        return str(target.pick.fixed)
    return "none" if severity in target.unpromised else str(target.pick.options[severity])


@pytest.mark.parametrize(("process", "row", "clock"), CASES, ids=[f"{one}: {row}" for one, row, _ in CASES])
def test_a_row_of_times_says_what_the_clock_promises(process: str, row: str, clock: str) -> None:
    plan = definition(process).clocks[clock]
    told = said(row)
    severities = ("S1", "S2", "S3", "S4")[: len(told)]
    assert told == [promised(plan, severity) for severity in severities] and len(told) >= 3
