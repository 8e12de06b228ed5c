"""A real browser before a real server: Debian's Chromium, driven by Playwright. Without one these tests say so.

The same without a window, chromium-headless-shell, takes half the processor, so it is preferred where it is.
HEARD_CHROMIUM names another browser than the one that is found on the path.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from waitress.server import create_server

CALLED = ("chromium-headless-shell", "chromium", "chromium-browser")
FOUND = os.environ.get("HEARD_CHROMIUM") or next(filter(None, map(shutil.which, CALLED)), "")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 760}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser itself, for all tests of one process."""
    if not FOUND:
        pytest.skip("no Chromium here: install Debian's chromium, or name one in HEARD_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=FOUND, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the house of this test answers."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens a page as somebody: a browser of their own, signed in. Whatever the browser complains of fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open(person: str = "", *, scripts: bool = True, dark: bool = False, narrow: bool = False) -> Any:
        context = chromium.new_context(
            base_url=address,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            viewport=NARROW if narrow else WIDE,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: complaints.append(f"{page.url}: {said.text}") if "Content Security" in said.text else None,
        )
        if person:
            page.goto("/sign-in")
            page.locator(f'button[name="demo-person"][value="{person}"]').click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open
    for context in contexts:
        context.close()
    assert complaints == []
