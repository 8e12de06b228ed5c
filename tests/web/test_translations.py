"""The pages speak German too: every text is collected, translated and compiled."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.web.conftest import Browser

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_text_of_the_pages_is_translated_and_compiled() -> None:
    done = subprocess.run(
        [sys.executable, "tools/translations.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_somebody_said_is_quoted_as_the_language_of_the_page_quotes() -> None:
    pages = {page.name: page.read_text("utf-8") for page in (ROOT / "web" / "templates").rglob("*.html")}
    assert pages and [name for name, text in pages.items() if "“{{" in text or "}}”" in text] == []


def test_a_page_speaks_the_language_of_whoever_is_signed_in(browser: Callable[..., Browser]) -> None:
    german = browser("ann").get("/inbox").get_data(as_text=True)
    assert '<html lang="de">' in german and "Meine Aufgaben" in german and "My tasks" not in german
    english = browser("ben").get("/inbox").get_data(as_text=True)
    assert '<html lang="en">' in english and "My tasks" in english


def test_a_template_that_was_compiled_for_an_english_page_speaks_german_on_a_german_one() -> None:
    from flask import Flask

    from web import language, times

    app = Flask("web")
    language.setup(app)
    times.setup(app)
    page = None
    said = {}
    for tongue in ("en", "de"):
        with app.test_request_context(headers={"Accept-Language": tongue}):
            page = page or app.jinja_env.from_string("{{ '2026-11-23' | day }} {{ 1234.5 | number }}")
            said[tongue] = page.render()
    assert said["en"] == "Mon 23 Nov 2026 1,234.5"
    assert said["de"] == "Mo 23. Nov. 2026 1.234,5"


def test_numbers_and_days_are_written_as_the_language_writes_them(browser: Callable[..., Browser]) -> None:
    from flask import Flask

    from web.language import number, setup
    from web.times import day

    app = Flask("web")
    setup(app)
    for tongue, shown, written in (("en", "1,234.50", "Mon 23 Nov 2026"), ("de", "1.234,50", "Mo 23. Nov. 2026")):
        with app.test_request_context(headers={"Accept-Language": tongue}):
            assert number("1234.50") == shown
            assert day("2026-11-23") == written


def test_a_number_is_read_as_it_is_written_in_the_language_of_the_page() -> None:
    from flask import Flask

    from web.language import plain_number, typed_number

    app = Flask("web")
    read = {
        "de": {"49,90": "49.90", "1.250": "1250", "-1.250,5": "-1250.5", "49.90": "49.90", "0.125": "0.125"},
        "en": {"49.90": "49.90", "1,250": "1250", "-1,250.5": "-1250.5", "1.250": "1.250"},
    }
    not_read = {"de": ["1,250.00", "1.25.000", "viel", "1,2,3"], "en": ["49,90", "1.250,00", "1,25,000", "much"]}
    for tongue, cases in read.items():
        with app.test_request_context(headers={"Accept-Language": tongue}):
            assert {text: plain_number(text) for text in cases} == cases
            assert [plain_number(text) for text in not_read[tongue]] == not_read[tongue]
            for plain in ("1250", "1250.5", "1.250", "0.125", "-3.00", "not a number."):
                assert plain_number(typed_number(plain)) == plain, "what is shown is read as what it was"
