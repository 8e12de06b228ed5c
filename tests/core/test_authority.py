"""Who may do what: judged when somebody acts, denied unless something allows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.authority import open_to
from engine.core.draft import Draft
from engine.errors import Rejected
from engine.telling.sentences import Teller
from tests.builders import ANN, BEN, CUSTOMER, EVA, LEA, OLE, STRANGER, VERA, Case, define

BODY = """
start: {by: [customer, agent], form: order, go: draft}
people: {author: draft, checker: check}
states:
  draft: {task: {candidates: [agent, expert]}, on: {hand-in: check}}
  check:
    task: {candidates: [agent, expert, lead], exclude: EXCLUDE}
    on: {approve: end, back: draft}
  end: {final: true}
on:
  ask: {by: author, set: {asked: asked + 1}}
variables: {asked: 0}
"""
FORMS = {
    "order": """
properties:
  about: {type: string, format: person}
  witnesses: {type: array, items: {type: string, format: person}}
"""
}


def case(exclude: str = "[author]", **values: object) -> Case:
    return Case(define(BODY.replace("EXCLUDE", exclude), FORMS)).start(**values)


def code(attempt: object, *arguments: object, **more: object) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)  # type: ignore[operator]
    return caught.value.code


def test_a_case_is_started_only_by_the_roles_that_may() -> None:
    definition = define(BODY.replace("EXCLUDE", "[author]"), FORMS)
    assert code(Case(definition).start, EVA) == "not-allowed"
    assert code(Case(definition).start, OLE) == "not-allowed"
    assert Case(definition).start(CUSTOMER).here.starter == "cleo"


def test_no_role_passes_by_everything() -> None:
    one = case()
    for actor in (OLE, LEA, VERA, Actor("adam", frozenset({"admin"})), Actor("nobody")):
        assert code(one.claim, actor) == "not-allowed"
        assert code(one.do, actor, "hand-in") == "not-allowed"


def test_who_wrote_it_does_not_check_it() -> None:
    one = case().do(ANN, "hand-in")
    assert one.task().excluded == ("ann",)
    assert code(one.claim, ANN) == "excluded"
    assert code(one.do, ANN, "approve") == "excluded"
    assert one.do(BEN, "approve").here.status == "completed"


def test_four_eyes_hold_through_another_role_too() -> None:
    one = case().do(ANN, "hand-in")
    assert code(one.do, Actor("ann", frozenset({"lead", "owner"})), "approve") == "excluded"


def test_nobody_gives_the_task_to_who_is_excluded() -> None:
    one = case().do(ANN, "hand-in")
    assert code(one.assign, LEA, ANN) == "excluded"
    one.claim(BEN)
    assert code(one.delegate, BEN, ANN) == "excluded"


def test_a_deputy_counts_like_the_person_they_act_for() -> None:
    one = case().claim(ANN).delegate(ANN, EVA).do(EVA, "hand-in")
    assert one.task().excluded == ("ann", "eva")
    assert code(one.do, ANN, "approve") == "excluded"
    assert code(one.do, EVA, "approve") == "excluded"
    assert one.do(BEN, "approve").here.status == "completed"


def test_everybody_who_ever_did_the_work_is_excluded() -> None:
    one = case().do(ANN, "hand-in").do(BEN, "back").do(EVA, "hand-in")
    assert one.task().excluded == ("ann", "eva")
    assert code(one.do, ANN, "approve") == "excluded"


def test_a_state_excludes_whoever_did_its_task() -> None:
    one = case("[draft]").do(ANN, "hand-in")
    assert code(one.do, ANN, "approve") == "excluded"


def test_the_starter_can_be_excluded() -> None:
    one = Case(define(BODY.replace("EXCLUDE", "starter"), FORMS)).start(ANN).do(BEN, "hand-in")
    assert code(one.do, ANN, "approve") == "excluded"
    assert one.do(BEN, "approve").here.status == "completed"


def test_people_named_in_a_form_can_be_excluded() -> None:
    one = case("[order.about, order.witnesses]", about="ann", witnesses=["ben"]).do(ANN, "hand-in")
    assert one.task().excluded == ("ann", "ben")
    assert code(one.do, BEN, "approve") == "excluded"
    assert one.do(EVA, "approve").here.status == "completed"


def test_a_form_that_names_nobody_excludes_nobody() -> None:
    assert case("[order.about]").do(ANN, "hand-in").do(ANN, "approve").here.status == "completed"


def test_who_became_excluded_after_claiming_cannot_complete() -> None:
    one = case("[order.about]").do(ANN, "hand-in").claim(BEN)
    one.instance = replace(one.here, data={"order": {"about": "ben"}})
    assert code(one.do, BEN, "approve") == "excluded"


def test_a_name_of_people_allows_the_person_and_nobody_else() -> None:
    one = case()
    assert code(one.trigger, ANN, "ask") == "not-allowed"
    one.claim(ANN)
    assert code(one.trigger, BEN, "ask") == "not-allowed"
    assert one.trigger(ANN, "ask").here.variables == {"asked": 1}


def test_the_history_keeps_the_roles_that_were_held_when_acting() -> None:
    one = case().do(ANN, "hand-in")
    done = next(event for event in one.history if event.type == "task-completed")
    assert (done.actor, done.roles, done.via) == ("ann", ("agent",), "cli")


def test_a_customer_counts_as_one_in_their_own_case_alone() -> None:
    body = """
    start: {by: customer, go: open}
    states:
      open: {task: {candidates: [customer]}, on: {done: end}}
      end: {final: true}
    """
    one = Case(define(body)).start(CUSTOMER)
    assert code(one.do, STRANGER, "done") == "not-allowed"
    assert one.do(CUSTOMER, "done").here.status == "completed"


def test_comments_come_from_staff_and_from_the_customer_of_the_case() -> None:
    one = case()
    for actor in (ANN, VERA, CUSTOMER):
        one.run(c.Comment(at=one.now, actor=actor, text=" Looked at it. "))
        assert one.events("commented") == [{"text": "Looked at it."}]
    assert code(one.run, c.Comment(at=one.now, actor=STRANGER, text="Me too.")) == "not-allowed"
    assert code(one.run, c.Comment(at=one.now, actor=Actor("nobody"), text="x")) == "not-allowed"
    assert code(one.run, c.Comment(at=one.now, actor=ANN, text="  ")) == "invalid-values"


def test_files_are_attached_by_staff_and_by_the_customer_of_the_case() -> None:
    one = case()
    file = {"name": "a.pdf", "type": "application/pdf", "size": 3, "sha256": "ab"}
    one.run(c.Attach(at=one.now, actor=CUSTOMER, file=file, note="the bill"))
    assert one.events("file-attached") == [{"file": file, "note": "the bill"}]
    assert code(one.run, c.Attach(at=one.now, actor=STRANGER, file=file)) == "not-allowed"


def test_who_has_lost_the_role_since_claiming_may_not_complete() -> None:
    one = case()
    one.claim(ANN)
    assert code(one.do, Actor("ann", frozenset({"visitor"})), "hand-in") == "not-allowed"


NAMED = """
start: {by: [agent], form: order, go: draft}
states:
  draft: {task: {candidates: [expert], assignee: order.about, exclude: [starter]}, on: {done: end}}
  end: {final: true}
"""


def test_to_be_named_in_a_form_gives_nobody_a_right() -> None:
    # As another system's past has it; to a person who fills in the form it is refused at the field.
    importing = Actor(ANN.id, ANN.roles, via="import")
    for outsider in (CUSTOMER.id, "nobody-at-all", BEN.id):
        one = Case(define(NAMED, FORMS)).start(importing, about=outsider)
        assert (one.task().assignee, one.task().status) == ("", "open")
    assert one.events("assignee-passed-over") == [
        {"task": one.task().id, "state": "draft", "person": "ben", "roles": ["expert"]}
    ]
    assert code(one.do, BEN, "done") == "not-allowed"
    assert Case(define(NAMED, FORMS)).start(ANN, about=EVA.id).task().assignee == EVA.id


def test_a_task_that_nobody_may_do_is_told_at_once_until_somebody_may() -> None:
    one = Case(define(NAMED, FORMS))
    one.roll["expert"] = {"ann"}
    one.start(ANN)
    (incident,) = one.here.incidents.values()
    assert incident.message == "Nobody may do 'Draft': it asks for expert, and ann already had a part in this case"
    (notice,) = one.events("notified")
    assert (notice["to"], notice["say"]) == ("role:owner", incident.message)
    assert notice["says"]["de"].startswith("Niemand darf „Draft“ tun: Gefragt ist expert")
    assert code(one.resolve, OLE, "retry") == "still-stuck"
    one.roll["expert"] = {"ann", "eva"}
    assert not one.resolve(OLE, "retry").here.incidents
    assert one.do(EVA, "done").here.status == "completed"


def test_that_nobody_could_do_it_is_over_once_somebody_has() -> None:
    one = Case(define(NAMED, FORMS))
    one.roll["expert"] = {"ann"}
    one.start(ANN)
    assert len(one.here.incidents) == 1
    one.resolve(OLE, "dismiss")
    assert one.resolve(OLE, "reopen").here.incidents
    one.resolve(OLE, "dismiss").do(EVA, "done")
    assert not one.here.incidents and code(one.resolve, OLE, "reopen") == "not-now"


HEAD_MOVES = """
start: {by: [agent, customer], form: order, go: draft}
states:
  draft:
    task: {candidates: [agent, expert]}
    on: {hand-in: {exclude: [order.about], go: waiting}, note: draft}
  waiting:
    wait-for: {answered: {exclude: [starter], go: draft}}
    on: {give-up: {by: [agent], exclude: [order.about], go: end}}
  end: {final: {outcome: done, reopen: {by: [agent], exclude: [order.about], go: draft}}}
on:
  withdraw: {by: [agent, customer], exclude: [order.about, draft], go: end}
wait-for:
  called: {by: [agent], exclude: [order.witnesses]}
"""


def asked(about: str = "ann", **more: object) -> Case:
    return Case(define(HEAD_MOVES, FORMS)).start(BEN, about=about, **more)


def test_whom_a_move_excludes_cannot_ask_for_it_wherever_it_stands() -> None:
    one = asked()
    with pytest.raises(Rejected) as caught:
        one.trigger(ANN, "withdraw")
    assert caught.value.code == "excluded"
    assert caught.value.message == "Expected somebody else to ask for 'withdraw': ann already has a part in this case"
    assert code(one.do, ANN, "hand-in") == "excluded"
    assert one.offered(ANN) == ["note"] and one.offered(BEN) == ["hand-in", "note"]
    one.do(BEN, "hand-in")
    assert code(one.trigger, ANN, "give-up") == "excluded"
    one.trigger(Actor("bea", frozenset({"agent"})), "withdraw")
    assert code(one.reopen, ANN, "again") == "excluded"
    assert one.reopen(BEN, "again").states == ("draft",)


def test_a_deed_excludes_from_a_move_as_it_does_from_a_task() -> None:
    one = asked("").do(BEN, "note")
    assert code(one.trigger, BEN, "withdraw") == "excluded"
    assert one.trigger(ANN, "withdraw").here.status == "completed"


def test_whom_a_message_excludes_does_not_bring_it() -> None:
    one = asked("", witnesses=["ann"])
    assert code(one.message, "called", ANN) == "excluded"
    assert one.message("called", BEN).events("message-received")
    one.do(BEN, "hand-in")
    assert code(one.message, "answered", BEN) == "excluded"
    assert one.message("answered", ANN).states == ("draft",)


def test_nobody_asks_on_behalf_of_somebody_who_is_excluded() -> None:
    one = asked()
    deputy = Actor("eva", frozenset({"expert"}), stands_in={"ann": frozenset({"agent"})})
    assert code(one.trigger, deputy, "withdraw") == "excluded"
    other = Actor("eva", frozenset({"expert"}), stands_in={"ann": frozenset({"agent"}), "ben": frozenset({"agent"})})
    one.trigger(other, "withdraw")
    assert one.history[-1].on_behalf_of == "ben"


def test_a_move_is_open_to_those_who_may_ask_for_it_and_to_nobody_else() -> None:
    one = asked()
    move = one.definition.anywhere["withdraw"]
    deputy = Actor("eva", frozenset({"expert"}), stands_in={"ann": frozenset({"agent"})})
    able = {
        who.id: open_to(Draft(one.definition, one.here, who, one.now), "0", move)
        for who in (ANN, BEN, LEA, CUSTOMER, deputy)
    }
    assert able == {"ann": False, "ben": True, "lea": False, "cleo": False, "eva": False}


def test_that_whoever_was_named_is_left_out_is_in_the_history_with_the_reason() -> None:
    one = Case(define(NAMED, FORMS))
    one.roll["expert"] = {"ann", "eva"}
    one.start(Actor(ANN.id, ANN.roles, via="import"), about="ann")
    assert one.task().assignee == ""
    (body,) = one.events("assignee-passed-over")
    assert (body["person"], body["excluded"]) == ("ann", ["starter"])
    told = Teller(one.definition, "Europe/Berlin")
    said = [line for event in one.history for line in told.tell(event) if "meant for" in line]
    assert said == ["'Draft' was meant for ann, who already had a part in this case (four eyes: starter)"]


def test_of_a_task_that_goes_to_whom_it_was_meant_for_nothing_is_said() -> None:
    one = Case(define(NAMED, FORMS)).start(ANN, about="eva")
    assert one.events("assignee-passed-over") == []
    assert Case(define(NAMED, FORMS)).start(ANN).events("assignee-passed-over") == []
