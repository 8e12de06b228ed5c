"""A move that needs a second person: nothing happens before their yes, and everything as asked after it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import KeepDraft
from engine.core.snapshot import to_data
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, EVA, LEA, OLE, Case, define, reread

BODY = """
start: {by: [agent, customer], form: order, go: open}
people: {handler: [open]}
states:
  open:
    task: {title: "Work on {reference}", candidates: [agent, lead], due: 1bd}
    on:
      finish: closed
      regrade:
        title: Regrade the order
        form: order-grade
        only-when: order.size > 1
        comment: true
        needs: NEEDS
        go:
          - {when: grade.to == high, milestone: raised, go: urgent}
          - {when: grade.to == low, go: open}
          - {when: grade.to == odd and order.size / grade.by > 0, go: urgent}
    after: {due: {when: claimed, go: late}}
  urgent: {task: {candidates: [agent, lead], assignee: handler}, on: {finish: closed}}
  late: {wait-for: {amended: {form: order, go: open}}}
  closed: {final: true}
  gone: {final: gone}
on:
  drop: {by: [agent, customer], needs: {any: [lead, owner], due: 2bd}, go: gone}
  note: {by: agent, form: order-note, needs: lead, milestone: noted}
wait-for:
  resized: {form: order}
"""
FORMS = {
    "order": "required: [size]\nproperties: {size: {type: integer}}",
    "order-grade": "required: [to]\nproperties: {to: {enum: [high, low, odd]}, by: {type: integer, default: 1}}",
    "order-note": "required: [text]\nproperties: {text: {type: string}}",
}
LEO = Actor("leo", frozenset({"lead"}))


def case(needs: str = "lead", starter: Actor = ANN, **more: Any) -> Case:
    one = Case(define(BODY.replace("NEEDS", needs), FORMS))
    one.roll["lead"] = {"lea", "leo"}
    one.roll.update(more)
    return one.start(starter, size=5)


def asked(who: Actor = ANN, needs: str = "lead", to: str = "high", **more: Any) -> Case:
    """A case in which somebody has asked for another grade."""
    one = case(needs, **more)
    return regrade(one, who, to)


def regrade(one: Case, who: Actor = ANN, to: str = "high", by: int = 1) -> Case:
    task = work(one)
    one.run(
        c.Complete(
            at=one.now, actor=who, task=task, outcome="regrade", values={"to": to, "by": by}, comment="It is large."
        )
    )
    return one


def work(one: Case) -> str:
    """The state's own task."""
    return next(task.id for task in one.here.tasks.values() if task.id not in one.here.approvals)


def refused(attempt: Any, *arguments: Any, **more: Any) -> Rejected:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)
    return caught.value


def kinds(one: Case) -> list[str]:
    assert one.last is not None
    return [event.type for event in one.last.events]


def test_asking_moves_nothing_and_puts_it_before_a_second_person() -> None:
    one = asked()
    assert (one.states, one.here.data.keys()) == (("open",), {"order"})
    question = next(iter(one.here.approvals.values()))
    assert one.here.tasks[question.id].title == "Regrade the order (ORD-2026-00001)"
    assert one.here.tasks[question.id].candidates == ("lead",)
    assert kinds(one) == ["confirmation-asked", "task-opened", "approval-opened"]
    said = one.events("confirmation-asked")[0]
    assert said["move"] == "regrade" and said["values"] == {"to": "high", "by": 1}
    assert said["comment"] == "It is large."


def test_a_yes_makes_the_move_as_it_was_asked_in_the_name_of_who_asked() -> None:
    one = asked().decide(LEA, "approve")
    assert one.states == ("urgent",)
    assert one.here.data["grade"] == {"to": "high", "by": 1}
    by = {event.type: (event.actor, event.roles) for event in one.last.events} if one.last else {}
    assert by["decision-given"] == ("lea", ("lead",))
    for type in ("form-submitted", "moved", "milestone-reached"):
        assert by[type] == ("ann", ("agent",))
    done = [event for event in one.last.events if event.type == "task-completed"] if one.last else []
    assert [(event.actor, event.body["outcome"]) for event in done] == [("lea", "approved"), ("ann", "regrade")]


@pytest.mark.parametrize("decision", ["reject", "request-changes"])
def test_a_no_leaves_everything_as_it_was_and_the_typed_work_as_a_draft(decision: c.Decision) -> None:
    one = asked()
    before = work(one)
    one.decide(LEA, decision)
    assert one.states == ("open",) and one.here.data.keys() == {"order"}
    assert list(one.here.tasks) == [before] and one.here.approvals == {}
    assert one.last is not None
    assert one.last.effects == (KeepDraft(before, "ann", {"to": "high", "by": 1}, "regrade"),)
    regrade(one)
    assert len(one.here.approvals) == 1


def test_who_asked_never_confirms_whatever_roles_they_hold() -> None:
    both = Actor("ann", frozenset({"agent", "lead"}))
    one = asked(both, lead={"ann", "lea"})
    assert refused(one.decide, both, "approve").code == "excluded"
    assert one.here.tasks[next(iter(one.here.approvals))].excluded == ("ann",)
    assert one.decide(LEA, "approve").states == ("urgent",)


def test_neither_does_the_one_on_whose_behalf_it_was_asked() -> None:
    one = case()
    one.claim(LEA).delegate(LEA, BEN)
    regrade(one, BEN)
    assert refused(one.decide, LEA, "approve").code == "excluded"
    one.decide(LEO, "approve")
    assert [person for state, person in one.here.doers if state == "open"] == ["ben", "lea"]


def test_who_asked_cannot_make_somebody_their_deputy_for_it() -> None:
    both = Actor("ann", frozenset({"agent", "lead"}))
    one = asked(both, lead={"ann", "lea"})
    question = next(iter(one.here.approvals))
    ask = c.Delegate(at=one.now, actor=both, task=question, to="ben", to_roles=BEN.roles)
    assert refused(one.run, ask).code == "not-allowed"
    ask = c.Delegate(at=one.now, actor=LEA, task=question, to="ann", to_roles=ANN.roles)
    assert refused(one.run, ask).code == "excluded"


def test_everything_is_judged_when_it_is_asked() -> None:
    one = case()
    ask = c.Complete(at=one.now, actor=EVA, task=work(one), outcome="regrade", values={"to": "high"}, comment="so")
    assert refused(one.run, ask).code == "not-allowed"
    ask = c.Complete(at=one.now, actor=ANN, task=work(one), outcome="regrade", values={"to": "high"})
    assert refused(one.run, ask).code == "comment-needed"
    assert refused(regrade, one, ANN, "higher").code == "invalid-values"
    one.message("resized", size=1)
    assert refused(regrade, one).code == "not-offered"


def test_the_same_is_asked_once_at_a_time_and_something_else_beside_it() -> None:
    one = asked()
    assert refused(regrade, one, BEN, "low").code == "already-asked"
    one.trigger(BEN, "drop")
    assert len(one.here.approvals) == 2
    assert refused(one.trigger, ANN, "drop").code == "already-asked"


def test_what_is_no_longer_possible_is_refused_to_the_last_who_confirms_and_nothing_changes() -> None:
    one = asked()
    one.message("resized", size=1)
    here = one.here
    caught = refused(one.decide, LEA, "approve")
    assert caught.code == "no-longer-possible" and "order.size > 1" in caught.message
    assert one.here == here
    assert one.decide(LEA, "reject").states == ("open",)


def test_somebody_who_has_taken_the_task_meanwhile_is_in_the_way_and_told() -> None:
    one = asked()
    one.run(c.Claim(at=one.now, actor=BEN, task=work(one)))
    caught = refused(one.decide, LEA, "approve")
    assert caught.code == "no-longer-possible" and "ben has claimed" in caught.message
    one.run(c.Release(at=one.now, actor=BEN, task=work(one)))
    assert one.decide(LEA, "approve").states == ("urgent",)


def test_a_guard_that_fails_when_it_is_confirmed_is_an_incident_and_the_question_stays() -> None:
    one = regrade(case(), ANN, "odd", by=0)
    one.decide(LEA, "approve")
    assert one.last is not None and one.last.stuck is not None
    assert len(one.here.approvals) == 1 and one.states == ("open",)
    one.resolve(OLE, "dismiss")
    assert one.decide(LEA, "reject").here.approvals == {}


def test_a_case_that_moves_on_another_way_takes_the_question_back() -> None:
    one = asked()
    one.run(c.Complete(at=one.now, actor=BEN, task=work(one), outcome="finish"))
    assert one.here.outcome == "closed" and one.here.approvals == {} and one.here.tasks == {}
    assert one.last is not None
    assert KeepDraft(one.here.id + ".1", "ann", {"to": "high", "by": 1}, "regrade") in one.last.effects


def test_a_question_beside_a_task_goes_when_the_case_leaves_the_state() -> None:
    one = case()
    one.claim(ANN).trigger(BEN, "note", text="look")
    assert one.wait("2bd").states == ("late",)
    assert one.here.tasks == {} and one.here.approvals == {}
    one.trigger(BEN, "note", text="look")
    one.message("amended", size=3)
    assert one.states == ("open",) and one.here.approvals == {}


def test_the_names_of_the_state_speak_of_its_own_task_alone() -> None:
    one = case()
    one.claim(ANN)
    due = one.value("due")
    one.trigger(BEN, "drop")
    assert one.here.tasks[next(iter(one.here.approvals))].due_at is not None
    assert one.value("claimed") is True and one.value("due") == due
    assert one.wait("1bd").states == ("late",)


def test_whoever_confirms_has_not_done_the_work_of_the_state() -> None:
    one = asked().decide(LEA, "approve")
    assert one.value("handler") == "ann"
    assert one.task().assignee == "ann"


def test_a_customer_asks_and_the_house_confirms() -> None:
    one = case(starter=CUSTOMER)
    one.trigger(CUSTOMER, "drop")
    assert one.states == ("open",)
    assert one.decide(OLE, "approve").here.outcome == "gone"
    assert one.events("moved")[0]["trigger"] == "anywhere:drop"


def test_a_move_that_stays_is_made_once_it_is_confirmed() -> None:
    one = case().trigger(ANN, "note", text="look")
    assert "note" not in one.here.data
    one.decide(LEA, "approve")
    assert one.here.data["note"] == {"text": "look"} and "noted" in one.here.milestones
    assert one.states == ("open",) and len(one.here.tasks) == 1


def test_a_rule_with_a_quorum_an_exclusion_and_a_due_time_is_that_of_an_approval() -> None:
    one = asked(needs="{quorum: 2, of: [lead, expert], exclude: [starter], due: 2bd}", expert={"eva", "ann"})
    question = one.here.tasks[next(iter(one.here.approvals))]
    assert question.excluded == ("ann",) and question.due_at is not None
    one.decide(EVA, "approve")
    assert one.states == ("open",)
    assert one.decide(LEA, "approve").states == ("urgent",)


def test_a_decision_on_other_values_than_were_seen_is_refused() -> None:
    one = asked()
    seen = next(iter(one.here.approvals.values())).content
    one.decide(LEA, "reject")
    regrade(one, ANN, "low")
    assert refused(one.decide, LEA, "approve", content=seen).code == "content-changed"


def test_values_that_a_form_works_out_otherwise_by_now_were_not_confirmed() -> None:
    forms = {**FORMS, "order-note": "properties: {twice: {type: integer, compute: order.size * 2}}"}
    one = Case(define(BODY.replace("NEEDS", "lead"), forms)).start(ANN, size=5)
    one.trigger(ANN, "note").message("resized", size=6)
    caught = refused(one.decide, LEA, "approve")
    assert caught.code == "no-longer-possible" and "twice" in caught.message


def test_too_few_who_may_confirm_are_told_at_once() -> None:
    one = asked(Actor("lea", frozenset({"lead"})), lead={"lea"})
    assert "Too few people" in next(iter(one.here.incidents.values())).message
    one.roll["lead"] = {"lea", "leo"}
    one.resolve(OLE, "retry")
    assert one.decide(LEO, "approve").states == ("urgent",)


def test_a_bound_form_of_the_case_does_not_void_what_was_asked() -> None:
    one = asked(needs="{all: [lead, expert]}").decide(LEA, "approve")
    one.message("resized", size=7)
    assert len(next(iter(one.here.approvals.values())).ballots) == 1
    assert one.decide(EVA, "approve").states == ("urgent",)


def test_what_was_asked_survives_being_written_and_read() -> None:
    one = asked()
    assert reread(one.here) == one.here
    assert len(to_data(case().trigger(ANN, "note", text="x").decide(LEA, "reject").here).get("approvals", [])) == 0


def test_in_branches_the_move_is_made_where_it_was_asked_for() -> None:
    body = """
start: {by: agent, form: order, go: both}
states:
  both: {for-each: {row: order.rows, as: line, start: look, join: all, go: closed}}
  look:
    wait-for: {ready: ask}
  ask:
    on: {drop: {by: agent, needs: lead, go: join}}
    wait-for: {back: look}
  closed: {final: true}
"""
    rows = "properties: {rows: {type: array, items: {type: object, properties: {n: {type: integer}}}}}"
    one = Case(define(body, {"order": rows})).start(ANN, rows=[{"n": 1}, {"n": 2}])
    first, second = [token.id for token in one.here.tokens.values() if token.parent]
    one.message("ready").message("back").message("ready")
    standing = {token.id for token in one.here.tokens.values() if token.state == "ask"}
    one.trigger(ANN, "drop")
    asked_at = next(iter(one.here.approvals.values())).token
    assert standing == {asked_at}
    one.message("ready")
    one.decide(LEA, "approve")
    assert one.here.tokens[asked_at].done and not one.here.tokens[({first, second} - {asked_at}).pop()].done


BESIDE = """
start: {by: agent, form: order, go: open}
tasks:
  letter:
    title: Write to them
    candidates: [agent]
    due: 2bd
    escalate: {100%: {notify: lead}}
    on:
      write: {form: order-note, needs: lead, milestone: written}
      stop: {needs: lead, go: closed}
states:
  open: {task: {candidates: [agent], due: 1bd, escalate: {100%: {notify: lead}}}, on: {ask: {open: letter, go: next}}}
  next: {task: {candidates: [agent]}, on: {finish: closed, back: open}}
  closed: {final: true}
"""


def letter() -> Case:
    """A case with a task beside its own work, an outcome of which waits for a yes."""
    one = Case(define(BESIDE, FORMS)).start(ANN, size=1).do(ANN, "ask")
    return one.do(ANN, "write", state="letter", text="Dear Ms Nowak")


def test_what_a_task_beside_the_case_waits_for_outlives_the_state_and_is_done_in_its_place() -> None:
    one = letter()
    one.do(BEN, "back", state="next")
    assert len(one.here.approvals) == 1 and one.states == ("open",)
    one.decide(LEA, "approve")
    assert one.here.data["note"] == {"text": "Dear Ms Nowak"} and "written" in one.here.milestones
    assert [task.state for task in one.here.tasks.values()] == ["open"]


def test_a_question_that_is_answered_leaves_the_escalation_of_its_task() -> None:
    one = letter()
    rungs = {timer.state for timer in one.here.timers.values()}
    assert rungs == {"letter"}
    one.decide(LEA, "reject")
    assert {timer.state for timer in one.here.timers.values()} == rungs
    one.do(ANN, "write", state="letter", text="Dear Ms Nowak").decide(LEA, "approve")
    assert one.here.timers == {}


def test_an_outcome_of_a_task_beside_the_case_can_end_it_and_takes_everything_with_it() -> None:
    one = letter()
    one.run(c.Complete(at=one.now, actor=ANN, task=beside(one), outcome="stop"))
    assert len(one.here.approvals) == 2
    stop = list(one.here.approvals)[1]
    one.run(c.Decide(at=one.now, actor=LEA, task=stop, decision="approve"))
    assert one.here.status == "completed" and one.here.tasks == {} and one.here.approvals == {}


def beside(one: Case) -> str:
    found = (task.id for task in one.here.tasks.values() if task.state == "letter")
    return next(task for task in found if task not in one.here.approvals)


def test_a_case_that_ends_takes_back_what_its_other_tasks_wait_for() -> None:
    one = letter().do(BEN, "finish", state="next")
    assert one.here.tasks == {} and one.here.approvals == {}
    assert one.last is not None
    assert any(isinstance(effect, KeepDraft) and effect.person == "ann" for effect in one.last.effects)
