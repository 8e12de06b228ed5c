"""Branches that run side by side, and how they join."""

from __future__ import annotations

from engine.core.actors import Actor
from tests.builders import ANN, BEN, CUSTOMER, EVA, OLE, Case, define

THREE = """
start: {by: customer, go: split}
states:
  split:
    parallel:
      branches: {left: left, middle: middle, right: right}
      join: JOIN
      go: joined
  left: {task: {candidates: [agent]}, on: {done: join}, after: {3bd: join}}
  middle: {task: {candidates: [agent]}, on: {more: middle-two, done: join}}
  middle-two: {task: {candidates: [agent]}, on: {done: join}}
  right: {task: {candidates: [expert]}, on: {done: join}}
  joined: {task: {candidates: [agent]}, on: {done: end, again: split}}
  end: {final: true}
  gone: {final: withdrawn}
on:
  withdraw: {by: customer, go: gone}
"""
BRANCHES = ("left", "middle", "right", "split")


def three(join: str) -> Case:
    return Case(define(THREE.replace("JOIN", join))).start()


def test_all_branches_begin_together_each_with_its_task() -> None:
    case = three("all")
    assert case.states == BRANCHES
    assert sorted(task.state for task in case.here.tasks.values()) == ["left", "middle", "right"]
    assert [body["branch"] for body in case.events("branch-started")] == ["left", "middle", "right"]


def test_a_join_of_all_waits_for_the_last_branch_in_any_order() -> None:
    case = three("all").do(EVA, "done", "right")
    assert case.states == ("left", "middle", "split")
    case.do(ANN, "done", "left")
    assert case.states == ("middle", "split")
    case.do(BEN, "done", "middle")
    assert case.states == ("joined",) and len(case.here.tokens) == 1


def test_a_branch_may_have_several_states() -> None:
    case = three("all").do(ANN, "more", "middle").do(ANN, "done", "left").do(EVA, "done", "right")
    assert case.states == ("middle-two", "split")
    assert case.do(ANN, "done", "middle-two").states == ("joined",)


def test_the_first_branch_cancels_the_others_with_their_tasks_and_timers() -> None:
    case = three("first").do(ANN, "done", "middle")
    assert case.states == ("joined",) and case.timers == []
    assert [task.state for task in case.here.tasks.values()] == ["joined"]
    ended = [(body["branch"], body["how"]) for body in case.events("branch-ended")]
    assert ended == [("middle", "joined"), ("left", "cancelled"), ("right", "cancelled")]
    assert {body["state"] for body in case.events("task-withdrawn")} == {"left", "right"}


def test_two_of_three_are_enough_when_the_join_says_so() -> None:
    case = three("2").do(ANN, "done", "middle")
    assert case.states == ("left", "right", "split")
    assert case.do(EVA, "done", "right").states == ("joined",)


def test_a_timer_of_a_branch_can_end_it() -> None:
    case = three("all").do(ANN, "done", "middle").do(EVA, "done", "right").wait("3bd")
    assert case.states == ("joined",)


def test_a_move_from_anywhere_takes_all_branches_down() -> None:
    case = three("all").trigger(CUSTOMER, "withdraw")
    assert case.states == ("gone",) and case.here.outcome == "withdrawn"
    assert case.here.tasks == {} and case.timers == [] and len(case.here.tokens) == 1


def test_cancelling_the_case_takes_all_branches_down() -> None:
    case = three("all").do(ANN, "done", "middle").cancel(OLE)
    assert case.here.status == "cancelled" and case.here.tasks == {} and case.timers == []


def test_the_same_branches_can_be_gone_through_again() -> None:
    case = three("first").do(ANN, "done", "left").do(ANN, "again")
    assert case.states == BRANCHES
    case.do(EVA, "done", "right")
    assert case.states == ("joined",)


def test_what_the_branches_filled_in_is_known_once_all_have_joined() -> None:
    body = """
    start: {by: customer, go: split}
    states:
      split:
        parallel:
          branches: {cost: cost, law: law}
          go:
            - {when: cost.sum > 100 and law.allowed, go: large}
            - {else: small}
      cost: {task: {candidates: [agent], form: order-cost}, on: {done: join}}
      law: {task: {candidates: [expert], form: order-law}, on: {done: join}}
      large: {final: true}
      small: {final: true}
    """
    forms = {
        "order-cost": "required: [sum]\nproperties: {sum: {type: integer}}",
        "order-law": "required: [allowed]\nproperties: {allowed: {type: boolean}}",
    }
    definition = define(body, forms)
    case = Case(definition).start().do(ANN, "done", "cost", sum=200).do(EVA, "done", "law", allowed=True)
    assert case.states == ("large",)
    decided = case.events("moved")[-1]["decided"]
    assert decided[0]["values"] == {"cost.sum": 200, "law.allowed": True}
    case = Case(definition).start().do(EVA, "done", "law", allowed=False).do(ANN, "done", "cost", sum=200)
    assert case.states == ("small",)


def test_branches_within_a_branch_join_before_the_outer_ones_do() -> None:
    body = """
    start: {by: customer, go: outer}
    states:
      outer: {parallel: {branches: {a: inner, b: alone}, go: end}}
      inner: {parallel: {branches: {x: one, y: two}, go: after-inner}}
      one: {task: {candidates: [agent]}, on: {done: join}}
      two: {task: {candidates: [agent]}, on: {done: join}}
      after-inner: {task: {candidates: [agent]}, on: {done: join}}
      alone: {task: {candidates: [expert]}, on: {done: join}}
      end: {final: true}
    """
    case = Case(define(body)).start()
    assert case.states == ("alone", "inner", "one", "outer", "two")
    case.do(ANN, "done", "one").do(ANN, "done", "two")
    assert case.states == ("after-inner", "alone", "outer")
    case.do(ANN, "done", "after-inner").do(EVA, "done", "alone")
    assert case.here.status == "completed" and len(case.here.tokens) == 1


def test_inner_branches_go_when_the_outer_join_is_satisfied() -> None:
    body = """
    start: {by: customer, go: outer}
    states:
      outer: {parallel: {branches: {a: inner, b: alone}, join: first, go: end}}
      inner: {parallel: {branches: {x: one, y: two}, go: join}}
      one: {task: {candidates: [agent]}, on: {done: join}}
      two: {task: {candidates: [agent]}, on: {done: join}}
      alone: {task: {candidates: [expert]}, on: {done: join}}
      end: {final: true}
    """
    case = Case(define(body)).start().do(EVA, "done", "alone")
    assert case.here.status == "completed" and case.here.tasks == {} and len(case.here.tokens) == 1
    case = Case(define(body)).start().do(ANN, "done", "one").do(ANN, "done", "two")
    assert case.here.status == "completed" and len(case.here.tokens) == 1


def test_branches_that_are_done_by_themselves_join_at_once() -> None:
    body = """
    start: {by: customer, go: split}
    variables: {left: 0, right: 0}
    states:
      split: {parallel: {branches: {a: one, b: two}, go: end}}
      one: {set: {left: left + 1}, go: join}
      two: {set: {right: right + 1}, go: join}
      end: {final: true}
    """
    case = Case(define(body)).start()
    assert case.here.status == "completed" and case.here.variables == {"left": 1, "right": 1}


def test_four_eyes_reach_across_branches() -> None:
    body = THREE.replace(
        "middle: {task: {candidates: [agent]}", "middle: {task: {candidates: [agent], exclude: [left]}"
    ).replace("JOIN", "all")
    case = Case(define(body)).start().do(ANN, "done", "left")
    both = Actor("ann", frozenset({"agent", "expert"}))
    case.do(both, "done", "right").do(BEN, "done", "middle")
    assert case.states == ("joined",)
