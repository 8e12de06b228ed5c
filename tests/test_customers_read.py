"""What a customer is promised, as their page tells it: in their words, and never another date than the last letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.draft import Draft
from engine.core.instance import TAKE_BACK, Instance
from engine.telling.customers import PromisedToCustomer, promised_to_customer, stage_due
from engine.telling.known import as_known
from tests.builders import ANN, CUSTOMER, HEAD, Case, define, reread

BODY = """
customer: {email: intake.email}
start: {by: [customer, agent], form: order-intake, go: received}
clocks:
  answer:
    title: Answer
    promise: {en: Our answer, de: Unsere Antwort}
    told: {order-later: later.until}
    target: {by: sorting.kind, small: 1bd, large: 5bd, not-yet-known: 2bd}
    pauses-in: [waiting]
    stops-on: [state closed, state withdrawn]
  reading:
    title: Reading
    target: 4bh
    stops-on: state sorted
states:
  received:
    label: We read it
    send: order-received
    task: {candidates: [agent], form: order-sorting, due: 4bh}
    on: {sort: sorted}
  sorted:
    label: We work on it
    task: {candidates: [agent], due: 1bd}
    on:
      explain: {form: order-later, send: order-later, go: sorted}
      answer: {send: order-answer, go: answered}
      ask: waiting
      close: closed
  answered: {label: We have answered you, task: {candidates: [agent]}, on: {close: closed}}
  waiting:
    label: We wait for you
    wait-for: {reply: sorted}
  withdrawn: {label: You have withdrawn it, task: {candidates: [agent]}, on: {close: closed}}
  closed: {label: It is closed, final: closed}
  dropped: {label: It is closed, final: dropped}
on:
  withdraw:
    title: {en: Withdraw it, de: Zurückziehen}
    by: [customer, agent]
    from: [received, sorted]
    go: withdrawn
  give-up: {title: {en: Give it up, de: Aufgeben}, by: [customer], from: [sorted], go: dropped}
  stop: {by: [agent], from: [sorted], go: dropped}
"""
FORMS = {
    "order-intake": "required: [email]\nproperties: {email: {type: string, format: email}}",
    "order-sorting": "required: [kind]\nproperties: {kind: {enum: [small, large]}}",
    "order-later": "required: [until]\nproperties: {until: {type: string, format: date}}",
}
MESSAGES = {
    "order-received.en": "We have it | We read it by {due}.",
    "order-received.de": "Es ist da | Wir lesen es bis {due}.",
    "order-answer.en": "Our answer | It is this.",
    "order-answer.de": "Unsere Antwort | So ist es.",
    "order-later.en": "Later | By {later.until}.",
    "order-later.de": "Später | Bis {later.until}.",
}
ORDER = define(BODY, FORMS, MESSAGES, HEAD.replace("[en]", "[en, de]"))


def started() -> Case:
    return Case(ORDER).start(CUSTOMER, email="otto@klein.example")


def sorted_as(kind: str) -> Case:
    return started().claim(ANN).do(ANN, "sort", kind=kind).claim(ANN)


def explained(case: Case, until: str) -> Case:
    """Somebody has written that it takes until then, and the letter has left."""
    case.do(ANN, "explain", until=until).now += TAKE_BACK
    return case


def known(case: Case) -> Instance:
    """The case as its customer knows it, but for what is kept of the letters themselves."""
    return replace(as_known(case.here, case.now), revision=0, seq=0, counter=0, sent=(), undo=None)


def promised(case: Case, language: str = "en") -> list[PromisedToCustomer]:
    draft = Draft(case.definition, case.here, CUSTOMER, case.now)
    return promised_to_customer(draft, case.history, language)


def by(case: Case) -> list[str]:
    """When the promises are due, on a clock of the calendar's zone."""
    return [f"{ORDER.calendar.local_time(one.by):%Y-%m-%d %H:%M}" for one in promised(case)]


def test_what_the_first_letter_told_is_shown_while_the_case_stands_there() -> None:
    one = started()
    due = stage_due(ORDER, one.here, one.now)
    assert due is not None and due == one.task("received").due_at
    body = one.events("message-sent")[0]["body"]
    assert f"{ORDER.calendar.local_time(due):%H:%M}" in body
    assert stage_due(ORDER, one.here, due + timedelta(seconds=1)) is None, "what is past is promised no more"


def test_a_due_time_that_no_letter_told_is_the_houses_own() -> None:
    one = sorted_as("small")
    assert one.task().due_at is not None and stage_due(ORDER, one.here, one.now) is None


def test_a_promise_whose_length_is_not_known_yet_is_not_shown() -> None:
    assert promised(started()) == []


def test_a_promise_is_shown_in_the_customers_words_and_no_other_clock_is() -> None:
    (english,), (german,) = promised(sorted_as("large")), promised(sorted_as("large"), "de")
    assert (english.words, german.words) == ("Our answer", "Unsere Antwort")
    assert by(sorted_as("large")) == ["2026-11-30 17:00"] and not english.late


def test_the_date_that_a_letter_told_is_shown_from_then_on() -> None:
    one = explained(sorted_as("small"), "2026-12-01")
    (told,) = promised(one)
    assert told.day == date(2026, 12, 1) and not told.late
    assert by(one) == ["2026-12-01 23:59"]
    explained(one.claim(ANN), "2026-12-03")
    assert by(one) == ["2026-12-03 23:59"], "the last letter counts"


def test_what_was_told_is_late_when_its_day_is_over_whatever_the_clock_says() -> None:
    one = sorted_as("large").do(ANN, "explain", until="2026-11-24")
    one.at("2026-11-24 23:00")
    assert not promised(one)[0].late
    one.at("2026-11-25 09:00")
    assert promised(one)[0].late


def test_the_case_is_known_no_further_than_the_letters_that_have_left() -> None:
    one = sorted_as("large")
    before = known(one)
    one.do(ANN, "explain", until="2026-11-24")
    assert known(one) == before and by(one) == ["2026-11-30 17:00"]
    one.now += TAKE_BACK
    assert as_known(one.here, one.now) is one.here and by(one) == ["2026-11-24 23:59"]


def test_what_follows_while_the_letter_waits_is_not_known_either() -> None:
    one = sorted_as("large")
    states, clocks = one.states, one.here.clocks
    one.do(ANN, "answer").claim(ANN).do(ANN, "close")
    assert one.states == ("closed",) and one.here.undo is None
    assert (known(one).states, known(one).clocks, known(one).status) == (states, clocks, "running")
    assert reread(one.here) == one.here, "the snapshot keeps it"
    one.now += TAKE_BACK
    assert known(one).states == ("closed",)


def test_a_letter_that_was_taken_back_has_told_nothing() -> None:
    one = sorted_as("large").do(ANN, "explain", until="2026-11-24")
    message = one.events("message-sent")[0]["message"]
    one.run(c.WithdrawMessage(at=one.now, actor=ANN, message=message))
    assert by(one) == ["2026-11-30 17:00"]


def test_while_we_wait_for_the_customer_nothing_is_promised_and_afterwards_what_the_clock_says() -> None:
    one = sorted_as("large").do(ANN, "explain", until="2026-11-24").claim(ANN).do(ANN, "ask")
    assert promised(one) == []
    one.at("2026-11-25 10:00").message("reply")
    assert by(one) == ["2026-12-02 17:00"], "two days later, for the pause"


def test_what_was_done_is_told_with_when_and_whether_that_was_in_time() -> None:
    one = sorted_as("small")
    one.at("2026-11-24 12:00")
    (kept,) = promised(one.do(ANN, "close"))
    assert (kept.words, kept.kept, kept.late) == ("Our answer", one.now, False)
    late = sorted_as("small")
    late.at("2026-11-25 12:00")
    (kept,) = promised(late.do(ANN, "close"))
    assert kept.late and by(late) == ["2026-11-24 17:00"]


def test_what_the_customer_ended_themselves_was_not_kept_but_ended_by_what_they_asked_for() -> None:
    one = sorted_as("small").trigger(CUSTOMER, "withdraw")
    (ended,) = promised(one)
    assert (ended.kept, ended.ended, ended.because, ended.late) == (None, one.now, "Withdraw it", False)
    assert [one.because for one in promised(one, "de")] == ["Zurückziehen"]
    one = sorted_as("small").trigger(CUSTOMER, "give-up")
    (ended,) = promised(one)
    assert (ended.ended, ended.because) == (one.now, "Give it up"), "what was cancelled with the case, too"


@pytest.mark.parametrize("stops", ["state closed", "state dropped"])
def test_what_follows_of_itself_on_what_they_asked_for_is_what_they_asked_for_too(stops: str) -> None:
    body = BODY.replace("from: [sorted], go: dropped}\n  stop", "from: [sorted], go: leaving}\n  stop")
    body = body.replace("  dropped: {", "  leaving: {label: We let it go, go: dropped}\n  dropped: {")
    definition = define(body.replace("stops-on: [state closed,", f"stops-on: [{stops},"), FORMS, MESSAGES, HEAD)
    one = Case(definition).start(CUSTOMER, email="otto@klein.example")
    one.claim(ANN).do(ANN, "sort", kind="small").trigger(CUSTOMER, "give-up")
    assert [(ended.ended, ended.because) for ended in promised(one)] == [(one.now, "Give it up")]


def test_what_they_asked_for_is_told_by_its_name_where_the_process_gives_it_no_title() -> None:
    definition = define(BODY.replace("title: {en: Give it up, de: Aufgeben}, ", ""), FORMS, MESSAGES, HEAD)
    one = Case(definition).start(CUSTOMER, email="otto@klein.example")
    one.claim(ANN).do(ANN, "sort", kind="small").trigger(CUSTOMER, "give-up")
    assert [ended.because for ended in promised(one)] == ["Give up"]


def test_what_staff_did_is_not_the_customers_because_they_may_do_something_of_that_name_elsewhere() -> None:
    task = "waiting:\n    label: We wait for you\n    on: {close: {title: I am done, by: [customer], go: closed}}"
    body = BODY.replace("waiting:\n    label: We wait for you", task)
    definition = define(body, FORMS, MESSAGES, HEAD.replace("[en]", "[en, de]"))
    one = Case(definition).start(CUSTOMER, email="otto@klein.example")
    (kept,) = promised(one.claim(ANN).do(ANN, "sort", kind="small").do(ANN, "close"))
    assert (kept.kept, kept.ended) == (one.now, None)


def test_what_ends_with_the_case_and_not_by_the_customer_is_told_no_more() -> None:
    assert promised(sorted_as("small").trigger(ANN, "stop")) == []


def test_what_was_kept_by_a_letter_that_came_back_is_not_told_as_kept() -> None:
    body = BODY.replace("stops-on: [state closed,", "stops-on: [sent order-answer, state closed,")
    definition = define(body, FORMS, MESSAGES, HEAD.replace("[en]", "[en, de]"))
    one = Case(definition).start(CUSTOMER, email="otto@klein.example")
    one.claim(ANN).do(ANN, "sort", kind="small").claim(ANN).do(ANN, "answer").now += TAKE_BACK
    assert [one.kept for one in promised(one)] == [one.now - TAKE_BACK]
    message = one.events("message-sent")[-1]["message"]
    post = Actor("system", frozenset(), "system", "mail")
    one.run(c.ComeBack(at=one.now, actor=post, parcel=message, to="otto@klein.example", about="x", error="5.1.1"))
    assert promised(one) == []
