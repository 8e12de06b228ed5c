"""Messages that go out with a step: to whom, in which language, and only when."""

from __future__ import annotations

import pytest

from engine.core.effects import SendMessage
from engine.core.roster import StandIn
from tests.builders import ANN, CUSTOMER, HEAD, Case, define, files, problems_of

BODY = """
customer: {name: order.name, email: order.email, language: order.language}
start: {by: [customer, agent], form: order, go: open}
variables: {count: 1}
people: {handler: open}
states:
  open:
    set: {count: count + 1}
    send: [hello, {message: alert, to: lead}, {message: note, to: handler}, {message: note, to: starter}]
    task: {candidates: [agent], due: 1bd}
    on:
      urge: {send: {message: alert, to: lead, when: count > 2}, go: open}
      done: {send: {message: alert, to: handler}, go: end}
  end: {final: true}
"""
FORMS = {
    "order": """
properties:
  name: {type: string}
  email: {type: string, format: email}
  language: {type: string, format: language}
"""
}
MESSAGES = {
    "hello.en": "Hello about {reference} | Dear customer, number {count}.",
    "hello.de": "Hallo zu {reference} | Guten Tag, Nummer {count}.",
    "alert.en": "Alert | {reference}",
    "alert.de": "Achtung | {reference}",
    "note.en": "Note | due {due}",
    "note.de": "Notiz | bis {due}",
}
HEAD_IN_BOTH = HEAD.replace("[en]", "[en, de]")


def case(**values: object) -> Case:
    return Case(define(BODY, FORMS, MESSAGES, HEAD_IN_BOTH)).start(**values)


def test_a_message_goes_to_the_customer_in_their_language_with_the_values_of_that_moment() -> None:
    one = case(name="Lena", email="lena@example.org", language="de")
    assert one.last is not None
    hello = next(effect for effect in one.last.effects if isinstance(effect, SendMessage))
    assert (hello.to, hello.name, hello.language) == ("lena@example.org", "Lena", "de")
    assert hello.subject == "Hallo zu ORD-2026-00001" and hello.body.strip() == "Guten Tag, Nummer 2."


def test_whoever_stands_in_for_a_colleague_is_written_the_same_on_their_behalf() -> None:
    one = case(email="lena@example.org", language="de").claim(ANN)
    one.away = (StandIn("ann", "ben", frozenset({"agent"})), StandIn("lea", "eva", frozenset({"lead"})))
    one.do(ANN, "urge")
    urged = [body for body in one.events("message-sent") if body["template"] == "alert"][-2:]
    assert [(body["to"], body.get("on_behalf_of")) for body in urged] == [("role:lead", None), ("person:eva", ["lea"])]
    one.do(ANN, "done")
    assert one.last is not None
    ann, ben = (effect for effect in one.last.effects if isinstance(effect, SendMessage))
    assert (ann.to, ben.to, ben.name, ben.on_behalf_of) == ("person:ann", "person:ben", "ben", ("ann",))
    assert (ann.subject, ann.body) == (ben.subject, ben.body) and ann.id != ben.id


def test_the_history_keeps_the_message_exactly_as_it_went_out() -> None:
    one = case(email="lena@example.org", language="de")
    sent = one.events("message-sent")[0]
    assert sent["template"] == "hello" and sent["subject"] == "Hallo zu ORD-2026-00001"
    assert sent["body"].strip() == "Guten Tag, Nummer 2."


def test_a_language_the_process_does_not_have_gives_way_to_its_first() -> None:
    assert case(email="x@example.org", language="fr").events("message-sent")[0]["language"] == "en"
    assert case(email="x@example.org").events("message-sent")[0]["language"] == "en"


def test_a_customer_without_an_address_is_noted_and_nothing_goes_out() -> None:
    one = case(name="Lena")
    assert [body["template"] for body in one.events("message-unaddressed")] == ["hello", "note"]
    assert one.sent == ["alert", "note"]
    assert one.last is not None
    assert all(effect.to for effect in one.last.effects if isinstance(effect, SendMessage))


def test_staff_are_addressed_by_role_or_by_name_and_looked_up_when_it_is_delivered() -> None:
    one = case(email="x@example.org")
    addresses = {(body["template"], body["to"]) for body in one.events("message-sent")}
    assert addresses == {("hello", "x@example.org"), ("alert", "role:lead"), ("note", "person:cleo")}


def test_a_name_of_people_is_whoever_that_is_by_then() -> None:
    one = case(email="x@example.org").do(ANN, "done")
    assert [body["to"] for body in one.events("message-sent")] == ["person:ann"]


def test_a_message_cannot_tell_the_due_time_of_a_task_that_is_done() -> None:
    body = BODY.replace("done: {send: {message: alert", "done: {send: {message: note")
    found = problems_of(files(body, FORMS, MESSAGES, HEAD_IN_BOTH))
    assert {problem.code for problem in found} == {"maybe-missing"} and "is done by then" in found[0].message


def test_a_message_can_depend_on_a_condition() -> None:
    one = case(email="x@example.org").do(ANN, "urge")
    assert "alert" not in one.sent[:1]
    assert one.sent.count("alert") == 1  # the state's own
    one.do(ANN, "urge")
    assert one.sent.count("alert") == 2


def test_the_subject_of_the_case_and_its_customer_follow_the_forms() -> None:
    head = HEAD_IN_BOTH + 'subject: "{order.name} asks"\n'
    body = BODY.replace("done: {send", "rename: {form: order, go: open}\n      done: {send")
    form = {"order": "required: [name]\n" + FORMS["order"].lstrip()}
    one = Case(define(body, form, MESSAGES, head)).start(CUSTOMER, name="Lena", email="lena@example.org")
    assert one.here.subject == "Lena asks"
    assert one.here.customer == {"name": "Lena", "email": "lena@example.org"}
    one.do(ANN, "rename", name="Lena Fischer")
    assert one.here.subject == "Lena Fischer asks" and one.here.customer == {"name": "Lena Fischer"}


WITH_FILES = """
customer: {email: "'lena@example.org'"}
start: {by: [agent], form: order, go: open}
states:
  open:
    task: {candidates: [agent], form: answer}
    on: {done: {send: {message: hello, attach: [answer.letter, answer.more, order.proof]}, go: end}}
  end: {final: true}
"""
FILE_FORMS = {
    "order": "properties:\n  proof: {type: string, format: file}\n  name: {type: string}\n",
    "answer": """
properties:
  letter: {type: string, format: file}
  more: {type: array, maxItems: 3, items: {type: string, format: file}}
""",
}


def stored(name: str) -> dict[str, object]:
    return {"name": name, "type": "application/pdf", "size": 3, "sha256": "ab" * 32}


def test_files_of_the_fields_that_are_named_go_along_and_an_empty_field_adds_none() -> None:
    one = Case(define(WITH_FILES, FILE_FORMS, {"hello": "Hello | Yes."})).start(ANN, name="Lena")
    one.do(ANN, "done", letter=stored("answer.pdf"), more=[stored("a.pdf"), stored("b.pdf")])
    assert one.last is not None
    sent = next(effect for effect in one.last.effects if isinstance(effect, SendMessage))
    assert [file["name"] for file in sent.attachments] == ["answer.pdf", "a.pdf", "b.pdf"]
    (event,) = one.events("message-sent")
    assert event["attachments"][0] == stored("answer.pdf")


@pytest.mark.parametrize(
    ("field", "code"), [("order.name", "no-files"), ("answer", "no-files"), ("order.nome", "unknown-field")]
)
def test_what_holds_no_files_cannot_go_along(field: str, code: str) -> None:
    broken = WITH_FILES.replace("order.proof", field)
    (problem,) = [
        one for one in problems_of(files(broken, FILE_FORMS, {"hello": "Hello | Yes."})) if one.severity == "error"
    ]
    assert problem.code == code
