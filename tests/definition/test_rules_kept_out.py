"""Whom most tasks exclude may not go round them by a move that belongs to no task."""

from __future__ import annotations

from tests.definition.planting import codes, linted, the_one

MOST = """
states:
  received: {task: {title: Do it, candidates: agent, exclude: [intake.by_whom]}, on: {done: waiting}}
  waiting: {on: {close: {by: CLOSE, go: checking}}}
  checking: {task: {title: Check it, candidates: agent, exclude: CHECK}, on: {done: closed}}
  closed: {final: done}
on:
  withdraw: WITHDRAW
"""


def body(
    withdraw: str = "{by: [agent, customer], exclude: [intake.by_whom], go: closed}",
    close: str = "[agent], exclude: [intake.by_whom]",
    check: str = "[intake.by_whom]",
) -> str:
    return MOST.replace("WITHDRAW", withdraw).replace("CLOSE", close).replace("CHECK", check)


def test_whoever_most_tasks_exclude_is_excluded_from_the_moves_too() -> None:
    assert linted(body()) == ()
    found = the_one(linted(body("{by: [agent, customer], exclude: [starter], go: closed}")), "excluded-may-ask")
    assert found.severity == "warning"
    assert found.message == (
        "Expected 'withdraw' to exclude intake.by_whom as 2 of 2 tasks do, but whoever it names may ask for it"
    )
    assert found.advice == "write exclude: [starter, intake.by_whom] beside its `by`"


def test_a_state_in_which_nobody_works_has_such_moves_too() -> None:
    assert "'close'" in the_one(linted(body(close="[agent]")), "excluded-may-ask").message


def test_what_only_the_customer_may_ask_for_goes_round_nothing() -> None:
    assert linted(body("{by: [customer], go: closed}")) == ()


def test_where_only_one_task_of_two_excludes_somebody_it_is_about_that_task() -> None:
    assert linted(body("{by: [agent], go: closed}", "[agent]", "[received]")) == ()


def test_a_name_that_means_nobody_is_told_beside_a_move_too() -> None:
    assert codes(linted(body("{by: [agent], exclude: [intake.by_whom, waiting], go: closed}"))) == ["nobody-does-it"]
    found = codes(linted(body("{by: [agent], exclude: [intake.by_whom, intake.kind], go: closed}")))
    assert found == ["type-mismatch"]
