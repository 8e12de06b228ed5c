"""Whatever is written, the answer is an expression or problems, and never anything else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.expressions import Name, Scope, compile_expression, guards_exhaustive
from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    Field,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
)
from engine.errors import DefinitionError, Place, Stuck
from tests.pace import at_most

PLACE = Place("process.yaml", 1, 1)
ROW = Record(
    {
        "qty": Field(Number(integer=True)),
        "price": Field(Number()),
        "ok": Field(Boolean()),
        "note": Field(Text(), False),
    }
)
FORM = Record(
    {
        "safety": Field(Boolean()),
        "kind": Field(Choice(("new", "linked-existing"), "kind")),
        "detail": Field(Text(), False, "kind == new"),
        "class": Field(Text()),
        "on": Field(Date()),
        "got": Field(Instant(), False),
        "lines": Field(ListOf(ROW)),
    },
    "form",
)
SCOPE = Scope(
    {
        "severity": Name(Choice(("S1", "S2", "S3"), "severity")),
        "form": Name(FORM),
        "late": Name(FORM, False, "`skip` comes here without it"),
        "n": Name(Number(integer=True)),
        "m": Name(Number()),
        "flag": Name(Boolean()),
        "other": Name(Boolean()),
        "today": Name(Date()),
        "now": Name(Instant()),
        "starter": Name(Person()),
    }
)
# fmt: off
WORDS = [
    "and", "or", "not", "in", "is", "if", "else", "for", "==", "!=", "<", "<=", ">", ">=", "=", "+", "-",
    "*", "/", "**", "(", ")", "[", "]", ",", ".", "&&", "||", "!", "true", "false", "True", "None", "yes",
    "lambda", "S1", "S9", "severity", "form", "form.safety", "form.kind", "new", "linked-existing",
    "form.detail", "form.class", "form.on", "form.got", "form.lines", "form.lines.qty", "line", "line.qty",
    "line.price", "line.note", "late.safety", "n", "m", "flag", "today", "now", "starter", "1", "2.50", "0",
    "2026-12-31", "'", "sum(", "any(", "count(", "default(", "min(", "round(", "contains(", "length(",
    "lower(", "days_between(", "add_days(", "__class__", "is set", "is not set", '"x"', '"',
    "line for line in form.lines", "\xe9", "\u0430", "\u202e", "\x00", "\n",
]
# fmt: on
VALUES: Mapping[str, object] = {
    "severity": "S2",
    "form": {
        "safety": True,
        "kind": "new",
        "detail": "x",
        "class": "y",
        "on": "2026-11-23",
        "lines": [{"qty": 2, "price": "1.10", "ok": True}],
    },
    "n": 3,
    "m": "2.50",
    "flag": True,
    "other": False,
    "today": "2026-11-23",
    "now": "2026-11-23T10:00:00Z",
    "starter": "ann",
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["1.5", "NaN", "1e999", "9" * 200, "2026-13-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["safety", "kind", "on", "lines", "qty", "price", "class"]), inner)
    ),
    max_leaves=8,
)


def attempt(text: str, values: Mapping[str, object]) -> None:
    with at_most(1):
        try:
            expression = compile_expression(text, SCOPE, PLACE)
        except DefinitionError as error:
            assert error.problems
            assert all(problem.message and problem.advice for problem in error.problems)
            assert all(1 <= problem.place.column <= len(text) + 1 for problem in error.problems)
        else:
            try:
                expression.evaluate(values)
            except Stuck as stuck:
                assert stuck.place is not None
            expression.why(values)
            if isinstance(expression.type, Boolean):
                guards_exhaustive([expression])


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_words_in_any_order_give_an_expression_or_problems(text: str) -> None:
    attempt(text, VALUES)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_random_text_gives_an_expression_or_problems(text: str) -> None:
    attempt(text, VALUES)


GOOD = [
    "severity in [S1, S2] and form.safety",
    "sum(line.qty * line.price for line in form.lines if line.ok) / n",
    "days_between(form.on, today) > 3 or add_days(now, n) > now",
    "default(form.got, now) <= now and form.got is not set",
    "form.kind == new and form.detail == 'x'",
    "max(form.lines.price) - min(n, m) * m",
    "round(m, 2) + length(form.class) + count(form.lines)",
    "contains(form.class, lower(severity)) if flag else any(form.lines.ok)",
    "all(line.note is set for line in form.lines)",
]


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(GOOD), st.dictionaries(st.sampled_from(sorted(SCOPE.names)), JSON))
def test_whatever_the_values_are_nothing_but_stuck_is_raised(text: str, values: dict[str, object]) -> None:
    attempt(text, {**VALUES, **values})
    attempt(text, values)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 80), st.sampled_from([*WORDS, ""]), st.integers(0, 8))
def test_a_slip_in_a_good_expression_gives_an_expression_or_problems(text: str, at: int, put: str, cut: int) -> None:
    attempt(text[:at] + put + text[at + cut :], VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000,
        "[" * 1000,
        "((" * 100 + "1" + "))" * 100,
        "not " * 249 + "flag",
        "-" * 999 + "1",
        "a." * 499 + "a",
        "1+" * 499 + "1",
        "1*(" * 200,
        "true if true else " * 50 + "true",
        "true and " * 100 + "true",
        "1 < " * 249 + "2",
        "x" * 1000,
        "x" * 2_000_000,
        "9" * 999,
        "99999999999999999999999999999*" * 30 + "1",
        '"' * 999,
        "f(" * 300 + ")" * 300,
        "min(" * 49 + "1,2" + ")" * 49,
        ",".join("n" * 400),
        "[n for " * 100,
        "n-" * 400 + "n",
        "a-" * 499 + "a",
        ".".join("1" * 400),
        "if " * 300,
        "in " * 300,
        "is " * 300,
        "n if n " * 100,
    ],
)
def test_hostile_text_is_answered_within_a_second(text: str) -> None:
    attempt(text, VALUES)
