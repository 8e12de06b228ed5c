"""How cases end, go on again, are halted and are ended from outside."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, EVA, LEA, OLE, STRANGER, Case, define, reread

BODY = """
start: {by: [customer, agent], go: open}
variables: {reopened: 0}
states:
  open:
    task: {candidates: [agent]}
    on: {answer: answered, refuse: refused}
    after: {1bd: {set: {reopened: reopened}}}
  answered: {final: resolved}
  refused:
    final:
      outcome: refused
      reopen:
        by: [customer, agent]
        within: 5bd
        only-when: reopened < 2
        form: order-reason
        comment: true
        set: {reopened: reopened + 1}
        go: open
"""
FORMS = {"order-reason": "required: [why]\nproperties: {why: {type: string}}"}


def refused() -> Case:
    return Case(define(BODY, FORMS)).start().do(ANN, "refuse")


def code(attempt: object, *arguments: object, **more: object) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)  # type: ignore[operator]
    return caught.value.code


def test_an_ended_case_has_an_outcome_and_a_time_and_nothing_open() -> None:
    case = refused()
    assert (case.here.status, case.here.outcome, case.here.ended_at) == ("completed", "refused", case.now)
    assert case.here.tasks == {} and case.timers == []
    assert case.events("completed") == [{"outcome": "refused"}]


def test_a_case_goes_on_again_with_its_form_and_comment() -> None:
    case = refused().reopen(CUSTOMER, "I found the bill.", why="new facts")
    assert (case.here.status, case.here.outcome, case.here.ended_at) == ("running", "", None)
    assert case.states == ("open",) and case.here.variables == {"reopened": 1}
    assert case.here.data["reason"] == {"why": "new facts"}
    assert case.events("reopened") == [{"comment": "I found the bill."}]
    assert case.do(ANN, "answer").here.outcome == "resolved"


def test_reopening_asks_for_its_role_form_and_comment() -> None:
    case = refused()
    assert code(case.reopen, EVA, "x", why="y") == "not-allowed"
    assert code(case.reopen, STRANGER, "x", why="y") == "not-allowed"
    assert code(case.reopen, CUSTOMER, "", why="y") == "comment-needed"
    assert code(case.reopen, CUSTOMER, "x") == "invalid-values"


def test_reopening_is_offered_only_while_its_condition_holds() -> None:
    case = refused()
    for _ in range(2):
        case.reopen(CUSTOMER, "again", why="x").do(ANN, "refuse")
    assert code(case.reopen, CUSTOMER, "again", why="x") == "not-offered"


def test_a_case_is_reopened_until_its_time_has_passed() -> None:
    case = refused().at("2026-11-30 17:00")
    assert case.reopen(CUSTOMER, "just in time", why="x").states == ("open",)
    case = refused().at("2026-11-30 17:01")
    assert code(case.reopen, CUSTOMER, "too late", why="x") == "too-late"


def test_a_case_that_ended_for_good_stays_ended() -> None:
    case = Case(define(BODY, FORMS)).start().do(ANN, "answer")
    assert code(case.reopen, CUSTOMER, "please", why="x") == "not-reopenable"


def test_a_running_case_cannot_be_reopened() -> None:
    assert code(Case(define(BODY, FORMS)).start().reopen, CUSTOMER, "x", why="y") == "not-now"


def test_a_suspended_case_stands_still_until_it_is_resumed() -> None:
    case = Case(define(BODY, FORMS)).start()
    assert code(case.suspend, ANN) == "not-allowed"
    assert code(case.suspend, LEA, " ") == "invalid-values"
    case.suspend(LEA, "waits for the court")
    assert case.here.status == "suspended" and len(case.here.tasks) == 1
    assert code(case.do, ANN, "answer") == "suspended"
    assert code(case.claim, ANN) == "suspended"
    assert code(case.suspend, LEA) == "not-now"
    assert code(case.resume, ANN) == "not-allowed"
    assert case.resume(LEA).do(ANN, "answer").here.status == "completed"


def test_a_running_case_cannot_be_resumed() -> None:
    assert code(Case(define(BODY, FORMS)).start().resume, LEA) == "not-now"


def test_the_owner_alone_cancels_a_case_and_says_why() -> None:
    case = Case(define(BODY, FORMS)).start()
    assert code(case.cancel, LEA) == "not-allowed"
    assert code(case.cancel, OLE, "  ") == "invalid-values"
    case.cancel(OLE, "entered twice")
    assert (case.here.status, case.here.outcome) == ("cancelled", "cancelled")
    assert case.here.tasks == {} and case.timers == []
    assert case.events("cancelled") == [{"reason": "entered twice"}]
    assert code(case.cancel, OLE) == "not-now"
    assert code(case.reopen, CUSTOMER, "x", why="y") == "not-now"


def test_a_suspended_case_can_be_cancelled() -> None:
    case = Case(define(BODY, FORMS)).start().suspend(LEA).cancel(OLE)
    assert case.here.status == "cancelled" and case.here.tasks == {}


def test_a_case_starts_once_and_never_before_it_was_received() -> None:
    case = Case(define(BODY, FORMS)).start()
    assert code(case.start) == "already-started"
    late = c.Start(
        at=case.now,
        actor=CUSTOMER,
        instance="x",
        reference="ORD-2026-00002",
        received_at=case.now.replace(year=2027),
    )
    assert code(Case(case.definition).run, late) == "received-later"


def test_a_snapshot_comes_back_from_json_as_it_was() -> None:
    case = refused().reopen(CUSTOMER, "again", why="x").claim(ANN)
    here = case.here
    assert reread(here) == here
