"""Scenarios run on a clock of their own, and say exactly what went otherwise."""

from __future__ import annotations

import pytest

from engine.scenarios.trial import Trial
from tests.scenarios.telling import BESIDE, BODY, said, steps, tell

WHOLE = [
    "{as: agent, do: ask, expect: {state: waiting, asked: 1}}",
    "{message: replied, values: {text: Yes}, expect: {state: open, reply.text: Yes}}",
    "{as: ann, do: answer, expect: {state: answered, milestone: [answered]}}",
    "{as: ann, do: approve, refused: excluded}",
    "{as: ben, do: approve, expect: {state: end, status: completed, outcome: resolved}}",
]
PEOPLE = "people: {ann: [agent], ben: agent}\n"


def with_people(*lines: str) -> Trial:
    written = "\n".join(f"  - {line}" for line in lines)
    start = "{as: customer, values: {size: 1, email: a@example.org}}"
    return tell(f"{PEOPLE}scenarios:\n- scenario: a\n  start: {start}\n  steps:\n{written}\n")


def test_a_scenario_that_goes_as_it_says_has_no_problem() -> None:
    assert said(with_people(*WHOLE)) == []


def test_it_begins_on_an_ordinary_monday_at_ten_when_nothing_is_said() -> None:
    assert said(steps(start='{as: customer, values: {size: 1}, expect: {due: "2026-11-24 17:00"}}')) == []
    at = '{as: customer, at: "2026-11-27 16:00", values: {size: 1}, expect: {due: "2026-11-30 17:00"}}'
    assert said(steps(start=at)) == []


def test_every_expectation_that_is_not_met_is_told_at_its_place_with_the_run_so_far() -> None:
    trial = steps("{as: agent, do: ask, expect: {state: answered, asked: 2}}", "{wait: 1bd}")
    assert said(trial) == [
        "Expected state to be answered, but it is waiting",
        "Expected asked to be 2, but it is 1",
    ]
    problem = trial.problems[0]
    assert (problem.code, problem.place.file, problem.place.line) == ("scenario-failed", BESIDE, 5)
    assert problem.place.column == 42
    assert problem.witness == (
        "Mon 2026-11-23 10:00  customer: starts order → open; sent received; milestone acknowledged",
        "Mon 2026-11-23 10:00  agent: ask → waiting",
    )


def test_a_step_that_is_refused_ends_the_scenario_with_the_reason() -> None:
    trial = steps("{as: expert, do: answer}", "{as: agent, do: answer, expect: {state: open}}")
    assert len(trial.problems) == 1
    assert "refused with not-allowed: Expected one of agent" in said(trial)[0]


def test_a_refusal_names_its_fields() -> None:
    trial = steps(start="{as: customer, values: {size: many}}")
    assert "invalid-values" in said(trial)[0] and "size:" in said(trial)[0]


def test_a_refusal_that_is_expected_has_to_happen_and_with_that_code() -> None:
    assert said(steps("{as: expert, do: answer, refused: not-allowed}", "{as: agent, do: answer}")) == []
    assert said(steps("{as: agent, do: answer, refused: not-allowed}")) == [
        "Expected this to be refused with not-allowed, but it was done"
    ]
    assert said(steps("{as: expert, do: answer, refused: excluded}"))[0].startswith(
        "Expected a refusal with excluded, but got not-allowed"
    )


def test_a_refusal_can_be_asked_which_fields_it_names() -> None:
    ask = "{as: agent, do: ask}"
    assert said(steps(ask, "{message: replied, values: {}, refused: invalid-values, fields: text}")) == []
    assert said(steps(ask, "{message: replied, values: {}, refused: invalid-values, fields: [size]}")) == [
        "Expected the refusal to name the field size, but it names text"
    ]


def test_a_start_can_be_refused() -> None:
    assert said(steps(start="{as: expert, values: {size: 1}, refused: not-allowed}")) == []
    assert said(steps(start="{as: customer, values: {}, refused: invalid-values, fields: size}")) == []


def test_what_falls_due_while_time_passes_happens_at_its_own_time() -> None:
    assert said(steps("{wait: 7bh, expect: {sent: []}}", "{wait: 1bd, expect: {sent: [late]}}")) == []
    trial = steps("{as: agent, do: ask}", '{until: "2026-12-01 09:00", expect: {state: open}}')
    assert said(trial) == ["Expected state to be open, but it is answered"]


PROMISED = BODY.replace(
    "states:\n",
    "clocks: {answer: {target: 1bd, stops-on: milestone answered, escalate: {100%: {notify: lead}}}}\nstates:\n",
    1,
)


def promised(*lines: str) -> list[str]:
    written = "\n".join(f"  - {line}" for line in lines)
    return said(tell(f"- scenario: a\n  start: {{as: customer, values: {{size: 1}}}}\n  steps:\n{written}\n", PROMISED))


def test_what_is_done_on_the_stroke_keeps_the_promise_and_a_second_later_misses_it() -> None:
    kept = '{as: agent, do: answer, at: "2026-11-24 17:00", expect: {breached: [], clocks: {answer: stopped}}}'
    assert promised(kept, '{until: "2026-11-30 17:00", expect: {breached: []}}') == []
    late = '{as: agent, do: answer, at: "2026-11-24 17:00:01", expect: {breached: answer, escalated: answer 100%}}'
    assert promised(late) == []


def test_everything_done_on_one_stroke_comes_before_what_falls_due_then() -> None:
    ask = '{as: agent, do: ask, at: "2026-11-24 17:00", expect: {sent: []}}'
    assert (
        promised(ask, "{message: replied, values: {text: a}}", "{as: agent, do: answer, expect: {breached: []}}") == []
    )


def test_when_time_has_passed_up_to_the_stroke_it_is_too_late() -> None:
    until = '{until: "2026-11-24 17:00", expect: {breached: answer}}'
    assert promised(until, "{as: agent, do: answer, expect: {breached: []}}") == []


def test_the_customer_who_answers_on_the_last_stroke_has_answered() -> None:
    ask = "{as: agent, do: ask}"
    reply = '{message: replied, values: {text: a}, at: "2026-11-26 17:00", expect: {state: open}}'
    assert said(steps(ask, reply)) == []
    assert (
        said(steps(ask, reply.replace("17:00", "17:00:01").replace("expect: {state: open}", "refused: not-waiting")))
        == []
    )


def test_what_falls_due_before_a_step_belongs_to_that_step() -> None:
    assert said(steps('{as: agent, do: ask, at: "2026-11-25 09:00", expect: {sent: [late], state: waiting}}')) == []


def test_a_step_cannot_be_done_before_the_one_in_front_of_it() -> None:
    trial = steps('{as: agent, do: ask, at: "2026-11-23 09:59"}')
    assert said(trial) == ["Expected a time after 2026-11-23 10:00, but this lies before it"]


def test_timers_that_firing_sets_fire_in_the_same_wait() -> None:
    body = BODY.replace("after: {3bd: answered}", "after: {3bd: pause}").replace(
        "  answered: {task", "  pause: {after: {2bd: answered}}\n  answered: {task"
    )
    scenario = """
    - scenario: a
      start: {as: customer, values: {size: 1}}
      steps:
      - {as: agent, do: ask}
      - {wait: 4bd, expect: {state: pause}}
      - {wait: 1bd, expect: {state: answered}}
    """
    assert said(tell(scenario, body)) == []


def test_time_does_not_run_backwards() -> None:
    trial = steps('{until: "2026-11-23 09:00"}')
    assert said(trial) == ["Expected a time after 2026-11-23 10:00, but this lies before it"]


def test_a_role_is_somebody_who_holds_only_that_role() -> None:
    assert said(steps("{as: agent, claim: open, expect: {assignee: agent}}")) == []


def test_a_case_belongs_to_the_customer_who_started_it() -> None:
    trial = tell("""
    people: {lena: customer}
    scenarios:
    - scenario: a
      start: {as: lena, values: {size: 1}}
      steps:
      - {as: agent, do: ask}
      - {as: customer, message: replied, values: {text: me}, refused: not-allowed}
      - {message: replied, values: {text: me}, expect: {state: open}}
    """)
    assert said(trial) == []


def test_tasks_are_claimed_given_back_given_away_and_delegated() -> None:
    trial = with_people(
        "{as: ann, claim: open, expect: {assignee: ann}}",
        "{as: ben, claim: open, refused: claimed-by-other}",
        "{as: ann, release: open, expect: {assignee: null}}",
        "{as: lead, assign: {to: ben, state: open}, expect: {assignee: ben}}",
        "{as: ben, delegate: ann, expect: {assignee: ann}}",
        "{as: ann, do: answer}",
        "{as: ben, do: approve, refused: excluded}",
    )
    assert said(trial) == []


def test_a_task_that_was_delegated_for_some_days_goes_and_comes_back() -> None:
    trial = with_people(
        "{as: ann, claim: open}",
        "{as: ann, delegate: {to: ben, until: 2026-11-22}, refused: invalid-delegation}",
        "{as: ann, delegate: {to: ben, from: 2026-11-24, until: 2026-11-25}, expect: {assignee: ann}}",
        '{until: "2026-11-24 09:00", expect: {assignee: ben}}',
        '{until: "2026-11-25 23:59", expect: {assignee: ben}}',
        '{until: "2026-11-26 00:00", expect: {assignee: ann}}',
    )
    assert said(trial) == []


def test_a_case_is_halted_resumed_and_ended_from_outside() -> None:
    trial = steps(
        "{as: lead, suspend: The court decides., expect: {status: suspended}}",
        "{wait: 5bd, expect: {sent: []}}",
        "{as: agent, do: answer, refused: suspended}",
        "{as: lead, resume: It has decided., expect: {status: running, sent: [late]}}",
        "{as: agent, comment: Looked at it.}",
        "{as: owner, cancel: Entered twice., expect: {status: cancelled, outcome: cancelled}}",
    )
    assert said(trial) == []


def test_a_case_is_reopened_until_it_is_too_late() -> None:
    ended = ("{as: ann, do: answer}", "{as: ben, do: approve}")
    assert said(with_people(*ended, "{as: customer, reopen: It is back., expect: {state: open}}")) == []
    late = with_people(*ended, "{wait: 3bd}", "{as: customer, reopen: It is back., refused: too-late}")
    assert said(late) == []


def test_an_outcome_whose_task_is_not_open_is_no_such_task() -> None:
    assert said(steps("{as: agent, do: approve, refused: no-such-task}")) == []
    assert "open (answer, ask)" in said(steps("{as: agent, do: approve}"))[0]


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("{sent: [late]}", "Expected sent to be late, but it is received"),
        ("{sent: []}", "Expected sent to be nothing, but it is received"),
        ("{milestone: []}", "Expected milestone to be nothing, but it is acknowledged"),
        ('{due: "2026-11-25 17:00"}', "Expected due to be 2026-11-25 17:00, but it is 2026-11-24 17:00"),
        ("{task: Read it}", "Expected task to be Read it, but it is Read ORD-2026-00001"),
        ("{offered: [answer]}", "Expected offered to be answer, but it is answer, ask"),
        ("{assignee: ann}", "Expected assignee to be ann, but it is nothing"),
        ("{urgency: high}", "Expected urgency to be high, but it is low"),
        ("{order.size: 2}", "Expected order.size to be 2, but it is 1"),
        ("{handler: ann}", "Expected handler to be ann, but it is nothing"),
        ("{label: Done}", "Expected label to be Done, but it is We read it"),
        ("{outcome: resolved}", "Expected outcome to be resolved, but it is nothing"),
    ],
)
def test_what_is_otherwise_is_said_in_a_sentence(expected: str, message: str) -> None:
    start = f"{{as: customer, values: {{size: 1, email: a@example.org}}, expect: {expected}}}"
    assert said(steps(start=start)) == [message]


@pytest.mark.parametrize(
    "expected",
    [
        "{sent: received}",
        "{state: [open]}",
        '{due: "2026-11-24"}',
        "{milestones.acknowledged: 2026-11-23 10:00}",
        "{order.size: 1, urgency: low, asked: 0, handler: null}",
        "{offered: [ask, answer]}",
        "{status: running, outcome: null, label: We read it}",
    ],
)
def test_what_is_as_expected_is_passed_over(expected: str) -> None:
    start = f"{{as: customer, values: {{size: 1, email: a@example.org}}, expect: {expected}}}"
    assert said(steps(start=start)) == []


def test_a_message_without_an_address_is_not_counted_as_sent() -> None:
    start = "{as: customer, values: {size: 1}, expect: {sent: [], unaddressed: [received]}}"
    assert said(steps(start=start)) == []


def test_a_process_that_is_stuck_fails_its_scenario() -> None:
    body = BODY.replace("set: {asked: asked + 1}", "set: {asked: 1 / asked}")
    trial = tell(
        """
    - scenario: a
      start: {as: customer, values: {size: 1}}
      steps:
      - {as: agent, do: ask}
    """,
        body,
    )
    assert "stuck" in said(trial)[0] and "zero" in said(trial)[0] and "processes/order.yaml:" in said(trial)[0]


def test_timers_that_never_rest_fail_the_scenario() -> None:
    body = BODY.replace("after: {3bd: answered}", "after: {1m: {set: {asked: asked + 1}, repeat: 1m}, 900d: answered}")
    trial = tell(
        """
    - scenario: a
      start: {as: customer, values: {size: 1}}
      steps:
      - {as: agent, do: ask}
      - {wait: 300d}
    """,
        body,
    )
    assert "come to rest" in said(trial)[0]


def test_branches_are_told_apart_by_state_and_by_who_may() -> None:
    body = """
    start: {by: agent, go: split}
    states:
      split: {parallel: {branches: {a: left, b: right, c: far}, go: end}}
      left: {task: {candidates: [agent]}, on: {done: join}}
      right: {task: {candidates: [agent]}, on: {done: join}}
      far: {task: {candidates: [expert]}, on: {done: join}}
      end: {final: true}
    """
    scenario = """
    - scenario: a
      start: {as: agent, expect: {state: [right, left, far]}}
      steps:
      - {as: expert, do: done, expect: {state: [left, right]}}
      - {as: agent, do: done, state: left, expect: {state: right}}
      - {as: agent, do: done, expect: {state: end}}
    """
    assert said(tell(scenario, body)) == []
    trial = tell(scenario.replace("do: done, state: left", "do: done"), body)
    assert "there are 2, in left, right" in said(trial)[0]
