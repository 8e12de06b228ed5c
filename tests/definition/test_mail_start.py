"""A mail that begins a case: what its process says of it fits the form, or is found before."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from tests.test_receiving import FILES, PROCESS


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("by: [customer, clerk]", "by: [clerk]", "mail-not-by-customers"),
        ("    set: {channel: email}\n", "", "mail-leaves-out"),
        ("set: {channel: email}", "set: {channel: telex}", "preset-unfit"),
        ("take: {name: name", "take: {name: nome", "unknown-field"),
        ("files: files}", "files: subject}", "mail-unfit"),
        ("text: text", "words: text", "mail"),
    ],
)
def test_mail_that_could_never_begin_a_case_is_found_before(was: str, now: str, code: str) -> None:
    changed = {**FILES, "processes/ask.yaml": PROCESS.replace(was, now)}
    assert changed != FILES
    found = examine(Catalog(changed), "processes/ask.yaml").problems
    assert any(code in problem.code or code in problem.message for problem in found), found
