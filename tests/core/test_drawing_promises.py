"""Clocks, escalations and side tasks in a picture: each said once, in few words, and nothing that floods it."""

from __future__ import annotations

from collections import Counter

from engine.core.drawing import PAUSE, Picture, as_dot, as_mermaid, picture_of, trail_of
from engine.core.drawing.notes import quiet
from engine.core.drawing.picture import BESIDE, NOTES, PROMISED, Edge, Node
from engine.core.machine import transitions_of
from engine.definition.model import Definition
from tests import builders
from tests.builders import ANN, BEN, CUSTOMER, LEA, Case, define

BODY = """
start: {by: [customer, agent], form: order-intake, go: received}
clocks:
  answer:
    title: {en: Answer, de: Antwort}
    target: {by: intake.severity, S1: 4bh, S2: 2bd, S3: 2bd, S4: none}
    hard-stop: 30d
    pauses-in: [waiting]
    stops-on: [sent order-answer by a person, milestone told]
    escalate:
      50%: {notify: assignee}
      100%: {notify: lead, open: letter}
      150%: {from: [waiting], go: received}
      200%: {go: given-up}
      hard-stop: {priority: urgent}
  reply:
    target: 1bd
    starts-on: received customer-replied
    restarts-on: [sent, received]
    stops-on: [state closed, sent by a person]
  work:
    target: 3bd
    runs-in: [received]
    stops-on: [state given-up]
tasks:
  letter:
    title: Explain {reference}
    candidates: [agent]
    exclude: [received]
    due: 1bd
    escalate: {100%: {notify: lead}, 200%: {reassign: [lead]}}
    on:
      send-it: {title: Send it, send: order-delay}
      drop: {title: Drop the case, needs: lead, go: dropped}
states:
  received:
    task:
      candidates: [agent]
      due: 1bd
      escalate: {50%: {notify: assignee}, 100%: {reassign: [expert], notify: lead}, 200%: {go: given-up}}
    on:
      ask: waiting
      answer: {send: order-answer, milestone: told, go: closed}
      hurry: [{when: intake.severity == S1, priority: high, go: waiting}, {else: waiting}]
  waiting: {open: letter, wait-for: {customer-replied: received}}
  closed: {final: closed}
  given-up: {final: given-up}
  dropped: {final: dropped}
"""
FORMS = {"order-intake": "required: [severity]\nproperties: {severity: {enum: [S1, S2, S3, S4]}}"}
MESSAGES = {"order-answer": "Answer | Yes.", "order-delay": "Delay | Soon."}
HEAD = f"""{builders.HEAD}customer: {{email: "'cleo@example.org'"}}
"""


def promising() -> Definition:
    return define(BODY, FORMS, MESSAGES, HEAD)


def node(picture: Picture, id: str) -> Node:
    return next(node for node in picture.nodes if node.id == id)


def rows(picture: Picture, id: str) -> list[tuple[str, str]]:
    return [(way.words, way.guard) for way in node(picture, id).ways]


def edges(picture: Picture, source: str, target: str) -> list[Edge]:
    return [edge for edge in picture.edges if (edge.source, edge.target) == (source, target)]


def test_a_clock_is_one_row_with_what_it_promises_from_when_until_when_and_what_its_rungs_do() -> None:
    assert rows(picture_of(promising()), PROMISED) == [
        (
            "Answer: by “Severity”: S1 4 working hours; S2, S3 2 working days; S4 nothing, hard stop after 30 days",
            "until: “Answer” sent by a person, “told” reached; stands still in Waiting",
        ),
        (
            "",
            "escalates at 50%, 100% (opens “Letter”), 150%, 200%, at the hard stop (priority urgent)",
        ),
        (
            "Reply: 1 working day",
            "from: “customer replied” comes in; anew with: a message to the customer, a message comes in; "
            "until: in Closed, a person's message to the customer",
        ),
        ("Work: 3 working days", "until: in Given up; runs only in Received"),
    ]


def test_the_same_in_german() -> None:
    found = rows(picture_of(promising(), "de"), PROMISED)
    assert found[0][0].startswith("Antwort: je nach „Severity“: S1 4 Arbeitsstunden; S2, S3 2 Arbeitstage; S4 nichts")
    assert found[0][1] == "bis: „Answer“ von einem Menschen gesendet, „told“ erreicht; steht still in Waiting"
    assert found[2][1].startswith("ab: „customer replied“ geht ein; von vorn mit: ")


def test_a_rung_that_moves_the_case_is_an_arrow_where_it_may_and_a_row_where_it_may_nearly_everywhere() -> None:
    picture = picture_of(promising())
    (way,) = [way for edge in edges(picture, "waiting", "received") for way in edge.ways if way.sign == "clock"]
    assert way.words == "Answer at 150%"
    assert rows(picture, ".anywhere") == [("Answer at 200% → Given up", "")]


def test_no_rung_that_stays_is_a_row_of_from_anywhere() -> None:
    body = BODY.replace("      200%: {go: given-up}\n", "")
    assert all(node.id != ".anywhere" for node in picture_of(define(body, FORMS, MESSAGES, HEAD)).nodes)


def test_a_task_of_a_state_shows_only_those_rungs_that_do_more_than_tell() -> None:
    picture = picture_of(promising())
    assert rows(picture, "received") == [("at 100% of its time: gives it to expert, tells lead", "")]
    (way,) = [way for edge in edges(picture, "received", "given-up") for way in edge.ways]
    assert (way.words, way.sign) == ("at 200% of its time", "clock")


def test_work_beside_the_cases_own_says_who_what_opens_it_and_its_outcomes() -> None:
    picture = picture_of(promising())
    assert rows(picture, BESIDE) == [
        ("Letter", "agent; not: “Received”; due: 1 working day; opened by: Waiting, Answer at 100%"),
        ("Send it: sends “Delay”", ""),
        ("Drop the case → Dropped", "second person: lead"),
        ("at 200% of its time: gives it to lead", ""),
    ]
    assert [way.under for way in node(picture, BESIDE).ways] == [False, True, True, True]
    assert len(edges(picture, BESIDE, "dropped")) == 1
    assert node(picture, "waiting").lines == ("opens “Letter”",)


def test_a_state_in_which_a_clock_stands_still_has_a_mark() -> None:
    picture = picture_of(promising())
    assert [(way.words, way.sign) for way in node(picture, "waiting").ways] == [("stands still: Answer", "pause")]
    assert all(way.sign != "pause" for way in node(picture, "received").ways)
    assert PAUSE in as_dot(picture) and PAUSE in as_mermaid(picture)


def test_a_move_whose_branches_lead_to_one_state_is_said_once() -> None:
    (edge,) = edges(picture_of(promising()), "received", "waiting")
    assert [(way.words, way.guard) for way in edge.ways] == [("Ask", ""), ("Hurry", "")]


def test_every_transition_but_those_that_only_tell_is_in_it_once() -> None:
    definition = promising()
    silent = {move.trigger for _, move in definition.moves() if move.kind in ("escalate", "rung") and quiet(move)}
    assert silent == {"escalate:50%", "rung:letter.100%"}
    wanted = Counter(t for t in transitions_of(definition) if t[0] not in silent)
    assert Counter(t for way in picture_of(definition).ways() for t in way.stands_for) == wanted


def test_the_sentences_say_all_of_it_and_whose_it_is() -> None:
    told = picture_of(promising()).told
    assert "In Waiting: stands still: Answer." in told
    assert "Beside the case's own work: Letter: Send it: sends “Delay”." in told
    assert "What is promised: Work: 3 working days (until: in Given up; runs only in Received)." in told


def test_the_notes_lie_below_everything_in_one_column() -> None:
    dot = as_dot(picture_of(promising()))
    assert '"closed" -> ".anywhere" [style=invis' in dot
    assert '".anywhere" -> ".beside" [style=invis' in dot and '".beside" -> ".promised" [style=invis' in dot
    assert all(f'id="order-{id.replace(".", "-")}"' in dot for id in NOTES)


def test_a_message_is_told_by_its_subject() -> None:
    body = """
start: {by: [agent], go: open}
states:
  open: {send: {message: order-answer, to: lead}, task: {candidates: [agent]}, on: {done: {send: order-answer}}}
  end: {final: true}
on: {stop: {by: [agent], go: end}}
"""
    picture = picture_of(define(body, {}, MESSAGES, HEAD))
    assert rows(picture, "open") == [("Done: sends “Answer”", "")]


def test_a_way_taken_from_a_note_is_an_arrow_of_its_own() -> None:
    case = Case(promising()).start(CUSTOMER, severity="S1").do(ANN, "ask")
    case.do(BEN, "drop", state="letter").decide(LEA, "approve")
    picture = picture_of(case.definition, "en", trail_of(case.here, case.history))
    (arrow,) = edges(picture, "waiting", "dropped")
    assert arrow.taken and [way.words for way in arrow.ways] == ["Drop the case"]
