"""Branches of a move: one is always taken, each is taken sometimes; decision tables without gaps."""

from __future__ import annotations

import pytest

from tests.definition.planting import TASK, codes, home, linted, the_one, word_at


def process(branches: str, before: str = "") -> str:
    return f"""{before}
states:
  received:
    {TASK}
    on:
      check: {branches}
      reject: closed
  heavy: {{{TASK}, on: {{done: closed}}}}
  light: {{{TASK}, on: {{done: closed}}}}
  closed: {{final: done}}
"""


BOTH = '{when: intake.kind == goods, go: heavy}, {when: "intake.kind in [service, other]", go: light}'


@pytest.mark.parametrize(
    "branches",
    [
        f"[{BOTH}]",
        "[{when: intake.kind == goods, go: heavy}, {else: light}]",
        "[{when: intake.amount > 10, go: heavy}, {when: intake.amount <= 10, go: light}]",
        "[{when: intake.size is set, go: heavy}, {when: intake.size is not set, go: light}]",
    ],
)
def test_branches_that_cover_everything_are_sound(branches: str) -> None:
    assert linted(process(branches)) == ()


@pytest.mark.parametrize(
    ("branches", "example"),
    [
        (
            "[{when: intake.kind == goods, go: heavy}, {when: intake.kind == other, go: light}]",
            "intake.kind is service",
        ),
        ("[{when: intake.amount > 10, go: heavy}, {when: intake.amount < 10, go: light}]", "intake.amount is 10"),
        (
            "[{when: intake.size is set and intake.size == small, go: heavy}, {when: intake.size is set and "
            "intake.size == large, go: light}]",
            "intake.size is not set",
        ),
    ],
)
def test_a_gap_between_the_guards_is_told_with_an_example(branches: str, example: str) -> None:
    body = process(branches)
    problem = the_one(linted(body), "no-else")
    assert problem.message.endswith(f"none is taken when {example}")
    assert problem.witness == (f"for example: {example}",)
    assert word_at(problem, home(body)).startswith("{when")


def test_guards_of_which_it_cannot_be_told_need_an_else() -> None:
    problem = the_one(
        linted(process("[{when: length(reference) > intake.amount, go: heavy}, {when: intake.amount > 3, go: light}]")),
        "no-else",
    )
    assert "it cannot be told" in problem.message


@pytest.mark.parametrize("word", ["go: [{}]", "after: {{2d: [{}]}}", "wait-for: {{reply: [{}]}}"])
def test_every_word_with_branches_is_judged(word: str) -> None:
    body = process("heavy").replace(
        f"light: {{{TASK}, on: {{done: closed}}}}",
        "light: {" + word.format("{when: intake.kind == goods, go: closed}") + "}",
    )
    body = body.replace("heavy: {" + TASK + ", on: {done: closed}}", "heavy: {" + TASK + (", on: {done: light}}"))
    assert codes(linted(body)) == ["no-else"]


def test_a_single_when_stays_when_it_does_not_hold() -> None:
    assert (
        linted(
            process("{when: intake.kind == goods, go: heavy}")
            .replace("{when", "{only-when")
            .replace("reject: closed", "reject: light")
        )
        == ()
    )
    body = process("heavy").replace("reject: closed", "reject: light").replace(TASK, TASK, 1)
    body = body.replace("    on:\n", "    after: {2d: {when: intake.kind == goods, go: heavy}}\n    on:\n", 1)
    assert linted(body) == ()


# --- branches that are never taken


def test_a_guard_that_an_earlier_one_always_covers_is_told() -> None:
    body = process("[{when: intake.amount > 3, go: heavy}, {when: intake.amount > 5, go: light}, {else: closed}]")
    problem = the_one(linted(body), "branch-never-taken")
    assert "whenever it holds, an earlier one holds too" in problem.message
    assert word_at(problem, home(body)).startswith("intake.amount > 5")


def test_a_guard_that_contradicts_itself_is_told() -> None:
    body = process("[{when: intake.kind == goods and intake.kind == other, go: heavy}, {else: light}]")
    assert "it can never hold" in the_one(linted(body), "branch-never-taken").message


def test_an_else_after_guards_that_cover_everything_is_a_warning() -> None:
    problem = the_one(linted(process(f"[{BOTH}, {{else: closed}}]")), "else-never-taken")
    assert problem.severity == "warning"


def test_an_outcome_that_can_never_be_offered_is_told() -> None:
    body = process("{only-when: intake.amount > 3 and intake.amount < 2, go: heavy}").replace(
        "reject: closed", "reject: light"
    )
    assert "'check' is never offered" in the_one(linted(body), "never-offered").message


def test_an_else_that_is_not_the_last_is_told() -> None:
    body = process("[{else: heavy}, {when: intake.kind == goods, go: light}]")
    assert codes(linted(body)) == ["else-not-last"]


def test_a_guard_with_a_mistake_of_its_own_is_not_judged_as_well() -> None:
    body = process("[{when: intake.kind == gods, go: heavy}, {when: intake.kind == other, go: light}]")
    problem = the_one(linted(body), "not-in-enum")
    assert "goods" in problem.message + problem.advice


def test_far_too_many_cases_are_not_tried() -> None:
    fields = "\n".join(f"  a{n}: {{type: string, enum: [x, y, z, u, v, w]}}" for n in range(12))
    form = f"required: [{', '.join(f'a{n}' for n in range(12))}]\nproperties:\n{fields}\n"
    guard = " and ".join(f"extra.a{n} in [x, y]" for n in range(12))
    branches = f"{{form: order-extra, go: [{{when: {guard!r}, go: heavy}}, {{when: 'not ({guard})', go: light}}]}}"
    assert codes(linted(process(branches), forms={"order-extra": form})) == ["no-else"]


# --- decision tables


def table(rows: str, more: str = "") -> str:
    return process(
        "[{when: track == fast, go: heavy}, {else: light}]",
        f"decisions:\n  track:\n    inputs: [intake.kind]\n    rows: [{rows}]\n    {more}",
    )


def test_a_table_that_covers_everything_is_sound() -> None:
    assert linted(table("[goods, fast], [[service, other], slow]")) == ()
    assert linted(table("[goods, fast], [else, slow]")) == ()


def test_a_gap_in_a_table_is_told_with_the_case_that_falls_through() -> None:
    body = table("[goods, fast], [service, slow]")
    problem = the_one(linted(body), "decision-gap")
    assert "intake.kind is other" in problem.message
    assert problem.place.file == "processes/order.yaml"


def test_rows_that_overlap_with_different_results_are_told() -> None:
    body = table("[goods, fast], [any, slow]")
    problem = the_one(linted(body), "decision-overlap")
    assert "intake.kind is goods" in problem.message
    assert linted(table("[goods, fast], [any, slow]", "hit: first")) == ()


def test_a_row_that_is_never_reached_is_told() -> None:
    body = table("[any, fast], [goods, slow]", "hit: first")
    assert "decision-dead-row" in codes(linted(body))


def test_a_decision_with_a_gap_is_told_although_the_rest_has_errors() -> None:
    body = table("[goods, fast], [service, slow]") + "colour: red\n"
    assert set(codes(linted(body))) == {"decision-gap", "unknown-word"}
