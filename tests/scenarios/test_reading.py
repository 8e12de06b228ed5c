"""A scenarios file is read whole, and everything wrong in it is told at once with its place."""

from __future__ import annotations

import pytest

from engine.definition.reader import read
from engine.errors import DefinitionError, Problem
from engine.scenarios.reading import SHAPE, read_scenarios
from tests.scenarios.telling import BESIDE, steps, tell


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        read_scenarios(read(text, BESIDE), BESIDE)
    return caught.value.problems


def of_step(step: str) -> Problem:
    found = problems(f"scenarios:\n- scenario: a\n  start: {{as: customer}}\n  steps:\n  - {step}\n")
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("step", "code", "part"),
    [
        ("{as: agent, doo: answer}", "unknown-word", "did you mean 'do'"),
        ("{as: agent}", "one-verb", "it has none"),
        ("{as: agent, do: answer, wait: 1bd}", "one-verb", "do and wait"),
        ("{do: answer}", "missing-word", "`as`"),
        ("{as: agent, wait: 1bd}", "wrong-shape", "`as` beside `wait`"),
        ("{wait: soon}", "not-a-duration", "soon"),
        ("{until: tomorrow}", "wrong-shape", "2026-11-23 10:00"),
        ('{until: "9999-12-31 23:59"}', "wrong-shape", "2026-11-23 10:00"),
        ("{wait: 1bd, values: {a: 1}}", "wrong-shape", "`values` beside `wait`"),
        ("{as: agent, do: answer, values: [1]}", "wrong-shape", "a mapping of fields"),
        ("{as: agent, do: answer, expect: open}", "wrong-shape", "what should hold"),
        ("{as: agent, delegate: {state: open}}", "missing-word", "'to'"),
        ("wait", "wrong-shape", "a step such as"),
    ],
)
def test_a_step_that_cannot_be_read_says_what_was_expected(step: str, code: str, part: str) -> None:
    problem = of_step(step)
    assert problem.code == code and part in problem.message
    assert problem.place.line == 5


def test_a_file_without_scenarios_and_a_scenario_without_a_start_are_told() -> None:
    assert problems("people: {ann: agent}\n")[0].code == "missing-word"
    assert "'start'" in problems("scenarios: [{scenario: a}]\n")[0].message


def test_two_scenarios_of_one_name_are_told() -> None:
    found = problems("scenarios:\n- {scenario: a, start: {as: agent}}\n- {scenario: a, start: {as: agent}}\n")
    assert [problem.code for problem in found] == ["name-twice"]


def test_nothing_can_follow_a_start_that_is_refused() -> None:
    start = "{as: agent, refused: not-allowed}"
    found = problems(f"scenarios:\n- {{scenario: a, start: {start}, steps: [{{wait: 1bd}}]}}\n")
    assert "after a start that is refused" in found[0].message


def test_all_problems_of_a_file_are_told_together() -> None:
    found = problems("""
scenarios:
- scenario: a
  start: {as: agent, att: x}
  steps:
  - {as: agent, doo: x}
  - {wait: long}
""")
    assert [problem.place.line for problem in found] == [4, 6, 7]


@pytest.mark.parametrize(
    ("step", "code", "part"),
    [
        ("{as: agnet, do: answer}", "unknown-person", "did you mean 'agent'"),
        ("{as: agent, do: anser}", "unknown-outcome", "did you mean 'answer'"),
        ("{as: agent, trigger: anser}", "unknown-outcome", "did you mean 'answer'"),
        ("{message: replid}", "unknown-message", "did you mean 'replied'"),
        ("{as: agent, claim: opn}", "unknown-state", "did you mean 'open'"),
        ("{as: agent, delegate: bern}", "unknown-person", "there is no 'bern'"),
        ("{as: agent, do: ask, expect: {stat: open}}", "unknown-name", "did you mean 'state'"),
        ("{as: agent, do: ask, expect: {state: wating}}", "unknown-state", "did you mean 'waiting'"),
        ("{as: agent, do: ask, expect: {state: [wating]}}", "unknown-state", "did you mean 'waiting'"),
        ("{as: agent, do: ask, expect: {sent: [recieved]}}", "unknown-message", "did you mean 'received'"),
        (
            "{as: agent, do: ask, expect: {milestone: answerd}}",
            "unknown-milestone",
            "did you mean 'answered'",
        ),
        ("{as: agent, do: ask, expect: {offered: [aprove]}}", "unknown-outcome", "did you mean 'approve'"),
        ("{as: agent, do: ask, expect: {outcome: solved}}", "unknown-outcome", "did you mean 'resolved'"),
        ("{as: agent, do: ask, expect: {status: runing}}", "unknown-status", "did you mean 'running'"),
        ("{as: agent, do: ask, expect: {order.siz: 1}}", "unknown-field", "did you mean 'size'"),
        ("{as: agent, do: ask, expect: {urgancy: low}}", "unknown-name", "did you mean 'urgency'"),
    ],
)
def test_a_mistyped_name_is_told_before_anything_runs(step: str, code: str, part: str) -> None:
    trial = steps(step)
    assert [problem.code for problem in trial.problems] == [code]
    assert part in trial.problems[0].message and trial.problems[0].place.line == 5
    assert trial.told == ()


def test_a_role_of_the_files_own_people_has_to_exist() -> None:
    trial = tell("people: {ann: [agnt]}\nscenarios:\n- {scenario: a, start: {as: ann, values: {size: 1}}}\n")
    assert "did you mean 'agent'" in trial.problems[0].message


def test_repeated_values_may_be_anchored() -> None:
    trial = tell("""
    - scenario: a
      start: {as: customer, values: &some {size: 1}}
    - scenario: b
      start: {as: customer, values: *some, expect: {order.size: 1}}
    """)
    assert trial.problems == ()


def test_a_broken_document_is_told_with_its_place() -> None:
    trial = tell("- scenario: a\n  start: {as: customer\n")
    assert trial.problems and trial.problems[0].place.file == BESIDE


def test_the_shape_gives_an_editor_its_schema() -> None:
    from jsonschema import Draft202012Validator

    schema = SHAPE.schema()
    Draft202012Validator.check_schema(schema)
    good = {"scenarios": [{"scenario": "a", "start": {"as": "agent"}, "steps": [{"as": "agent", "do": "x"}]}]}
    assert Draft202012Validator(schema).is_valid(good)
    bad = {"scenarios": [{"scenario": "a", "start": {"as": "agent"}, "steps": [{"doo": "x"}]}]}
    assert not Draft202012Validator(schema).is_valid(bad)
