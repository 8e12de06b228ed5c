"""Why a choice is not open: one sentence, and the right one."""

from __future__ import annotations

from flask import Flask

from engine.core.actors import Actor
from engine.core.draft import Draft
from engine.core.drawing.wording import Wording
from tests.builders import ANN, BEN, LEA, Case, define
from web.hints import why_not

BODY = """
start: {by: customer, go: first}
variables: {rounds: 0}
people: {handler: first}
states:
  first: {task: {candidates: [agent]}, on: {done: second}}
  second:
    task: {candidates: [agent]}
    on:
      release: {by: [lead, owner], only-when: rounds > 0, go: end}
      read: {exclude: [handler], go: end}
      repeat: {only-when: rounds > 0, go: end}
  end: {final: true}
"""


def test_each_choice_says_what_keeps_whoever_asks_from_it(app: Flask) -> None:
    case = Case(define(BODY)).start().do(ANN, "done")

    def said(who: Actor) -> list[str]:
        draft, moves = Draft(case.definition, case.here, who, case.now), case.definition.states["second"].on
        with app.test_request_context(headers={"Accept-Language": "en"}):
            return [why_not(draft, case.task().token, move, Wording("en")) for move in moves.values()]

    not_now = "Not now: only if rounds > 0."
    assert said(ANN) == [
        "Only for lead or owner.",
        "Not by you: you have had a part in this case already (four eyes).",
        not_now,
    ]
    assert said(BEN) == ["Only for lead or owner.", "", not_now]
    assert said(LEA) == [not_now, "", not_now]
