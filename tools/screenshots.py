"""Photograph the main pages for the README and the guides: docs/images/page-*.png.

python tools/screenshots.py

Plays the demo as it was on a Monday morning, serves it, and opens its pages in Chromium (Playwright comes with
`pip install -e '.[test]'`). The pictures differ in a few pixels from machine to machine, so nothing compares them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.runtime import VirtualClock  # noqa: E402
from engine.store import open_database, queries  # noqa: E402
from web import create_app  # noqa: E402
from web.house import House, Settings  # noqa: E402

IMAGES = ROOT / "docs" / "images"
AT = "2026-11-23 09:00"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}


def main() -> int:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("HEARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Expected Chromium, but there is none: install Debian's chromium, or name one in HEARD_CHROMIUM")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _company() as (house, base), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, person, path, narrow, dark, act in _pictures(house):
            context = browser.new_context(
                base_url=base, viewport=PHONE if narrow else DESK, color_scheme="dark" if dark else "light"
            )
            page = context.new_page()
            if person:
                page.goto("/sign-in")
                page.locator(f'button[name="demo-person"][value="{person}"]').click()
                page.wait_for_url(lambda url: "/sign-in" not in url)
            page.goto(path)
            act(page)
            target = IMAGES / f"page-{name}.png"
            page.screenshot(path=str(target))
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} kB")
            context.close()
        browser.close()
    return 0


def _pictures(house: House) -> Iterator[tuple[str, str, str, bool, bool, Callable[[Any], object]]]:
    """Name, who looks, where, on a phone, in the dark, and what is done before the picture."""

    def nothing(page: Any) -> None:
        page.wait_for_load_state()

    def problem(page: Any) -> None:
        page.locator(".cm-content").click()
        page.locator(".cm-line", has_text="supervisors:").click()
        page.keyboard.press("End")
        page.keyboard.type(" # and")
        page.keyboard.press("Enter")
        page.keyboard.type("calender: office")
        page.wait_for_selector(".cm-lintRange-error")

    yield "inbox", "emma", "/inbox", False, False, nothing
    yield "inbox-phone", "emma", "/inbox", True, True, nothing
    yield "task", "emma", f"/tasks/{_task(house, 'emma')}", False, False, nothing
    yield "approval", "liam", f"/approvals/{_approval(house, 'liam')}", False, False, nothing
    complaint = _case(house, "complaint")
    yield "case", "ines", f"/cases/{complaint}", False, False, nothing
    yield "history", "vera", f"/cases/{complaint}?only=people", False, False, lambda page: _to(page, "ol.timeline")
    yield "process", "katrin", "/processes/inquiry", False, False, lambda page: _to(page, "main svg")
    yield "editor", "katrin", "/processes/complaint/editor", False, False, problem
    yield "contact", "", "/contact/complaint", True, False, nothing


def _to(page: Any, selector: str) -> None:
    found = page.locator(selector)
    if found.count():
        found.first.scroll_into_view_if_needed()
        found.first.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - 16)")


def _task(house: House, person: str) -> str:
    rows = _inbox(house, person)
    return next(row.task for row in rows if row.process == "complaint" and row.assignee == person)


def _inbox(house: House, person: str) -> tuple[Any, ...]:
    return queries.inbox(house.store, person, house.directory.actor(person).roles, limit=200).rows


def _approval(house: House, person: str) -> str:
    rows = _inbox(house, person)
    cases = {row.task: house.engine.instance(row.task.rpartition(".")[0]) for row in rows}
    return next(row.task for row in rows if row.task in cases[row.task].approvals)


def _case(house: House, process: str) -> str:
    """The case of this process to which most has happened."""
    rows = queries.cases(house.store, process=process, status="running", limit=50).rows
    return max(rows, key=lambda row: house.engine.instance(row.id).seq).reference


@contextmanager
def _company() -> Iterator[tuple[House, str]]:
    """The demo as it was at that time, served until the end of the block."""
    from waitress.server import create_server

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.db"
        heard = [sys.executable, "-c", "from engine.cli import main; main()", "demo", "--database", url, "--at", AT]
        subprocess.run(heard, cwd=ROOT, check=True, capture_output=True)
        with open_database(url) as store, store.transaction():
            store.database.execute_sql("UPDATE person SET language = 'en'")
        app = create_app(Settings(home=str(ROOT), database=url, clock=VirtualClock(NOW)))
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield app.extensions["heard"], f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.close()
            thread.join(5)


if __name__ == "__main__":
    sys.exit(main())
