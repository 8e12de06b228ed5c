"""The other speeds that are promised: importing the package, checking the shipped processes, a large import, an inbox in a large company.

Owns what is timed and how; what is good enough stands in `bench.__main__`.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from bench.workload import NOW
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

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = ROOT / "processes" / "imports"


def import_seconds(times: int = 5) -> float:
    """Importing everything that the command line and the pages need, in a new Python; the median."""
    program = "from time import perf_counter as now; a = now(); import engine.cli, engine.runtime, web; print(now() - a)"
    done = [subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(times + 1)]
    return statistics.median(float(one.stdout) for one in done[1:])


def lint_seconds(times: int = 3) -> float:
    """`heard lint` of all shipped processes, with the start of Python; the median."""
    taken = []
    for _ in range(times + 1):
        began = perf_counter()
        program = [sys.executable, "-c", "from engine.cli import main; main()", "--home", str(ROOT), "lint"]
        subprocess.run(program, cwd=ROOT, capture_output=True, check=True)
        taken.append(perf_counter() - began)
    return statistics.median(taken[1:])


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
        Directory(store).load_organisation(plain(read(catalog.text(ORGANISATION), ORGANISATION)))
        Engine(store, lambda: NOW).deploy(examine(catalog, "processes/referred-complaint.yaml"), "bench")
        path = folder / "rows.csv"
        _repeat(IMPORTS / "consumer-complaints.csv", path, rows)
        began = perf_counter()
        mapping = read_map((IMPORTS / "consumer-complaints.map.yaml").read_bytes(), "map.yaml")
        report = Report()
        for _ in Importer(store, mapping).bring_in(sources(Table(path, mapping).lines(), mapping), report):
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
    """The first page of an inbox of somebody with two roles, among so many open tasks of fifty roles."""
    with open_database(f"sqlite:///{folder / 'inbox.db'}") as store:
        store.upgrade()
        with store.transaction():
            store.database.execute_sql("INSERT INTO deployment VALUES ('d', 'p', 1, 't', '{}', 0, '', '', 0)")
            for table, rows in _company(tasks):
                marks = ", ".join("?" * len(rows[0]))
                store.database.connection().cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        store.database.execute_sql("ANALYZE")
        taken = []
        for number in range(times + 20):
            began = perf_counter()
            page = inbox(store, f"person{number % 40}", [f"role{number % 50}", f"role{(number * 7 + 1) % 50}"])
            taken.append((perf_counter() - began) * 1000)
            if len(page.rows) != 50:
                raise RuntimeError(f"Expected a full page, but got {len(page.rows)} rows")
    spread = statistics.quantiles(taken[20:], n=20)
    return Asked(statistics.median(taken[20:]), spread[18])


def _company(tasks: int) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Rows of cases with one open task each: one in five has somebody already, the others are offered to a role."""
    now = to_micros(NOW)
    hour = int(timedelta(hours=1).total_seconds()) * 1_000_000
    cases: list[tuple[object, ...]] = []
    waiting: list[tuple[object, ...]] = []
    offers: list[tuple[object, ...]] = []
    for number in range(tasks):
        case, task, due = f"c{number}", f"c{number}.1", now + (number * 7919 % 2000) * hour
        who = f"person{number % 40}" if number % 5 == 0 else ""
        cases.append(
            (case, "p", "d", f"P-2026-{number:06d}", "running", 1, 1, "open", "cleo", now, now, now, None, "", "", "A case", "Cleo", "c@x", due, "{}")
        )
        waiting.append((task, case, "p", "open", "Do it", "claimed" if who else "open", who, "", due, now, None, "", "", "[]"))
        if not who:
            offers.append((task, f"role{number % 50}", "p", due))
    yield "instance", cases
    yield "task", waiting
    yield "candidate", offers
