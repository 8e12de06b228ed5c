"""One branch for each row of a table."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, Case, define

BODY = """
start: {by: customer, form: order, go: each}
states:
  each:
    for-each: {row: order.lines, as: line, start: check, join: JOIN, go: GO}
  check:
    task: {title: "Check {line.item}", candidates: [agent], form: order-check}
    on: {done: join, again: check}
  told: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: true}
  bad: {final: true}
"""
FORMS = {
    "order": """
properties:
  lines:
    type: array
    items: {type: object, required: [item], properties: {item: {type: string}, qty: {type: integer}}}
""",
    "order-check": "required: [ok]\nproperties: {ok: {type: boolean}, note: {type: string}}",
}
LINES = [{"item": "apple", "qty": 2}, {"item": "pear", "qty": 1}]


def each(join: str = "all", go: str = "told") -> Case:
    return Case(define(BODY.replace("JOIN", join).replace("GO", go), FORMS))


def check(case: Case, item: str) -> str:
    return next(task.id for task in case.here.tasks.values() if task.title == f"Check {item}")


def done(case: Case, item: str, outcome: str = "done", who: Actor = ANN, **values: object) -> Case:
    case.run(c.Complete(at=case.now, actor=who, task=check(case, item), outcome=outcome, values=values))
    return case


def test_each_row_has_its_branch_that_knows_the_row() -> None:
    case = each().start(lines=LINES)
    assert sorted(task.title for task in case.here.tasks.values()) == ["Check apple", "Check pear"]
    assert [body["row"] for body in case.events("branch-started")] == LINES
    assert case.states == ("check", "check", "each")


def test_what_the_branches_filled_in_is_a_table_with_the_rows_beside_it() -> None:
    case = each().start(lines=LINES)
    done(case, "pear", ok=False)
    assert case.states == ("check", "each")
    done(case, "apple", ok=True)
    assert case.states == ("told",)
    assert case.here.data["check"] == [
        {"item": "pear", "qty": 1, "ok": False},
        {"item": "apple", "qty": 2, "ok": True},
    ]


def test_the_way_on_can_ask_all_rows() -> None:
    go = '[{when: "all(check.ok)", go: told}, {else: bad}]'
    case = each(go=go).start(lines=LINES)
    done(case, "apple", ok=True)
    assert done(case, "pear", ok=True).states == ("told",)
    case = each(go=go).start(lines=LINES)
    done(case, "apple", ok=True)
    assert done(case, "pear", ok=False).states == ("bad",)


def test_a_table_without_rows_joins_at_once() -> None:
    case = each().start(lines=[])
    assert case.states == ("told",) and len(case.here.tokens) == 1


def test_a_table_without_rows_is_an_empty_table_afterwards() -> None:
    go = '[{when: "all(check.ok)", go: told}, {else: bad}]'
    assert each(go=go).start(lines=[]).states == ("told",)


def test_an_optional_table_that_was_left_out_has_no_rows() -> None:
    assert each().start().states == ("told",)


def test_a_branch_fills_its_form_in_for_itself_alone() -> None:
    case = each().start(lines=LINES)
    done(case, "apple", "again", ok=True, note="look again")
    branch = next(token for token in case.here.tokens.values() if token.forms)
    assert branch.forms == {"check": {"ok": True, "note": "look again"}}
    assert case.here.data["check"] == []
    done(case, "apple", ok=True)
    done(case, "pear", ok=True)
    assert case.here.data["check"][0] == {"item": "apple", "qty": 2, "ok": True}


def test_a_branch_does_not_see_what_other_branches_filled_in() -> None:
    body = BODY.replace("again: check}", "again: {only-when: check is set, go: check}}")
    case = Case(define(body.replace("JOIN", "all").replace("GO", "told"), FORMS)).start(lines=LINES)
    done(case, "pear", ok=False)
    with pytest.raises(Rejected) as caught:
        done(case, "apple", "again", ok=True)
    assert caught.value.code == "not-offered"


def test_the_first_row_that_is_done_can_be_enough() -> None:
    case = each("first").start(lines=LINES)
    done(case, "pear", ok=True)
    assert case.states == ("told",) and case.here.data["check"] == [{"item": "pear", "qty": 1, "ok": True}]


def test_a_join_of_more_branches_than_rows_waits_for_all_rows() -> None:
    case = each("2").start(lines=LINES[:1])
    assert done(case, "apple", ok=True).states == ("told",)


def test_going_through_the_rows_again_replaces_the_table() -> None:
    body = BODY.replace("on: {done: end}", "on: {done: end, redo: each}")
    case = Case(define(body.replace("JOIN", "all").replace("GO", "told"), FORMS)).start(lines=LINES[:1])
    done(case, "apple", ok=False)
    case.do(ANN, "redo")
    done(case, "apple", ok=True)
    assert case.here.data["check"] == [{"item": "apple", "qty": 2, "ok": True}]


def test_rows_within_rows_keep_their_answers_apart() -> None:
    body = """
    start: {by: customer, form: order, go: outer}
    states:
      outer: {for-each: {row: order.parts, as: part, start: inner, go: end}}
      inner:
        for-each:
          row: order.lines
          as: line
          start: check
          go:
            - {when: all(check.ok), go: good}
            - {else: bad}
      check:
        task: {title: "{part.name}: {line.item}", candidates: [agent], form: order-check}
        on: {done: join}
      good: {set: {good: good + 1}, go: join}
      bad: {set: {bad: bad + 1}, go: join}
      end: {final: true}
    variables: {good: 0, bad: 0}
    """
    part = "{type: object, required: [name], properties: {name: {type: string}}}"
    parts = f"  parts: {{type: array, items: {part}}}\n"
    forms = {**FORMS, "order": FORMS["order"] + parts}
    case = Case(define(body, forms)).start(parts=[{"name": "A"}, {"name": "B"}], lines=LINES)
    assert len(case.here.tasks) == 4
    for task in list(case.here.tasks.values()):
        ok = task.title != "B: pear"
        case.run(c.Complete(at=case.now, actor=ANN, task=task.id, outcome="done", values={"ok": ok}))
    assert case.here.status == "completed" and case.here.variables == {"good": 1, "bad": 1}
    assert len(case.here.data["check"]) == 4


def test_two_people_work_on_rows_at_the_same_time() -> None:
    case = each().start(lines=LINES)
    done(case, "apple", who=ANN, ok=True)
    done(case, "pear", who=BEN, ok=True)
    assert set(case.here.doers) == {("check", "ann"), ("check", "ben")}


def test_a_row_cannot_be_done_twice() -> None:
    case = each().start(lines=LINES)
    task = check(case, "apple")
    done(case, "apple", ok=True)
    with pytest.raises(Rejected) as caught:
        case.run(c.Complete(at=case.now, actor=ANN, task=task, outcome="done", values={"ok": True}))
    assert caught.value.code == "no-such-task"


def test_a_move_from_anywhere_drops_the_rows() -> None:
    body = BODY.replace("JOIN", "all").replace("GO", "told") + "on: {withdraw: {by: customer, go: end}}\n"
    case = Case(define(body, FORMS)).start(lines=LINES).trigger(CUSTOMER, "withdraw")
    assert case.here.tasks == {} and case.states == ("end",)


EACH_DECIDED = """
start: {by: customer, form: order, go: each}
states:
  each:
    for-each: {row: order.lines, as: line, start: check, join: all, go: board}
  check:
    task: {title: "Check {line.item}", candidates: [agent], form: order-check}
    on: {done: agree}
  agree:
    approval: {title: "Agree to {line.item}", by: {any: [agent]}, exclude: [authors], binds: [check]}
    on: {approved: join, rejected: check}
  board:
    approval: {by: {any: [lead, agent]}, exclude: [authors], binds: [check]}
    on: {approved: end, rejected: end}
  end: {final: true}
"""


def test_in_a_branch_the_rounds_are_those_of_its_row() -> None:
    case = Case(define(EACH_DECIDED, FORMS)).start(lines=LINES)
    done(case, "apple", who=ANN, ok=True)
    (first,) = case.here.approvals
    case.run(c.Decide(at=case.now, actor=BEN, task=first, decision="reject", comment="No"))
    done(case, "apple", who=ANN, ok=True)
    done(case, "pear", who=BEN, ok=True)
    found = {case.here.tasks[task].title: approval.round for task, approval in case.here.approvals.items()}
    assert found == {"Agree to apple": 2, "Agree to pear": 1}


def test_in_a_branch_its_own_authors_count_and_all_of_them_once_they_have_joined() -> None:
    case = Case(define(EACH_DECIDED, FORMS)).start(lines=LINES)
    done(case, "apple", who=ANN, ok=True)
    done(case, "pear", who=BEN, ok=True)
    left_out = {task.title: task.excluded for task in case.here.tasks.values()}
    assert left_out == {"Agree to apple": ("ann",), "Agree to pear": ("ben",)}
    for task, approval in list(case.here.approvals.items()):
        who = BEN if case.here.tasks[task].excluded == ("ann",) else ANN
        case.run(c.Decide(at=case.now, actor=who, task=approval.id, decision="approve"))
    assert case.task().excluded == ("ann", "ben")
