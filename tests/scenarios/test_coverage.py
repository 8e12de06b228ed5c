"""What scenarios have to reach, and how what is missing is told."""

from __future__ import annotations

from engine.definition.catalog import Catalog
from engine.scenarios.coverage import ENDS, GUARDS, KINDS, ROWS, RUNGS, STATES, TIMERS, TRANSITIONS
from engine.scenarios.trial import Trial, try_process
from tests.builders import PROCESS, files
from tests.scenarios.telling import BESIDE

BODY = """
start: {by: agent, form: order, go: open}
variables: {asked: 0}
decisions:
  level:
    inputs: [order.size]
    results: [high, middle, low]
    rows: [["> 100", middle], {else: low}]
    at-least: {high: order.danger}
    raise-by-one: order.hurry
states:
  open:
    send: {message: note, to: lead, when: level == high}
    task: {candidates: [agent]}
    on:
      done:
        - {when: order.size > 10, go: large}
        - {when: order.size <= 10, go: small}
      drop: {only-when: asked > 0, go: small}
      ask: {set: {asked: asked + 1}, go: open}
    after:
      1bd: {when: asked > 0, go: small}
      5bd: large
    wait-for: {poke: {set: {asked: asked + 1}}}
  large: {final: {outcome: big, reopen: {by: agent, go: open}}}
  small: {final: tiny}
on:
  stop: {by: agent, set: {asked: 9}}
"""
FORMS = {
    "order": """
required: [size, danger, hurry]
properties: {size: {type: integer}, danger: {type: boolean}, hurry: {type: boolean}}
"""
}
MESSAGES = {"note": "Note | {reference}"}


def start(size: int = 1, danger: bool = False, hurry: bool = False) -> str:
    values = f"{{size: {size}, danger: {str(danger).lower()}, hurry: {str(hurry).lower()}}}"
    return f"{{as: agent, values: {values}}}"


def told(*scenarios: tuple[str, ...], body: str = BODY) -> Trial:
    """Each scenario is its start and its steps."""
    text = "scenarios:\n"
    for number, (begin, *lines) in enumerate(scenarios):
        text += f"- scenario: number {number}\n  start: {begin}\n"
        text += "  steps:\n" + "".join(f"  - {line}\n" for line in lines) if lines else ""
    trial = try_process(Catalog({**files(body, FORMS, MESSAGES), BESIDE: text}), PROCESS)
    assert trial.problems == (), "\n".join(map(str, trial.problems))
    return trial


def missing(trial: Trial, kind: str) -> list[str]:
    return [element.what for element in trial.coverage.missing if element.kind == kind]


ALL = (
    (start(200), "{as: agent, do: drop, refused: not-offered}", "{wait: 1bd}", "{as: agent, do: done}"),
    (start(1, danger=True), "{message: poke}", "{as: agent, do: drop}"),
    (start(1, hurry=True), "{as: agent, do: ask}", "{wait: 1bd}"),
    (start(2), "{as: agent, do: stop}", "{as: agent, do: done}"),
    (start(2), "{wait: 5bd}", "{as: agent, reopen: more}"),
)


def test_scenarios_that_reach_everything_are_complete() -> None:
    trial = told(*ALL)
    assert trial.coverage.missing == () and trial.ok and trial.coverage.percent == 100
    assert [trial.coverage.count(kind) for kind in KINDS] == [
        (3, 3),
        (10, 10),
        (9, 9),
        (2, 2),
        (0, 0),
        (0, 0),
        (0, 0),
        (4, 4),
        (2, 2),
    ]


def test_a_start_alone_reaches_little_and_the_rest_is_told_in_the_order_of_the_file() -> None:
    trial = told((start(1),))
    assert not trial.ok
    assert missing(trial, STATES) == ["the state `large`", "the state `small`"]
    assert missing(trial, ENDS) == ["the outcome `big`", "the outcome `tiny`"]
    assert missing(trial, TIMERS) == ["the timer number 1 of `open`", "the timer number 2 of `open`"]
    places = [problem.place for problem in trial.coverage.problems()]
    assert places == sorted(places)


def test_what_is_missing_has_its_place_and_the_step_that_would_reach_it() -> None:
    found = {str(problem.message): problem for problem in told((start(1),)).coverage.problems()}
    way = next(problem for message, problem in found.items() if "by `ask` to `open`" in message)
    assert way.code == "not-covered" and way.place.file == PROCESS and way.place.line > 1
    assert "{as: agent, do: ask}` while the case is in `open`" in way.advice
    timer = next(
        problem for message, problem in found.items() if "timer number 1" in message and "state" not in message
    )
    assert "{wait: 1bd}" in timer.advice
    row = next(problem for message, problem in found.items() if "row 1 of the decision `level`" in message)
    assert "order.size is > 100" in row.advice
    reopen = next(problem for message, problem in found.items() if "by reopening" in message)
    assert "{as: agent, reopen: …}" in reopen.advice
    poke = next(problem for message, problem in found.items() if "by the message `poke`" in message)
    assert "{message: poke}` while the case is in `open`" in poke.advice


def test_both_sides_of_every_guard_count() -> None:
    trial = told((start(200), "{as: agent, do: done}"))
    assert missing(trial, GUARDS) == [
        "the guard `level == high` when it holds",
        "the guard `order.size > 10` when it does not hold",
        "the guard `order.size <= 10` when it holds",
        "the guard `asked > 0` when it holds",
        "the guard `asked > 0` when it does not hold",
        "the guard `asked > 0` when it holds",
        "the guard `asked > 0` when it does not hold",
    ]


def test_the_last_of_guards_without_else_need_not_fail() -> None:
    trial = told(*ALL)
    assert not any("order.size <= 10` when it does not" in element.what for element in trial.coverage.elements.values())


def test_an_outcome_that_was_refused_as_not_offered_shows_that_side() -> None:
    trial = told((start(), "{as: agent, do: drop, refused: not-offered}"))
    seen = {key for key in trial.coverage.reached if key[0] == GUARDS and "on:drop" in key}
    assert {key[-1] for key in seen} == {"false"}


def test_what_a_refused_step_touched_does_not_count() -> None:
    trial = told((start(200), "{as: agent, do: done, values: {x: 1}, refused: invalid-values}"))
    assert any("by `done` to `large`" in what for what in missing(trial, TRANSITIONS))


def test_a_timer_whose_condition_did_not_hold_has_fired_but_did_not_move() -> None:
    trial = told((start(), "{wait: 1bd}"))
    assert "the timer number 1 of `open`" not in missing(trial, TIMERS)
    assert any("by timer number 1 to `small`" in what for what in missing(trial, TRANSITIONS))


def test_moves_that_stay_count_when_they_were_asked_for() -> None:
    trial = told((start(), "{as: agent, do: stop}", "{message: poke}"))
    ways = missing(trial, TRANSITIONS)
    assert not any("`stop`" in what or "`poke`" in what for what in ways)


def test_every_row_the_else_and_what_lifts_a_result_count() -> None:
    assert missing(told((start(200),)), ROWS) == [
        "the `else` row of the decision `level`",
        "`at-least high` of the decision `level`",
        "`raise-by-one` of the decision `level`",
    ]


def test_what_is_expected_of_a_table_counts_as_asked() -> None:
    body = BODY.replace("    send: {message: note, to: lead, when: level == high}\n", "")
    begin = start(200).removesuffix("}") + ", expect: {level: middle}}"
    trial = told((begin,), body=body)
    assert "row 1 of the decision `level`" not in missing(trial, ROWS)


def test_states_that_are_only_passed_through_are_reached() -> None:
    body = """
    start: {by: agent, form: order, go: route}
    states:
      route: {go: [{when: order.size > 10, go: large}, {else: small}]}
      large: {go: end}
      small: {go: end}
      end: {final: true}
    """
    trial = told((start(200),), (start(1),), body=body)
    assert trial.ok


def test_branches_and_rows_are_reached_too() -> None:
    body = """
    start: {by: agent, form: order, go: split}
    states:
      split: {parallel: {branches: {a: left, b: right}, join: first, go: end}}
      left: {task: {candidates: [agent]}, on: {done: join}}
      right: {wait-for: {called: join}}
      end: {final: true}
    """
    trial = told((start(), "{as: agent, do: done}"), body=body)
    assert missing(trial, TRANSITIONS) == ["the way from `right` by the message `called` to `join`"]
    assert told((start(), "{as: agent, do: done}"), (start(), "{message: called}"), body=body).ok


def test_a_process_without_scenarios_reaches_nothing() -> None:
    trial = try_process(Catalog(files(BODY, FORMS, MESSAGES)), PROCESS)
    assert [problem.code for problem in trial.problems] == ["no-scenarios"] and trial.coverage.percent == 0


def test_a_process_that_is_wrong_is_told_and_not_run() -> None:
    trial = try_process(Catalog(files(BODY.replace("go: small}", "go: smal}"), FORMS, MESSAGES)), PROCESS)
    assert {problem.code for problem in trial.problems} == {"unknown-state"} and trial.told == ()


PROMISED = """
start: {by: agent, go: open}
clocks:
  answer:
    target: 4d
    stops-on: [state end]
    escalate:
      50%: {notify: lead}
      75%: {when: not claimed, notify: lead, open: letter}
      100%: {priority: high, notify: lead}
tasks:
  letter: {candidates: [agent], on: {send-it: {}}}
states:
  open:
    task: {candidates: [agent], due: 10d, escalate: {100%: {notify: lead}, 200%: end}}
    on: {done: end}
  end: {final: done}
"""


def test_a_rung_that_leads_nowhere_is_one_thing_to_reach_and_its_guard_another() -> None:
    trial = told(("{as: agent}",), body=PROMISED)
    assert missing(trial, RUNGS) == [
        "50% of the clock `answer`",
        "75% of the clock `answer`",
        "100% of the clock `answer`",
        "100% of the task `open`",
        "200% of the task `open`",
    ]
    assert missing(trial, TRANSITIONS) == [
        "the way by `send-it` of the task `letter` that stays",
        "the way from `open` at 200% of its task's time to `end`",
        "the way from `open` by `done` to `end`",
    ]
    assert missing(trial, GUARDS) == [
        "the guard `not claimed` when it holds",
        "the guard `not claimed` when it does not hold",
    ]


def test_the_run_says_what_time_brought_about_in_the_words_of_a_scenario() -> None:
    trial = told(("{as: agent}", "{wait: 3d}", "{wait: 3d}"), body=PROMISED)
    assert trial.told[0].run[1:] == (
        "Thu 2026-11-26 10:00  after 3d → open; escalated answer 50%, answer 75%; notified lead (2 times); "
        "opened letter",
        "Sun 2026-11-29 10:00  after 3d → open; breached answer; escalated answer 100%; notified lead",
    )
