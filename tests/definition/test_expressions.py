"""What expressions mean."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.definition.expressions import (
    FUNCTIONS,
    Expression,
    Name,
    Scope,
    compile_expression,
)
from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    Field,
    File,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
)
from engine.errors import DefinitionError, Place, Problem, Stuck

LINE = Record(
    {
        "qty": Field(Number(integer=True)),
        "price": Field(Number(currency="EUR")),
        "ok": Field(Boolean()),
        "off": Field(Number(), False),
    }
)
TRIAGE = Record(
    {
        "impact": Field(Choice(("organisation", "team", "person"), "impact")),
        "safety": Field(Boolean()),
        "kind": Field(Choice(("new", "linked-existing", "minor"), "kind")),
        "class": Field(Choice(("minor", "major"), "class")),
        "note": Field(Text(), False),
        "product": Field(Text(), False, "kind in [new, minor]"),
        "part": Field(Text(), False, "safety and kind == new"),
        "on": Field(Date()),
        "got": Field(Instant()),
        "tags": Field(ListOf(Text())),
        "level": Field(Choice(("1", "2"), "level")),
        "proof": Field(File(), False),
    },
    "triage",
)
QUOTE = Record(
    {
        "lines": Field(ListOf(LINE)),
        "total": Field(Number(currency="EUR")),
        "fee": Field(Number(currency="USD")),
    }
)
SCOPE = Scope(
    {
        "severity": Name(Choice(("S1", "S2", "S3", "S4"), "severity")),
        "triage": Name(TRIAGE),
        "quote": Name(QUOTE, False, "`skip` comes here without the quote"),
        "n": Name(Number(integer=True)),
        "m": Name(Number()),
        "text": Name(Text()),
        "today": Name(Date()),
        "now": Name(Instant()),
        "starter": Name(Person()),
    }
)
VALUES = {
    "severity": "S2",
    "triage": {
        "impact": "team",
        "safety": True,
        "kind": "new",
        "class": "minor",
        "product": "p",
        "part": "q",
        "on": "2026-12-31",
        "got": "2026-11-23T08:00:00Z",
        "tags": ["a", "b"],
        "level": "1",
    },
    "quote": {
        "lines": [{"qty": 2, "price": "1.10", "ok": True}, {"qty": 0, "price": "9.99", "ok": False}],
        "total": "2.20",
        "fee": "1",
    },
    "n": 3,
    "m": "0.1",
    "text": "Hello",
    "today": "2026-11-23",
    "now": "2026-11-23T10:00:00Z",
    "starter": "ann",
}


def made(text: str, **more: object) -> Expression:
    return compile_expression(text, SCOPE, Place("p.yaml", 4, 7), **more)  # type: ignore[arg-type]


def problems(text: str, **more: object) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        made(text, **more)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("severity in [S1, S2] and triage.safety", True),
        ("severity not in [S1, 'S2']", False),
        ('severity == "S2"', True),
        ("S2 == severity", True),
        ("triage.kind == linked-existing", False),
        ("triage.class == minor and triage.kind != minor", True),
        ("triage.level == 1", True),
        ("severity == (S1 if triage.safety else S2)", False),
        ("n - 1 == 2", True),
        ("1 < n <= 3", True),
        ("-n + 2 * 3 - 4 / 8", Decimal("2.5")),
        ("m + 0.2 == 0.3", True),
        ("1.10 * 3", Decimal("3.30")),
        ("1 / 3", Decimal("0.3333333333333333333333333333")),
        ("not triage.safety or n == 3", True),
        ("text + ' ' + severity", "Hello S2"),
        ("n if triage.safety else 0", 3),
        ("triage.note is set", False),
        ("triage.note is not set", True),
        ('default(triage.note, "none")', "none"),
        ("triage.kind == new and triage.product == 'p'", True),
        ("triage.kind not in [linked-existing] and triage.product == 'p'", True),
        ("triage.kind == linked-existing or triage.product == 'p'", True),
        ("triage.kind == new and triage.safety and triage.part == 'q'", True),
        ("not (triage.note is not set) and length(triage.note) > 2", False),
        (
            "quote is set and sum(line.qty * line.price for line in quote.lines if line.qty > 0) == quote.total",
            True,
        ),
        ("quote.total is set and quote.total > 1", True),
        ("today < triage.on and triage.on == 2026-12-31 and triage.on >= '2026-01-01'", True),
        ("triage.got < now", True),
        ("days_between(today, triage.on)", 38),
        ("days_between(triage.on, today)", -38),
        ("days_between(triage.got, now)", 0),
        ("days_between(now, triage.on)", 38),
        ("add_days(triage.on, 1)", date(2027, 1, 1)),
        ("add_days(now, -1)", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("lower(text)", "hello"),
        ("length(text) + length(triage.tags)", 7),
        ("contains(text, 'ell') and not contains(text, 'ELL') and contains(triage.tags, 'b')", True),
        ("'a' in triage.tags", True),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(-2.5)", -3),
        ("min(n, 2, 7) + max([1, 2.5])", Decimal("4.5")),
        ("max(today, triage.on)", date(2026, 12, 31)),
        ("starter == 'ann'", True),
    ],
)
def test_an_expression_means_what_it_says(text: str, value: object) -> None:
    assert made(text).evaluate(VALUES) == value


def test_a_guard_has_to_be_true_or_false() -> None:
    assert made("n > 1", expect=Boolean).type == Boolean()
    assert "Expected true or false" in problems("n", expect=Boolean)[0].message
    assert made("n", expect=(Number, Date)).type == Number(integer=True)


def test_bare_words_may_be_the_values_of_the_enum_that_is_expected() -> None:
    assert made("S1 if triage.safety else S2", expect=Choice(("S1", "S2"))).evaluate(VALUES) == "S1"
    assert problems("S1 if triage.safety else S7", expect=Choice(("S1", "S2")))[0].code == "not-in-enum"


def test_a_missing_value_is_stuck_with_its_place_and_never_false() -> None:
    with pytest.raises(Stuck) as caught:
        made("n == 3 and triage.safety").evaluate({"n": 3, "triage": {}})
    assert str(caught.value) == "p.yaml:4:25: `triage.safety` has no value, but it is needed here."


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("n / 0", VALUES, "divides by zero"),
        ("n", {"n": "many"}, "Expected `n` to be a number"),
        ("n", {"n": True}, "Expected `n` to be a number"),
        ("m", {"m": "NaN"}, "Expected `m` to be a number"),
        ("today", {"today": "2026-02-30"}, "Expected `today` to be a date"),
        ("now", {"now": "2026-11-23T10:00:00"}, "a point in time"),
        ("triage.safety", {"triage": {"safety": "true"}}, "true or false"),
        ("add_days(today, 99999999)", VALUES, "outside the calendar"),
    ],
)
def test_what_cannot_be_worked_out_is_stuck(text: str, values: dict[str, object], words: str) -> None:
    with pytest.raises(Stuck) as caught:
        made(text).evaluate(values)
    assert words in caught.value.message
    assert caught.value.place is not None


def test_the_smallest_of_nothing_is_stuck_and_the_sum_of_nothing_is_zero() -> None:
    empty = {"quote": {"lines": []}}
    assert made("quote is set and sum(quote.lines.qty) == 0").evaluate(empty) is True
    with pytest.raises(Stuck, match="list is empty"):
        made("quote is set and max(quote.lines.qty) > 0").evaluate(empty)


def test_a_computed_name_is_worked_out_once_and_only_when_read() -> None:
    calls: list[int] = []

    def severity() -> str:
        calls.append(1)
        return "S1"

    expression = made("n == 3 and (severity == S1 and severity != S2 or severity == S3)")
    assert expression.evaluate({"n": 4, "severity": severity}) is False
    assert calls == []
    assert expression.evaluate({"n": 3, "severity": severity}) is True
    assert calls == [1]


def test_names_and_paths_are_told_also_through_tables() -> None:
    expression = made("quote is set and any(line.qty > n for line in quote.lines)")
    assert expression.names == {"quote", "n"}
    assert expression.paths == {"quote", "quote.lines", "quote.lines.qty", "n"}
    assert expression.why(VALUES) == {"quote.lines.qty": [2, 0], "n": 3}
    assert expression.why({"n": 1}) == {"n": 1}


def test_every_function_is_documented() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
    for function in FUNCTIONS.values():
        assert function.usage in reference, function.name
        assert function.meaning.split(";")[0].split(":")[0] in reference, function.name


def test_every_problem_code_is_documented() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
    folder = Path(__file__).parents[2] / "engine" / "definition"
    found = {
        code
        for package in ("expressions", "decisions")
        for source in (folder / package).glob("*.py")
        for code in re.findall(
            r'"((?:expression|unknown|not|type|maybe|too|decision)-[a-z-]+)"',
            source.read_text(encoding="utf-8"),
        )
    }
    assert found
    for code in found:
        assert f"`{code}`" in reference, code
