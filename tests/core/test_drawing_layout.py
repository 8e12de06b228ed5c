"""How a picture is laid out: where lines break, which way arrows go, and what lies where."""

from __future__ import annotations

import re

import pytest

from engine.core.drawing import Picture, as_dot, picture_of
from engine.core.drawing.breaking import broken, even
from engine.core.drawing.picture import SOURCE
from tests.builders import define

LONG = "decision.remedy_due is set and default(decision.another_remedy_due, today) > intake.happened_on"
BODY = """
start: {by: [agent], form: order-intake, go: open}
states:
  open:
    task: {candidates: [agent]}
    on: {split: rows, ask: waiting}
  waiting: {wait-for: {answer-arrived: open}}
  rows:
    for-each: {row: intake.rows, as: row, start: one, go: checked}
  one: {task: {candidates: [agent]}, on: {done: join}}
  closed: {final: {outcome: closed, reopen: {by: [agent], within: 5d, go: checked}}}
  checked: {task: {candidates: [agent]}, on: {again: open, close: closed}}
  dropped: {final: dropped}
on:
  drop: {by: [agent], go: dropped}
"""
FORMS = {
    "order-intake": "required: [rows]\nproperties: {rows: {type: array, items: {type: object, required: [item], "
    "properties: {item: {type: string}}}}}"
}


def picture() -> Picture:
    return picture_of(define(BODY, FORMS))


def arrows(dot: str) -> set[tuple[str, str, bool]]:
    """From where to where Graphviz takes each arrow, and whether it is drawn the other way round."""
    found = re.findall(r'^  "(.+?)" -> "(.+?)" \[(.*)\]$', dot, re.MULTILINE)
    return {(source, target, "dir=back" in about) for source, target, about in found if "invis" not in about}


@pytest.mark.parametrize("width", [5, 12, 20, 28])
def test_a_line_ends_between_words_or_where_the_parts_of_a_long_word_meet(width: int) -> None:
    left = LONG
    for line in broken(LONG, width):
        assert left.startswith(line)
        assert len(line) <= width or len(re.findall(r"[._(]\w", line)) == 0
        left = left.removeprefix(line)
        assert left == "" or left[0] == " " or line[-1] in "._("
        left = left.lstrip(" ")
    assert left == ""


def test_a_word_that_fits_on_a_line_is_never_parted() -> None:
    assert broken("if not reply.automatic", 20) == ["if not", "reply.automatic"]
    assert broken("on assessment.external_deadline", 26) == ["on assessment.external_", "deadline"]


def test_the_lines_of_a_title_are_about_as_long_as_each_other() -> None:
    assert broken("Yes, that answers it", 17) == ["Yes, that answers", "it"]
    assert even("Yes, that answers it", 17) == ["Yes, that", "answers it"]
    assert even("Closed", 17) == ["Closed"]
    assert even("", 17) == []


def test_a_word_without_parts_is_cut_before_it_makes_the_picture_wide() -> None:
    assert [len(line) for line in broken("x" * 200, 20)] == [40] * 5


def test_what_leads_on_goes_down_and_what_leads_back_goes_up_as_the_process_is_written() -> None:
    found = arrows(as_dot(picture().parted()[0]))
    assert ("open", "waiting", False) in found and ("open", "rows", False) in found
    assert ("open", "waiting", True) in found  # the answer arrives: from waiting, back
    assert ("open", "checked", True) in found
    assert ("one", ".join-rows", False) in found and (".join-rows", "checked", False) in found
    # An end lies below whatever leads there, wherever it is written.
    assert ("checked", "closed", False) in found and ("checked", "closed", True) in found


def test_an_open_head_stays_where_the_arrow_points() -> None:
    dot = as_dot(picture())
    (message,) = [line for line in dot.splitlines() if 'class="move message"' in line]
    assert 'arrowtail="vee"' in message and "arrowhead" not in message


def test_the_flow_has_a_sign_where_the_arrows_of_a_note_come_from() -> None:
    whole = picture()
    flow, notes = whole.parted()
    assert [node.id for node in notes.nodes] == [".anywhere"] and notes.edges == ()
    assert [(edge.source, edge.target) for edge in flow.edges if edge.style == "anywhere"] == [(SOURCE, "dropped")]
    assert {node.id for node in flow.nodes} - {SOURCE} == {node.id for node in whole.nodes} - {".anywhere"}
    assert (SOURCE, "dropped", False) in arrows(as_dot(flow))
    assert len(flow.edges) == len(whole.edges)


def test_a_picture_without_notes_is_all_flow() -> None:
    whole = picture_of(define("start: {by: [agent], go: open}\nstates: {open: {final: true}}\n"))
    flow, notes = whole.parted()
    assert flow == whole and notes.nodes == ()


def test_a_frame_has_no_words_that_an_arrow_could_run_through() -> None:
    dot = as_dot(picture())
    (frame,) = [line for line in dot.splitlines() if "order-box-rows" in line]
    assert "label" not in frame
    (split,) = [line for line in dot.splitlines() if 'id="order-rows"' in line]
    assert "for each row" in split
