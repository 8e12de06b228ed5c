"""Taking a message back undoes the step that sent it, as long as nothing else has happened to the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import DropDraft, KeepDraft, Notify, WithdrawNotice, WithdrawParcel
from engine.core.instance import Instance
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, EVA, LEA, OLE, Case, define, reread

BODY = """
customer: {email: "'lena@example.org'"}
start: {by: [customer, agent], go: open}
variables: {answered: false}
stages:
  answer: {title: Answer, reached: milestone answered}
states:
  open:
    task: {candidates: [agent], form: order-letter, due: 4bh, escalate: {50%: {notify: lead}}}
    after: {3bd: {go: given-up}}
    on:
      write:
        send: [hello, receipt]
        set: {answered: true}
        milestone: answered
        notify: {to: lead, say: It is out}
        go: told
      close: {send: hello, go: end}
      split: {send: hello, go: both}
      ask: {needs: {any: [lead]}, send: hello, go: told}
      check: {go: checked}
  told:
    task: {candidates: [agent], due: 1bd}
    after: {2bd: {go: given-up}}
    wait-for: {customer-wrote: {go: open}}
    on: {done: end}
  both:
    parallel: {branches: {one: left, two: right}, go: told}
  left: {task: {candidates: [agent]}, on: {done: join}}
  right: {task: {candidates: [agent]}, on: {done: join, write: {send: hello, go: join}}}
  checked:
    approval: {title: Check, by: {quorum: 2, of: [lead, owner]}, binds: letter}
    on: {approved: {send: hello, go: told}, rejected: open}
  end: {final: resolved}
  given-up: {final: given-up}
on:
  inform: {by: [agent], form: order-word, send: hello}
"""
FORMS = {
    "order-letter": "properties: {text: {type: string}}\nrequired: [text]",
    "order-word": "properties: {word: {type: string}}",
}
MESSAGES = {"hello": "Hello | Dear customer", "receipt": "Receipt | We have it"}


def case() -> Case:
    return Case(define(BODY, FORMS, MESSAGES)).start(CUSTOMER)


def take_back(one: Case, who: Actor = ANN) -> Case:
    one.run(c.WithdrawMessage(at=one.now, actor=who, message=one.here.sent[-1].id))
    return one


def effects(one: Case, kind: type) -> list[Any]:
    assert one.last is not None
    return [effect for effect in one.last.effects if isinstance(effect, kind)]


STANDS = ("status", "outcome", "ended_at", "subject", "label", "customer", "data", "variables", "milestones", "doers")
STANDS += ("unsent", "authors", "recused", "tokens", "approvals", "waits", "clocks", "links", "held", "severity")


def stands(here: Instance) -> dict[str, Any]:
    """Where a case stands, but for who has its tasks."""
    found = {name: getattr(here, name) for name in STANDS}
    return {**found, "tasks": set(here.tasks), "timers": {id: t for id, t in here.timers.items() if t.word != "clock"}}


def test_the_case_stands_again_where_it_stood() -> None:
    one = case()
    before = stands(one.here)
    take_back(one.do(ANN, "write", text="Yes"))
    assert stands(one.here) == before


def test_whoever_sent_it_has_the_task_again_with_what_they_typed() -> None:
    one = case().claim(ANN)
    task = one.task().id
    take_back(one.do(ANN, "write", text="Yes"))
    assert (one.task().id, one.task().status, one.task().assignee) == (task, "claimed", "ann")
    assert effects(one, KeepDraft) == [KeepDraft(task, "ann", {"text": "Yes"}, "write")]
    assert one.do(ANN, "write", text="No").states == ("told",)


def test_a_task_that_nobody_had_claimed_is_theirs_too() -> None:
    one = take_back(case().do(ANN, "write", text="Yes"))
    assert (one.task().status, one.task().assignee) == ("claimed", "ann")


def test_a_deputys_task_is_again_that_of_whom_they_acted_for() -> None:
    deputy = Actor("eva", EVA.roles, stands_in={"ann": ANN.roles})
    one = case().claim(ANN).do(deputy, "write", text="Yes")
    take_back(one, deputy)
    assert one.task().assignee == "ann"
    assert effects(one, KeepDraft)[0].person == "eva"


def test_everything_that_the_step_had_sent_is_taken_back_with_it() -> None:
    one = case().do(ANN, "write", text="Yes")
    messages = {sent.id for sent in one.here.sent}
    take_back(one)
    assert len(messages) == 2 and {parcel.message for parcel in effects(one, WithdrawParcel)} == messages
    assert one.here.sent == () and {body["message"] for body in one.events("message-withdrawn")} == messages


def test_the_history_keeps_all_of_it_and_says_which_lines_do_not_count() -> None:
    one = case()
    seen = len(one.history)
    one.do(ANN, "write", text="Yes")
    first, last = seen + 1, len(one.history)
    take_back(one)
    (told,) = one.events("step-undone")
    assert told["lines"] == [first, last]
    assert told["tokens"] == [["0", "open"]] and told["milestones"] == ["answered"]
    assert told["changes"] == {"answered": [True, False]} and told["forms"] == ["letter"]
    assert [body["state"] for body in one.events("task-withdrawn")] == ["told"]
    assert [(body["state"], body["assignee"]) for body in one.events("task-reopened")] == [("open", "ann")]
    assert len(one.events("timer-cancelled")) == 1 and len(one.events("timer-set")) == 2


def test_the_clock_of_the_task_goes_on_as_if_nothing_had_been() -> None:
    one = case()
    due, timers = one.task().due_at, one.timers
    one.do(ANN, "write", text="Yes")
    one.now += timedelta(seconds=10)
    take_back(one)
    assert one.task().due_at == due and one.timers == timers


def test_a_case_that_ended_with_it_goes_on() -> None:
    one = case()
    before = stands(one.here)
    one.do(ANN, "close", text="Bye")
    assert one.here.status == "completed"
    assert stands(take_back(one).here) == before


def test_branches_that_began_with_it_are_gone() -> None:
    one = case()
    before = stands(one.here)
    one.do(ANN, "split", text="Both")
    assert one.states == ("both", "left", "right")
    assert stands(take_back(one).here) == before


def test_a_branch_that_ended_with_it_stands_again_and_so_do_the_others() -> None:
    one = case().do(ANN, "split", text="Both").do(ANN, "done", state="left")
    before = stands(one.here)
    one.do(ANN, "write", state="right")
    assert one.states == ("told",)
    assert stands(take_back(one).here) == before


def test_a_decision_that_sent_it_is_taken_back_and_the_others_stand() -> None:
    one = case().do(ANN, "check", text="Yes").decide(LEA, "approve")
    before = stands(one.here)
    one.decide(OLE, "approve")
    assert one.states == ("told",)
    take_back(one, OLE)
    assert stands(one.here) == before
    (told,) = one.events("task-reopened")
    assert (told["round"], told["decided"]) == (1, [["lea", "approve"]])
    assert one.decide(OLE, "reject", "There is a slip in it").states == ("open",)


def test_what_a_second_person_had_confirmed_has_to_be_asked_for_anew() -> None:
    one = case()
    asked = one.task("open").id
    one.do(ANN, "ask", text="May I?")
    one.decide(LEA, "approve")
    assert one.states == ("told",) and one.here.sent[0].by == "ann"
    take_back(one)
    assert one.states == ("open",) and one.here.approvals == {} and set(one.here.tasks) == {asked}
    assert effects(one, KeepDraft) == [KeepDraft(asked, "ann", {"text": "May I?"}, "ask")]
    assert one.do(ANN, "ask", text="Please").here.approvals


def test_a_move_outside_tasks_is_undone_and_what_was_typed_for_it_is_a_draft() -> None:
    one = case()
    before = stands(one.here)
    one.trigger(ANN, "inform", word="Soon")
    take_back(one)
    assert stands(one.here) == before
    assert effects(one, KeepDraft) == [KeepDraft("case/inform", "ann", {"word": "Soon"}, "inform")]
    one.trigger(ANN, "inform", word="Later")
    assert effects(one, DropDraft) == [DropDraft("case/inform", "ann")]


def test_a_comment_in_between_is_nothing_that_moves_the_case() -> None:
    one = case()
    before = stands(one.here)
    one.do(ANN, "write", text="Yes")
    one.run(c.Comment(at=one.now, actor=BEN, text="Well done"))
    one.run(c.Tag(at=one.now, actor=BEN, add=("vip",)))
    take_back(one)
    assert stands(one.here) == before and one.here.tags == ("vip",)


def test_a_colleague_who_is_told_tomorrow_is_told_nothing_and_one_who_was_told_was_told() -> None:
    one = case().at("2026-11-23 19:00").do(ANN, "write", text="Yes")
    (notice,) = effects(one, Notify)
    take_back(one)
    assert effects(one, WithdrawNotice) == [WithdrawNotice(notice.id)]
    assert one.events("step-undone")[0]["notices"] == [notice.id]
    one = take_back(case().do(ANN, "write", text="Yes"))
    assert effects(one, WithdrawNotice) == []


def test_what_can_be_undone_survives_the_text_form() -> None:
    one = case().do(ANN, "write", text="Yes")
    assert one.here.undo is not None and reread(one.here) == one.here
    one = case().trigger(ANN, "inform", word="Soon")
    assert one.here.undo is not None and reread(one.here) == one.here


def test_it_is_undone_once() -> None:
    one = case().do(ANN, "write", text="Yes")
    message = one.here.sent[0].id
    take_back(one)
    assert one.here.undo is None
    with pytest.raises(Rejected) as refused:
        one.run(c.WithdrawMessage(at=one.now, actor=ANN, message=message))
    assert refused.value.code == "no-longer-possible"


def test_what_the_clock_sends_undoes_nothing() -> None:
    one = case().do(ANN, "write", text="Yes").wait("2bd")
    assert one.here.status == "completed" and one.here.undo is None
