"""Whether a process can be gone through: every state reached, every case ended, nothing going round by
itself.
"""

from __future__ import annotations

import pytest

from tests.definition.planting import TASK, codes, home, linted, the_one, word_at

SOUND = f"""
states:
  received: {{{TASK}, on: {{check: checked, reject: closed}}}}
  checked: {{wait-for: {{reply: closed}}, after: {{5d: closed}}}}
  closed: {{final: done}}
"""


def test_a_sound_process_has_nothing_to_mend() -> None:
    assert linted(SOUND) == ()


# --- unreachable-state


def test_a_state_that_nothing_leads_to_is_told_with_its_place() -> None:
    body = SOUND + f"  forgotten: {{{TASK}, on: {{done: closed}}}}\n"
    problem = the_one(linted(body), "unreachable-state")
    assert word_at(problem, home(body)).startswith("forgotten:")
    assert "'forgotten', but no move leads there" in problem.message


def test_what_follows_on_an_unreachable_state_is_told_with_it() -> None:
    body = (
        SOUND
        + f"""
  forgotten: {{{TASK}, on: {{done: after-that}}}}
  after-that: {{{TASK}, on: {{done: closed}}}}
"""
    )
    assert "after-that cannot be come to either" in the_one(linted(body), "unreachable-state").message


def test_two_states_that_only_lead_to_each_other_are_told_once() -> None:
    body = (
        SOUND
        + f"""
  ping: {{{TASK}, on: {{hit: pong, stop: closed}}}}
  pong: {{{TASK}, on: {{hit: ping}}}}
"""
    )
    assert "only pong can lead there" in the_one(linted(body), "unreachable-state").message


def test_a_state_reached_by_a_move_at_the_head_or_by_reopening_is_reachable() -> None:
    body = f"""
on:
  withdraw: {{by: agent, go: withdrawn}}
states:
  received: {{{TASK}, on: {{check: closed}}}}
  withdrawn: {{final: {{outcome: withdrawn, reopen: {{by: agent, go: again}}}}}}
  again: {{{TASK}, on: {{check: closed}}}}
  closed: {{final: done}}
"""
    assert linted(body) == ()


def test_a_misspelt_target_is_one_problem_and_not_one_for_each_state_behind_it() -> None:
    problem = the_one(linted(SOUND.replace("check: checked", "check: cheked")), "unknown-state")
    assert "did you mean 'checked'?" in problem.message


def test_a_move_that_cannot_be_read_does_not_make_its_target_unreachable() -> None:
    body = SOUND.replace("{check: checked, reject: closed}", "{check: {og: checked}, reject: closed}")
    assert codes(linted(body)) == ["unknown-word"]


# --- no-way-to-end


def test_states_that_go_round_without_end_are_told_once_with_the_run_that_comes_there() -> None:
    body = f"""
states:
  received: {{{TASK}, on: {{check: one, reject: closed}}}}
  one: {{{TASK}, on: {{next: two}}}}
  two: {{{TASK}, on: {{next: one}}}}
  closed: {{final: done}}
"""
    problem = the_one(linted(body), "no-way-to-end")
    assert word_at(problem, home(body)).startswith("one:")
    assert "from there it only goes to two" in problem.message
    assert problem.witness == ("start → received → one",)


def test_a_process_without_a_final_state_is_told() -> None:
    body = f"states:\n  received: {{{TASK}, on: {{again: received}}}}\n"
    assert "none has `final`" in the_one(linted(body), "no-way-to-end").message


def test_a_round_that_only_a_withdrawal_ends_is_a_warning() -> None:
    body = f"""
on:
  withdraw: {{by: agent, go: closed}}
states:
  received: {{{TASK}, on: {{next: two}}}}
  two: {{{TASK}, on: {{next: received}}}}
  closed: {{final: done}}
"""
    problem = the_one(linted(body), "ends-only-from-outside")
    assert problem.severity == "warning"
    assert "only withdraw at the head of the process" in problem.message


def test_a_state_that_a_move_at_the_head_names_has_its_way_on() -> None:
    body = f"""
on:
  confirm: {{by: agent, from: waiting, go: closed}}
states:
  received: {{{TASK}, on: {{next: waiting}}}}
  waiting: {{label: Please confirm}}
  closed: {{final: done}}
"""
    assert linted(body) == ()


def test_timers_and_messages_that_lead_to_the_end_are_ways_to_it() -> None:
    body = (
        "states:\n  received: {after: {2d: waiting}}\n  waiting: {wait-for: {reply: closed}}\n  closed: {final: done}\n"
    )
    assert linted(body) == ()


# --- stuck-state, task-without-way-out, on-without-by


def test_a_state_in_which_nothing_happens_is_stuck() -> None:
    body = SOUND.replace("{wait-for: {reply: closed}, after: {5d: closed}}", "{label: Checked}")
    found = linted(body)
    assert codes(found) == ["no-way-to-end", "stuck-state"]
    assert word_at(found[1], home(body)).startswith("checked:")


def test_a_task_without_outcomes_is_told_at_the_task() -> None:
    body = SOUND.replace("{wait-for: {reply: closed}, ", f"{{{TASK}, ")
    problem = the_one(linted(body), "task-without-way-out")
    assert word_at(problem, home(body)).startswith("task:")


@pytest.mark.parametrize(
    "outcome", ["{milestone: seen}", "[{when: intake.kind == goods, go: closed}, {else: {milestone: seen}}]"]
)
def test_an_outcome_of_a_task_has_to_lead_somewhere(outcome: str) -> None:
    body = SOUND.replace("reject: closed", f"reject: closed, look: {outcome}")
    assert "has no `go`" in the_one(linted(body), "outcome-without-go").message


def test_an_outcome_without_a_task_needs_to_say_by_whom() -> None:
    body = SOUND.replace("{wait-for: {reply: closed}, ", "{on: {confirm: closed}, ")
    problem = the_one(linted(body), "on-without-by")
    assert word_at(problem, home(body)).startswith("confirm:")
    assert linted(body.replace("{confirm: closed}", "{confirm: {by: agent, go: closed}}")) == ()


# --- automatic-loop, repeat-without-time


def test_states_that_move_on_by_themselves_in_a_circle_are_told_with_the_circle() -> None:
    body = f"""
states:
  received: {{{TASK}, on: {{check: sort, reject: closed}}}}
  sort: {{go: [{{when: intake.kind == goods, go: weigh}}, {{else: closed}}]}}
  weigh: {{go: sort}}
  closed: {{final: done}}
"""
    problem = the_one(linted(body), "automatic-loop")
    assert problem.witness == ("sort → weigh → sort",)
    assert linted(body.replace("weigh: {go: sort}", "weigh: {after: {1h: sort}}")) == ()


def test_a_timer_without_time_does_not_break_a_circle() -> None:
    body = f"""
states:
  received: {{{TASK}, on: {{check: sort, reject: closed}}}}
  sort: {{go: [{{when: intake.kind == goods, go: weigh}}, {{else: closed}}]}}
  weigh: {{after: {{0m: sort}}}}
  closed: {{final: done}}
"""
    assert codes(linted(body)) == ["automatic-loop"]


def test_a_state_that_leads_into_a_circle_is_not_part_of_it() -> None:
    body = f"""
states:
  received: {{{TASK}, on: {{check: entry, reject: closed}}}}
  entry: {{go: a}}
  a: {{go: [{{when: intake.kind == goods, go: b}}, {{else: closed}}]}}
  b: {{go: a}}
  closed: {{final: done}}
"""
    assert the_one(linted(body), "automatic-loop").witness == ("a → b → a",)


def test_a_repetition_needs_some_time() -> None:
    body = SOUND.replace("after: {5d: closed}", "after: {5d: {milestone: asked, repeat: 0m}}")
    problem = the_one(linted(body), "repeat-without-time")
    assert "`repeat` is 0m" in problem.message
    assert linted(body.replace("0m", "1d")) == ()


@pytest.mark.parametrize("where", ["a clock", "a task"])
def test_the_repetition_of_a_rung_needs_some_time_too(where: str) -> None:
    rung = "{100%: {milestone: asked, repeat: 0bd}}"
    clock = f"clocks: {{answer: {{target: 1d, stops-on: state closed, escalate: {rung}}}}}\n"
    late = SOUND.replace(TASK, TASK[:-1] + f", due: 1d, escalate: {rung}}}", 1)
    body = clock + SOUND.lstrip("\n") if where == "a clock" else late
    assert body != SOUND
    assert "`repeat` is 0bd" in the_one(linted(body), "repeat-without-time").message
    assert linted(body.replace("0bd", "1d")) == ()


# --- words that exclude each other


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        (f"{TASK}, on: {{done: closed}}", "`task` and `on`"),
        ("wait-for: {reply: closed}", "`wait-for`"),
        ("after: {2d: closed}", "`after`"),
    ],
)
def test_a_state_that_moves_on_at_once_has_nothing_to_wait_for(beside: str, told: str) -> None:
    body = SOUND.replace("{wait-for: {reply: closed}, after: {5d: closed}}", f"{{{beside}, go: closed}}")
    problem = the_one(linted(body), "go-beside-task")
    assert f"`go` beside {told}" in problem.message
    assert word_at(problem, home(body)).startswith("go:")


def test_a_final_state_has_nothing_more_to_do() -> None:
    body = SOUND.replace("{final: done}", f"{{final: done, {TASK}, on: {{again: received}}}}")
    problem = the_one(linted(body), "final-with-more")
    assert "is final and has `task` and `on`" in problem.message


def test_labels_and_messages_may_stand_in_a_final_state() -> None:
    assert linted(SOUND.replace("{final: done}", "{final: done, label: Done, milestone: ended}")) == ()
