"""When the process itself cannot go on: nothing is lost, and it can be tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core.effects import KeepDraft
from engine.core.instance import Instance
from engine.core.snapshot import from_data, to_data
from engine.errors import Rejected, Stuck
from tests.builders import ANN, CUSTOMER, LEA, OLE, Case, define

BODY = """
start: {by: customer, form: order, go: open}
variables: {share: 0}
states:
  open:
    task: {candidates: [agent], form: order-parts}
    on: {divide: {set: {share: 100 / parts.parts}, go: told}}
    after: {1bd: {set: {share: 1 / order.size}}}
  told: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: true}
on:
  skip: {by: agent, form: order-parts, set: {share: 1 / parts.parts}, go: end}
"""
FORMS = {
    "order": "required: [size]\nproperties: {size: {type: integer}}",
    "order-parts": "required: [parts]\nproperties: {parts: {type: integer}}",
}


def kept(case: Instance) -> Instance:
    """As it is once it was written and read."""
    apart = ("id", "process", "digest", "reference", "status", "revision", "seq", "ended_at", "outcome", "external_id")
    return from_data({name: getattr(case, name) for name in (*apart, "subject")}, to_data(case))


def stuck() -> Case:
    return Case(define(BODY, FORMS)).start(size=1).do(ANN, "divide", parts=0)


def test_the_step_is_thrown_away_and_the_typed_work_is_kept() -> None:
    case = stuck()
    assert case.states == ("open",) and case.here.data == {"order": {"size": 1}}
    assert case.last is not None and isinstance(case.last.stuck, Stuck)
    assert case.last.effects == (KeepDraft(case.task().id, "ann", {"parts": 0}, "divide"),)
    assert [event.type for event in case.last.events] == ["incident-raised"]


def test_the_incident_says_what_and_where() -> None:
    incident = next(iter(stuck().here.incidents.values()))
    assert "zero" in incident.message and incident.state == "open"
    assert incident.place.startswith("processes/order.yaml:")


def test_the_task_stays_open_and_can_be_completed_with_other_values() -> None:
    case = stuck().do(ANN, "divide", parts=4)
    assert case.states == ("told",) and case.here.variables == {"share": "25"}


def test_a_retry_with_corrected_values_goes_on_in_the_name_of_the_person() -> None:
    case = stuck().resolve(LEA, "retry", values={"parts": 4})
    assert case.states == ("told",) and case.here.incidents == {}
    assert case.here.doers == (("open", "ann"),)
    assert case.events("incident-resolved")[0]["action"] == "retry"
    by = {event.type: event.actor for event in case.last.events} if case.last else {}
    assert (by["incident-resolved"], by["task-completed"]) == ("lea", "ann")


def test_a_retry_that_still_fails_changes_nothing() -> None:
    case = stuck()
    before = case.here
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "still-stuck" and case.here is before


def test_an_incident_can_be_dismissed_with_a_reason() -> None:
    case = stuck()
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "dismiss", reason=" ")
    assert caught.value.code == "invalid-values"
    case.resolve(LEA, "dismiss", reason="typed wrongly")
    assert case.here.incidents == {} and case.states == ("open",)


def test_one_that_was_dismissed_can_be_opened_again_by_who_oversees_and_then_be_retried() -> None:
    case = stuck().resolve(LEA, "dismiss", reason="the wrong one")
    case.instance = kept(case.here)
    (id,) = case.here.dismissed
    for actor, incident, code in ((ANN, id, "not-allowed"), (LEA, "other", "no-such-incident")):
        with pytest.raises(Rejected) as caught:
            case.resolve(actor, "reopen", incident=incident)
        assert caught.value.code == code
    case.resolve(LEA, "reopen", incident=id, reason="it was the other one")
    assert case.events("incident-reopened") == [{"incident": id, "reason": "it was the other one"}]
    assert list(case.here.incidents) == [id] and case.here.dismissed == {}
    with pytest.raises(Rejected):
        case.resolve(LEA, "reopen", incident=id)
    assert case.resolve(LEA, "retry", values={"parts": 4}).states == ("told",)


def test_a_timer_whose_incident_was_dismissed_fires_after_all_unless_the_case_has_moved_on() -> None:
    case = Case(define(BODY, FORMS)).start(size=0).wait("1bd").resolve(LEA, "dismiss")
    case.instance = replace(kept(case.here), data={"order": {"size": 2}})
    gone = case.here
    assert case.resolve(LEA, "reopen").resolve(LEA, "retry").here.variables == {"share": "0.5"}
    case.instance = gone
    case.do(ANN, "divide", parts=2).resolve(LEA, "reopen")
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "not-now"


def test_only_who_oversees_the_process_resolves_an_incident() -> None:
    case = stuck()
    for actor, code in ((ANN, "not-allowed"), (CUSTOMER, "not-allowed")):
        with pytest.raises(Rejected) as caught:
            case.resolve(actor, "retry", values={"parts": 4})
        assert caught.value.code == code
    assert case.resolve(OLE, "retry", values={"parts": 4}).states == ("told",)


def test_what_can_be_done_with_an_incident_is_retry_or_dismiss() -> None:
    with pytest.raises(Rejected) as caught:
        stuck().resolve(LEA, "forget")
    assert caught.value.code == "invalid-values"


def test_a_retry_whose_task_is_gone_is_refused_and_can_be_dismissed() -> None:
    case = stuck().do(ANN, "divide", parts=2)
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry", values={"parts": 4})
    assert caught.value.code == "no-such-task"
    assert case.resolve(LEA, "dismiss").here.incidents == {}


def test_a_timer_that_fails_is_taken_away_so_that_it_does_not_fail_for_ever() -> None:
    case = Case(define(BODY, FORMS)).start(size=0).wait("1bd")
    assert len(case.here.incidents) == 1 and case.timers == []
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "still-stuck"


def test_a_failed_timer_is_not_tried_again_once_the_case_has_moved_on() -> None:
    case = Case(define(BODY, FORMS)).start(size=0).wait("1bd").do(ANN, "divide", parts=2)
    with pytest.raises(Rejected) as caught:
        case.resolve(LEA, "retry")
    assert caught.value.code == "not-now"
    assert case.resolve(LEA, "dismiss").here.incidents == {}


def test_a_failed_timer_can_be_tried_again_when_its_values_are_mended() -> None:
    case = Case(define(BODY, FORMS)).start(size=0).wait("1bd")
    case.instance = replace(case.here, data={"order": {"size": 2}})
    case.resolve(LEA, "retry")
    assert case.here.variables == {"share": "0.5"} and case.states == ("open",)


def test_a_move_from_anywhere_that_fails_is_an_incident_too() -> None:
    case = Case(define(BODY, FORMS)).start(size=1).trigger(ANN, "skip", parts=0)
    assert case.states == ("open",) and len(case.here.incidents) == 1
    assert case.resolve(LEA, "retry", values={"parts": 2}).states == ("end",)


def test_a_case_whose_first_move_fails_has_begun_all_the_same() -> None:
    body = BODY.replace("go: open}", "go: [{when: 10 / order.size > 1, go: open}, {else: told}]}")
    case = Case(define(body, FORMS)).start(size=0)
    assert case.here.data == {"order": {"size": 0}} and len(case.here.incidents) == 1
    assert [event.type for event in case.history][:2] == ["case-started", "form-submitted"]
    case.instance = replace(case.here, data={"order": {"size": 5}})
    assert case.resolve(LEA, "retry").states == ("open",)


def test_a_process_that_goes_round_by_itself_is_stopped() -> None:
    body = """
    start: {by: customer, go: one}
    variables: {n: 0}
    states:
      one: {set: {n: n + 1}, go: two}
      two: {go: [{when: n < 0, go: end}, {else: one}]}
      end: {final: true}
    """
    case = Case(define(body)).start()
    assert "goes round" in next(iter(case.here.incidents.values())).message


def test_a_beginning_tried_again_says_what_was_changed_in_the_form_it_was_started_with() -> None:
    body = BODY.replace("go: open}", "go: [{when: 10 / order.size > 1, go: open}, {else: told}]}", 1)
    form = {**FORMS, "order": "required: [size]\nproperties: {size: {type: integer}, colour: {type: string}}"}
    case = Case(define(body, form)).start(size=0, colour="red")
    case.resolve(LEA, "retry", values={"size": 5, "colour": "red"})
    assert case.events("incident-resolved")[0]["corrected"] == {"size": [0, 5]}
