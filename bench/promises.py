"""The other speeds that are promised: importing the package, checking the shipped processes, a large import,
an inbox in a large company.

Owns what is timed and how; what is good enough stands in `bench.__main__`.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.steps import prepared
from bench.workload import NOW, PROCESS
from engine.definition.catalog import ORGANISATION
from engine.definition.loader import examine
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.directory import Directory
from engine.importing.cases import sources
from engine.importing.reading import read_map
from engine.importing.running import Importer, Report
from engine.importing.table import Table
from engine.library import catalog_of
from engine.runtime import Engine
from engine.store.database import open_database
from engine.store.fields import to_micros
from engine.store.inbox import inbox
from engine.store.models import Candidate, Instance, Task

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = ROOT / "processes" / "imports"


def import_seconds(folder: Path, times: int = 5) -> float:
    """Importing what every command that works with cases needs, in a new Python; the fastest of some times,
    since neighbours only make it slower.
    """
    program = "from time import perf_counter as now; a = now(); import engine.cli, engine.runtime; print(now() - a)"
    return min(float(_python(folder, "-c", program)) for _ in range(times + 1))


def lint_seconds(folder: Path, times: int = 3) -> float:
    """`heard lint` of all shipped processes, with the start of Python; the fastest of some times."""
    taken = []
    for _ in range(times + 1):
        began = perf_counter()
        _python(folder, "-c", "from engine.cli import main; main()", "--home", str(ROOT), "lint")
        taken.append(perf_counter() - began)
    return min(taken)


def _python(folder: Path, *arguments: str) -> str:
    """What a new Python says, with its compiled modules kept in the folder: the first time does not count."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@dataclass(frozen=True, slots=True)
class Imported:
    """So many rows became cases, which took so many steps (commands that changed one)."""

    rows: int
    steps: int
    seconds: float


def imported(folder: Path, rows: int) -> Imported:
    """The shipped file of complaints, repeated under new numbers up to so many rows, by its shipped map."""
    catalog = catalog_of(ROOT)
    with open_database(f"sqlite:///{folder / 'import.db'}") as store:
        store.upgrade()
        people = plain(read(catalog.text(ORGANISATION), ORGANISATION))
        assert isinstance(people, dict)
        Directory(store).load_organisation(people)
        Engine(store, lambda: NOW).deploy(examine(catalog, "processes/referred-complaint.yaml"), "bench")
        path = folder / "rows.csv"
        _repeat(IMPORTS / "consumer-complaints.csv", path, rows)
        began = perf_counter()
        mapping = read_map((IMPORTS / "consumer-complaints.map.yaml").read_bytes(), "map.yaml")
        report = Report()
        for _ in Importer(store, mapping, NOW).bring_in(sources(Table(path, mapping).lines(), mapping), report):
            pass
        taken = perf_counter() - began
        if report.added != rows:
            raise RuntimeError(f"Expected {rows} cases, but {report.added} were added; first: {report.refused[:1]}")
        steps = store.database.execute_sql("SELECT SUM(revision) FROM instance").fetchone()[0]
    return Imported(rows, steps, taken)


def _repeat(source: Path, target: Path, rows: int) -> None:
    with source.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        known = list(reader)
        names = list(reader.fieldnames or ())
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for number in range(rows):
            writer.writerow({**known[number % len(known)], "Complaint ID": f"{number + 1}"})


@dataclass(frozen=True, slots=True)
class Asked:
    """How long a question took in the middle and at worst but one in twenty, in milliseconds."""

    median: float
    slow: float


def inboxes(folder: Path, tasks: int, times: int = 200) -> Asked:
    """The first page of an inbox of somebody with two roles, among so many open tasks of twenty roles."""
    store, loaded = prepared(folder / "inbox.db")
    assert loaded.bundle is not None
    with store:
        with store.transaction():
            for table, rows in company(tasks, loaded.bundle.digest):
                for first in range(0, len(rows), 500):
                    store.alter(table.insert_many(rows[first : first + 500]))
        store.database.execute_sql("ANALYZE")
        taken = []
        for number in range(times + 20):
            began = perf_counter()
            page = inbox(store, f"person{number % 40}", [f"role{number % 20}", f"role{(number * 7 + 1) % 20}"])
            taken.append((perf_counter() - began) * 1000)
            if len(page.rows) != 50:
                raise RuntimeError(f"Expected a full page, but got {len(page.rows)} rows")
    spread = statistics.quantiles(taken[20:], n=20)
    return Asked(statistics.median(taken[20:]), spread[18])


def company(tasks: int, digest: str) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Rows of cases with one open task each: one in five has somebody already, the others are offered to a
    role.
    """
    now = to_micros(NOW)
    hour = 3_600_000_000
    case = {"process": PROCESS, "digest": digest, "status": "running", "revision": 1, "seq": 1}
    began = {"starter": "cleo", "received_at": now, "started_at": now, "updated_at": now}
    about = {"subject": "A case", "customer_name": "Cleo", "customer_email": "", "states": "triage"}
    rest = {"outcome": "", "priority": "", "external_id": "", "snapshot": "{}"}
    task = {"process": PROCESS, "state": "triage", "title": "Do it", "on_behalf_of": "", "opened_at": now}
    done = {"completed_by": "", "outcome": "", "excluded": [], "roles": []}
    cases, waiting, offers = [], [], []
    for number in range(tasks):
        id, due = f"c{number}", now + (number * 7919 % 2000) * hour
        who = f"person{number % 40}" if number % 5 == 0 else ""
        status = "claimed" if who else "open"
        cases.append(
            {
                **case,
                **began,
                **about,
                **rest,
                "id": id,
                "reference": f"P-2026-{number:06d}",
                "next_due_at": due,
            }
        )
        waiting.append(
            {
                **task,
                **done,
                "id": f"{id}.1",
                "instance": id,
                "status": status,
                "assignee": who,
                "due_at": due,
                "next_at": due,
            }
        )
        if not who:
            offers.append({"task": f"{id}.1", "role": f"role{number % 20}", "process": PROCESS, "due_at": due})
    yield Instance, cases
    yield Task, waiting
    yield Candidate, offers
