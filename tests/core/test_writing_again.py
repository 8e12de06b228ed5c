"""A message that is taken back when the case has gone on already is to be written again: the case does not stand
answered without an answer, and does not end before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import KeepDraft, SendMessage
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.telling.stages import stations
from tests.builders import ANN, BEN, CUSTOMER, EVA, FIX, LEA, OLE, PROCESS, Case, define, files, reread

BODY = """
customer: {email: "'lena@example.org'", name: "'Lena'"}
start: {by: [customer, agent], go: open}
clocks:
  answer: {target: 4bh, stops-on: sent by a person}
stages:
  answer: {title: Answer, reached: state told}
states:
  open:
    task: {candidates: [agent]}
    on: {write: {send: hello, go: told}, close: {send: hello, call: fix, go: end}}
  told:
    task: {candidates: [agent]}
    on: {done: end}
    wait-for: {customer-wrote: {go: told}}
  end: {final: resolved}
"""
MESSAGES = {"hello": "Hello | Dear customer"}


def case() -> Case:
    return Case(define(BODY.replace(", call: fix", ""), messages=MESSAGES)).start(CUSTOMER)


def gone_on() -> Case:
    """Written to the customer, gone on by what a colleague did, and taken back."""
    return take_back(case().do(ANN, "write").claim(BEN))


def take_back(one: Case, who: Actor = ANN) -> Case:
    one.run(c.WithdrawMessage(at=one.now, actor=who, message=one.here.sent[-1].id))
    return one


def again(one: Case, who: Actor = ANN, outcome: str = "send", **more: Any) -> Case:
    values = {"subject": "Hello again", "body": "Dear Lena"} if outcome == "send" else {}
    return one.do(who, outcome, state="write again", **{**values, **more})


def test_whoever_sent_it_has_a_task_of_their_own_with_the_message_as_their_draft() -> None:
    one = gone_on()
    task = one.task("write again")
    assert (task.title, task.status, task.assignee) == ("Write it again: Hello", "claimed", "ann")
    assert one.last is not None and one.states == ("told",) and one.task("told").assignee == "ben"
    kept = [effect for effect in one.last.effects if isinstance(effect, KeepDraft)]
    assert kept == [KeepDraft(task.id, "ann", {"subject": "Hello", "body": "Dear customer\n"}, "send")]
    assert one.events("message-withdrawn")[0]["task"] == task.id


def test_it_goes_to_whom_it_was_for_as_it_is_written_now() -> None:
    one = again(gone_on())
    assert one.last is not None
    (sent,) = (effect for effect in one.last.effects if isinstance(effect, SendMessage))
    assert (sent.to, sent.name, sent.template) == ("lena@example.org", "Lena", "hello")
    assert (sent.subject, sent.body, sent.held) == ("Hello again", "Dear Lena", timedelta(seconds=15))
    assert one.here.unsent == {} and one.here.clocks["answer"].status == "stopped"


def test_until_then_the_promise_is_to_be_kept_and_the_stage_is_not_reached() -> None:
    one = case().do(ANN, "write").claim(BEN)
    assert reached(one) is not None
    take_back(one)
    assert one.here.clocks["answer"].live and reached(one) is None
    one.now += timedelta(hours=1)
    again(one)
    assert reached(one) == one.now


def reached(one: Case) -> Any:
    return stations(one.definition, one.here, one.history, (), "en")[0].actual


def test_it_can_be_left_with_a_reason() -> None:
    one = gone_on()
    with pytest.raises(Rejected) as refused:
        again(one, outcome="leave")
    assert refused.value.code == "comment-needed"
    again(one, outcome="leave", comment="She has called meanwhile")
    assert one.sent == [] and one.here.unsent == {}


def test_what_is_written_again_can_be_taken_back_again() -> None:
    one = gone_on()
    task = one.task("write again").id
    again(one)
    take_back(one)
    assert one.task("write again").id == task and list(one.here.unsent) == [task]
    assert one.last is not None
    kept = [effect for effect in one.last.effects if isinstance(effect, KeepDraft)]
    assert kept[0].values == {"subject": "Hello again", "body": "Dear Lena"}


def test_the_case_does_not_end_before() -> None:
    one = gone_on().do(BEN, "done", state="told")
    assert one.states == ("told",) and one.events("move-held")[0]["children"] == ["Write it again: Hello"]
    assert again(one).here.status == "completed"


def test_a_case_that_had_ended_and_called_another_is_open_until_it_is_written() -> None:
    home = files(BODY, {"fix-intake": "properties: {what: {type: string}}"}, MESSAGES, processes__fix_dot_yaml=FIX)
    one = Case(whole(home)).start(CUSTOMER).do(ANN, "close")
    assert one.here.status == "completed" and one.here.undo is None
    take_back(one)
    assert one.here.status == "running" and one.here.ended_at is None
    assert {task.state for task in one.here.tasks.values()} == {"write again"}
    assert again(one).here.status == "completed" and one.here.outcome == "resolved"


def whole(home: dict[str, str]) -> Definition:
    loaded = examine(Catalog(home), PROCESS)
    assert loaded.definition is not None, "\n".join(map(str, loaded.errors))
    return loaded.definition


def test_a_case_that_was_called_off_needs_no_letter() -> None:
    one = take_back(case().do(ANN, "write").cancel(OLE))
    assert one.here.status == "cancelled" and one.here.tasks == {} and one.here.unsent == {}


def test_a_case_that_is_called_off_needs_none_any_more() -> None:
    one = gone_on().cancel(OLE)
    assert one.here.tasks == {} and one.here.unsent == {}


def test_others_with_the_same_role_can_write_it_when_it_is_free() -> None:
    one = gone_on().release(ANN, "write again")
    with pytest.raises(Rejected):
        again(one, EVA)
    assert again(one, BEN).here.unsent == {}


def test_those_who_oversee_the_process_can_give_it_to_somebody() -> None:
    one = gone_on()
    one.assign(LEA, BEN, "write again")
    assert again(one, BEN).here.unsent == {}


def test_it_survives_the_text_form() -> None:
    one = gone_on()
    assert reread(one.here) == one.here and one.here.unsent


def test_it_stays_when_the_case_moves_on() -> None:
    one = gone_on().message("customer-wrote")
    assert "write again" in {task.state for task in one.here.tasks.values()}


def test_it_waits_while_the_case_is_suspended() -> None:
    one = take_back(case().do(ANN, "write").suspend(LEA))
    with pytest.raises(Rejected) as refused:
        again(one)
    assert refused.value.code == "suspended"
    assert again(one.resume(LEA)).here.unsent == {}
