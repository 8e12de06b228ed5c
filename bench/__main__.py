"""`python -m bench`: measure, compare with what is promised, exit with 1 when something is slower.

Owns the promises and how the answer is shown. `--quick` tries everything with small numbers and judges
nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import pages, promises, steps

if TYPE_CHECKING:
    from bench.server import Server

RATIO = 0.5
"""Of the floor's speed, at least."""

PROMISES_RATIO = 0.45
"""Of the speed of its own statements played back, with three clocks and an approval, at least."""

CLIENTS_RATIO = 0.3
"""The same on PostgreSQL, whatever the number of clients: more round trips, and the processors are shared."""

IMPORT_RATIO = 0.5
"""Steps a second of an import, of the durable steps a second of this run, at least."""

IMPORT_SECONDS, LINT_SECONDS = 0.4, 1.0
INBOX_MILLISECONDS = 10.0
PAGE_MILLISECONDS = 50.0

WHAT = ("steps", "promises", "import", "lint", "rows", "inbox", "page")
ON_A_SERVER = ("clients", "soak")
"""Only when they are asked for: they take minutes, and a PostgreSQL."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Heard costs beside hand-written SQL.")
    parser.add_argument("--quick", action="store_true", help="a smoke test: small numbers, nothing is judged")
    parser.add_argument(
        "--only", choices=[*WHAT, *ON_A_SERVER], help="one of them; the last two are run in no other way"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(".benchmarks"), help="where the databases lie while it runs"
    )
    asked = parser.parse_args(arguments)
    if not asked.quick and os.environ.get("PYTHONDEVMODE"):
        parser.error("Expected Python without its development mode, which makes everything slower")
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        run = _run_on_a_server if asked.only in ON_A_SERVER else _run
        slow = run(Path(folder), asked.only, quick=asked.quick)
    if asked.quick and not (slow and asked.only == "soak"):
        print("Everything ran. Nothing is judged with numbers as small as these.")
        return 0
    for line in slow:
        print(f"{'WRONG' if asked.only == 'soak' else 'TOO SLOW'}: {line}")
    return 1 if slow else 0


def _folder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _run(folder: Path, only: str | None, *, quick: bool) -> list[str]:
    """Run and show each; what does not keep its promise."""
    slow = []

    def said(name: str, shown: str, kept: bool) -> None:
        print(f"{name:22} {shown}")
        if not kept:
            slow.append(f"{name}: {shown}")

    measured = None
    if only in (None, "steps", "rows"):
        measured = steps.measure(folder, *((3, 3) if quick else (50, 15)))
        ratios = sorted(measured.ratios)
        shown = (
            f"{measured.ratio:.2f} of hand-written SQL (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}), "
            f"{measured.heard_speed:,.0f} of {measured.floor_speed:,.0f} steps/s; promised {RATIO}"
        )
        said("durable steps", shown, measured.ratio >= RATIO)
    if only in (None, "promises"):
        kept = steps.measure_promises(_folder(folder, "promises"), *((3, 3) if quick else (50, 15)))
        ratios = sorted(kept.ratios)
        shown = (
            f"{kept.ratio:.2f} of the same statements played back (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}), "
            f"{kept.heard_speed:,.0f} of {kept.floor_speed:,.0f} steps/s; promised {PROMISES_RATIO}"
        )
        said("steps with promises", shown, kept.ratio >= PROMISES_RATIO)
    if only in (None, "import"):
        taken = promises.import_seconds(folder)
        said(
            "importing the package",
            f"{taken:.2f} s; promised under {IMPORT_SECONDS} s",
            taken < IMPORT_SECONDS,
        )
    if only in (None, "lint"):
        taken = promises.lint_seconds(folder)
        said(
            "heard lint",
            f"{taken:.2f} s for all shipped processes; promised under {LINT_SECONDS:.0f} s",
            taken < LINT_SECONDS,
        )
    if only in (None, "rows"):
        assert measured is not None
        done = promises.imported(folder, 200 if quick else 10_000)
        rate = done.steps / done.seconds
        ratio = rate / measured.heard_speed
        shown = (
            f"{done.rows:,} rows in {done.seconds:.1f} s, each of {done.steps / done.rows:.1f} steps: "
            f"{rate:,.0f} steps/s, {ratio:.2f} of the durable steps; promised {IMPORT_RATIO}"
        )
        said("importing rows", shown, ratio >= IMPORT_RATIO)
    if only in (None, "inbox"):
        tasks = 2_000 if quick else 100_000
        asked = promises.inboxes(folder, tasks)
        shown = (
            f"{asked.median:.2f} ms for the first 50 of {tasks:,} open tasks, one time in twenty above "
            f"{asked.slow:.2f} ms; promised {INBOX_MILLISECONDS:.0f} ms"
        )
        said("an inbox", shown, asked.slow < INBOX_MILLISECONDS)
    if only in (None, "page"):
        tasks = 2_000 if quick else 100_000
        served = pages.inbox_page(folder, tasks, *((5,) if quick else ()))
        shown = (
            f"{served.median:.1f} ms for 50 of {tasks:,} open tasks, one time in twenty above {served.slow:.1f} ms; "
            f"{served.ratio:.2f} of the speed of an empty page with the same rows; promised {PAGE_MILLISECONDS:.0f} ms"
        )
        said("a page of the inbox", shown, served.slow < PAGE_MILLISECONDS)
    return slow


def _run_on_a_server(folder: Path, only: str, *, quick: bool) -> list[str]:
    """The same for what needs PostgreSQL; where there is none, it says so."""
    from bench.server import Absent, served

    try:
        with served() as server:
            print(f"PostgreSQL {server.version}")
            return _clients(server, quick=quick) if only == "clients" else _soak(server, folder, quick=quick)
    except Absent as absent:
        print(f"Nothing was measured: {absent}.")
        return []


def _clients(server: Server, *, quick: bool) -> list[str]:
    from bench import clients

    slow = []
    for one in clients.measure(server, *((2, 1, (1, 2)) if quick else (20, 5))):
        shown = (
            f"{one.ratio:.2f} of hand-written SQL, {one.heard:,.0f} of {one.floor:,.0f} steps/s; "
            f"promised {CLIENTS_RATIO}"
        )
        name = f"{one.clients} client{'s' if one.clients > 1 else ''}"
        print(f"{name:22} {shown}", flush=True)
        if one.ratio < CLIENTS_RATIO:
            slow.append(f"{name}: {shown}")
    return slow


def _soak(server: Server, folder: Path, *, quick: bool) -> list[str]:
    from bench.soak import soak
    from engine.workers.driving import DRIVERS

    wrong = []
    for driver in DRIVERS[1:] if quick else DRIVERS:
        done = soak(server, folder, 8 if quick else 200, driver)
        print(
            f"{driver:22} {done.cases} cases, {done.requests:,} requests, {done.sent} letters and {done.kills} killed "
            f"workers in {done.seconds:.0f} s; {done.again} letters went out again, {len(done.wrong)} things are wrong",
            flush=True,
        )
        wrong += done.wrong
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
