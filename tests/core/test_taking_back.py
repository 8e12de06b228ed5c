"""Messages that somebody has just sent, and takes back before they go out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import SendMessage, WithdrawParcel
from engine.core.instance import TAKE_BACK
from engine.core.snapshot import from_data, to_data
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, Case, define

BODY = """
customer: {email: "'lena@example.org'"}
start: {by: [customer, agent], go: open}
clocks:
  answer: {title: Answer, target: 4bh, stops-on: [sent by a person, state left]}
  silence: {title: Silence, target: 1bd, restarts-on: sent, stops-on: state left}
  reply: {title: Reply, target: 8bh, starts-on: sent hello, stops-on: state left}
states:
  open:
    task: {candidates: [agent]}
    on:
      write: {send: hello, go: open}
      leave: {send: hello, go: left}
      alert: {send: {message: hello, to: lead}, go: open}
  left: {task: {candidates: [agent]}, on: {done: end, write: {send: hello, go: end}}, after: {1bd: {send: hello}}}
  end: {final: resolved}
"""


def case() -> Case:
    return Case(define(BODY, messages={"hello": "Hello | Dear customer"})).start(CUSTOMER)


def take_back(one: Case, who: Actor = ANN) -> Case:
    one.run(c.WithdrawMessage(at=one.now, actor=who, message=one.here.sent[-1].id))
    return one


def held(one: Case) -> list[timedelta]:
    assert one.last is not None
    return [effect.held for effect in one.last.effects if isinstance(effect, SendMessage)]


def test_what_somebody_sends_to_the_outside_waits_for_a_quarter_of_a_minute() -> None:
    assert held(case().do(ANN, "write")) == [timedelta(seconds=15)]


def test_a_message_to_colleagues_does_not_wait() -> None:
    assert held(case().do(ANN, "alert")) == [timedelta(0)]


def test_what_the_clock_sends_does_not_wait_because_nobody_watches_it_go() -> None:
    one = case().do(ANN, "leave").wait("1bd")
    sent = [event for event in one.history if event.type == "message-sent"]
    assert len(sent) == 2 and held(one) == [timedelta(0)] and one.here.sent == ()


def test_it_is_taken_back_by_whoever_sent_it() -> None:
    one = take_back(case().do(ANN, "write"))
    assert one.last is not None
    assert [effect for effect in one.last.effects if isinstance(effect, WithdrawParcel)] != []
    assert one.events("message-withdrawn")[0]["template"] == "hello"
    assert one.here.sent == () and one.states == ("open",)


def test_nobody_else_takes_it_back() -> None:
    with pytest.raises(Rejected) as refused:
        take_back(case().do(ANN, "write"), BEN)
    assert refused.value.code == "not-allowed"


def test_it_cannot_be_taken_back_twice() -> None:
    one = case().do(ANN, "write")
    message = one.here.sent[0].id
    take_back(one)
    with pytest.raises(Rejected) as refused:
        one.run(c.WithdrawMessage(at=one.now, actor=ANN, message=message))
    assert refused.value.code == "no-longer-possible"


def test_it_cannot_be_taken_back_when_its_time_is_over() -> None:
    one = case().do(ANN, "write")
    one.now += TAKE_BACK + timedelta(seconds=1)
    with pytest.raises(Rejected) as refused:
        take_back(one)
    assert refused.value.code == "no-longer-possible"


def test_only_what_can_still_be_taken_back_is_remembered() -> None:
    one = case().do(ANN, "write")
    one.now += timedelta(minutes=1)
    one.do(ANN, "write")
    assert len(one.here.sent) == 1 and one.here.sent[0].at == one.now


def test_what_may_be_taken_back_survives_the_text_form() -> None:
    one = case().do(ANN, "write")
    columns = {
        name: getattr(one.here, name)
        for name in (
            *("id", "process", "digest", "reference", "status", "revision", "seq", "ended_at", "outcome"),
            *("external_id", "subject"),
        )
    }
    assert from_data(columns, to_data(one.here)) == one.here


def test_a_promise_that_only_the_message_kept_is_to_be_kept_again() -> None:
    one = case()
    before = one.here.clocks["answer"]
    one.do(ANN, "write")
    assert one.here.clocks["answer"].status == "stopped"
    take_back(one)
    assert one.here.clocks["answer"] == before
    assert [timer.state for timer in one.timers if timer.due_at == before.due_at] == ["answer"]


def test_a_promise_that_something_else_kept_too_stays_kept() -> None:
    one = take_back(case().do(ANN, "leave").claim(BEN))
    assert one.here.clocks["answer"].status == "stopped"


def test_a_clock_that_the_message_began_anew_goes_on_as_before() -> None:
    one = case()
    one.now += timedelta(hours=1)
    one.do(ANN, "write")
    silence = one.here.clocks["silence"]
    one.now += timedelta(hours=2)
    one.do(ANN, "write")
    assert one.here.clocks["silence"].run == silence.run + 1
    take_back(one)
    assert one.here.clocks["silence"] == silence


def test_of_messages_taken_back_one_after_the_other_none_brings_back_what_another_had_begun() -> None:
    one = case()
    before = one.here.clocks["silence"]
    one.do(ANN, "write").do(ANN, "write")
    assert one.here.clocks["silence"].run == before.run + 2
    for sent in one.here.sent[-2:]:
        one.run(c.WithdrawMessage(at=one.now, actor=ANN, message=sent.id))
    assert one.here.clocks["silence"] == before


def test_a_clock_that_the_message_began_is_over_without_a_word() -> None:
    one = take_back(case().do(ANN, "write"))
    assert one.here.clocks["reply"].status == "cancelled"
    assert not [timer for timer in one.timers if timer.state == "reply"]


def test_a_promise_that_was_missed_before_stays_missed() -> None:
    one = case()
    one.now += timedelta(days=1)  # nobody has looked after the timers meanwhile
    take_back(one.do(ANN, "write"))
    clock = one.here.clocks["answer"]
    assert clock.live and clock.missed is not None


def test_a_promise_that_the_end_of_the_case_had_called_off_is_to_be_kept_again() -> None:
    one = case()
    one.do(ANN, "alert").do(ANN, "leave")
    before = one.here.clocks
    one.do(ANN, "write")
    assert one.here.status == "completed" and not any(clock.live for clock in one.here.clocks.values())
    take_back(one)
    assert one.here.clocks == before


def test_a_message_that_a_clock_knows_by_two_names_begins_it_anew_once() -> None:
    both = BODY.replace(
        "restarts-on: sent, stops-on: state left", "restarts-on: [sent, sent hello], stops-on: state left"
    )
    one = Case(define(both, messages={"hello": "Hello | Dear customer"})).start(CUSTOMER).do(ANN, "write")
    first = one.here.clocks["silence"]
    one.do(ANN, "write")
    assert one.here.clocks["silence"].run == first.run + 1
    take_back(one)
    assert one.here.clocks["silence"] == first
