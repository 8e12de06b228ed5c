"""Approvals: their outcomes, their rules, and whether there are enough people for them."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.errors import Problem
from tests.builders import PROCESS
from tests.definition.planting import TASK, codes, home, the_one

FEW = """
people:
  ann: {name: Ann, roles: [agent, lead]}
  ben: {name: Ben, roles: [agent, expert]}
  ole: {name: Ole, roles: [owner]}
"""
MANY = FEW + "  eva: {name: Eva, roles: [expert]}\n  lea: {name: Lea, roles: [lead]}\n"


def told(body: str, people: str) -> tuple[Problem, ...]:
    """What the linter tells, but that whoever starts the case wrote what these approvals bind."""
    found = lint(Catalog(home(body, people=people)), PROCESS).problems
    return tuple(problem for problem in found if problem.code != "author-approves")


def linted(
    by: str = "{any: [lead]}",
    on: str = "{approved: closed, rejected: closed}",
    exclude: str = "[received]",
    people: str = MANY,
    more: str = "",
) -> tuple[Problem, ...]:
    body = f"""
states:
  received: {{{TASK}, on: {{propose: decision}}}}
  decision:
    approval:
      by: {by}
      exclude: {exclude}
      binds: [intake]
    on: {on}
{more}
  closed: {{final: done}}
"""
    return told(body, people)


@pytest.mark.parametrize(
    "by",
    [
        "{any: [lead]}",
        "[{when: intake.amount > 5, all: [lead, expert]}, {else: {any: lead}}]",
        "[{when: intake.amount > 5, any: lead}, {when: intake.amount <= 5, quorum: 2, of: [lead, expert]}]",
    ],
)
def test_rules_that_cover_everything_with_enough_people_are_sound(by: str) -> None:
    assert linted(by) == ()


def test_rules_that_leave_a_gap_are_told_with_an_example() -> None:
    found = the_one(
        linted("[{when: intake.amount > 5, any: [lead]}, {when: intake.amount < 5, any: expert}]"), "no-else"
    )
    assert "Expected a rule for every case" in found.message and "intake.amount is 5" in found.message


def test_a_rule_that_never_counts_is_told() -> None:
    by = "[{when: intake.amount > 5, any: lead}, {when: intake.amount > 9, any: expert}, {else: {any: lead}}]"
    assert "whenever it holds" in the_one(linted(by), "branch-never-taken").message
    by = "[{when: intake.amount > 5, any: lead}, {when: intake.amount <= 5, any: expert}, {else: {any: lead}}]"
    the_one(linted(by), "else-never-taken")


def test_a_rule_that_too_few_people_can_meet_is_told_with_its_people() -> None:
    found = the_one(linted("{quorum: 3, of: [lead]}"), "quorum-never-met")
    assert found.severity == "error" and found.witness == ("lead: ann, lea",)


def test_a_rule_that_fails_once_somebody_who_may_be_excluded_is_gone_is_told() -> None:
    found = the_one(
        linted("{all: [lead, expert]}", people=FEW.replace("[owner]", "[owner, agent]")), "quorum-never-met"
    )
    assert found.severity == "warning" and "once ann is" in found.message
    assert linted("{any: [owner]}", people=FEW) == ()  # Ole never does the task that excludes
    found = the_one(linted("{any: [owner]}", exclude="[intake.by_whom]", people=FEW), "quorum-never-met")
    assert "once ole is" in found.message
    assert linted("{all: [lead, expert]}") == ()


def test_a_role_of_a_rule_that_nobody_holds_is_told() -> None:
    assert "role-nobody-holds" in codes(linted("{any: [lead, auditor], veto: [auditor]}"))
    assert codes(linted("{any: [lead], veto: [expert]}")) == ["veto-not-asked"]


def test_outcomes_are_those_of_an_approval_and_both_are_there() -> None:
    assert codes(linted(on="{approve: closed, rejected: closed}")) == ["approval-outcomes", "approval-outcomes"]
    assert "'rejected'" in the_one(linted(on="{approved: closed}"), "approval-outcomes").message


@pytest.mark.parametrize("word", ["form: order-intake", "by: [lead]", "only-when: intake.amount > 1", "comment: true"])
def test_an_outcome_of_an_approval_asks_nobody_for_anything(word: str) -> None:
    found = linted(on=f"{{approved: closed, rejected: {{{word}, go: closed}}}}")
    assert "approval-outcome-asks" in codes(found)


def test_an_outcome_that_leads_nowhere_and_an_approval_without_outcomes_are_told() -> None:
    assert codes(linted(on="{approved: closed, rejected: {milestone: no}}")) == ["outcome-without-go"]
    waiting = "{approval: {by: {any: lead}, exclude: authors, binds: [intake]}, after: {1d: closed}}"
    body = f"\nstates:\n  received: {waiting}\n  closed: {{final: done}}\n"
    found = lint(Catalog(home(body, people=MANY)), PROCESS).problems
    assert "approval" in the_one(found, "task-without-way-out").message


def test_nobody_claims_an_approval_so_nothing_asks_whether_it_is_claimed() -> None:
    found = linted(more="    after: {1d: {when: not claimed, go: closed}}")
    assert codes(found) == ["unknown-name"]


def test_a_role_named_twice_in_a_rule_is_told() -> None:
    assert "name-twice" in codes(linted("{all: [lead, lead]}"))
    assert codes(linted("[{when: intake.amount > 5, any: lead}, {else: {any: lead}, any: expert}]")) == ["wrong-shape"]


def test_an_approval_in_a_branch_joins_like_a_task() -> None:
    body = f"""
states:
  received:
    parallel: {{branches: {{left: decision, right: work}}, join: all, go: closed}}
  decision:
    approval: {{by: {{any: lead}}, exclude: authors, binds: [intake]}}
    on: {{approved: join, rejected: join}}
  work: {{{TASK}, on: {{done: join}}}}
  closed: {{final: done}}
"""
    assert lint(Catalog(home(body, people=MANY)), PROCESS).problems == ()


def needing(needs: str, people: str = MANY, by: str = "agent") -> tuple[Problem, ...]:
    """A process whose move needs a second person."""
    body = f"""
states:
  received:
    {TASK}
    on: {{done: closed, regrade: {{form: order-intake, needs: {needs}, go: closed}}}}
  closed: {{final: done}}
on:
  drop: {{by: {by}, needs: {needs}, go: closed}}
"""
    return told(body, people)


def test_what_a_move_needs_is_sound_when_somebody_else_is_always_left() -> None:
    assert needing("lead") == ()
    assert needing("[lead, expert]", FEW) == ()
    assert needing("{quorum: 2, of: [lead, expert], exclude: [received], due: 1bd}") == ()


def test_a_second_person_who_is_the_only_one_is_told() -> None:
    alone = "\npeople:\n  ann: {name: Ann, roles: [agent, lead]}\n  ole: {name: Ole, roles: [owner]}\n"
    found = needing("lead", alone)
    assert codes(found) == ["quorum-never-met"] * 2
    assert {problem.severity for problem in found} == {"error"}
    assert "who have not asked themselves" in found[0].message and found[0].witness == ("lead: ann",)


def test_a_second_person_who_may_have_asked_is_told() -> None:
    found = needing("lead", FEW)
    assert codes(found) == ["quorum-never-met"] * 2
    assert {problem.severity for problem in found} == {"warning"} and "once ann does" in found[0].message


def test_the_roles_and_the_doers_of_needs_are_looked_up() -> None:
    assert set(codes(needing("auditor"))) == {"quorum-never-met", "role-nobody-holds"}
    assert "unknown-role" in codes(needing("[lead, expertt]"))
    assert "nobody-does-it" in codes(needing("{any: [lead, expert], exclude: [closed]}"))
    assert "unknown-word" in codes(needing("{any: lead, binds: intake}"))


def test_an_outcome_of_an_approval_needs_nobody_else() -> None:
    found = linted(on="{approved: closed, rejected: {needs: lead, go: closed}}")
    assert "approval-outcome-asks" in codes(found)


def test_the_customer_of_a_case_is_one_whom_no_list_has_to_name() -> None:
    assert linted("{any: customer}") == ()
    assert linted("{all: [customer, lead]}") == ()
    assert needing("customer") == ()
    assert the_one(linted("{quorum: 2, of: [customer]}"), "quorum-never-met").witness == ("customer: customer",)


def test_an_approval_that_excludes_everybody_who_could_decide_is_told() -> None:
    alone = "\npeople:\n  lea: {name: Lea, roles: [lead]}\n  ole: {name: Ole, roles: [agent, owner]}\n"
    two = alone + "  lou: {name: Lou, roles: [lead]}\n"
    body = """
states:
  received: {task: {title: Do it, candidates: lead}, on: {propose: second}}
  second: {task: {title: Do it, candidates: lead, exclude: [received]}, on: {propose: decision}}
  decision:
    approval: {by: {any: lead}, exclude: EXCLUDED, binds: [intake]}
    on: {approved: closed, rejected: closed}
  closed: {final: done}
"""

    def found(excluded: str, people: str, states: str = body) -> tuple[Problem, ...]:
        return told(states.replace("EXCLUDED", excluded), people)

    alone_left = the_one(found("[received]", alone), "quorum-never-met")
    assert alone_left.severity == "error" and "who have had no part in the case" in alone_left.message
    assert found("[received]", two) == ()
    # Of two who have to decide each is the only one, and one of them did the task before.
    both = the_one(linted("{all: [lead, expert]}", people=FEW), "quorum-never-met")
    assert both.severity == "error" and both.witness == ("lead: ann", "expert: ben")
    # Where somebody may come by without having done it, it is only a warning.
    passing = body.replace("received: {task", "received: {after: {1d: decision}, task")
    assert the_one(found("[received]", alone, passing), "quorum-never-met").severity == "warning"


FOUR = """
people:
  ann: {name: Ann, roles: [agent, owner, lead]}
  ben: {name: Ben, roles: [agent, lead]}
  cat: {name: Cat, roles: [agent, lead]}
  dan: {name: Dan, roles: [lead]}
  eva: {name: Eva, roles: [agent]}
"""


def after_two_tasks(
    by: str = "{quorum: 3, of: [lead]}",
    people: str = FOUR,
    second: str = "{title: Do it, candidates: agent, exclude: handler}",
    first: str = "on: {propose: second}",
) -> tuple[Problem, ...]:
    """An approval that leaves out whoever did the one task and whoever did the other."""
    body = f"""
people: {{handler: received}}
states:
  received: {{task: {{title: Do it, candidates: agent}}, {first}}}
  second: {{task: {second}, on: {{propose: decision}}}}
  decision:
    approval: {{by: {by}, exclude: [handler, second], binds: [intake]}}
    on: {{approved: closed, rejected: closed}}
  closed: {{final: done}}
"""
    return told(body, people)


def test_several_who_are_left_out_together_are_told_where_they_are_surely_different_people() -> None:
    few = the_one(after_two_tasks(), "quorum-never-met")
    assert few.severity == "warning"
    assert "3 of lead whoever is excluded, but there are too few once ann and ben are" in few.message
    # One after the other by one and the same person: three are left.
    assert after_two_tasks(second="{title: Do it, candidates: agent}") == ()
    # Somebody may come by without having done the first, and then nobody is left out for it.
    assert after_two_tasks(first="on: {propose: second}, after: {1d: second}") == ()
    # Two of three that remain are enough.
    assert after_two_tasks("{quorum: 2, of: [lead]}") == ()


def test_an_approval_that_two_different_people_before_it_make_impossible_is_an_error() -> None:
    everybody = FOUR.replace("[agent]", "[agent, lead]").replace("dan: {name: Dan, roles: [lead]}", "")
    few = the_one(after_two_tasks(people=everybody), "quorum-never-met")
    assert few.severity == "error" and "who have had no part in the case" in few.message
    assert after_two_tasks(people=everybody, second="{title: Do it, candidates: agent}") == ()


def test_a_task_that_a_promise_may_give_to_others_is_not_surely_done_by_its_candidates() -> None:
    only = """
people:
  ann: {name: Ann, roles: [agent, owner]}
  ben: {name: Ben, roles: [lead]}
  cat: {name: Cat, roles: [expert]}
"""
    other = "{title: Do it, candidates: expert}"
    assert the_one(after_two_tasks("{any: agent}", only, other), "quorum-never-met").severity == "error"
    given = "on: {propose: second}, after: {1d: {reassign: [lead]}}"
    assert the_one(after_two_tasks("{any: agent}", only, other, given), "quorum-never-met").severity == "warning"


def test_an_approval_behind_a_task_that_nobody_is_left_for_is_judged_all_the_same() -> None:
    alone = "\npeople:\n  ann: {name: Ann, roles: [agent, owner, lead]}\n"
    assert the_one(after_two_tasks("{any: lead}", alone), "quorum-never-met").severity == "error"


def test_whoever_did_a_task_beside_the_case_can_be_excluded_and_others_are_not() -> None:
    tasks = "tasks:\n  look: {candidates: expert, on: {done: {}}}\n"
    body = f"""
states:
  received: {{open: look, {TASK}, on: {{propose: decision}}}}
  decision:
    approval: {{by: {{any: ROLE}}, exclude: [look], binds: [intake]}}
    on: {{approved: closed, rejected: closed}}
  closed: {{final: done}}
{tasks}"""
    assert told(body.replace("ROLE", "lead"), FEW) == ()
    found = the_one(told(body.replace("ROLE", "expert"), FEW), "quorum-never-met")
    assert found.severity == "warning" and "once ben is" in found.message


WRITTEN = """
states:
  received: {task: {title: Write it, candidates: agent, form: order-offer}, on: {propose: decision}}
  decision:
    approval: {by: {any: APPROVERS}, exclude: [EXCLUDED], binds: [offer]}
    on: {approved: closed, rejected: closed}
  closed: {final: done}
"""
EXTRA = "on: {correct: {by: lead, form: order-offer}}\n"
OFFER = {"order-offer": "required: [total]\nproperties: {total: {type: integer}}"}


def written(excluded: str, approvers: str = "lead", more: str = "", people: str = MANY) -> tuple[Problem, ...]:
    body = WRITTEN.replace("APPROVERS", approvers).replace("EXCLUDED", excluded) + more
    return lint(Catalog(home(body, people=people, forms=OFFER)), PROCESS).problems


def test_an_approval_that_its_authors_may_take_part_in_is_told() -> None:
    found = the_one(written("starter"), "author-approves")
    assert found.severity == "warning"
    assert found.message == (
        "Expected the approval in 'decision' to exclude whoever wrote what it binds, but it does not: offer may be "
        "filled in by the task 'received'"
    )
    assert found.advice == "write exclude: [authors, starter]"
    assert written("received") == () and written("authors") == ()


def test_a_move_that_fills_in_the_form_makes_authors_too() -> None:
    assert "'correct'" in the_one(written("received", more=EXTRA), "author-approves").message
    assert written("authors", more=EXTRA) == ()


def test_what_staff_wrote_the_customer_decides_without_further_ado() -> None:
    assert written("starter", "customer") == ()


def test_whoever_starts_the_case_wrote_the_form_that_starts_it() -> None:
    body = WRITTEN.replace("APPROVERS", "lead").replace("[offer]", "[intake]")
    told_of = lint(Catalog(home(body.replace("EXCLUDED", "received"), people=MANY, forms=OFFER)), PROCESS).problems
    assert "the start" in the_one(told_of, "author-approves").message
    assert lint(Catalog(home(body.replace("EXCLUDED", "starter"), people=MANY, forms=OFFER)), PROCESS).problems == ()


def test_authors_are_counted_as_left_out_like_those_who_did_the_task() -> None:
    alone = "\npeople:\n  ann: {name: Ann, roles: [agent, owner, lead]}\n"
    assert the_one(written("authors", people=alone), "quorum-never-met").severity == "error"
    pair = alone + "  ben: {name: Ben, roles: [lead]}\n"
    assert written("authors", people=pair) == ()
    correcting = the_one(written("authors", people=pair.replace("[lead]", "[agent]"), more=EXTRA), "quorum-never-met")
    assert correcting.severity == "warning"


def test_authors_mean_something_in_an_approval_alone() -> None:
    body = WRITTEN.replace("APPROVERS", "lead").replace("EXCLUDED", "authors")
    wrong = body.replace("candidates: agent,", "candidates: agent, exclude: [authors],")
    assert "unknown-relation" in codes(lint(Catalog(home(wrong, people=MANY, forms=OFFER)), PROCESS).problems)
