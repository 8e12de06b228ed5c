"""Which decision an act of a sample story means, when a case asks for several."""

from __future__ import annotations

import pytest

from engine.demo.meant import approval_meant
from engine.errors import Rejected
from tests.builders import ANN, LEA, Case, define

BODY = """
start: {by: agent, go: open}
tasks:
  letter:
    title: Write
    candidates: [agent]
    on: {give-up: {needs: lead, go: gone}}
states:
  open:
    open: letter
    task: {title: Look, candidates: [agent]}
    on: {finish: closed}
  closed: {final: closed}
  gone: {final: gone}
on:
  drop: {by: agent, needs: lead, go: gone}
"""


def test_the_confirmation_is_that_of_the_move_that_is_named_wherever_the_move_belongs() -> None:
    one = Case(define(BODY)).start(ANN).trigger(ANN, "drop").do(ANN, "give-up", "letter")
    titles = {
        move: approval_meant(one.definition, one.here, LEA, move).title.partition(" (")[0]
        for move in ("drop", "give-up")
    }
    assert titles == {"drop": "Drop", "give-up": "Give up"}
    with pytest.raises(Rejected):
        approval_meant(one.definition, one.here, LEA, "finish")
