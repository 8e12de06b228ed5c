"""What is refused is said in the language of the page."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.errors import Rejected
from tests.web.conftest import Browser
from web.house import House
from web.language import setup
from web.refusals import worded

CORE = Path(__file__).resolve().parents[2] / "engine" / "core"


def in_german(rejected: Rejected, language: str = "de") -> Rejected:
    app = Flask("web")
    setup(app)
    with app.test_request_context(headers={"Accept-Language": language}):
        return worded(rejected)


def said_at_fields() -> Iterator[str]:
    """Every text that the engine says at a field and that is the same each time."""
    for file in sorted(CORE.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rejected":
                for given in node.args[2:]:
                    yield from (one.value for one in ast.walk(given) if _is_a_sentence(one))


def _is_a_sentence(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith(".")
        and " " in node.value
    )


@pytest.mark.parametrize("said", sorted(set(said_at_fields())))
def test_what_the_engine_says_at_a_field_has_its_german(said: str) -> None:
    rejected = Rejected("invalid-values", "Expected more, but there is less", {"text": (said,)})
    assert in_german(rejected).fields["text"] != (said,)


def test_a_refusal_of_the_engine_is_said_by_its_code_and_one_that_has_no_words_in_general() -> None:
    assert in_german(Rejected("excluded", "Expected somebody else, but it is you")).message.startswith(
        "Das muss jemand"
    )
    assert in_german(Rejected("unheard-of", "Expected this, but it is that")).message.startswith("Das ist nicht oder")


def test_in_english_and_where_a_page_refuses_it_stays_as_it_is() -> None:
    engines = Rejected("excluded", "Expected somebody else, but it is you")
    assert in_german(engines, "en") is engines
    assert in_german(Rejected("file-refused", "Das ist ein Programm.")).message == "Das ist ein Programm."


def test_a_german_page_says_in_german_why_something_was_not_done(browser: Callable[..., Browser], house: House) -> None:
    page = browser("ann").get("/cases/INQ-2026-99999").get_data(as_text=True)
    assert "Expected" not in page
    ann = browser("ann")
    ann.get("/absences")
    answer = ann.post("/absences", {"person": "ann", "deputy": "ann", "from": "2026-12-01", "until": "2026-12-02"})
    refused = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Expected" not in refused and "Vertretung" in refused
