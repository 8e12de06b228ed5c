"""The address of a customer's private page: who may have it mailed, and who may end it."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.effects import RevokeLinks
from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, STRANGER, Case, define

BODY = """
start: {by: [customer, agent], go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""
READER = Actor("aud", frozenset({"auditor"}), "reader")


def end(who: Actor) -> Case:
    case = Case(define(BODY)).start()
    case.run(c.EndPrivateAddress(at=case.now, actor=who))
    return case


def test_a_colleague_ends_it_and_the_history_says_so() -> None:
    case = end(ANN)
    assert (case.history[-1].type, case.history[-1].actor) == ("private-address-ended", "ann")
    assert case.last is not None and case.last.effects == (RevokeLinks("ann", case.now),)


@pytest.mark.parametrize(
    ("who", "code"),
    [(READER, "only-reads"), (CUSTOMER, "not-allowed"), (STRANGER, "not-allowed"), (Actor("nix"), "not-allowed")],
)
def test_nobody_else_ends_it(who: Actor, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        end(who)
    assert caught.value.code == code


def test_who_only_reads_has_none_mailed() -> None:
    case = Case(define(BODY)).start()
    with pytest.raises(Rejected) as caught:
        case.run(c.SendPrivateAddress(at=case.now, actor=READER))
    assert caught.value.code == "only-reads"
