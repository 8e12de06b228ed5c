"""Messages from outside, and moves that belong to no task."""

from __future__ import annotations

import pytest

from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, EVA, STRANGER, Case, define

BODY = """
start: {by: [customer, agent], go: waiting}
variables: {replies: 0}
states:
  waiting:
    wait-for:
      customer-replied: {form: order-reply, when: not reply.automatic, go: open}
      noted: {set: {replies: replies + 1}}
      confirmed: {by: expert, go: end}
  open:
    task: {candidates: [agent]}
    on: {back: waiting, done: end}
    wait-for: {customer-replied: {form: order-reply, go: open}}
  parked: {on: {resume-work: {by: agent, go: open}, drop: {by: [agent, starter], comment: true, go: end}}}
  end: {final: true}
on:
  park: {by: agent, from: [waiting, open], form: order-reason, go: parked}
  withdraw: {by: [customer, agent], only-when: replies < 2, go: end}
"""
LATER = """
wait-for:
  wrote-again: {from: end, form: order-reply, when: not reply.automatic, notify: expert}
  rated: {from: end, by: [customer], form: order-rating}
"""
FORMS = {
    "order-rating": "required: [rating]\nproperties: {rating: {enum: [good, bad]}}",
    "order-reply": """
required: [text]
properties: {text: {type: string}, automatic: {type: boolean, default: false}}
""",
    "order-reason": "required: [why]\nproperties: {why: {type: string}}",
}


def waiting() -> Case:
    return Case(define(BODY, FORMS)).start()


def code(attempt: object, *arguments: object, **more: object) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)  # type: ignore[operator]
    return caught.value.code


def test_a_message_that_is_awaited_moves_the_case_and_brings_its_form() -> None:
    case = waiting().message("customer-replied", CUSTOMER, text="Here it is.")
    assert case.states == ("open",)
    assert case.here.data["reply"] == {"text": "Here it is.", "automatic": False}
    assert case.events("message-received") == [{"message": "customer-replied", "state": "waiting"}]


def test_what_comes_in_after_the_end_is_kept_where_the_process_hears_it_and_the_case_stays_ended() -> None:
    case = Case(define(BODY + LATER, FORMS)).start()
    assert code(case.message, "wrote-again", CUSTOMER, text="Hello?") == "not-waiting"
    case.trigger(ANN, "withdraw")
    case.message("wrote-again", CUSTOMER, text="Thank you.")
    assert [told["to"] for told in case.events("notified")] == ["role:expert"]
    case.message("rated", CUSTOMER, rating="good")
    assert (case.here.status, case.states) == ("completed", ("end",))
    assert case.here.data["reply"]["text"] == "Thank you." and case.here.data["rating"] == {"rating": "good"}
    assert code(case.message, "customer-replied", CUSTOMER, text="Once more.") == "not-waiting"


def test_an_ended_case_refuses_messages_where_the_process_hears_none() -> None:
    assert code(waiting().trigger(ANN, "withdraw").message, "customer-replied", CUSTOMER, text="Hello?") == "ended"


def test_a_message_whose_condition_does_not_hold_is_kept_and_the_case_stays() -> None:
    case = waiting().message("customer-replied", CUSTOMER, text="Away.", automatic=True)
    assert case.states == ("waiting",) and case.here.data["reply"]["automatic"] is True
    assert case.message("customer-replied", CUSTOMER, text="Back.").states == ("open",)


def test_a_message_without_go_can_come_again_and_again() -> None:
    case = waiting().message("noted").message("noted")
    assert case.here.variables == {"replies": 2} and case.states == ("waiting",)


def test_a_message_that_nobody_waits_for_is_refused_with_what_is_awaited() -> None:
    case = waiting()
    with pytest.raises(Rejected) as caught:
        case.message("customer-replies", CUSTOMER, text="x")
    assert caught.value.code == "not-waiting" and "did you mean 'customer-replied'" in caught.value.message
    case.do(ANN, "done") if case.here.tasks else case.trigger(CUSTOMER, "withdraw")
    assert code(case.message, "customer-replied", CUSTOMER, text="x") == "ended"


def test_a_customer_writes_only_into_their_own_case() -> None:
    assert code(waiting().message, "customer-replied", STRANGER, text="x") == "not-allowed"


def test_who_may_bring_a_message_can_be_said() -> None:
    case = waiting()
    assert code(case.message, "confirmed", ANN) == "not-allowed"
    assert code(case.message, "confirmed", CUSTOMER) == "not-allowed"
    assert case.message("confirmed", EVA).here.status == "completed"


def test_a_message_with_wrong_values_changes_nothing() -> None:
    case = waiting()
    before = case.here
    assert code(case.message, "customer-replied", CUSTOMER) == "invalid-values"
    assert case.here is before


def test_a_message_can_lead_back_into_the_same_state() -> None:
    case = waiting().message("customer-replied", CUSTOMER, text="one")
    first = case.task().id
    case.message("customer-replied", CUSTOMER, text="two")
    assert case.states == ("open",) and case.task().id != first


def test_a_move_from_anywhere_is_possible_only_in_the_states_it_names() -> None:
    case = waiting().trigger(ANN, "park", why="later")
    assert case.states == ("parked",) and case.here.data["reason"] == {"why": "later"}
    assert code(case.trigger, ANN, "park", why="again") == "not-now"


def test_a_move_from_anywhere_asks_for_its_role() -> None:
    case = waiting()
    assert code(case.trigger, CUSTOMER, "park", why="x") == "not-allowed"
    assert code(case.trigger, STRANGER, "withdraw") == "not-allowed"
    assert case.trigger(CUSTOMER, "withdraw").here.status == "completed"


def test_a_move_from_anywhere_is_offered_only_while_its_condition_holds() -> None:
    case = waiting().message("noted").message("noted")
    assert code(case.trigger, CUSTOMER, "withdraw") == "not-offered"


def test_a_move_from_anywhere_judges_its_form() -> None:
    assert code(waiting().trigger, ANN, "park") == "invalid-values"


def test_a_state_without_a_task_offers_its_moves_to_those_it_names() -> None:
    case = waiting().trigger(ANN, "park", why="later")
    assert code(case.trigger, EVA, "resume-work") == "not-allowed"
    assert case.trigger(ANN, "resume-work").states == ("open",)


def test_a_move_outside_a_task_can_ask_for_a_comment_and_be_kept_for_the_starter() -> None:
    case = waiting().trigger(ANN, "park", why="later")
    assert code(case.trigger, CUSTOMER, "drop") == "comment-needed"
    case.trigger(CUSTOMER, "drop", comment="No longer needed.")
    assert case.events("commented") == [{"text": "No longer needed."}] and case.here.status == "completed"


def test_a_move_that_does_not_exist_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(Rejected) as caught:
        waiting().trigger(CUSTOMER, "withdrow")
    assert caught.value.code == "no-such-move" and "did you mean 'withdraw'" in caught.value.message


def test_an_outcome_of_a_task_is_not_asked_for_outside_it() -> None:
    case = waiting().message("customer-replied", CUSTOMER, text="x")
    assert code(case.trigger, ANN, "done") == "no-such-move"


def test_nothing_can_be_asked_of_an_ended_case() -> None:
    case = waiting().trigger(CUSTOMER, "withdraw")
    assert code(case.trigger, CUSTOMER, "withdraw") == "ended"
