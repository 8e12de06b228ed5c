"""Whether some guard always holds, and the case that shows it does not."""

from __future__ import annotations

import pytest

from engine.definition.expressions import Name, Scope, compile_expression, guards_exhaustive
from engine.definition.types import Boolean, Choice, Date, Field, Number, Record, Text
from engine.errors import Place

TRIAGE = Record({"safety": Field(Boolean()), "note": Field(Text(), False), "on": Field(Date())}, "triage")
SCOPE = Scope(
    {
        "severity": Name(Choice(("S1", "S2", "S3", "S4"), "severity")),
        "triage": Name(TRIAGE),
        "quote": Name(TRIAGE, False, "`skip` comes here without the quote"),
        "n": Name(Number(integer=True)),
        "m": Name(Number()),
        "text": Name(Text()),
        "today": Name(Date()),
    }
)


@pytest.mark.parametrize(
    ("guards", "proven", "witness"),
    [
        (["severity == S1", "severity in [S2, S3, S4]"], True, {}),
        (
            ["severity == S1", "severity == S2 and triage.safety", "severity in [S3, S4]"],
            False,
            {"severity": "S2", "triage.safety": False},
        ),
        (["n < 3", "n > 3"], False, {"n": 3}),
        (["n <= 3", "n > 3"], True, {}),
        (["m < 1.5", "m > 1.5"], False, {"m": "1.5"}),
        (["today < 2026-12-31", "today > 2026-12-31"], False, {"today": "2026-12-31"}),
        (["triage.note is set", "triage.note is not set"], True, {}),
        (["quote is set"], False, {"quote": None}),
        (["days_between(today, triage.on) > 3", "days_between(today, triage.on) <= 3"], True, {}),
        (["days_between(today, triage.on) > 3"], None, {}),
        (["triage.on < today", "today <= triage.on"], True, {}),
        (["text == 'a'", "text != 'a'"], True, {}),
        (["text == 'a'", "text == 'b'"], False, {"text": "abanother text"}),
        (["default(triage.note, 'a') == 'a'", "default(triage.note, 'b') != 'a'"], True, {}),
        (["default(triage.note, 'b') == 'a'", "triage.note is set"], False, {"triage.note": None}),
    ],
)
def test_guards_are_exhaustive_or_a_witness_shows_the_gap(
    guards: list[str], proven: bool | None, witness: dict[str, object]
) -> None:
    verdict = guards_exhaustive([compile_expression(guard, SCOPE, Place("p.yaml"), Boolean) for guard in guards])
    assert verdict.proven is proven
    assert dict(verdict.witness) == witness
