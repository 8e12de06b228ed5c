"""What was decided in a case stands beside what was sent afterwards, and whether it was the same."""

from __future__ import annotations

from engine.core import commands as c
from engine.keywords.deciding import hash_of
from engine.store.history import Line
from engine.telling.agreed import Agreed, agreed
from engine.telling.rounds import Said
from tests.builders import ANN, LEA, Case, define

BODY = """
customer: {email: "'lena@example.org'"}
start: {by: [agent], form: offer, go: decision}
states:
  decision:
    approval: {title: "Approve {reference}", by: {any: [lead]}, binds: [offer]}
    on: {approved: {send: receipt, go: sending}, rejected: again, changes-requested: again}
  again: {task: {candidates: [agent], form: offer}, on: {propose: decision}}
  sending: {task: {candidates: [agent]}, on: {send: {send: hello, go: end}}}
  end: {final: sent}
wait-for:
  amended: {form: offer, by: agent}
on:
  drop: {by: [agent], needs: lead, go: end}
"""
FORMS = {"offer": "properties: {price: {type: integer}, note: {type: string}}"}
MESSAGES = {"hello": "Our offer | Here it is", "receipt": "Receipt | We have it"}


def case() -> Case:
    return Case(define(BODY, FORMS, MESSAGES)).start(ANN, price=100, note="Net")


def told(one: Case) -> list[Agreed]:
    return agreed([Line("case", seq, event, event.at, "", "") for seq, event in enumerate(one.history, 1)])


def test_the_very_words_are_told_as_they_were_and_have_the_fingerprint_that_was_decided_on() -> None:
    one = case().decide(LEA, "approve", comment="Fair")
    (round,) = told(one)
    assert round.about == {"offer": {"price": 100, "note": "Net"}} and hash_of(round.about) == round.content
    assert (round.title, round.round, round.outcome) == ("Approve ORD-2026-00001", 1, "approved")
    assert round.said == (Said("lea", "approve", "", "Fair", one.now, ("lead",)),)


def test_what_was_sent_afterwards_is_the_same_until_somebody_changes_it() -> None:
    one = case().decide(LEA, "approve")
    one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": 90, "note": "Net"}))
    (round,) = told(one.do(ANN, "send"))
    assert [(letter.subject, letter.body, letter.same) for letter in round.gone] == [
        ("Receipt", "We have it\n", True),
        ("Our offer", "Here it is\n", False),
    ]
    assert round.about == {"offer": {"price": 100, "note": "Net"}}


def test_what_was_changed_and_changed_back_is_the_same() -> None:
    one = case().decide(LEA, "approve")
    for price in (90, 100):
        one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": price, "note": "Net"}))
    (round,) = told(one.do(ANN, "send"))
    assert [letter.same for letter in round.gone] == [True, True]


def test_each_round_has_its_own_words() -> None:
    one = case().decide(LEA, "reject").do(ANN, "propose", price=80)
    first, second = told(one.decide(LEA, "approve"))
    assert (first.round, first.outcome, first.gone) == (1, "rejected", [])
    assert (second.round, second.about) == (2, {"offer": {"price": 80}})
    assert [letter.subject for letter in second.gone] == ["Receipt"]


def test_a_decision_that_was_taken_back_is_not_told_and_neither_is_its_letter() -> None:
    one = case().decide(LEA, "approve")
    one.run(c.WithdrawMessage(at=one.now, actor=LEA, message=one.here.sent[0].id))
    assert told(one) == []
    (round,) = told(one.decide(LEA, "approve"))
    assert len(round.gone) == 1


def test_what_a_second_person_confirms_is_a_round_with_what_was_asked_and_sends_nothing() -> None:
    one = case().decide(LEA, "approve").trigger(ANN, "drop")
    first, second = told(one.decide(LEA, "approve"))
    assert first.asked is None and second.asked is not None and second.about is None
    assert (second.asked.actor, second.asked.body["move"], second.outcome) == ("ann", "drop", "approved")
    assert [each.person for each in second.said] == ["lea"] and second.gone == []


def test_a_round_that_was_overtaken_is_told_with_what_was_said_in_it() -> None:
    one = case()
    for price in (90, 80):
        one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": price, "note": "Net"}))
    one.trigger(ANN, "drop")
    task = next(id for id, each in one.here.approvals.items() if each.asked is not None)
    one.run(c.Decide(at=one.now, actor=LEA, task=task, decision="approve"))
    rounds = [(each.round, each.outcome, each.about and each.about["offer"]["price"]) for each in told(one)]
    assert rounds == [(1, "voided", 100), (2, "voided", 90), (1, "approved", None), (3, "withdrawn", 80)]


def test_of_an_older_history_the_fingerprint_is_known() -> None:
    one = case().decide(LEA, "approve")
    for event in one.history:
        if event.type == "approval-opened":
            del event.body["about"]  # type: ignore[attr-defined]
    (round,) = told(one)
    assert round.about is None and len(round.content) == 64 and round.gone == []
