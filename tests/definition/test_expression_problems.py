"""What is wrong with an expression, where, and what to do about it."""

from __future__ import annotations

import pytest

from engine.definition.expressions import Expression, Name, Scope, compile_expression
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
from engine.errors import DefinitionError, Place, Problem

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


def made(text: str, **more: object) -> Expression:
    return compile_expression(text, SCOPE, Place("p.yaml", 4, 7), **more)  # type: ignore[arg-type]


def problems(text: str, **more: object) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        made(text, **more)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "code", "column", "words"),
    [
        ("", "expression-syntax", 7, "there is nothing"),
        ("triage.safety = true", "expression-syntax", 21, "Expected `==`"),
        ("n == 1 && n == 2", "expression-syntax", 14, "Expected `and`"),
        ("n == 1 || n == 2", "expression-syntax", 14, "Expected `or`"),
        ("!triage.safety", "expression-syntax", 7, "Expected `not`"),
        ("n <> 2", "expression-syntax", 9, "Expected `!=`"),
        ("n == 1 AND n == 2", "expression-syntax", 14, "Write `and`"),
        ("triage.safety == True", "expression-syntax", 24, "Write `true`"),
        ("triage.safety == yes", "unknown-name", 24, "Write `true`"),
        ("triage.safety == 'true'", "type-mismatch", 24, "without quotes"),
        ("n == None", "not-allowed", 12, "is set"),
        ("n is 3", "expression-syntax", 9, "Write `== 3`"),
        ("severity is not S1", "expression-syntax", 23, "x != y"),
        ("(n == 1", "expression-syntax", 7, "never closed"),
        ("n == 1)", "expression-syntax", 13, "never opened"),
        ("[n)", "expression-syntax", 9, "Expected `]`"),
        ("n n", "expression-syntax", 9, "Expected an operator"),
        ("n ==", "expression-syntax", 11, "Expected a value"),
        ("text == 'a", "expression-syntax", 15, "never closed"),
        ("1 if n == 1", "expression-syntax", 9, "Expected `else`"),
        ("lambda x", "not-allowed", 7, "lambda"),
        ("n ** 2", "not-allowed", 9, "no powers"),
        ("n % 2", "not-allowed", 9, "no remainder"),
        ("n & 2", "not-allowed", 9, "no bit operations"),
        ("triage.tags[0]", "not-allowed", 18, "no numbered places"),
        ("text.upper()", "not-allowed", 7, "by its name"),
        ("n.__class__", "not-allowed", 9, "two underscores"),
        ("(n := 3)", "not-allowed", 10, "use `set`"),
        ("[x for x in triage.tags]", "not-allowed", 8, "only argument"),
        ("lower(x for x in triage.tags)", "not-allowed", 7, "go through a list"),
        ("(n, n)", "not-allowed", 8, "square brackets"),
        ("sum(*triage.tags)", "not-allowed", 11, "not unpacked"),
        ("f'{n}'", "expression-syntax", 8, "Expected an operator"),
        ("n ≥ 3", "expression-syntax", 9, "Write `>=`"),
        ("text == “", "expression-syntax", 15, "straight quotes"),
        ("nаme == 1", "expression-syntax", 8, "cyrillic small letter a"),
        ("text == 'a\u202eb'", "expression-syntax", 17, "right-to-left override"),
        ("007 == n", "expression-syntax", 7, "starts with a zero"),
        ("1" * 31 + " == n", "too-long", 7, "30 digits"),
        ("n == 1 or " * 100 + "n == 1", "too-long", 7, "1,006 characters"),
        ("(" * 60, "too-long", 57, "50 deep"),
        ("triage.on == 2026-02-30", "expression-syntax", 20, "no day"),
        ("sevrity == S1", "unknown-name", 7, "did you mean 'severity'?"),
        ("n-1 == 2", "unknown-name", 7, "`n - 1`"),
        ("triage.impakt == team", "unknown-field", 14, "did you mean 'impact'?"),
        ("n.x == 1", "unknown-field", 9, "has no field"),
        ("lowr(text) == 'a'", "unknown-function", 7, "did you mean 'lower'?"),
        ("today() == today", "unknown-function", 7, "without brackets"),
        ("lower() == 'a'", "type-mismatch", 7, "takes 1 value"),
        ("triage.impact == teem", "not-in-enum", 24, "did you mean 'team'?"),
        ("severity in [S1, S9]", "not-in-enum", 24, "S1, S2, S3, S4"),
        ("severity == 'S9'", "not-in-enum", 19, "no value `S9`"),
        ("severity == triage.impact", "type-mismatch", 19, "never be equal"),
        ("text < n", "type-mismatch", 14, "neither can be more than the other"),
        ("n == '3'", "type-mismatch", 12, "without quotes"),
        ("n > '3'", "type-mismatch", 11, "is text; neither can be more than the other. Write 3 without quotes."),
        ("severity < S2", "type-mismatch", 7, "List the values"),
        ("triage.on - today > 3", "type-mismatch", 19, "days_between"),
        ("today + 3 > today", "type-mismatch", 15, "add_days"),
        ("now < today", "type-mismatch", 13, "days_between"),
        ("n + text == 'a'", "type-mismatch", 11, "Text is joined with text"),
        ("n and triage.safety", "type-mismatch", 7, "`n > 0`"),
        ("'a' in text", "type-mismatch", 14, "contains(text"),
        ("quote is set and quote.total + quote.fee > 1", "type-mismatch", 38, "currencies"),
        ("quote is set and count(quote.lines.ok) > 1", "type-mismatch", 30, "false ones"),
        ("triage.on == 'soon'", "type-mismatch", 20, "2026-12-31"),
        ("any(n > 0 for n in triage.tags)", "not-allowed", 21, "already the name"),
        ("triage.note == 'x'", "maybe-missing", 14, "triage.note is set and"),
        ("triage.product == 'x'", "maybe-missing", 14, "default(triage.product"),
        ("triage.kind == new or triage.product == 'x'", "maybe-missing", 36, "may not be there"),
        ("triage.kind == new and triage.part == 'x'", "maybe-missing", 37, "may not be there"),
        ("quote.total > 1", "maybe-missing", 7, "`skip` comes here without the quote"),
        ("quote is set and sum(quote.lines.off) > 1", "maybe-missing", 40, "if row.off is set"),
    ],
)
def test_a_problem_is_told_with_its_place_and_what_to_do(text: str, code: str, column: int, words: str) -> None:
    found = problems(text)
    assert [(problem.code, problem.place.column) for problem in found] == [(code, column)]
    assert words in f"{found[0].message} {found[0].advice}"


def test_every_problem_of_an_expression_is_told_at_once() -> None:
    found = problems("sevrity = S1 && triage.impact == teem and triage.note == 'x'")
    assert [problem.code for problem in found] == [
        "unknown-name",
        "expression-syntax",
        "expression-syntax",
        "not-in-enum",
        "maybe-missing",
    ]
