"""Branches keep to themselves and join."""

from __future__ import annotations

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from tests.builders import PROCESS
from tests.definition.planting import FORM, TASK, codes, home, linted, the_one, word_at

FORMS = {"order-price": FORM, "order-law": FORM}
SOUND = f"""
states:
  received: {{{TASK}, on: {{check: ask, reject: closed}}}}
  ask:
    parallel: {{branches: {{price: pricing, law: judging}}, go: decide}}
  pricing:
    task: {{candidates: agent, form: order-price}}
    on: {{done: join}}
  judging:
    task: {{candidates: agent, form: order-law}}
    on: {{done: join, look-again: judging-again}}
  judging-again:
    task: {{candidates: agent}}
    on: {{done: join}}
  decide: {{{TASK}, on: {{accept: closed, refuse: closed}}}}
  closed: {{final: done}}
"""
EACH = f"""
states:
  received: {{{TASK}, on: {{check: pack-all, reject: closed}}}}
  pack-all: {{for-each: {{row: intake.rows, as: row, start: pack, go: sent}}}}
  pack: {{task: {{title: "Pack {{row.item}}", candidates: agent, form: order-price}}, on: {{done: join}}}}
  sent: {{{TASK}, on: {{done: closed}}}}
  closed: {{final: done}}
"""


def found(body: str, **more: str):  # type: ignore[no-untyped-def]
    return linted(body, forms=FORMS, **more)


def test_sound_branches_have_nothing_to_mend() -> None:
    assert found(SOUND) == ()
    assert found(EACH) == ()


def test_a_branch_that_leaves_otherwise_than_by_join_is_told_at_the_target() -> None:
    body = SOUND.replace("{done: join, look-again", "{done: join, hopeless: decide, look-again")
    problem = the_one(found(body), "branch-escapes")
    assert word_at(problem, home(body)).startswith("decide, look-again")
    assert "goes to 'decide' outside" in problem.message


def test_a_move_into_the_middle_of_a_branch_is_told() -> None:
    body = SOUND.replace("refuse: closed", "refuse: judging-again")
    problem = the_one(found(body), "branch-entered")
    assert "'judging-again'" in problem.message
    assert word_at(problem, home(body)).startswith("judging-again}")


def test_a_move_to_where_a_branch_begins_is_told() -> None:
    problem = the_one(found(SOUND.replace("refuse: closed", "refuse: pricing")), "branch-entered")
    assert "begun only by its branches" in problem.message


def test_a_branch_may_not_end_the_whole_case() -> None:
    body = SOUND.replace(
        "on: {done: join, look-again: judging-again}", ("on: {done: join, look-again: judging-again, stop: over}")
    )
    body += "  over: {final: stopped}\n"
    problem = the_one(found(body), "final-in-branch")
    assert word_at(problem, home(body)).startswith("final: stopped")


def test_a_state_may_not_belong_to_the_branches_of_two_states() -> None:
    body = SOUND.replace(
        "decide: {",
        ("more: {parallel: {branches: {law: judging-again, price: pricing-again}, go: closed}}\n  decide: {"),
    )
    body = body.replace("accept: closed", "accept: more") + (f"  pricing-again: {{{TASK}, on: {{done: join}}}}\n")
    assert "branch-shared" in codes(found(body))


def test_a_branch_that_never_joins_starves_the_join() -> None:
    body = SOUND.replace("form: order-price}\n    on: {done: join}", ("form: order-price}\n    on: {done: pricing}"))
    problem = the_one(found(body), "join-starves")
    assert "nothing in 'price' leads to `join`" in problem.message
    assert problem.witness == ("from pricing: nowhere",)


def test_a_join_that_needs_fewer_branches_gets_them() -> None:
    body = SOUND.replace("form: order-price}\n    on: {done: join}", ("form: order-price}\n    on: {done: pricing}"))
    assert "join-starves" not in codes(found(body.replace("judging}, go", "judging}, join: first, go")))


def test_a_for_each_branch_that_never_joins_starves_its_join() -> None:
    assert codes(found(EACH.replace("on: {done: join}", "on: {done: pack}"))) == ["join-starves"]


def test_a_trap_within_a_branch_is_told_with_the_run_that_comes_there() -> None:
    body = SOUND.replace(
        "    task: {candidates: agent}\n    on: {done: join}",
        "    task: {candidates: agent}\n    on: {done: judging-again}",
    )
    problem = the_one(found(body), "no-way-to-end")
    assert "to `join`, which ends its branch" in problem.message
    assert problem.witness == ("start → received → ask → judging → judging-again",)


def test_more_branches_cannot_join_than_there_are() -> None:
    body = SOUND.replace("judging}, go", "judging}, join: 3, go")
    assert "at most 2 branches" in the_one(found(body), "join-starves").message


def test_join_outside_a_branch_means_nothing() -> None:
    problem = the_one(found(SOUND.replace("accept: closed", "accept: join")), "join-outside")
    assert "this state is in none" in problem.message


def test_two_branches_may_not_fill_in_the_same_form() -> None:
    body = SOUND.replace("form: order-law", "form: order-price")
    problem = the_one(linted(body, forms={"order-price": FORM}), "same-form-in-two-branches")
    assert "'price' and 'law' both fill in 'order-price'" in problem.message
    assert word_at(problem, home(body)).startswith("order-price}")


def test_a_form_of_a_for_each_branch_is_not_filled_in_elsewhere() -> None:
    body = EACH.replace(
        "sent: {task: {title: Do it, candidates: agent}", ("sent: {task: {candidates: agent, form: order-price}")
    )
    problem = the_one(linted(body, forms=FORMS), "form-in-and-out-of-branch")
    assert "belong to the branches of 'pack-all' alone" in problem.message


def test_what_branches_have_written_is_known_once_all_have_joined() -> None:
    body = SOUND.replace(
        "{accept: closed, refuse: closed}",
        "{accept: {only-when: price.amount > 3 and law.amount > 3, go: closed}, refuse: closed}",
    )
    assert found(body) == ()
    problems = found(body.replace("judging}, go", "judging}, join: first, go"))
    assert codes(problems) == ["maybe-missing", "maybe-missing"]
    assert all("start → received → ask → decide" in problem.message for problem in problems)


def test_what_is_written_late_in_a_branch_is_known_after_the_join() -> None:
    body = SOUND.replace("on: {done: join, look-again: judging-again}", "on: {look-again: judging-again}").replace(
        "  judging-again:\n    task: {candidates: agent}",
        "  judging-again:\n    task: {candidates: agent, form: order-late}",
    )
    body = body.replace("{accept: closed,", "{accept: {only-when: late.amount > 3, go: closed},")
    assert linted(body, forms={**FORMS, "order-late": FORM}) == ()


def test_two_branches_that_wait_for_the_same_message_are_a_warning() -> None:
    body = SOUND.replace("  pricing:\n", "  pricing:\n    wait-for: {reply: join}\n").replace(
        "  judging-again:\n", "  judging-again:\n    wait-for: {reply: join}\n"
    )
    problem = the_one(found(body), "wait-twice")
    assert problem.severity == "warning"
    assert "the branch 'price' and the branch 'law'" in problem.message


def test_a_state_has_one_kind_of_branches() -> None:
    body = SOUND.replace(
        "    parallel:", ("    for-each: {row: intake.rows, as: row, start: pricing, go: decide}\n    parallel:")
    )
    assert "fork-twice" in codes(found(body))


def test_a_move_at_the_head_is_asked_for_where_the_case_itself_stands() -> None:
    body = "on:\n  hurry: {by: agent, from: [pricing, closed], go: decide}" + SOUND
    problems = found(body)
    assert codes(problems) == ["from-branch", "from-final"]
    assert "name 'ask' instead" in problems[0].advice
    assert "`reopen`" in problems[1].advice


def test_only_a_message_that_is_merely_kept_is_heard_after_the_end() -> None:
    assert found("wait-for:\n  wrote: {from: closed, notify: agent}" + SOUND) == ()
    assert "from-final" in codes(found("wait-for:\n  wrote: {from: closed, go: decide}" + SOUND))


def test_a_branch_keeps_its_problems_when_the_rest_of_the_file_has_others() -> None:
    body = SOUND.replace("{done: join, look-again", "{done: join, hopeless: decide, look-again") + "colour: red\n"
    problems = lint(Catalog(home(body, forms=FORMS)), PROCESS).problems
    assert set(codes(problems)) == {"branch-escapes", "unknown-word"}
