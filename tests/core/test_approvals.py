"""Several people decide: counted once each, bound to what they saw, never by whoever must not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import Notify
from engine.core.roster import Roster
from engine.core.step import step
from engine.errors import Rejected
from tests.builders import ANN, BEN, EVA, LEA, OLE, Case, define, files, problems_of, reread

BODY = """
start: {by: [agent], form: offer, go: draft}
states:
  draft: {task: {candidates: [agent]}, on: {propose: decision}}
  decision:
    approval:
      title: Approve {reference}
      by: RULE
      exclude: [draft]
      binds: [offer]
      due: 2bd
    on: {approved: sent, rejected: refused, changes-requested: draft}
  sent: {final: true}
  refused: {final: true}
wait-for:
  amended: {form: offer, by: agent}
"""
FORMS = {"offer": "properties: {price: {type: integer}}"}
ZOE = Actor("zoe", frozenset({"expert"}))
MAX = Actor("max", frozenset({"expert", "lead"}))


def case(rule: str = "{quorum: 2, of: [expert, lead]}", **more: Any) -> Case:
    one = Case(define(BODY.replace("RULE", rule), FORMS))
    one.roll["expert"] = {"eva", "zoe", "max"}
    one.roll["lead"] = {"lea", "max"}
    one.roll.update(more)
    return one.start(ANN, price=100).do(ANN, "propose")


def code(attempt: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)
    return caught.value.code


def happened(one: Case) -> list[str]:
    return [event.type for event in one.history]


def test_two_of_them_are_enough_and_the_case_moves_on() -> None:
    one = case().decide(EVA, "approve")
    assert one.here.states == ("decision",)
    assert one.decide(LEA, "approve").here.outcome == "sent"


def test_a_decision_asks_once_who_holds_each_role() -> None:
    one = case("{quorum: 2, of: [expert, lead], veto: [lead]}")
    asked: list[str] = []

    def roll(role: str) -> frozenset[str]:
        asked.append(role)
        return frozenset(one.roll[role])

    decision = c.Decide(at=one.now, actor=EVA, task=one.task().id, decision="approve")
    step(one.definition, one.here, decision, Roster(roll))
    assert sorted(asked) == ["expert", "lead"]


def test_somebody_with_both_roles_counts_once() -> None:
    one = case().decide(MAX, "approve")
    assert code(one.decide, MAX, "approve") == "already-decided"
    assert one.here.states == ("decision",)


def test_who_drafted_it_never_decides_whatever_roles_they_hold() -> None:
    one = case(lead={"lea", "ann"})
    assert code(one.decide, Actor("ann", frozenset({"agent", "lead"})), "approve") == "excluded"


def test_who_is_not_asked_does_not_decide_and_no_role_passes_by() -> None:
    one = case()
    for actor in (BEN, OLE, Actor("adam", frozenset({"admin"}))):
        assert code(one.decide, actor, "approve") == "not-allowed"


def test_the_role_at_the_moment_of_deciding_counts_and_is_recorded() -> None:
    one = case()
    one.roll["lead"] = {"max"}
    assert code(one.decide, LEA, "approve") == "not-allowed"
    one.decide(EVA, "approve")
    one.roll["expert"] = {"zoe"}  # Eva held it when she decided
    assert one.decide(ZOE, "approve").here.outcome == "sent"
    given = next(event for event in one.history if event.type == "decision-given")
    assert given.roles == ("expert",)


def test_a_refusal_needs_a_reason_and_refuses_as_soon_as_it_can_no_longer_pass() -> None:
    one = case("{quorum: 2, of: [lead, expert]}", expert={"eva"})
    with pytest.raises(Rejected) as caught:
        one.run(c.Decide(at=one.now, actor=EVA, task=next(iter(one.here.approvals)), decision="reject"))
    assert caught.value.code == "comment-needed"
    one.decide(EVA, "reject")
    assert one.here.states == ("decision",)
    assert one.decide(LEA, "reject").here.outcome == "refused"


def test_a_veto_refuses_alone() -> None:
    one = case("{majority: [expert, lead], veto: [lead]}")
    assert one.decide(LEA, "reject").here.outcome == "refused"


def test_asking_for_changes_ends_the_round_and_a_new_one_begins_afresh() -> None:
    one = case().decide(EVA, "approve").decide(LEA, "request-changes")
    assert one.here.states == ("draft",)
    one.do(ANN, "propose")
    assert next(iter(one.here.approvals.values())).ballots == ()
    assert one.decide(EVA, "approve").decide(LEA, "approve").here.outcome == "sent"


def test_rounds_are_counted_on_when_the_case_comes_back() -> None:
    one = case().decide(LEA, "request-changes").do(ANN, "propose")
    assert next(iter(one.here.approvals.values())).round == 2
    one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": 120}))
    one.decide(LEA, "request-changes").do(ANN, "propose")
    assert next(iter(one.here.approvals.values())).round == 4 and reread(one.here) == one.here
    rounds = [event.body["round"] for event in one.history if event.type in ("approval-opened", "approval-voided")]
    assert rounds == [1, 2, 3, 4]


def test_what_is_changed_after_one_of_two_has_approved_voids_it_and_asks_again() -> None:
    one = case().decide(EVA, "approve")
    seen = next(iter(one.here.approvals.values())).content
    one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": 120}))
    approval = next(iter(one.here.approvals.values()))
    assert (approval.round, approval.ballots) == (2, ())
    assert "approval-voided" in happened(one)
    assert code(one.decide, LEA, "approve", content=seen) == "content-changed"
    assert one.decide(LEA, "approve", content=approval.content).decide(EVA, "approve").here.outcome == "sent"


def test_the_same_values_again_void_nothing() -> None:
    one = case().decide(EVA, "approve")
    one.run(c.Correlate(at=one.now, actor=ANN, message="amended", values={"price": 100}))
    assert len(next(iter(one.here.approvals.values())).ballots) == 1


def test_too_few_who_may_decide_are_told_at_once_and_asked_again_when_there_are_enough() -> None:
    one = case(expert={"eva"}, lead=set())
    incident = next(iter(one.here.incidents.values()))
    assert "Too few people" in incident.message
    (notice,) = one.events("notified")
    assert (notice["to"], notice["say"]) == ("role:owner", incident.message)
    (told,) = (effect for effect in one.last.effects if isinstance(effect, Notify))
    assert told.to == "role:owner" and not told.urgent
    resolve = c.ResolveIncident(at=one.now, actor=OLE, incident=incident.id, action="retry", reason="Lea is back")
    assert code(one.run, resolve) == "still-stuck"
    one.roll["lead"] = {"lea"}
    one.run(resolve)
    assert one.decide(EVA, "approve").decide(LEA, "approve").here.outcome == "sent"


def test_a_recusal_that_leaves_too_few_tells_the_owner() -> None:
    one = case(expert={"eva"}, lead={"lea"}).decide(EVA, "recuse")
    assert len(one.here.incidents) == 1


def test_a_deputy_decides_once_on_behalf_and_both_are_named() -> None:
    one = case()
    task = next(iter(one.here.approvals))
    one.run(c.Delegate(at=one.now, actor=EVA, task=task, to="ben", to_roles=frozenset({"agent"})))
    assert code(one.decide, BEN, "approve", on_behalf_of="zoe") == "not-allowed"
    one.decide(BEN, "approve", on_behalf_of="eva")
    assert code(one.decide, EVA, "approve") == "already-decided"
    given = next(event for event in one.history if event.type == "decision-given")
    assert (given.actor, given.on_behalf_of) == ("ben", "eva")


def test_nobody_makes_somebody_their_deputy_who_is_excluded() -> None:
    one = case()
    ask = c.Delegate(
        at=one.now, actor=EVA, task=next(iter(one.here.approvals)), to="ann", to_roles=frozenset({"agent"})
    )
    assert code(one.run, ask) == "excluded"


def test_nobody_makes_somebody_their_deputy_who_only_reads() -> None:
    one, auditor = case(), Actor("vera", frozenset({"auditor"}), "reader")
    ask = c.Delegate(at=one.now, actor=EVA, task=next(iter(one.here.approvals)), **c.named(auditor))
    assert code(one.run, ask) == "only-reads"


def test_a_sequence_asks_one_after_the_other() -> None:
    one = case("{sequential: [lead, expert]}")
    assert code(one.decide, EVA, "approve") == "not-yet"
    assert one.task().candidates == ("lead",)
    one.decide(LEA, "approve")
    assert one.task().candidates == ("expert",)
    assert one.decide(EVA, "approve").here.outcome == "sent"


def test_the_password_is_asked_for_where_the_process_says_so() -> None:
    one = case("{any: [lead], reauthenticate: true}")
    assert code(one.decide, LEA, "approve") == "reauthenticate"
    assert one.decide(LEA, "approve", reauthenticated=True).here.outcome == "sent"


def test_an_approval_is_not_claimed_and_not_completed() -> None:
    one = case()
    task = next(iter(one.here.approvals))
    assert code(one.run, c.Claim(at=one.now, actor=EVA, task=task)) == "is-approval"
    assert code(one.run, c.Complete(at=one.now, actor=EVA, task=task, outcome="approved")) == "is-approval"


def test_the_snapshot_carries_an_approval_unchanged() -> None:
    here = case().decide(EVA, "approve").here
    assert reread(here) == here


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{quorum: 2}", "missing-word"),
        ("{any: [expert], all: [lead]}", "missing-word"),
        ("{any: [exprt]}", "unknown-role"),
        ("{any: [lead], of: [expert]}", "wrong-shape"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told(rule: str, expected: str) -> None:
    forms = {"offer": "required: [price]\nproperties: {price: {type: integer}}"}
    assert expected in {problem.code for problem in problems_of(files(BODY.replace("RULE", rule), forms))}


def test_an_approval_that_binds_nothing_is_told() -> None:
    body = BODY.replace("RULE", "{any: [lead]}").replace("      binds: [offer]\n", "")
    assert "approval-binds-nothing" in {problem.code for problem in problems_of(files(body, FORMS))}


def test_a_yes_needs_a_reason_too_where_the_process_asks_for_it() -> None:
    body = """
    start: {by: customer, form: order-offer, go: board}
    states:
      board:
        approval: {by: {any: [lead, owner]}, binds: [offer], comment: true}
        on: {approved: end, rejected: end}
      end: {final: true}
    """
    forms = {"order-offer": "properties: {price: {title: Price, type: integer}}\n"}
    case = Case(define(body, forms)).start(price=3)
    with pytest.raises(Rejected) as caught:
        case.decide(LEA, "approve")
    assert caught.value.code == "comment-needed"
    assert case.decide(LEA, "approve", comment="It is worth it").here.status == "completed"


def by_authors(rule: str = "{quorum: 2, of: [expert, lead]}") -> Case:
    """As `case`, but whoever wrote what is decided about is left out, whichever way they came to write it."""
    one = Case(define(BODY.replace("exclude: [draft]", "exclude: [authors]").replace("RULE", rule), FORMS))
    one.roll["expert"] = {"ann", "ben", "eva", "zoe"}
    one.roll["lead"] = {"lea"}
    return one.start(ANN, price=100).do(BEN, "propose")


ANN_TOO = Actor("ann", frozenset({"agent", "expert"}))
BEN_TOO = Actor("ben", frozenset({"agent", "expert"}))


def test_who_filled_in_what_is_decided_about_does_not_approve_it() -> None:
    one = by_authors()
    assert code(one.decide, ANN_TOO, "approve") == "excluded"
    assert one.task().excluded == ("ann",)
    assert one.decide(BEN_TOO, "approve").here.approvals, "who only handed it in has written nothing"


def test_who_changes_it_by_a_message_while_it_is_decided_is_left_out_from_then_on() -> None:
    one = by_authors().message("amended", BEN, price=90)
    assert code(one.decide, BEN_TOO, "approve") == "excluded"
    assert one.task().excluded == ("ann", "ben")
    assert one.decide(EVA, "approve").decide(LEA, "approve").here.outcome == "sent"


def test_the_authors_of_every_earlier_version_stay_left_out() -> None:
    one = by_authors().message("amended", BEN, price=90).decide(EVA, "request-changes").do(ANN, "propose")
    assert one.task().excluded == ("ann", "ben")
    assert reread(one.here).authors == one.here.authors


def test_a_deputy_and_the_one_they_write_for_are_both_authors() -> None:
    one = by_authors()
    deputy = Actor("max", frozenset({"expert"}), stands_in={"ben": frozenset({"agent"})})
    one.message("amended", deputy, price=80)
    assert one.task().excluded == ("ann", "ben", "max")


def test_who_must_not_decide_is_not_asked_again_in_a_later_round() -> None:
    one = case().decide(EVA, "recuse", "My brother.").decide(ZOE, "request-changes").do(ANN, "propose")
    assert one.task().excluded == ("ann", "eva")
    with pytest.raises(Rejected) as caught:
        one.decide(EVA, "approve")
    assert caught.value.message == (
        "Expected somebody else to decide: eva has said in an earlier round that they must not decide"
    )
    assert reread(one.here).recused == (("decision", "eva"),)
    one.message("amended", ANN, price=7)
    assert code(one.decide, EVA, "approve") == "excluded"
    assert one.decide(ZOE, "approve").decide(LEA, "approve").here.outcome == "sent"


def test_who_abstained_is_asked_again_in_the_next_round() -> None:
    one = case().decide(EVA, "abstain").decide(ZOE, "request-changes").do(ANN, "propose")
    assert one.decide(EVA, "approve").decide(LEA, "approve").here.outcome == "sent"
