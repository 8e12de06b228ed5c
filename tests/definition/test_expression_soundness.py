"""An expression's value is what arithmetic says, and what the checker proves is so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext

from hypothesis import HealthCheck, given, settings
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
from engine.errors import DefinitionError, Place

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
Meaning = Callable[[Mapping[str, Decimal], Mapping[str, bool]], object]
numbers = st.one_of(
    st.integers(0, 99).map(lambda value: (str(value), lambda n, b: Decimal(value))),
    st.decimals(0, 99, places=2).map(lambda value: (f"{value:f}", lambda n, b: value)),
    st.sampled_from(["n", "m"]).map(lambda name: (name, lambda n, b: n[name])),
)


def _calculated(inner: st.SearchStrategy[tuple[str, Meaning]]) -> st.SearchStrategy[tuple[str, Meaning]]:
    def both(parts: tuple[tuple[str, Meaning], str, tuple[str, Meaning]]) -> tuple[str, Meaning]:
        (left, one), sign, (right, two) = parts
        work = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}[sign]
        return f"({left} {sign} {right})", lambda n, b: work(one(n, b), two(n, b))

    return st.tuples(inner, st.sampled_from("+-*"), inner).map(both)


sums = st.recursive(numbers, _calculated, max_leaves=6)


def _compared(parts: tuple[tuple[str, Meaning], str, tuple[str, Meaning]]) -> tuple[str, Meaning]:
    (left, one), sign, (right, two) = parts
    work = {
        "<": lambda x, y: x < y,
        "<=": lambda x, y: x <= y,
        "==": lambda x, y: x == y,
        "!=": lambda x, y: x != y,
        ">": lambda x, y: x > y,
    }[sign]
    return f"{left} {sign} {right}", lambda n, b: work(one(n, b), two(n, b))


conditions = st.recursive(
    st.tuples(sums, st.sampled_from(["<", "<=", "==", "!=", ">"]), sums).map(_compared)
    | st.sampled_from(["flag", "other"]).map(lambda name: (name, lambda n, b: b[name])),
    lambda inner: st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", lambda n, b: not one[1](n, b))),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]} and {two[1][0]})", lambda n, b: two[0][1](n, b) and two[1][1](n, b))
        ),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]} or {two[1][0]})", lambda n, b: two[0][1](n, b) or two[1][1](n, b))
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sums | conditions, st.integers(-99, 99), st.decimals(-99, 99, places=3), st.booleans(), st.booleans())
def test_a_well_typed_expression_has_the_value_that_arithmetic_gives(
    pair: tuple[str, Meaning], n: int, m: Decimal, flag: bool, other: bool
) -> None:
    text, meaning = pair
    if len(text) > 1000:
        return
    with localcontext() as context:
        context.prec = 200
        wanted = meaning({"n": Decimal(n), "m": m}, {"flag": flag, "other": other})
    found = compile_expression(text, SCOPE, PLACE).evaluate({"n": n, "m": f"{m:f}", "flag": flag, "other": other})
    assert found == wanted


atoms = st.sampled_from(
    [
        "flag",
        "not other",
        "severity == S1",
        "severity in [S2, S3]",
        "severity != S2",
        "n < 3",
        "n >= 3",
        "n == 5",
        "2 < n <= 5",
        "m > 1.5",
        "m <= 1.5",
        "other",
    ]
)
guards = st.lists(
    st.one_of(
        atoms,
        st.tuples(atoms, st.sampled_from(["and", "or"]), atoms).map(" ".join),
        atoms.map(lambda atom: f"not ({atom})"),
    ),
    min_size=1,
    max_size=4,
)
CASES = [
    {"flag": flag, "other": other, "severity": severity, "n": n, "m": m}
    for flag, other, severity, n, m in itertools.product(
        [True, False], [True, False], ["S1", "S2", "S3"], range(8), ["1", "1.5", "2"]
    )
]


@settings(max_examples=300, deadline=None)
@given(guards)
def test_the_verdict_on_guards_is_what_trying_every_value_gives(texts: list[str]) -> None:
    compiled = [compile_expression(text, SCOPE, PLACE, Boolean) for text in texts]
    verdict = guards_exhaustive(compiled)
    assert verdict.proven is all(any(guard.evaluate(case) for guard in compiled) for case in CASES)
    if verdict.proven is False:
        case = {**CASES[0], **verdict.witness}
        assert not any(guard.evaluate(case) for guard in compiled)


maybe_atoms = st.sampled_from(
    [
        "form.kind == new",
        "form.kind != new",
        "form.kind in [linked-existing]",
        "form.detail == 'x'",
        "form.detail is set",
        "late is set",
        "late is not set",
        "late.safety",
        "late.got is set",
        "late.got < now",
        "late.kind == new",
        "late.detail == 'x'",
        "late.safety is set",
        "default(late.safety, false)",
        "flag",
    ]
)
maybe_conditions = st.recursive(
    maybe_atoms,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} if {three[1]} else {three[2]})"),
    ),
    max_leaves=5,
)
_FORMS = [
    {"safety": safety, "kind": kind, **detail, **got}
    for safety, (kind, detail), got in itertools.product(
        [True, False],
        [("new", {"detail": "x"}), ("linked-existing", {}), ("linked-existing", {"detail": "x"})],
        [{}, {"got": "2026-11-23T10:00:00Z"}],
    )
]
PRESENCE = [
    {**VALUES, "form": form, **late} for form in _FORMS for late in [{}, *({"late": other} for other in _FORMS)]
]


@settings(max_examples=600, deadline=None)
@given(maybe_conditions)
def test_what_the_checker_accepts_never_meets_a_missing_value(text: str) -> None:
    try:
        expression = compile_expression(text, SCOPE, PLACE, Boolean)
    except DefinitionError as error:
        assert {problem.code for problem in error.problems} == {"maybe-missing"}
        return
    outcomes = [expression.evaluate(values) for values in PRESENCE]
    proven = guards_exhaustive([expression]).proven
    assert proven is None or not proven or all(outcomes)
