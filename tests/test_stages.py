"""The stages of a case: when each was promised, when it was reached, and what nobody waits for any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.clock_explanations import Reckoned, explain, explain_all
from engine.core.clock_histories import Replaced
from engine.core.promised import Clock
from engine.telling.arrivals import clocks_in_vain
from engine.telling.stages import Station, stations
from tests.builders import ANN, CUSTOMER, OLE, Case, define, problems_of
from tests.builders import files as home

BODY = """
customer: {email: order.email}
start: {by: customer, form: order, go: open}
clocks:
  answer:
    title: {en: Answer, de: Antwort}
    target: 1bd
    pauses-in: waiting
    stops-on: sent answer
stages:
  receipt: {title: {en: Receipt, de: Eingang}, reached: start}
  looked-at: {reached: milestone looked-at}
  answered: {title: {en: Answered, de: Beantwortet}, reached: sent answer, clock: answer}
  closure: {reached: end}
states:
  open:
    task: {candidates: [agent]}
    on: {look: {milestone: looked-at, go: open}, wait: waiting, answer: {send: answer, go: check}}
  waiting: {task: {candidates: [agent]}, on: {back: open}}
  check: {task: {candidates: [agent]}, on: {fine: end, again: open}}
  end: {final: resolved}
"""
FORMS = {"order": "properties: {email: {type: string, format: email}}"}
MESSAGES = {"answer": "About {reference} | Yes."}


def case() -> Case:
    return Case(define(BODY, FORMS, MESSAGES)).start(CUSTOMER, email="a@b.example")


def strip(one: Case, language: str = "en") -> tuple[Station, ...]:
    clocks = [explain(one.definition, clock, one.now, language) for clock in one.here.clocks.values()]
    return stations(one.definition, one.here, one.history, clocks, language)


def signs(one: Case) -> dict[str, str]:
    return {station.title: station.sign for station in strip(one)}


def test_what_has_begun_is_received_and_the_rest_is_to_come_with_its_promise() -> None:
    one = case()
    assert signs(one) == {"Receipt": "done", "Looked at": "open", "Answered": "waits", "Closure": "open"}
    receipt, _, answered, _ = strip(one)
    assert receipt.actual == one.here.received_at
    assert answered.target == one.here.clocks["answer"].due_at and answered.actual is None


def under_way(one: Case) -> list[str]:
    return [station.title for station in strip(one) if station.under_way]


def test_the_first_stage_that_is_still_to_be_reached_is_under_way() -> None:
    one = case()
    assert under_way(one) == ["Looked at"]
    assert under_way(one.do(ANN, "look")) == ["Answered"]
    assert under_way(one.do(ANN, "answer")) == ["Closure"]
    assert under_way(one.do(ANN, "fine")) == []


def test_what_was_missed_says_what_is_promised_now_when_that_is_something_else() -> None:
    longer = BODY.replace("target: 1bd", "target: {by: light, false: 1bd, true: 9bd}").replace(
        "states:", "variables: {light: false}\non: {ease: {by: agent, set: {light: true}}}\nstates:", 1
    )
    one = Case(define(longer, FORMS, MESSAGES)).start(CUSTOMER, email="a@b.example").wait("2bd")
    assert strip(one)[2].again is None
    answered = strip(one.trigger(ANN, "ease"))[2]
    clock = one.here.clocks["answer"]
    assert (answered.target, answered.again) == (clock.missed, clock.due_at) and clock.missed != clock.due_at
    assert strip(one.do(ANN, "answer"))[2].again is None


def test_what_was_taken_back_was_not_reached_and_counts_when_it_is() -> None:
    one = case().do(ANN, "look")
    one.do(ANN, "answer")
    assert signs(one)["Answered"] == "done"
    one.run(c.WithdrawMessage(at=one.now, actor=ANN, message=one.here.sent[0].id))
    assert signs(one) == {"Receipt": "done", "Looked at": "done", "Answered": "waits", "Closure": "open"}
    one.now += timedelta(minutes=1)
    one.do(ANN, "answer")
    assert [station.actual for station in strip(one) if station.title == "Answered"] == [one.now]


def test_titles_are_in_the_readers_language() -> None:
    assert [station.title for station in strip(case(), "de")] == ["Eingang", "Looked at", "Beantwortet", "Closure"]


def test_a_stage_that_was_reached_in_time_says_when() -> None:
    one = case().wait("1bh").do(ANN, "answer")
    answered = strip(one)[2]
    assert (answered.sign, answered.actual) == ("done", one.now)


def test_a_stage_reached_after_its_promise_is_late_and_one_not_reached_by_then_overdue() -> None:
    one = case().wait("2bd")
    assert signs(one)["Answered"] == "overdue"
    one.do(ANN, "answer")
    late = strip(one)[2]
    assert late.sign == "late" and late.target is not None and late.actual is not None and late.actual > late.target


def test_a_promise_that_was_missed_and_is_none_any_more_is_overdue_all_the_same() -> None:
    weighed = BODY.replace("target: 1bd", "target: {by: light, false: 1bd, true: none}").replace(
        "states:", "variables: {light: false}\non: {ease: {by: agent, set: {light: true}}}\nstates:", 1
    )
    for body in (weighed, weighed.replace(weighed[weighed.index("stages:") : weighed.index("variables:")], "")):
        one = Case(define(body, FORMS, MESSAGES)).start(CUSTOMER, email="a@b.example").wait("2bd").trigger(ANN, "ease")
        answered = next(station for station in strip(one) if station.title in ("Answer", "Answered"))
        assert (answered.sign, answered.target) == ("overdue", one.here.clocks["answer"].missed)


def test_a_promise_that_stands_still_says_so() -> None:
    assert signs(case().do(ANN, "wait"))["Answered"] == "still"


def test_a_promise_that_came_to_be_when_its_time_was_past_is_not_called_late() -> None:
    one = case().at("2026-11-26 09:00").do(ANN, "answer")
    assert signs(one)["Answered"] == "late"
    (told,) = explain_all(one.definition, one.here.clocks, one.history, one.now, "en")
    was = Clock("answer", 1, told.clock.started_at, "5bd")
    changed = Replaced(was, datetime(2026, 11, 25, 9, tzinfo=UTC), "1bd", "ann")
    overtaken = replace(told, replaced=((changed, Reckoned()),))
    found = stations(one.definition, one.here, one.history, [overtaken], "en")
    assert [station.sign for station in found if station.title == "Answered"] == ["overtaken"]


def test_what_the_case_has_passed_by_is_not_needed() -> None:
    assert signs(case().do(ANN, "answer"))["Looked at"] == "skipped"


def test_a_passed_stage_is_done_when_it_is_reached_after_all() -> None:
    one = case().do(ANN, "answer").do(ANN, "again").do(ANN, "look")
    assert signs(one)["Looked at"] == "done"


def test_the_first_time_counts() -> None:
    one = case().do(ANN, "answer")
    first = one.now
    one.wait("1bh").do(ANN, "again").do(ANN, "answer")
    assert strip(one)[2].actual == first


def test_a_cancelled_case_is_closed_and_promises_nothing_more() -> None:
    one = case()
    one.cancel(OLE)
    assert signs(one) == {"Receipt": "done", "Looked at": "skipped", "Answered": "skipped", "Closure": "done"}


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("{reached: state nowhere}", "unknown-state", "no 'nowhere'"),
        ("{reached: milestone nothing}", "unknown-milestone", "no 'nothing'"),
        ("{reached: end fix}", "unknown-call", "no 'fix'"),
        ("{reached: sometime}", "wrong-shape", "a fact such as state resolved"),
        ("{reached: start, clock: anwser}", "unknown-clock", "answer"),
        ("{clock: answer}", "missing-word", "reached"),
    ],
)
def test_what_cannot_happen_in_the_process_is_a_problem(written: str, code: str, said: str) -> None:
    wrong = BODY.replace("closure: {reached: end}", f"closure: {written}")
    (problem,) = problems_of(home(wrong, FORMS, MESSAGES))
    assert problem.code == code and said in f"{problem.message} {problem.advice}", problem


def came_back(one: Case) -> Case:
    """The last letter, an hour later."""
    message = one.events("message-sent")[-1]["message"]
    one.now += timedelta(hours=1)
    post = Actor("system", frozenset(), "system", "mail")
    one.run(c.ComeBack(at=one.now, actor=post, parcel=message, to="a@b.example", about="x", error="5.1.1"))
    return one


def test_what_a_letter_did_that_came_back_was_done_in_vain_until_it_is_done_once_more() -> None:
    one = case().do(ANN, "answer")
    assert signs(one)["Answered"] == "done"
    came_back(one)
    assert signs(one)["Answered"] == "lost" and signs(one)["Receipt"] == "done"
    assert clocks_in_vain(one.definition, one.history)["answer", 1].done_at is None
    one.now += timedelta(hours=1)
    one.do(ANN, "again").do(ANN, "answer")
    answered = strip(one)[2]
    assert (answered.sign, answered.actual) == ("done", one.now), "the one that arrived"
    assert clocks_in_vain(one.definition, one.history)["answer", 1].done_at == one.now


def test_a_letter_that_is_sent_again_has_arrived_after_all() -> None:
    one = came_back(case().do(ANN, "answer")).resolve(OLE, "retry")
    assert signs(one)["Answered"] == "done" and not clocks_in_vain(one.definition, one.history)


def test_a_milestone_of_a_letter_that_came_back_is_reached_by_telling_the_customer_in_another_way() -> None:
    body = BODY.replace("reached: milestone looked-at", "reached: milestone looked-at, clock: seen")
    body = body.replace("stages:\n", "  seen: {title: Seen, target: 4bh, stops-on: milestone looked-at}\nstages:\n")
    body = body.replace(
        "look: {milestone: looked-at, go: open}", "look: {milestone: looked-at, send: answer, go: check}"
    )
    body = body.replace("again: open", "again: {milestone: looked-at, go: open}")
    one = Case(define(body, FORMS, MESSAGES)).start(CUSTOMER, email="a@b.example").do(ANN, "look")
    assert (came_back(one), signs(one)["Looked at"])[1] == "lost"
    assert strip(one.at("2026-11-24 16:00").do(ANN, "again"))[1].sign == "late"
    assert strip(one)[1].actual == one.now
