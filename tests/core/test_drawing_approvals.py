"""An approval in a picture: its shape, its rules in words, what it is about and who takes no part."""

from __future__ import annotations

from engine.core.drawing import as_dot, as_mermaid, picture_of
from engine.core.drawing.picture import Node
from tests.builders import define

BODY = """
start: {by: [agent], form: offer, go: draft}
states:
  draft: {task: {candidates: [agent]}, on: {propose: decision}}
  decision:
    approval:
      by:
        - {when: offer.price > 100, quorum: 2, of: [lead, expert], veto: [lead]}
        - {when: offer.price > 50, majority: [lead, expert], at-least: 2}
        - {when: offer.price > 20, sequential: [lead, expert]}
        - {when: offer.price > 10, all: [lead, expert]}
        - {else: {any: [lead]}}
      exclude: [draft]
      binds: [offer]
      due: 2bd
    on: {approved: sent, rejected: refused}
  sent: {final: true}
  refused: {final: true}
"""
FORMS = {"offer": "required: [price]\nproperties: {price: {type: integer}}"}


def node(language: str = "en") -> Node:
    picture = picture_of(define(BODY, FORMS), language)
    return next(node for node in picture.nodes if node.id == "decision")


def test_an_approval_says_its_rules_in_words() -> None:
    assert node().shape == "approval"
    assert node().lines == (
        "if “Price” is more than 100: 2 of lead, expert, may refuse alone: lead",
        "if “Price” is more than 50: more than half of lead, expert, at least 2",
        "if “Price” is more than 20: one after the other: lead, expert",
        "if “Price” is more than 10: each of lead, expert",
        "else: one of lead",
        "about: “offer”",
        "not: “Draft”",
        "due: 2 working days",
    )
    assert "sonst: eine Person von lead" in node("de").lines


def test_both_notations_have_a_shape_of_their_own_for_it() -> None:
    picture = picture_of(define(BODY, FORMS))
    assert "diagonals" in as_dot(picture) and 'class="state approval"' in as_dot(picture)
    assert 's_decision{{"' in as_mermaid(picture)


def test_a_move_says_who_else_has_to_agree() -> None:
    body = """
start: {by: [agent], go: open}
states:
  open:
    task: {candidates: [agent]}
    on: {close: {needs: lead, go: closed}, sell: {needs: {quorum: 2, of: [lead, expert], veto: [lead]}, go: sold}}
  closed: {final: true}
  sold: {final: true}
on:
  drop: {by: [agent], needs: [lead, expert], go: closed}
"""
    picture = picture_of(define(body))
    said = {way.words: way.guard for edge in picture.edges for way in edge.ways}
    assert said["Close"] == "second person: lead"
    assert said["Sell"] == "confirmed by 2 of lead, expert, may refuse alone: lead"
    rows = next(node.ways for node in picture.nodes if node.shape == "note")
    assert rows[0].guard == "agent, second person: lead or expert"
    german = {way.words: way.guard for edge in picture_of(define(body), "de").edges for way in edge.ways}
    assert german["Close"] == "zweite Person: lead"
