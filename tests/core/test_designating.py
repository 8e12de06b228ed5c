"""Whom a form may name for the work that comes after it: who could do it, and nobody else."""

from __future__ import annotations

import pytest

from engine.core.designating import depends_on, suited
from engine.core.draft import Draft
from engine.errors import Rejected
from tests.builders import ANN, BEN, EVA, LEA, Case, define

FORMS = {
    "order-plan": """
required: [person]
properties:
  person: {type: string, format: person}
  not_them: {type: array, items: {type: string, format: person}}
  grave: {type: boolean, default: false}
  steps:
    type: array
    items:
      type: object
      required: [owner]
      properties: {owner: {type: string, format: person}, kind: {enum: [easy, hard], default: easy}}
""",
    "order-note": "properties: {text: {type: string}}",
}
PLAN = """
start: {by: [agent], go: planning}
decisions:
  desk:
    inputs: [plan.grave]
    rows:
      - [true, lead]
      - [false, expert]
states:
  planning:
    task: {candidates: [agent, expert], form: order-plan}
    on: {ready: waiting}
  waiting:
    title: Waiting
    wait-for: {begin: doing}
  doing:
    title: Doing
    task: {candidates: {by: desk}, assignee: plan.person, exclude: [planning, plan.not_them]}
    on: {done: steps}
  steps:
    for-each: {row: plan.steps, as: step, start: one, go: end}
  one:
    title: One step
    task: {candidates: {by: step.kind, easy: [agent], hard: [lead]}, assignee: step.owner}
    on: {done: {form: order-note, go: join}}
  end: {final: true}
"""


def planned() -> Case:
    """Planning; Ann and Ben are agents, Eva, Ida and Ann experts, Lea leads."""
    case = Case(define(PLAN, FORMS))
    case.roll["expert"] = {"ann", "eva", "ida"}
    return case.start(ANN)


def refused(case: Case, **values: object) -> dict[str, str]:
    with pytest.raises(Rejected) as caught:
        case.do(ANN, "ready", **values)
    assert caught.value.code == "invalid-values"
    return {path: " ".join(said) for path, said in caught.value.fields.items()}


def test_whoever_lacks_the_role_cannot_be_named_for_the_task_and_it_is_said_who_can() -> None:
    said = refused(planned(), person="ben")
    assert said == {"person": "ben cannot do what follows (“Doing”): that takes one of expert. Choose eva, ida."}


def test_whoever_could_do_it_is_named_and_has_the_task() -> None:
    case = planned().do(ANN, "ready", person="eva").message("begin")
    assert case.task().assignee == "eva"


def test_the_roles_are_those_that_follow_from_what_is_filled_in() -> None:
    assert refused(planned(), person="eva", grave=True).keys() == {"person"}
    assert planned().do(ANN, "ready", person="lea", grave=True).message("begin").task().assignee == "lea"


def test_four_eyes_count_with_what_the_form_says_and_what_is_done_with_it() -> None:
    assert "already has a part" in refused(planned(), person="eva", not_them=["eva"])["person"]
    assert "already has a part" in refused(planned(), person="ann")["person"]  # who plans it does not do it


def test_in_a_table_each_row_is_judged_by_itself() -> None:
    steps = [{"owner": "ben"}, {"owner": "ben", "kind": "hard"}, {"owner": "lea", "kind": "hard"}]
    assert refused(planned(), person="eva", steps=steps).keys() == {"steps.1.owner"}
    case = planned().do(ANN, "ready", person="eva", steps=[steps[0], steps[2]]).message("begin").do(EVA, "done")
    assert sorted(task.assignee for task in case.here.tasks.values()) == ["ben", "lea"]


def test_who_loses_the_role_later_is_passed_over_and_the_history_says_so() -> None:
    case = planned().do(ANN, "ready", person="eva")
    case.roll["expert"] = {"ida"}
    case.message("begin")
    assert case.task().assignee == ""
    assert [body["person"] for body in case.events("assignee-passed-over")] == ["eva"]


def test_where_nobody_could_do_it_nobody_is_refused() -> None:
    case = planned()
    case.roll["expert"] = {"ann"}
    assert case.do(ANN, "ready", person="ben").states == ("waiting",)


def test_of_what_is_not_known_yet_all_that_could_be_are_offered() -> None:
    case = planned()
    use = case.definition.states["planning"].on["ready"].form
    assert use is not None
    draft = Draft(case.definition, case.here, ANN, case.now, case.roster)
    offered = {path: sorted(fit.people) for path, fit in suited(draft, "0", use, {"steps": [{"kind": "hard"}]}).items()}
    assert offered == {
        "person": ["ann", "eva", "ida", "lea"],
        "steps.owner": ["ann", "ben", "lea"],
        "steps.0.owner": ["lea"],
    }


TWICE = """
start: {by: [agent], form: order-plan, go: doing}
states:
  doing: {task: {candidates: [expert], assignee: plan.person}, on: {done: again}}
  again: {task: {candidates: [lead], assignee: plan.person}, on: {done: end}}
  end: {final: true}
"""


def test_a_field_for_several_tasks_may_name_whoever_could_do_one_of_them() -> None:
    assert Case(define(TWICE, FORMS)).start(ANN, person="eva").task().assignee == "eva"
    assert Case(define(TWICE, FORMS)).start(ANN, person="lea").task().assignee == ""
    with pytest.raises(Rejected) as caught:
        Case(define(TWICE, FORMS)).start(ANN, person="ben")
    assert caught.value.fields["person"] == (
        "ben cannot do what follows (“Doing”): that takes one of expert, lead. Choose eva, lea.",
    )


CONFIRMED = """
start: {by: [agent], go: planning}
states:
  planning:
    task: {candidates: [agent]}
    on: {ready: {form: order-plan, needs: lead, go: doing}}
  doing: {task: {candidates: [expert], assignee: plan.person}, on: {done: end}}
  end: {final: true}
"""


def test_what_was_asked_for_can_be_confirmed_though_whoever_it_names_has_lost_the_role() -> None:
    case = Case(define(CONFIRMED, FORMS)).start(ANN).do(BEN, "ready", person="eva")
    case.roll["expert"] = {"ida"}
    case.decide(LEA, "approve")
    assert (case.states, case.task().assignee) == (("doing",), "")


def test_it_is_known_on_which_fields_it_depends_who_may_be_named() -> None:
    definition = define(PLAN, FORMS)
    use = definition.states["planning"].on["ready"].form
    assert use is not None and depends_on(definition, use) == {"grave", "not_them", "kind"}
