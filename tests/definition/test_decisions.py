"""Decision tables: what they decide, and what is wrong with them."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.decisions import Decision, read_decision
from engine.definition.expressions import Name, Scope
from engine.definition.reader import read
from engine.definition.types import Boolean, Choice, Date, Field, ListOf, Number, Record, Text
from engine.errors import DefinitionError, Problem, Stuck
from tests.pace import at_most

TRIAGE = Record(
    {
        "impact": Field(Choice(("organisation", "team", "person"), "impact")),
        "urgency": Field(Choice(("critical", "high", "low"), "urgency")),
        "safety": Field(Boolean()),
        "legal": Field(Boolean()),
        "note": Field(Text(), False),
        "day": Field(Date()),
        "tags": Field(ListOf(Text())),
    },
    "triage",
)
SCOPE = Scope(
    {"triage": Name(TRIAGE), "n": Name(Number(integer=True)), "amount": Name(Number()), "today": Name(Date())}
)
SEVERITY = """
inputs: [triage.impact, triage.urgency]
results: [S1, S2, S3, S4]
rows:
  - [organisation, [critical, high], S1]
  - [team, critical, S1]
  - [team, high, S2]
  - [person, [critical, high], S3]
  - [any, low, S4]
at-least: {S2: triage.safety or triage.legal}
raise-by-one: n > 2
"""


def table(text: str) -> Decision:
    return read_decision("severity", read(text, "p.yaml"), SCOPE)


def refused(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        table(text)
    return caught.value.problems


def values(impact: str = "team", urgency: str = "low", n: int = 0, **more: object) -> dict[str, object]:
    return {"triage": {"impact": impact, "urgency": urgency, "safety": False, "legal": False, **more}, "n": n}


def test_the_row_that_fits_gives_the_result_with_its_number_and_what_it_looked_at() -> None:
    decided = table(SEVERITY).decide(values("team", "high"))
    assert (decided.result, decided.row_number, decided.raised) == ("S2", 3, ())
    assert decided.values["triage.urgency"] == "high"
    assert len(decided.values) == 5


def test_at_least_lifts_the_result_and_raise_by_one_lifts_it_further() -> None:
    severity = table(SEVERITY)
    assert severity.decide(values("person", "low", safety=True)).result == "S2"
    lifted = [severity.decide(values("person", "low", 3, safety=safety)).result for safety in (True, False)]
    assert lifted == ["S1", "S3"]
    assert severity.decide({**values("person", "low"), "n": 3}).raised == ("raised by one from S4: n > 2",)


def test_the_highest_result_is_not_raised_further_nor_lowered() -> None:
    decided = table(SEVERITY).decide({**values("team", "critical", legal=True), "n": 9})
    assert (decided.result, decided.raised) == ("S1", ())


def test_a_whole_table_has_no_findings_and_is_a_choice_of_its_results() -> None:
    severity = table(SEVERITY)
    assert severity.findings() == []
    assert severity.type == Choice(("S1", "S2", "S3", "S4"), "severity")


def test_a_missing_input_is_stuck() -> None:
    with pytest.raises(Stuck, match="triage.urgency"):
        table(SEVERITY).decide({"triage": {"impact": "team"}, "n": 0})


def test_a_case_without_a_row_is_stuck_and_found_beforehand_with_the_example() -> None:
    holed = table(SEVERITY.replace("  - [team, high, S2]\n", ""))
    with pytest.raises(Stuck, match="No row of the decision `severity` fits"):
        holed.decide(values("team", "high"))
    (gap,) = holed.findings()
    assert gap.code == "decision-gap"
    assert gap.witness == ("triage.impact is team, triage.urgency is high",)


def test_overlapping_rows_are_found_unless_they_agree_or_the_first_counts() -> None:
    both = "inputs: triage.safety\nrows:\n  - [true, a]\n  - [any, b]\n"
    (overlap,) = table(both).findings()
    assert (overlap.code, overlap.place.line) == ("decision-overlap", 4)
    assert overlap.witness == ("triage.safety is true",)
    assert "Rows 1 (line 3) and 2" in overlap.message
    assert table(both + "hit: first\n").findings() == []
    assert table(both.replace("b]", "a]")).findings() == []


def test_a_row_that_is_never_reached_is_found() -> None:
    dead = table(
        "inputs: n\nhit: first\nrows:\n  - ['>= 3', a]\n  - [5, b]\n  - ['< 3', c]\n  - [else, d]\n"
    ).findings()
    assert [(p.code, p.place.line, p.severity) for p in dead] == [
        ("decision-dead-row", 5, "error"),
        ("decision-dead-row", 7, "warning"),
    ]


def test_numbers_dates_and_ranges_are_told_apart_at_their_limits() -> None:
    rows = "inputs: amount\nrows:\n  - ['< 100', 1]\n  - ['100..1000', 2]\n  - ['> 1000.5', 3]\n"
    (gap,) = table(rows).findings()
    assert gap.witness == ("amount is 1000.25", "amount is 1000.5")
    fixed = table(rows.replace("> 1000.5", "> 1000"))
    assert fixed.findings() == []
    assert fixed.type == Number(integer=True)
    assert [fixed.decide({"amount": value}).result for value in ("99.99", 100, "1000.00", "1000.01")] == [
        1,
        2,
        2,
        3,
    ]
    days = table(
        "inputs: triage.day\n"
        "rows:\n  - ['< 2026-06-01', a]\n  - [2026-06-01..2026-12-31, b]\n  - ['>= 2027-01-01', c]\n"
    )
    assert days.findings() == []
    assert days.decide({"triage": {"day": "2026-12-31"}}).result == "b"


def test_results_may_be_durations_numbers_or_true_and_false() -> None:
    assert table("inputs: triage.safety\nrows:\n  - [true, 2bh]\n  - [false, 1bd]\n").type == Choice(
        ("2bh", "1bd"), "severity"
    )
    assert table("inputs: triage.safety\nrows:\n  - [true, 1.50]\n  - [else, 2]\n").decide(
        values(safety=True)
    ).result == Decimal("1.50")
    assert table("inputs: triage.impact\nrows:\n  - [team, true]\n  - {else: false}\n").type == Boolean()


def test_a_row_may_be_written_with_when_and_result() -> None:
    rows = "inputs: [triage.impact, n]\nrows:\n  - {when: [team, '<= 3'], result: a}\n  - {else: b}\n"
    assert [
        table(rows).decide(values("team", "low")).result,
        table(rows).decide(values("person")).result,
    ] == ["a", "b"]
    assert table(rows).decide(values("person")).row_number == 0


def test_text_inputs_and_conditions_as_inputs_are_checked_too() -> None:
    rows = (
        "inputs: ['default(triage.note, \"\")', triage.safety or triage.legal]\n"
        "rows:\n  - [urgent, any, a]\n  - [any, true, b]\n"
    )
    found = table(rows).findings()
    assert {problem.code for problem in found} == {"decision-gap", "decision-overlap"}


def test_what_cannot_be_looked_into_is_only_a_warning() -> None:
    rows = (
        "inputs: ['days_between(triage.day, today)', 'days_between(today, triage.day) < -3']\n"
        "rows:\n  - ['> 3', true, a]\n  - ['<= 3', false, b]\n"
    )
    (gap,) = table(rows).findings()
    assert (gap.severity, "Perhaps" in gap.message) == ("warning", True)


def test_a_table_too_large_to_check_says_so() -> None:
    cells = ", ".join(f"'< {limit}'" for limit in range(0, 300, 2))
    rows = f"inputs: [n, amount]\nrows:\n  - [[{cells}], [{cells}], a]\n  - [else, b]\n"
    with at_most(1):
        assert [problem.code for problem in table(rows).findings()] == ["decision-too-large"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "words"),
    [
        ("[a]", "decision-shape", 1, 1, "decision table"),
        ("rows: [[a, b]]", "decision-shape", 1, 1, "no `inputs`"),
        ("inputs: n", "decision-shape", 1, 1, "no `rows`"),
        ("inputs: n\nrows: []", "decision-shape", 2, 7, "rows"),
        ("inputs: n\nrow: 1\nrows: [[any, a]]", "decision-shape", 2, 1, "did you mean 'rows'?"),
        (
            "inputs: [n, triage.safety]\nrows:\n  - [1, a]",
            "decision-cells",
            3,
            5,
            "Expected 2 cells and the result",
        ),
        ("inputs: triage.impact\nrows:\n  - [teem, a]", "not-in-enum", 3, 6, "did you mean 'team'?"),
        (
            "inputs: triage.impact\nrows:\n  - [[team, persn], a]",
            "not-in-enum",
            3,
            13,
            "did you mean 'person'?",
        ),
        ("inputs: triage.impakt\nrows:\n  - [team, a]", "unknown-field", 1, 16, "did you mean 'impact'?"),
        ("inputs: triage.tags\nrows:\n  - [any, a]", "type-mismatch", 1, 9, "single value"),
        ("inputs: triage.note\nrows:\n  - [any, a]", "maybe-missing", 1, 16, "default("),
        ("inputs: triage.safety\nrows:\n  - [yes, a]", "decision-cell", 3, 6, "`true`, `false` or `any`"),
        ("inputs: n\nrows:\n  - [many, a]", "decision-cell", 3, 6, '"< 100"'),
        ("inputs: n\nrows:\n  - ['5..1', a]", "decision-cell", 3, 7, "ends before it begins"),
        ("inputs: triage.day\nrows:\n  - ['< 2026-02-30', a]", "decision-cell", 3, 7, "2026-12-31"),
        ("inputs: n\nrows:\n  - [{a: b}, a]", "decision-cell", 3, 6, "`any`"),
        ("inputs: n\nrows:\n  - [else, a]\n  - [1, b]", "decision-shape", 3, 5, "not the last"),
        ("inputs: n\nrows:\n  - just", "decision-shape", 3, 5, "Expected a row"),
        (
            "inputs: n\nresults: [S1, S2]\nrows:\n  - [any, S3]",
            "decision-result",
            4,
            11,
            "not among the results",
        ),
        ("inputs: n\nresults: [S1, S1]\nrows:\n  - [any, S1]", "decision-result", 2, 15, "listed twice"),
        ("inputs: n\nrows:\n  - [1, a]\n  - [else, 2]", "decision-result", 3, 5, "different kinds"),
        ("inputs: n\nrows:\n  - [any, a]\nat-least: {a: n > 1}", "decision-shape", 4, 1, "Add `results:`"),
        (
            "inputs: n\nresults: [a]\nrows:\n  - [any, a]\nat-least: {b: n > 1}",
            "decision-result",
            5,
            12,
            "not among",
        ),
        (
            "inputs: n\nresults: [a]\nrows:\n  - [any, a]\nraise-by-one: n",
            "type-mismatch",
            5,
            15,
            "true or false",
        ),
        ("inputs: n\nrows:\n  - [any, a]\nhit: second", "decision-shape", 4, 6, "`hit: first`"),
    ],
)
def test_a_problem_in_a_table_is_told_with_its_place(text: str, code: str, line: int, column: int, words: str) -> None:
    found = refused(text)
    assert [(problem.code, problem.place.line, problem.place.column) for problem in found] == [(code, line, column)]
    assert words in f"{found[0].message} {found[0].advice}"


def test_every_problem_of_a_table_is_told_at_once() -> None:
    found = refused("inputs: [triage.impakt, n]\nrows:\n  - [team, 1]\n  - [team, x, a]\nhit: all\n")
    assert [problem.code for problem in found] == [
        "unknown-field",
        "decision-cells",
        "decision-cell",
        "decision-shape",
    ]


cells_of_n = st.sampled_from(["any", "3", "'< 3'", "'>= 3'", "'2..4'", "[1, 5]", "'> 5'"])
cells_of_impact = st.sampled_from(["any", "team", "[team, person]", "organisation"])
tables = st.lists(st.tuples(cells_of_n, cells_of_impact, st.sampled_from("abc")), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None)
@given(tables)
def test_the_findings_are_what_trying_every_value_shows(rows: list[tuple[str, str, str]]) -> None:
    text = "inputs: [n, triage.impact]\nrows:\n" + "".join(f"  - [{', '.join(row)}]\n" for row in rows)
    decision = table(text)
    fitting = [
        [row for row in decision.rows if row.cells[0].fits(n) and row.cells[1].fits(impact)]
        for n, impact in itertools.product(range(-1, 9), ("organisation", "team", "person"))
    ]
    codes = {problem.code for problem in decision.findings()}
    assert ("decision-gap" in codes) is any(not rows for rows in fitting)
    assert ("decision-overlap" in codes) is any(len({row.result for row in rows}) > 1 for rows in fitting)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(list("[]{}:,-'\"\n .<>=") + ["any", "else", "S1", "inputs:", "rows:", "  - ", "n", "..", "1"]),
        max_size=30,
    )
)
def test_anything_written_as_a_table_gives_a_table_or_problems(parts: list[str]) -> None:
    try:
        table("inputs: [n]\nrows:\n  - [" + "".join(parts) + "]\n").findings()
    except DefinitionError as error:
        assert error.problems


def test_a_range_may_end_below_its_second_number_so_that_rows_touch_without_a_gap() -> None:
    decision = table("{inputs: amount, rows: [['< 2', a], ['2..<10', b], ['>= 10', c]]}")
    assert decision.findings() == []
    assert [decision.decide({"amount": amount}).result for amount in (2, "9.99", 10)] == ["b", "b", "c"]
