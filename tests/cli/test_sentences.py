"""The history in sentences: every type of event says what it says, and none is left to names and values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import SYSTEM, Actor
from engine.core.events import TYPES, Event
from engine.telling.purposes import purpose
from engine.telling.sentences import LISTS, SENTENCES, Teller
from engine.telling.voice import Voice
from tests import builders
from tests.builders import ANN, BEN, CUSTOMER, LEA, OLE, Case, define

BODY = """
start: {by: [customer, agent], form: order-intake, go: received}
variables: {rounds: 0}
clocks:
  answer:
    title: Answer
    target: {by: intake.severity, S1: 4bh, S2: 2bd, S3: none}
    pauses-in: [waiting]
    stops-on: [sent order-answer, milestone told]
    escalate:
      50%: {notify: {to: assignee, say: "Half of it is gone"}}
      100%: {notify: lead, open: letter, reassign: [expert], priority: high}
tasks:
  letter:
    title: Explain {reference}
    candidates: [agent]
    on: {send-it: {title: Send it, send: order-delay}}
states:
  received:
    task:
      candidates: [agent]
      due: 1bd
      escalate: {400%: {go: waiting}}
    on:
      ask: {set: {rounds: rounds + 1}, go: waiting}
      parts: split
      tell: {send: order-answer, go: waiting}
      answer: {send: order-answer, milestone: told, go: decision}
    after:
      1bd: {when: not claimed, notify: lead, repeat: 1bd}
  waiting: {wait-for: {customer-replied: received}, after: {3bd: {send: order-delay}, 8bd: closed}}
  split: {parallel: {branches: {one: first, two: second}, join: 1, go: received}}
  first: {task: {title: First, candidates: [agent]}, on: {done: join}}
  second: {task: {title: Second, candidates: [agent]}, on: {done: join}}
  decision:
    approval: {title: Agree to it, by: {quorum: 2, of: [lead, owner]}, binds: [intake]}
    on: {approved: closed, rejected: received}
  closed: {final: {outcome: closed, reopen: {go: received, by: [agent]}}}
  dropped: {final: dropped}
on:
  severity: {by: [agent], form: order-intake}
  drop: {title: Drop it, by: [agent], needs: lead, form: order-why, go: dropped}
"""
FORMS = {
    "order-intake": "required: [severity]\nproperties: {severity: {enum: [S1, S2, S3]}}",
    "order-why": "required: [why]\nproperties: {why: {type: string}}",
}
MESSAGES = {"order-answer": "Answer | Yes.", "order-delay": "Delay | Soon."}
HEAD = f"""{builders.HEAD}customer: {{email: "'cleo@example.org'"}}
"""
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)

ELSEWHERE: dict[str, dict[str, Any]] = {
    "message-withheld": {"template": "order-answer", "language": "en", "to": "a@b.c", "subject": "Answer"},
    "message-unaddressed": {"template": "order-answer", "language": "en", "to": "", "subject": "Answer"},
    "message-returned": {"message": "case.7", "to": "a@b.c", "error": "5.1.1 there is nobody of this name"},
    "assignee-passed-over": {"task": "1", "state": "received", "person": "ben", "excluded": ["starter"]},
    "delegation-began": {"task": "1", "state": "received", "to": "ben", "on_behalf_of": "ann"},
    "delegation-ended": {"task": "1", "state": "received", "deputy": "ben", "person": "ann"},
    "delegation-dropped": {"task": "1", "state": "received", "deputy": "ben", "person": "ann", "barred": "ben"},
    "personal-data-shown": {"reason": "Sample 4"},
    "private-address-sent": {"message": "7", "language": "en", "to": "a@b.c", "subject": "The address", "body": "You"},
    "private-address-withheld": {},
    "private-address-ended": {},
    "case-called": {"link": "1", "name": "capa", "process": "corrective-action", "kind": "spawned", "blocks": True},
    "case-linked": {"link": "1", "name": "capa", "process": "corrective-action", "reference": "CAP-1"},
    "child-ended": {"link": "1", "name": "capa", "process": "x", "reference": "CAP-1", "outcome": "effective"},
    "child-reopened": {"link": "1", "name": "capa", "process": "corrective-action", "reference": "CAP-1"},
    "move-held": {"token": "0", "state": "resolved", "trigger": "on:close", "children": ["CAP-1"]},
    "move-dropped": {"token": "0", "trigger": "clock:answer.200%", "clock": "answer", "rung": "200%"},
    "version-published": {"version": "ab" * 32, "after": "cd" * 32, "note": "Sooner", "from": AT.isoformat()},
    "incident-raised": {"incident": "7", "message": "No guard", "place": "a:1:2", "state": "x", "values": {"n": 1}},
    "incident-resolved": {"incident": "7", "action": "retry", "reason": "Mended", "corrected": {"n": [1, 2]}},
    "incident-reopened": {"incident": "7", "reason": "It was the wrong one"},
}
"""What the order above does not do: the bodies as `engine.core` writes them."""


@pytest.fixture(scope="module")
def played() -> Case:
    """A case that meets nearly everything."""
    case = Case(define(BODY, FORMS, MESSAGES, HEAD)).start(CUSTOMER, severity="S2")
    case.claim(ANN).release(ANN).assign(LEA, BEN).delegate(BEN, ANN).do(ANN, "ask")
    case.wait("3bd").message("customer-replied").wait("24bh")
    case.do(ANN, "send-it", state="letter").trigger(ANN, "severity", severity="S1")
    case.run(c.Comment(at=case.now, actor=ANN, text="A word"))
    case.run(c.Tag(at=case.now, actor=ANN, add=("vip", "fair")))
    file = {"name": "photo.jpg", "type": "image/jpeg", "size": 3, "sha256": "ab" * 32}
    case.run(c.Attach(at=case.now, actor=ANN, file=file, note="The vase"))
    case.suspend(LEA).resume(LEA)
    return case


@pytest.fixture(scope="module")
def events(played: Case) -> list[Event]:
    found = list(played.history)
    other = Case(played.definition).start(ANN, severity="S3").do(ANN, "parts").do(BEN, "done", state="first")
    other.do(ANN, "answer").decide(LEA, "approve").trigger(ANN, "severity", severity="S2")
    other.decide(LEA, "approve").decide(OLE, "approve").reopen(ANN, comment="Not yet")
    other.trigger(ANN, "drop", why="no need").cancel(OLE)
    promised = Case(played.definition).start(ANN, severity="S2").do(ANN, "tell")
    promised.run(c.WithdrawMessage(at=promised.now, actor=ANN, message=promised.here.sent[0].id))
    promised.run(c.Ask(at=promised.now, actor=ANN, to="ben", text="Do you know?", to_roles=BEN.roles))
    promised.run(c.Answer(at=promised.now, actor=BEN, question=next(iter(promised.here.questions)), text="No"))
    promised.run(c.GiveUp(at=promised.now, actor=SYSTEM, parcel="1", to="a@b", about="Hello", error="550 Nobody"))
    promised.cancel(OLE)
    handed = Case(played.definition).start(ANN, severity="S2").claim(ANN)
    handed.run(c.Escalate(at=handed.now, actor=ANN, task=handed.task("received").id, reason="It is beyond me"))
    promised.history += handed.history
    return [*found, *other.history, *promised.history]


def told(case: Case, type: str) -> list[str]:
    teller = Teller(case.definition, "Europe/Berlin")
    return [line for event in case.history for line in teller.tell(event) if event.type == type]


def test_every_type_of_event_has_a_sentence() -> None:
    assert sorted([*SENTENCES, *LISTS]) == sorted(TYPES)


def test_the_cases_here_show_every_type(events: list[Event]) -> None:
    assert {event.type for event in events} | set(ELSEWHERE) == set(TYPES)


def all_of(events: list[Event]) -> Iterator[Event]:
    yield from events
    yield from (Event(type, AT, "ann", "cli", body) for type, body in ELSEWHERE.items())


def test_no_event_is_left_to_names_and_values(played: Case, events: list[Event]) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    for event in all_of(events):
        lines = teller.tell(event)
        assert lines != [teller.raw(event.body)] or len(event.body) < 2, event
        assert lines or event.type in ("form-submitted", "reopened", "resumed"), event
        assert not any("case." in line or "T0" in line or "+00:00" in line for line in lines), lines


def test_a_timer_says_what_it_is_for(played: Case) -> None:
    assert told(played, "timer-set")[:3] == [
        "2026-12-02 14:00: 400% of the time for received used up: goes to waiting",
        "2026-11-24 17:00: received, after 1 working day, then every 1 working day: if not claimed: tells lead",
        "2026-11-26 17:00: waiting, after 3 working days: sends order-delay",
    ]
    assert told(played, "timer-cancelled")[-1] == "waiting, after 8 working days: goes to closed"
    assert purpose(Voice(played.definition, "UTC"), "clock", "answer", 1) == (
        "Answer is due: the promise counts as not kept; opens letter, gives it to expert, priority high, tells lead"
    )


def test_a_timer_that_fired_says_whose_it_was_and_not_what_may_have_been_prevented(played: Case) -> None:
    assert set(told(played, "timer-fired")) == {
        "received, after 1 working day, then every 1 working day",
        "waiting, after 3 working days",
        "50% of Answer used up",
        "Answer is due",
    }


def test_a_clock_says_what_is_promised_and_how_it_goes(played: Case) -> None:
    assert told(played, "clock-started") == [
        "Answer runs since 2026-11-23 10:00, when the case was received: 2 working days promised, due 2026-11-25 17:00"
    ]
    assert told(played, "clock-resumed") == ["Answer runs again: 2 working days promised, due 2026-12-01 16:00"]
    assert told(played, "clock-breached") == ["Answer was due 2026-12-01 16:00 and not kept"]
    assert told(played, "clock-retargeted") == [
        "Answer: 2 working days → 4 working hours promised, due 2026-11-27 13:00 (before: 2026-12-01 16:00), "
        "because intake.severity = S1"
    ]


@pytest.mark.parametrize(
    ("fact", "clause"),
    [
        ("start", "the case was received"),
        ("reopened", "the case was reopened"),
        ("sent", "a message to the customer went out"),
        ("sent order-answer", "the message order-answer went out"),
        ("sent by a person", "somebody wrote to the customer"),
        ("sent order-answer by a person", "somebody sent the message order-answer"),
        ("received", "a message came in"),
        ("received customer-replied", "the message customer-replied came in"),
        ("milestone told", "the milestone told was reached"),
        ("state decision", "the case came to 'Decision'"),
    ],
)
def test_a_clock_says_what_it_began_and_ended_with(played: Case, fact: str, clause: str) -> None:
    teller = Teller(played.definition, "Europe/Berlin")

    def says(type: str, **body: Any) -> list[str]:
        return teller.tell(Event(type, AT, "ann", "cli", {"clock": "answer", "run": 1, "by": fact, **body}))

    since = {"since": AT.isoformat(), "target": "none"}
    assert says("clock-started", **since) == [
        f"Answer (run 1): nothing is promised so far (since 2026-11-23 13:00, when {clause})"
    ]
    assert says("clock-stopped", target="2bd", kept=True) == [f"Answer (run 1) was kept in time: {clause}"]
    assert says("clock-stopped", target="2bd", kept=False) == [f"Answer (run 1) was done too late: {clause}"]
    assert says("clock-stopped", target="none", kept=True) == [
        f"Answer (run 1) is over, nothing was promised: {clause}"
    ]


def test_a_timer_that_fired_late_says_for_when_it_was(played: Case) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    body = {"timer": "x", "state": "waiting", "index": 1, "due_at": "2026-11-23T11:00:00+00:00"}
    assert teller.tell(Event("timer-fired", AT, "system", "worker", body)) == [
        "waiting, after 8 working days (late: it was for 2026-11-23 12:00)"
    ]


def test_a_deadline_that_was_past_when_it_was_promised_blames_nobody() -> None:
    case = Case(define(BODY, FORMS, MESSAGES, HEAD)).start(CUSTOMER, severity="S2").claim(ANN).wait("10bh")
    case.trigger(ANN, "severity", severity="S1").wait("1bh")
    since = "already past when it was promised, 2026-11-24 12:00"
    assert told(case, "clock-breached") == [f"Answer was due 2026-11-23 14:00, {since}"]
    assert [line for line in told(case, "timer-fired") if "Answer" in line] == [
        f"50% of Answer used up (it was for 2026-11-23 12:00, {since})",
        f"Answer is due (it was for 2026-11-23 14:00, {since})",
    ]
    stopped = {"clock": "answer", "by": "milestone told", "target": "4bh", "kept": False}
    case.history.append(Event("clock-stopped", case.now, "ben", "cli", stopped))
    assert told(case, "clock-stopped") == [
        "Answer was done after a deadline that was past when it was promised: the milestone told was reached"
    ]
    over = Case(define(BODY, FORMS, MESSAGES, HEAD)).start(CUSTOMER, severity="S2").claim(ANN).wait("10bh")
    over.trigger(ANN, "severity", severity="S1").cancel(OLE)
    assert told(over, "clock-cancelled") == ["Answer ended with the case; it had been due before that was promised"]


def test_what_was_promised_in_time_and_told_late_stays_late() -> None:
    case = Case(define(BODY, FORMS, MESSAGES, HEAD)).start(CUSTOMER, severity="S1").claim(ANN)
    teller = Teller(case.definition, "Europe/Berlin")
    for event in case.history:
        teller.tell(event)

    def fires(at: datetime, rung: str, index: int) -> list[str]:
        body = {
            "timer": "9",
            "state": "answer",
            "index": index,
            "word": "clock",
            "rung": rung,
            "due_at": AT.isoformat(),
        }
        return teller.tell(Event("timer-fired", at, "system", "worker", body))

    later, latest = AT + timedelta(hours=2), AT + timedelta(hours=3)
    assert fires(later, "50%", 0)[0].endswith("(late: it was for 2026-11-23 13:00)")
    changes = {"target": ["4bh", "2bd"], "due_at": [AT.isoformat(), ""]}
    teller.tell(Event("clock-retargeted", later, "ann", "cli", {"clock": "answer", "changes": changes}))
    assert fires(latest, "hard-stop", 1)[0].endswith("(late: it was for 2026-11-23 13:00)")
    assert fires(latest, "50%", 0)[0].endswith("(late: it was for 2026-11-23 13:00)"), "what repeats is not moved"


def test_a_guard_that_prevented_a_timer_says_so_and_with_what_it_saw(played: Case) -> None:
    case = Case(played.definition).start(CUSTOMER, severity="S2").claim(ANN).wait("1bd")
    assert told(case, "timer-fired")[-1] == "received, after 1 working day, then every 1 working day"
    assert told(case, "stayed") == [
        "stays in received  by after:0",
        "guard `not claimed` did not hold with claimed = yes",
        "so nothing was done",
    ]
    assert not any(line.startswith("lead") for line in told(case, "notified"))


def test_a_rung_that_is_for_other_states_says_that_nothing_was_done() -> None:
    body = """
    start: {by: [customer], go: first}
    clocks: {whole: {target: 1bd, stops-on: state end, escalate: {100%: {from: first, go: end}}}}
    states:
      first: {task: {candidates: [agent]}, on: {done: second}}
      second: {task: {candidates: [agent]}, on: {done: end}}
      end: {final: true}
    """
    case = Case(define(body)).start().do(ANN, "done").wait("2bd")
    assert told(case, "stayed") == [
        "stays in second  by clock:whole.100%",
        "it is for first alone",
        "so nothing was done",
    ]
    assert purpose(Voice(case.definition, "UTC"), "clock", "whole", 0) == (
        "Whole is due: the promise counts as not kept; in first alone; goes to end"
    )


def test_a_move_that_was_asked_for_and_leaves_the_case_where_it_is_is_named_with_its_form(played: Case) -> None:
    assert told(played, "stayed")[-1] == "stays in received  by anywhere:severity ('Severity')"
    assert told(played, "form-submitted")[-2:] == ["the form 'order-intake'", "severity: S2 → S1"]


def test_a_decision_says_by_which_roles_it_counts_and_that_somebody_proved_who_they_are() -> None:
    body = """
    start: {by: [customer], form: order-why, go: decision}
    states:
      decision:
        approval: {title: Agree, by: {any: [lead, owner], reauthenticate: true}, binds: [why]}
        on: {approved: end, rejected: end}
      end: {final: true}
    """
    two = Actor("lea", frozenset({"lead", "agent"}))
    case = Case(define(body, FORMS)).start(why="So").decide(two, "approve", reauthenticated=True)
    assert told(case, "decision-given") == [
        "said yes as lead in 'Agree', round 1 (content 245fc8d46788), after proving once more who they are"
    ]
    (given,) = [event for event in case.history if event.type == "decision-given"]
    assert given.body["counted"] == ["lead"] and given.body["reauthenticated"] is True


def test_a_notice_says_to_whom_from_when_and_why(played: Case) -> None:
    notices = told(played, "notified")
    assert notices[0] == "lead, not before 2026-11-30 09:00: in received"
    assert "agent, not before 2026-11-30 12:30: Half of it is gone" in notices
    assert "lead, not before 2026-12-01 16:00: Answer missed (it was due 2026-12-01 16:00)" in notices


def test_a_notice_to_a_deputy_says_for_whom_they_stand_in(played: Case) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    body = {
        "notice": "x",
        "to": "person:ben",
        "about": {},
        "say": "Look at it",
        "not_before": "2026-11-30T08:00:00+00:00",
    }
    assert teller.tell(Event("notified", AT, "system", "worker", {**body, "on_behalf_of": ["ann", "lea"]})) == [
        "ben for ann and lea, not before 2026-11-30 09:00: Look at it"
    ]


def test_a_task_that_is_given_to_others_says_who_had_it(played: Case) -> None:
    assert told(played, "task-reassigned") == ["'Received' is for expert now; it was for agent"]


def test_a_task_that_is_taken_from_somebody_says_from_whom_and_for_whom_it_is(played: Case) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    body = {"task": "x", "state": "received", "candidates": ["agent"], "was": ["agent"], "assignee": "ben"}
    assert teller.tell(Event("task-reassigned", AT, "system", "worker", body)) == [
        "the task of received is taken from ben, and free for agent"
    ]


def test_an_approval_says_in_words_who_said_what(played: Case) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    ballots = [["rosa", "reject"], ["lea", "approve", "emma"], ["ole", "request-changes"], ["ann", "abstain"]]
    body = {"task": "x", "state": "decision", "outcome": "rejected", "decided": ballots}
    assert teller.tell(Event("approval-closed", AT, "ann", "cli", body)) == [
        "the task of decision ended as rejected: rosa said no, lea said yes (through emma), "
        "ole said that changes are needed, ann said neither yes nor no"
    ]


def test_a_line_that_somebody_has_changed_is_shown_as_it_lies_there(played: Case) -> None:
    teller = Teller(played.definition, "Europe/Berlin")
    assert teller.tell(Event("clock-started", AT, "ann", "cli", {"clock": "answer"})) == ["clock: answer"]
    assert teller.tell(Event("moved", AT, "ann", "cli", {"from": 1, "to": None, "trigger": 3})) == [
        "from: 1; to: —; trigger: 3"
    ]
