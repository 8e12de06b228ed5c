"""What could not be delivered is an incident of its case, also of one that has ended."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.actors import SYSTEM, Actor
from engine.core.effects import GiveUpParcel, ResendParcel
from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, LEA, OLE, Case, define

BODY = """
customer: {email: "'lena@example.org'"}
start: {by: [customer, agent], go: open}
states:
  open: {task: {candidates: [agent]}, on: {leave: {send: hello, go: end}}}
  end: {final: resolved}
"""


def ended() -> Case:
    return Case(define(BODY, messages={"hello": "Hello | Dear customer"})).start(CUSTOMER).do(ANN, "leave")


def given_up(case: Case, actor: Actor = SYSTEM) -> Case:
    message = case.history[-2].body["message"]
    case.run(c.GiveUp(at=case.now, actor=actor, parcel=message, to="lena@example.org", about="Hello", error="550 No"))
    return case


def test_it_says_to_whom_what_about_and_why_and_the_outbox_row_is_settled_with_it() -> None:
    case = given_up(ended())
    (incident,) = case.here.incidents.values()
    assert incident.message == "Expected to deliver “Hello” to lena@example.org, but: 550 No"
    assert [event.type for event in case.history[-2:]] == ["delivery-failed", "incident-raised"]
    assert case.last is not None and case.last.effects == (GiveUpParcel(case.history[-2].body["message"], "550 No"),)
    assert case.here.status == "completed"


def test_only_the_worker_gives_up() -> None:
    with pytest.raises(Rejected) as refused:
        given_up(ended(), LEA)
    assert refused.value.code == "not-allowed"


@pytest.mark.parametrize(("action", "again"), [("retry", True), ("dismiss", False)])
def test_whoever_oversees_the_process_has_it_tried_again_or_lets_it_go(action: str, again: bool) -> None:
    case = given_up(ended())
    (incident,) = case.here.incidents.values()
    solved = c.ResolveIncident(at=case.now, actor=OLE, incident=incident.id, action=action, reason="Mended")
    case.run(solved)
    assert case.last is not None and not case.here.incidents
    assert any(isinstance(effect, ResendParcel) for effect in case.last.effects) == again


def test_who_does_not_oversee_the_process_cannot_and_values_change_nothing_here() -> None:
    case = given_up(ended())
    (incident,) = case.here.incidents.values()
    for actor, values, code in ((ANN, None, "not-allowed"), (OLE, {"a": 1}, "invalid-values")):
        asked = c.ResolveIncident(
            at=case.now, actor=actor, incident=incident.id, action="retry", reason="x", values=values
        )
        with pytest.raises(Rejected) as refused:
            case.run(asked)
        assert refused.value.code == code
