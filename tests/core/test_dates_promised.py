"""The dates that a message tells of the case's own promises are those that the clocks keep."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.core.effects import SendMessage
from tests.builders import ANN, Case, define, files, problems_of

BODY = """
customer: {email: order.email}
start: {by: [customer, agent], form: order, go: open}
clocks:
  answer: {title: Answer, target: 2bd, pauses-in: [waiting], stops-on: state end}
  news: {title: News, target: 3bd, restarts-on: sent, stops-on: state end}
  objection:
    title: Objection
    target: {by: order.grave, yes: 1bd, no: none}
    starts-on: state objected
    stops-on: state end
states:
  open: {send: told, task: {candidates: [agent]}, on: {object: {send: told, go: objected}, wait: {go: waiting}}}
  waiting: {task: {candidates: [agent]}, on: {write: {send: told, go: objected}}}
  objected: {task: {candidates: [agent]}, on: {graver: {form: order, send: told}, done: {go: end}}}
  end: {final: true}
"""
FORMS = {
    "order": """
required: [grave]
properties:
  email: {type: string, format: email}
  grave: {type: string, enum: [yes, no]}
"""
}
MESSAGES = {"told.en": "Told | answer {promises.answer?}\nnews {promises.news?}\nobjection {promises.objection?}"}


def begun(grave: str = "yes") -> Case:
    return Case(define(BODY, FORMS, MESSAGES)).start(email="lena@example.org", grave=grave)


def told(case: Case) -> list[str]:
    """The lines of the letter of the last step."""
    assert case.last is not None
    return next(one.body.split("\n")[:-1] for one in case.last.effects if isinstance(one, SendMessage))


def due(case: Case, *clocks: str) -> list[str]:
    """The same lines by what the clocks say after the step."""
    zone = ZoneInfo(case.definition.calendar.zone)
    found = [(name, case.here.clocks[name].due_at) for name in clocks]
    return [f"{name} {at.astimezone(zone):%-d %B %Y, %H:%M %Z}" for name, at in found if at is not None]


def test_a_letter_tells_the_dates_that_the_clocks_have_after_its_step() -> None:
    case = begun()
    assert told(case)[:2] == due(case, "answer", "news")
    later = case.wait("1d").claim(ANN).do(ANN, "object")
    assert told(later) == due(later, "answer", "news", "objection"), "news anew with this letter"


def test_an_answer_that_changes_a_promise_is_told_with_it() -> None:
    case = begun("no").claim(ANN).do(ANN, "object")
    assert told(case) == due(case, "answer", "news"), "what promises nothing leaves its line out"
    graver = case.claim(ANN).do(ANN, "graver", grave="yes")
    assert told(graver) == due(graver, "answer", "news", "objection")


def test_of_a_promise_that_stands_still_no_date_is_told() -> None:
    case = begun().claim(ANN).do(ANN, "wait").claim(ANN).do(ANN, "write")
    assert [line.split()[0] for line in told(case)] == ["news", "objection"]


def test_a_clock_that_is_none_is_told_where_it_stands() -> None:
    wrong = problems_of(files(BODY, FORMS, {"told.en": "Told | {promises.awnser?}"}))
    assert [problem.code for problem in wrong] == ["unknown-field"] and "answer" in str(wrong[0])
