"""What people can do with a task: take it, give it back, pass it on, finish it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import DropDraft, KeepDraft
from engine.core.step import Step, step
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, EVA, LEA, OLE, Case, define

ONE_TASK = """
start: {by: customer, go: open}
states:
  open:
    title: Look at it
    task: {candidates: [agent]}
    on: {done: end}
  end: {final: resolved}
"""
TWO_TASKS = """
start: {by: customer, go: first}
people: {handler: first}
states:
  first: {task: {candidates: [agent]}, on: {done: second}}
  second: {task: {candidates: [agent, expert], assignee: handler}, on: {done: end, back: first}}
  end: {final: true}
"""
WITH_FORM = {
    "order-note": """
required: [text]
properties:
  text: {type: string, maxLength: 20}
  size: {type: integer}
""",
    "order-reason": "required: [why]\nproperties: {why: {type: string}}",
}


def refusal(attempt: object, *arguments: object, **more: object) -> Rejected:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)  # type: ignore[operator]
    return caught.value


def test_a_candidate_claims_a_task_and_has_it() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    assert (case.task().status, case.task().assignee) == ("claimed", "ann")
    assert case.events("task-claimed") == [{"task": case.task().id, "state": "open"}]


def test_claiming_ones_own_task_again_changes_nothing() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    before = case.here
    case.claim(ANN)
    assert case.here == before and case.last is not None and case.last.events == ()


def test_who_is_no_candidate_cannot_claim() -> None:
    error = refusal(Case(define(ONE_TASK)).start().claim, EVA)
    assert error.code == "not-allowed" and "agent" in error.message


def test_a_task_that_somebody_has_cannot_be_claimed_by_another() -> None:
    error = refusal(Case(define(ONE_TASK)).start().claim(ANN).claim, BEN)
    assert error.code == "claimed-by-other" and "ann" in error.message


def test_ones_own_task_can_be_given_back() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN).release(ANN)
    assert (case.task().status, case.task().assignee) == ("open", "")
    assert case.events("task-released")[0]["was"] == "ann"


def test_another_persons_task_is_given_back_only_by_who_oversees_the_process() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    assert refusal(case.release, BEN).code == "not-allowed"
    assert case.release(LEA).task().assignee == ""


def test_a_task_that_nobody_has_cannot_be_given_back() -> None:
    assert refusal(Case(define(ONE_TASK)).start().release, LEA).code == "not-now"


def test_a_supervisor_and_the_owner_give_tasks_to_candidates() -> None:
    case = Case(define(ONE_TASK)).start().assign(LEA, ANN)
    assert case.task().assignee == "ann"
    assert case.assign(OLE, BEN).task().assignee == "ben"
    assert case.events("task-assigned")[0]["was"] == "ann"


def test_an_agent_gives_no_tasks_to_others() -> None:
    assert refusal(Case(define(ONE_TASK)).start().assign, ANN, BEN).code == "not-allowed"


def test_a_task_is_not_given_to_who_could_not_take_it() -> None:
    assert refusal(Case(define(ONE_TASK)).start().assign, LEA, EVA).code == "not-allowed"


def test_a_deputy_acts_on_behalf_of_the_assignee_and_both_count_as_having_done_it() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN).delegate(ANN, BEN)
    assert (case.task().assignee, case.task().on_behalf_of) == ("ben", "ann")
    case.do(BEN, "done")
    assert set(case.here.doers) == {("open", "ben"), ("open", "ann")}
    done = next(event for event in case.history if event.type == "task-completed")
    assert (done.actor, done.on_behalf_of) == ("ben", "ann")


def test_a_deputy_cannot_delegate_further() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN).delegate(ANN, BEN)
    assert "on behalf of ann" in refusal(case.delegate, BEN, ANN).message


def test_only_the_assignee_delegates_and_never_to_themselves() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    assert refusal(case.delegate, BEN, BEN).code == "not-allowed"
    assert refusal(case.delegate, ANN, ANN).code == "not-allowed"


def test_who_only_reads_is_given_no_task_even_with_the_role_it_is_for() -> None:
    auditing = Actor("vera", frozenset({"agent"}), "reader")
    assert refusal(Case(define(ONE_TASK)).start().assign, LEA, auditing).code == "only-reads"
    assert refusal(Case(define(ONE_TASK)).start().claim(ANN).delegate, ANN, auditing).code == "only-reads"


def test_a_task_is_delegated_to_a_colleague_and_never_to_a_customer() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    assert refusal(case.delegate, ANN, CUSTOMER).code == "not-allowed"
    assert case.delegate(ANN, EVA).do(EVA, "done").here.status == "completed"


def test_a_task_need_not_be_claimed_to_be_completed() -> None:
    case = Case(define(ONE_TASK)).start().do(ANN, "done")
    assert (case.here.status, case.here.outcome) == ("completed", "resolved")
    assert case.here.doers == (("open", "ann"),)


def test_what_somebody_else_has_claimed_cannot_be_completed() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    assert refusal(case.do, BEN, "done").code == "claimed-by-other"


def test_a_task_is_completed_once() -> None:
    case = Case(define(ONE_TASK)).start()
    task = case.task().id
    case.do(ANN, "done")
    command = c.Complete(at=case.now, actor=ANN, task=task, outcome="done")
    assert refusal(case.run, command).code == "ended"


def test_a_task_that_was_completed_in_the_meantime_is_gone() -> None:
    case = Case(define(TWO_TASKS)).start()
    task = case.task().id
    case.do(ANN, "done")
    command = c.Complete(at=case.now, actor=ANN, task=task, outcome="done")
    assert refusal(case.run, command).code == "no-such-task"


def test_an_outcome_that_is_mistyped_is_told_with_the_one_that_was_meant() -> None:
    error = refusal(Case(define(ONE_TASK)).start().do, ANN, "donne")
    assert error.code == "no-such-outcome" and "did you mean 'done'" in error.message


def test_a_revision_that_is_not_the_last_is_a_conflict() -> None:
    case = Case(define(ONE_TASK)).start()
    command = c.Claim(at=case.now, actor=ANN, task=case.task().id, revision=case.here.revision + 1)
    assert refusal(case.run, command).code == "conflict"


def test_the_task_is_called_like_its_state_when_it_has_no_title() -> None:
    assert Case(define(ONE_TASK)).start().task().title == "Look at it"


def test_the_task_goes_first_to_the_person_who_handled_it() -> None:
    case = Case(define(TWO_TASKS)).start().do(BEN, "done")
    assert (case.task().assignee, case.task().status) == ("ben", "claimed")
    assert case.value("handler") == "ben"


def test_the_handler_is_who_did_it_last() -> None:
    case = Case(define(TWO_TASKS)).start().do(BEN, "done").do(BEN, "back").do(ANN, "done")
    assert case.value("handler") == "ann"


def test_an_assignee_who_is_excluded_does_not_get_the_task() -> None:
    body = TWO_TASKS.replace("assignee: handler}", "assignee: handler, exclude: [handler]}")
    case = Case(define(body)).start().do(BEN, "done")
    assert (case.task().assignee, case.task().status) == ("", "open")


def test_a_form_that_is_not_right_is_refused_with_each_field_and_nothing_happens() -> None:
    body = ONE_TASK.replace("candidates: [agent]}", "candidates: [agent], form: order-note}")
    case = Case(define(body, WITH_FORM)).start()
    before = case.here
    error = refusal(case.do, ANN, "done", size="many", txt="x")
    assert error.code == "invalid-values" and set(error.fields) == {"text", "size", "txt"}
    assert case.here is before


def test_what_was_filled_in_is_kept_and_its_changes_are_told() -> None:
    body = ONE_TASK.replace("candidates: [agent]}", "candidates: [agent], form: order-note}")
    case = Case(define(body, WITH_FORM)).start().do(ANN, "done", text="fine", size=3)
    assert case.here.data == {"note": {"text": "fine", "size": 3}}
    assert case.events("form-submitted") == [
        {"form": "order-note", "name": "note", "changes": {"text": [None, "fine"], "size": [None, 3]}}
    ]


def test_an_outcome_brings_its_own_form_in_place_of_the_tasks() -> None:
    body = """
    start: {by: customer, go: open}
    states:
      open:
        task: {candidates: [agent], form: order-note}
        on: {done: end, refuse: {form: order-reason, go: end}}
      end: {final: true}
    """
    case = Case(define(body, WITH_FORM)).start()
    assert set(refusal(case.do, ANN, "refuse", text="fine").fields) == {"why", "text"}
    assert case.do(ANN, "refuse", why="no").here.data == {"reason": {"why": "no"}}


def test_values_where_nothing_is_to_be_filled_in_are_refused() -> None:
    assert set(refusal(Case(define(ONE_TASK)).start().do, ANN, "done", text="x").fields) == {"text"}


def test_an_outcome_that_asks_for_a_comment_gets_one() -> None:
    case = Case(define(ONE_TASK.replace("{done: end}", "{done: {comment: true, go: end}}"))).start()
    assert refusal(case.do, ANN, "done", comment="  ").code == "comment-needed"
    case.do(ANN, "done", comment="It was easy.")
    assert case.events("task-completed")[0]["comment"] == "It was easy."


def test_an_outcome_can_be_kept_for_some_of_the_candidates() -> None:
    body = ONE_TASK.replace("[agent]", "[agent, lead]").replace(
        "{done: end}", "{done: end, waive: {by: lead, go: end}}"
    )
    case = Case(define(body)).start()
    assert case.offered(ANN) == ["done"] and case.offered(LEA) == ["done", "waive"]
    assert refusal(case.do, ANN, "waive").code == "not-allowed"
    assert case.do(LEA, "waive").here.status == "completed"


def test_an_outcome_is_offered_only_while_its_condition_holds() -> None:
    body = """
    start: {by: customer, go: open}
    variables: {tries: 0}
    states:
      open:
        task: {candidates: [agent]}
        on:
          again: {set: {tries: tries + 1}, go: open}
          give-up: {only-when: tries >= 2, go: end}
      end: {final: true}
    """
    case = Case(define(body)).start()
    assert case.offered(ANN) == ["again"]
    error = refusal(case.do, ANN, "give-up")
    assert error.code == "not-offered" and "tries >= 2" in error.message
    case.do(ANN, "again").do(ANN, "again")
    assert case.offered(ANN) == ["again", "give-up"]
    assert case.do(ANN, "give-up").here.outcome == "end"


def test_the_first_branch_whose_guard_holds_is_taken_and_the_history_says_why() -> None:
    body = """
    start: {by: customer, go: open}
    states:
      open:
        task: {candidates: [agent], form: order-note}
        on:
          done:
            - {when: size is set and size > 9, go: large}
            - {else: small}
      large: {final: true}
      small: {final: true}
    """
    body = body.replace("size is set and size > 9", "note.size is set and note.size > 9")
    definition = define(body, WITH_FORM)
    large = Case(definition).start().do(ANN, "done", text="a", size=10)
    assert large.states == ("large",)
    assert large.events("moved")[0]["decided"] == [
        {"when": "note.size is set and note.size > 9", "result": True, "values": {"note.size": 10}}
    ]
    small = Case(definition).start().do(ANN, "done", text="a")
    assert small.states == ("small",)
    assert small.events("moved")[0]["decided"][0]["result"] is False


def test_who_gets_a_task_and_until_when_can_depend_on_an_answer() -> None:
    body = """
    start: {by: customer, form: order-kind, go: open}
    decisions:
      team:
        inputs: [kind.kind]
        rows: [[easy, agent], [hard, expert]]
    states:
      open:
        task: {candidates: {by: team}, due: {by: kind.kind, easy: 2bd, else: 30bm}}
        on: {done: end}
      end: {final: true}
    """
    forms = {"order-kind": "required: [kind]\nproperties: {kind: {enum: [easy, hard]}}"}
    easy = Case(define(body, forms)).start(kind="easy")
    assert easy.task().candidates == ("agent",) and easy.due() == "2026-11-25 17:00"
    hard = Case(define(body, forms)).start(kind="hard")
    assert hard.task().candidates == ("expert",) and hard.due() == "2026-11-23 10:30"


def test_a_day_as_due_time_means_its_end() -> None:
    body = ONE_TASK.replace("candidates: [agent]}", "candidates: [agent], due: {at: order.by}}").replace(
        "{by: customer,", "{by: customer, form: order,"
    )
    forms = {"order": "required: [by]\nproperties: {by: {type: string, format: date}}"}
    assert Case(define(body, forms)).start(by="2026-12-24").due() == "2026-12-24 23:59"


def test_a_task_is_withdrawn_when_the_case_goes_on_without_it() -> None:
    body = ONE_TASK + "on: {withdraw: {by: customer, go: end}}\n"
    case = Case(define(body)).start().claim(ANN)
    task = case.task().id
    case.trigger(CUSTOMER, "withdraw")
    assert case.here.tasks == {} and case.events("task-withdrawn") == [{"task": task, "state": "open"}]


def test_a_draft_is_kept_unjudged_beside_the_task_and_dropped_when_its_owner_is_done() -> None:
    body = ONE_TASK.replace("candidates: [agent]}", "candidates: [agent], form: order-note}")
    case = Case(define(body, WITH_FORM)).start()
    task = case.task().id
    case.run(c.SaveDraft(at=case.now, actor=ANN, task=task, values={"size": "?"}))
    assert case.last is not None and case.last.events == ()
    assert case.last.effects == (KeepDraft(task, "ann", {"size": "?"}),)
    case.do(ANN, "done", text="fine")
    assert DropDraft(task, "ann") in case.last.effects


def test_nobody_saves_a_draft_for_a_task_that_is_not_theirs() -> None:
    case = Case(define(ONE_TASK)).start().claim(ANN)
    command = c.SaveDraft(at=case.now, actor=BEN, task=case.task().id, values={})
    assert refusal(case.run, command).code == "claimed-by-other"


def test_an_outcome_may_have_nothing_to_fill_in_although_its_task_has_a_form() -> None:
    body = """
    start: {by: [agent], go: look}
    states:
      look:
        task: {candidates: [agent], form: finding}
        on: {report: over, drop: {form: none, go: over}}
      over: {final: true}
    """
    forms = {"finding": "required: [text]\nproperties: {text: {type: string}}"}
    one = Case(define(body, forms)).start(ANN)
    with pytest.raises(Rejected):
        one.do(ANN, "report")
    assert one.do(ANN, "drop").here.status == "completed"


ESCALATES = """
start: {by: customer, go: first}
states:
  first: {task: {candidates: [agent]}, on: {done: second}}
  second: {task: {candidates: [agent], exclude: [first]}, on: {done: end}}
  end: {final: true}
"""


def escalate(case: Case, who: Actor, reason: str = "It is beyond me", state: str = "") -> Case:
    case.run(c.Escalate(at=case.now, actor=who, task=case.task(state).id, reason=reason))
    return case


def test_a_task_is_handed_to_those_who_oversee_the_process_and_they_are_told() -> None:
    case = escalate(Case(define(ESCALATES)).start().claim(ANN), ANN)
    task = case.task()
    assert (task.candidates, task.status, task.assignee) == (case.definition.supervisors, "open", "")
    (body,) = case.events("task-escalated")
    assert (body["reason"], body["assignee"], body["was"]) == ("It is beyond me", "ann", ["agent"])
    assert [told["to"] for told in case.events("notified")] == [f"role:{role}" for role in task.candidates]
    assert case.do(LEA, "done").states == ("second",)


def test_a_reason_is_needed_to_hand_a_task_up() -> None:
    error = refusal(escalate, Case(define(ESCALATES)).start().claim(ANN), ANN, " ")
    assert "reason" in error.fields


def test_only_whoever_may_do_a_task_hands_it_up() -> None:
    assert refusal(escalate, Case(define(ESCALATES)).start(), EVA).code == "not-allowed"
    assert refusal(escalate, Case(define(ESCALATES)).start().claim(ANN), BEN).code == "claimed-by-other"


def test_a_task_that_waits_above_already_is_not_handed_up_again() -> None:
    case = escalate(Case(define(ESCALATES)).start(), ANN)
    assert refusal(escalate, case, LEA).code == "with-them-already"


def test_a_task_is_not_handed_to_people_who_are_all_excluded() -> None:
    case = escalate(Case(define(ESCALATES)).start(), ANN).do(LEA, "done")
    assert refusal(escalate, case, ANN).code == "nobody-above"


PROVED = """
start: {by: customer, go: open}
states:
  open: {task: {candidates: [agent], form: order-proof}, on: {done: end}}
  end: {final: true}
"""
PROOF = {"order-proof": "properties: {papers: {type: array, items: {type: string, format: file}}}"}


def paper(digest: str) -> dict[str, object]:
    return {"name": "a.pdf", "type": "application/pdf", "size": 3, "sha256": digest * 64}


def test_a_file_whose_content_is_not_kept_is_refused_at_its_field() -> None:
    case = Case(define(PROVED, PROOF)).start()
    house = replace(case.roster, keeps=lambda digest: digest == "a" * 64)

    def handed_in(*digests: str) -> Step:
        values = {"papers": [paper(digest) for digest in digests]}
        done = c.Complete(at=case.now, actor=ANN, task=case.task().id, outcome="done", values=values)
        return step(case.definition, case.here, done, house)

    error = refusal(handed_in, "a", "b")
    assert error.code == "invalid-values" and list(error.fields) == ["papers.1"]
    assert error.fields["papers.1"][0].startswith("Expected a file that has been uploaded")
    assert handed_in("a").instance.outcome == "end"


def test_what_is_attached_to_a_case_is_kept_too() -> None:
    case = Case(define(ONE_TASK)).start()
    house = replace(case.roster, keeps=lambda digest: False)
    attached = c.Attach(at=case.now, actor=ANN, file=paper("b"))
    assert list(refusal(step, case.definition, case.here, attached, house).fields) == ["file"]
