"""What is different in the scenarios of two versions is told in words."""

from __future__ import annotations

import pytest

from engine.scenarios.differences import scenario_differences

OLD = """
people: {ann: [agent]}
scenarios:
- scenario: it is answered
  start: {as: ann, values: {kind: goods}}
  steps:
  - {as: ann, do: answer}
  - {wait: 1d, expect: {state: closed}}
- scenario: it is withdrawn
  start: {as: ann}
"""


def told(new: str | None, old: str | None = OLD, language: str = "en") -> list[tuple[str, str]]:
    found = scenario_differences(old, new, language)
    assert all(one.part == "scenarios" for one in found)
    return [(one.kind, one.said) for one in found]


@pytest.mark.parametrize(
    ("was", "now", "kind", "said"),
    [
        ("- scenario: it is withdrawn\n  start: {as: ann}\n", "", "removed", "The scenario “it is withdrawn” is gone."),
        ("do: answer", "do: refuse", "changed", "… goes otherwise in step 1. What is done: answer → refuse."),
        ("state: closed", "state: open", "changed", "… goes otherwise in step 2. Expected state: closed → open."),
        ("as: ann, do: answer", "as: ben, trigger: answer", "changed", "… goes otherwise in "
         "step 1. Who acts: ann → ben; what is done: answer → nothing; move asked for: nothing → answer."),
        ("kind: goods", "kind: other", "changed", "… begins otherwise. Filled in kind: goods → other."),
        (
            "  - {as: ann, do: answer}\n",
            "",
            "changed",
            "… has lost step 1. Who acts: ann; what is done: answer.",
        ),
        ("  - {wait: 1d,", "  - {as: ann, comment: Thanks}\n  - {wait: 1d,", "changed",
         "… has a new step 2. Who acts: ann; comment: Thanks."),
        ("ann: [agent]", "ann: [lead]", "changed", "Others act in the scenarios. Ann: agent → lead."),
        ("scenarios:\n", "scenarios:\n- {scenario: it is new, start: {as: ann}}\n", "added",
         "The scenario “it is new” is new."),
        ("scenarios:\n", "scenarios: [\n", "changed", "The scenarios are different, and cannot be read."),
    ],
)  # fmt: skip
def test_each_difference_is_a_sentence(was: str, now: str, kind: str, said: str) -> None:
    assert was in OLD
    assert told(OLD.replace(was, now)) == [(kind, said.replace("…", "The scenario “it is answered”"))]


def test_each_step_is_a_sentence() -> None:
    new = OLD.replace("do: answer", "do: refuse").replace("wait: 1d", "wait: 2d")
    assert told(new) == [
        ("changed", "The scenario “it is answered” goes otherwise in step 1. What is done: answer → refuse."),
        ("changed", "The scenario “it is answered” goes otherwise in step 2. Time that passes: 1d → 2d."),
    ]


def test_comments_and_the_order_of_scenarios_make_no_difference() -> None:
    head, first, second = OLD.partition("- scenario: it is withdrawn")[0].partition("- scenario"), "", ""
    first, second = f"- scenario{head[2]}", OLD[OLD.index("- scenario: it is withdrawn") :]
    assert told(f"# another\n{head[0]}{second}{first}") == []


def test_scenarios_that_come_or_go_as_a_whole_are_one_sentence() -> None:
    assert told(OLD, None) == [("added", "Scenarios come with it (2); before there were none.")]
    assert told(None) == [("removed", "No scenarios come with it any more.")]
    assert told(None, None) == []


def test_they_are_told_in_german() -> None:
    assert told(OLD.replace("do: answer", "do: refuse"), language="de") == [
        ("changed", "Das Szenario „it is answered“ verläuft im Schritt 1 anders. Was getan wird: answer → refuse.")
    ]
