"""Somebody stands in for a person who is away: on their behalf, counted as one, and never past four eyes."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor, actor_from, plain_actor
from engine.core.approvals import decides_for
from engine.core.draft import Draft
from engine.core.step import step
from engine.errors import Rejected
from tests.builders import ANN, BEN, EVA, LEA, OLE, Case, define

BODY = """
start: {by: agent, form: order, go: open}
people: {handler: [open]}
states:
  open:
    task: {title: Work, candidates: [expert, lead]}
    on:
      propose: check
      settle: {by: lead, go: check}
      mine: {by: handler, go: check}
      drop: {needs: lead, go: gone}
  check:
    task: {title: Check, candidates: [lead, owner], exclude: [open]}
    on: {ask: decision}
  decision:
    approval: {title: Decide, by: RULE, exclude: [check], binds: order}
    on: {approved: gone, rejected: open}
  gone: {final: {outcome: gone, reopen: {by: lead, go: open}}}
on:
  hurry: {by: lead, milestone: hurried}
wait-for:
  called: {by: lead}
"""
FORMS = {"order": "properties: {size: {type: integer}}"}
LEO = Actor("leo", frozenset({"lead"}))


def deputy(who: Actor = BEN, **absent: str) -> Actor:
    """The same person, standing in for others: `lea="lead"`."""
    stands_in = {person: frozenset(roles.split()) for person, roles in absent.items()}
    return Actor(who.id, who.roles, who.kind, who.via, stands_in)


def case(rule: str = "{quorum: 2, of: [lead, expert]}", starter: Actor = ANN) -> Case:
    one = Case(define(BODY.replace("RULE", rule), FORMS))
    one.roll["lead"] = {"lea", "leo"}
    return one.start(starter, size=1)


def refused(attempt: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)
    return caught.value.code


def last(one: Case, type: str) -> Any:
    assert one.last is not None
    return next(event for event in one.last.events if event.type == type)


def test_a_deputy_completes_a_task_on_behalf_of_the_one_who_holds_the_role() -> None:
    one = case()
    assert refused(one.do, BEN, "propose") == "not-allowed"
    one.do(deputy(lea="lead"), "propose")
    done = last(one, "task-completed")
    assert (done.actor, done.on_behalf_of, done.roles) == ("ben", "lea", ("lead",))
    assert one.here.doers == (("open", "ben"), ("open", "lea"))


def test_who_holds_the_role_acts_for_themselves_whomever_they_stand_in_for() -> None:
    one = case().do(deputy(EVA, lea="lead"), "propose")
    assert last(one, "task-completed").on_behalf_of == ""
    assert one.here.doers == (("open", "eva"),)


def test_a_deputy_for_another_role_may_nothing_here() -> None:
    one = case()
    assert refused(one.do, deputy(lea="owner"), "propose") == "not-allowed"
    assert refused(one.do, deputy(cleo="customer"), "propose") == "not-allowed"


def test_four_eyes_hold_for_both() -> None:
    one = case().do(deputy(lea="lead"), "propose")
    assert refused(one.do, Actor("ben", frozenset({"lead"})), "ask") == "excluded"
    assert refused(one.do, LEA, "ask") == "excluded"
    assert refused(one.do, deputy(EVA, lea="lead"), "ask") == "excluded"
    assert refused(one.do, deputy(BEN, leo="lead"), "ask") == "excluded"
    one.do(deputy(EVA, lea="lead", leo="lead"), "ask")
    assert last(one, "task-completed").on_behalf_of == "leo"


def test_what_a_person_holds_is_done_by_their_deputy_and_theirs_again_afterwards() -> None:
    one = case().claim(LEA)
    assert refused(one.do, BEN, "propose") == "claimed-by-other"
    assert refused(one.do, deputy(leo="lead"), "propose") == "claimed-by-other"
    one.run(c.SaveDraft(at=one.now, actor=deputy(lea="lead"), task=one.task().id, values={}))
    assert one.task().assignee == "lea"
    assert refused(one.do, BEN, "propose") == "claimed-by-other"
    one.do(deputy(lea="lead"), "propose")
    assert last(one, "task-completed").on_behalf_of == "lea"


def test_what_a_deputy_takes_belongs_to_the_one_who_is_away() -> None:
    one = case().claim(deputy(lea="lead"))
    taken = last(one, "task-claimed")
    assert (taken.actor, taken.on_behalf_of, one.task().assignee) == ("ben", "lea", "lea")
    assert refused(one.do, BEN, "propose") == "claimed-by-other"  # once Lea is back
    assert one.do(LEA, "propose").states == ("check",)


def test_a_deputy_gives_back_what_the_absent_person_holds() -> None:
    one = case().claim(LEA).release(deputy(lea="lead"))
    assert last(one, "task-released").on_behalf_of == "lea"
    assert one.task().assignee == ""


def test_a_deputy_of_a_deputy_is_none() -> None:
    one = case().claim(LEA).delegate(LEA, BEN)
    assert refused(one.do, deputy(EVA, ben="agent"), "propose") == "claimed-by-other"
    assert refused(one.do, deputy(EVA, ben="lead"), "propose") == "claimed-by-other"
    assert refused(one.delegate, deputy(EVA, lea="lead"), ANN) == "not-allowed"


def test_an_outcome_for_a_role_is_chosen_on_behalf_of_somebody_who_holds_it() -> None:
    one = case()
    assert refused(one.do, EVA, "settle") == "not-allowed"
    assert "settle" not in one.offered(EVA) and "settle" in one.offered(deputy(EVA, lea="lead"))
    one.do(deputy(EVA, lea="lead"), "settle")
    assert last(one, "task-completed").on_behalf_of == "lea"
    assert ("open", "lea") in one.here.doers


def test_an_outcome_for_whoever_did_something_is_their_deputys_only_in_their_own_task() -> None:
    one = case().claim(LEA)
    assert refused(one.do, deputy(EVA, leo="lead"), "mine") == "claimed-by-other"
    assert one.do(deputy(EVA, lea="lead"), "mine").states == ("check",)


def test_moves_and_messages_for_a_role_are_brought_on_behalf_of_it() -> None:
    one = case()
    assert refused(one.trigger, BEN, "hurry") == "not-allowed"
    one.trigger(deputy(lea="lead"), "hurry")
    assert last(one, "milestone-reached").on_behalf_of == "lea"
    one.message("called", deputy(lea="lead"))
    assert last(one, "message-received").on_behalf_of == "lea"


def test_who_stands_in_for_the_owner_oversees_the_process() -> None:
    one = case()
    assert refused(one.suspend, BEN) == "not-allowed"
    one.suspend(deputy(ole="owner"))
    assert last(one, "suspended").on_behalf_of == "ole"
    one.resume(deputy(ole="owner"))
    one.cancel(deputy(ole="owner"))
    assert last(one, "cancelled").roles == ("owner",)


def decided(rule: str = "{quorum: 2, of: [lead, expert]}") -> Case:
    one = case(rule).do(EVA, "propose").do(OLE, "ask")
    one.roll["expert"] = {"eva", "zoe"}
    return one


def test_a_decision_of_a_deputy_counts_as_the_one_of_the_person_who_is_away() -> None:
    one = decided().decide(deputy(lea="lead"), "approve")
    (ballot,) = next(iter(one.here.approvals.values())).ballots
    assert (ballot.person, ballot.by, ballot.roles) == ("lea", "ben", frozenset({"lead"}))
    given = last(one, "decision-given")
    assert (given.actor, given.on_behalf_of, given.roles) == ("ben", "lea", ("lead",))
    assert refused(one.decide, LEA, "approve") == "already-decided"
    assert refused(one.decide, deputy(leo="lead"), "approve") == "already-decided"
    assert one.decide(LEO, "approve").here.outcome == "gone"


def test_a_deputy_says_for_whom_or_decides_for_the_first_who_can_be_counted() -> None:
    both = deputy(lea="lead", leo="lead")
    one = decided().decide(LEA, "approve").decide(both, "approve")
    assert one.here.outcome == "gone" and last(one, "decision-given").on_behalf_of == "leo"
    one = decided().decide(both, "approve", on_behalf_of="leo")
    assert last(one, "decision-given").on_behalf_of == "leo"
    assert refused(decided().decide, both, "approve", on_behalf_of="eva") == "not-allowed"


def of(one: Case, who: Actor) -> tuple[str, ...]:
    """For whom somebody may decide in the open approval; that they may is tried."""
    task = next(iter(one.here.approvals))
    mine = decides_for(Draft(one.definition, one.here, who, one.now, one.roster), task)
    for person in mine:
        step(one.definition, one.here, decision(one, who, task, person), one.roster)
    if mine:
        meant = step(one.definition, one.here, decision(one, who, task, ""), one.roster)
        given = next(event for event in meant.events if event.type == "decision-given")
        assert (given.on_behalf_of or given.actor) == mine[0]
    return mine


def decision(one: Case, who: Actor, task: str, person: str) -> c.Decide:
    behalf = person if person != who.id else ""
    return c.Decide(at=one.now, actor=who, task=task, decision="abstain", comment="because", on_behalf_of=behalf)


def test_for_whom_somebody_may_decide_is_known_beforehand() -> None:
    one = decided()
    assert of(one, LEA) == ("lea",)
    assert of(one, BEN) == ()
    assert of(one, deputy(lea="lead", leo="lead")) == ("lea", "leo")
    assert of(one, deputy(LEO, lea="lead")) == ("leo", "lea")
    assert of(one, deputy(BEN, eva="expert")) == ("eva",)  # what she proposed, another has checked
    one.decide(LEA, "approve")
    assert of(one, LEA) == () and of(one, deputy(LEA, leo="lead")) == ()
    assert of(one, deputy(lea="lead", leo="lead")) == ("leo",)


def test_who_was_named_deputy_for_one_approval_decides_for_the_one_who_named_them() -> None:
    one = decided().delegate(LEA, BEN)
    assert of(one, BEN) == ("lea",)
    assert of(one, deputy(BEN, leo="lead")) == ("lea", "leo")
    one.decide(BEN, "approve")
    assert last(one, "decision-given").on_behalf_of == "lea"


def test_whose_turn_it_is_not_yet_decides_for_the_one_whose_it_is() -> None:
    one = decided("{sequential: [lead, expert]}")
    one.roll["expert"] = {"zoe"}
    assert of(one, deputy(Actor("zoe", frozenset({"expert"})), lea="lead")) == ("lea",)


def test_nobody_decides_for_anybody_past_four_eyes() -> None:
    one = case("{any: [lead, owner]}").do(EVA, "propose").do(OLE, "ask")
    assert of(one, deputy(OLE, lea="lead")) == ()
    assert of(one, deputy(BEN, ole="owner")) == ()
    assert of(one, deputy(BEN, ole="owner", lea="lead")) == ("lea",)


def test_a_decider_who_also_stands_in_for_another_counts_once() -> None:
    one = decided().decide(deputy(LEO, lea="lead"), "approve")
    assert last(one, "decision-given").on_behalf_of == ""
    assert refused(one.decide, deputy(LEO, lea="lead"), "approve", on_behalf_of="lea") == "already-decided"


def test_a_deputy_never_decides_past_an_exclusion_of_either() -> None:
    one = case("{any: [lead, owner]}").do(EVA, "propose").do(OLE, "ask")
    assert refused(one.decide, deputy(BEN, ole="owner"), "approve") == "excluded"
    assert refused(one.decide, deputy(OLE, lea="lead"), "approve") == "excluded"
    assert one.decide(deputy(BEN, ole="owner", lea="lead"), "approve").here.outcome == "gone"


def test_a_deputy_for_one_role_decides_in_that_role_alone() -> None:
    one = decided("{all: [lead, expert]}")
    one.roll["expert"] = {"lea"}
    one.decide(deputy(lea="lead"), "approve")
    (ballot,) = next(iter(one.here.approvals.values())).ballots
    assert ballot.roles == frozenset({"lead"})


def test_what_somebody_asks_for_a_colleague_is_confirmed_by_neither() -> None:
    one = case()
    one.do(deputy(BEN, lea="lead"), "drop")
    assert one.here.approvals and next(iter(one.here.approvals.values())).askers == {"ben", "lea"}
    for who in (LEA, deputy(BEN, leo="lead"), deputy(EVA, lea="lead")):
        assert refused(one.decide, who, "approve") == "excluded"
    one.decide(LEO, "approve")
    assert one.here.outcome == "gone"
    moved = last(one, "moved")
    assert (moved.actor, moved.on_behalf_of, moved.roles) == ("ben", "lea", ("lead",))


def test_reopening_for_a_colleague_is_on_their_behalf() -> None:
    one = case().do(deputy(BEN, lea="lead"), "drop").decide(LEO, "approve")
    one.reopen(deputy(EVA, lea="lead"), comment="again")
    assert last(one, "reopened").on_behalf_of == "lea"


def test_an_actor_is_the_same_after_being_kept() -> None:
    for actor in (BEN, deputy(lea="lead owner", leo="lead")):
        assert actor_from(plain_actor(actor), actor.via) == actor
