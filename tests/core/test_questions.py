"""Questions to colleagues, and colleagues who are named in a comment."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import Notify
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, EVA, Case, define

BODY = """
start: {by: customer, go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""


def asked() -> Case:
    case = Case(define(BODY)).start()
    case.run(c.Ask(at=case.now, actor=ANN, text=" How old is the vase? ", **c.named(EVA)))
    return case


def answer(case: Case, who: Actor, text: str = "Ten years") -> Case:
    case.run(c.Answer(at=case.now, actor=who, question=next(iter(case.here.questions)), text=text))
    return case


def notices(case: Case) -> list[Notify]:
    assert case.last is not None
    return [effect for effect in case.last.effects if isinstance(effect, Notify)]


def refusal(case: Case, command: c.Command) -> Rejected:
    with pytest.raises(Rejected) as refused:
        case.run(command)
    return refused.value


def test_a_colleague_is_asked_and_told_of_it() -> None:
    case = asked()
    (question,) = case.here.questions.values()
    assert (question.by, question.to, question.text) == ("ann", "eva", "How old is the vase?")
    assert [(notice.to, notice.say) for notice in notices(case)] == [("person:eva", "How old is the vase?")]


def test_the_answer_goes_to_whoever_asked() -> None:
    case = answer(asked(), EVA)
    assert case.here.questions == {}
    assert [(notice.to, notice.say) for notice in notices(case)] == [("person:ann", "Ten years")]
    assert case.events("question-answered")[0]["text"] == "Ten years"


def test_whoever_asked_may_settle_it_and_tells_nobody() -> None:
    case = answer(asked(), ANN, "I have found it myself")
    assert case.here.questions == {} and notices(case) == []


def test_somebody_else_does_not_answer() -> None:
    case = asked()
    question = next(iter(case.here.questions))
    assert refusal(case, c.Answer(at=case.now, actor=BEN, question=question, text="Me")).code == "not-allowed"


def test_a_deputy_answers_on_behalf_of_whoever_is_away() -> None:
    deputy = Actor("ben", BEN.roles, stands_in={"eva": EVA.roles})
    case = answer(asked(), deputy)
    assert case.last is not None and case.last.events[0].on_behalf_of == "eva"


def test_a_question_is_answered_once() -> None:
    case = asked()
    question = next(iter(case.here.questions))
    answer(case, EVA)
    error = refusal(case, c.Answer(at=case.now, actor=EVA, question=question, text="Once more"))
    assert error.code == "no-such-question"


def test_a_customer_asks_no_colleague_and_none_is_asked_what_is_not_one() -> None:
    case = asked()
    assert refusal(case, c.Ask(at=case.now, actor=CUSTOMER, to="eva", text="?", to_roles=EVA.roles)).code == (
        "not-allowed"
    )
    for to, roles in (("ann", ANN.roles), ("cleo", CUSTOMER.roles), ("", frozenset[str]())):
        error = refusal(case, c.Ask(at=case.now, actor=ANN, to=to, text="Well?", to_roles=roles))
        assert "to" in error.fields


def test_who_only_reads_is_not_asked_what_they_could_not_answer() -> None:
    case, auditor = asked(), Actor("vera", frozenset({"auditor"}), "reader")
    assert refusal(case, c.Ask(at=case.now, actor=ANN, text="Well?", **c.named(auditor))).code == "only-reads"


def test_neither_a_question_nor_an_answer_is_empty() -> None:
    case = asked()
    assert "text" in refusal(case, c.Ask(at=case.now, actor=ANN, to="eva", text=" ", to_roles=EVA.roles)).fields
    question = next(iter(case.here.questions))
    assert "text" in refusal(case, c.Answer(at=case.now, actor=EVA, question=question, text="\n")).fields


def test_who_is_named_in_a_comment_is_told_once_and_nobody_tells_themselves() -> None:
    case = asked()
    case.run(c.Comment(at=case.now, actor=ANN, text="@eva @ann look", mentions=("eva", "ann", "eva")))
    assert case.events("commented") == [{"text": "@eva @ann look", "mentions": ["eva"]}]
    assert [notice.to for notice in notices(case)] == ["person:eva"]


def test_what_a_colleague_says_stands_on_the_page_at_once_whatever_the_hour() -> None:
    case = asked().at("2026-11-23 22:00")
    case.run(c.Comment(at=case.now, actor=ANN, text="@eva look", mentions=("eva",)))
    assert [notice.at for notice in notices(case)] == [case.now]
