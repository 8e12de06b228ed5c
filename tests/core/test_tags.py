"""Tags: words by which those who work with a case sort it."""

from __future__ import annotations

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.snapshot import from_data, to_data
from engine.core.tags import LONGEST, MOST
from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, LEA, Case, define

BODY = """
start: {by: [customer, agent], go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""
AUDITOR = Actor("aud", frozenset({"auditor"}), "reader")


def case() -> Case:
    return Case(define(BODY)).start()


def tag(case: Case, *add: str, remove: tuple[str, ...] = (), who: Actor = ANN) -> Case:
    case.run(c.Tag(at=case.now, actor=who, add=add, remove=remove))
    return case


def refusal(case: Case, *add: str, remove: tuple[str, ...] = (), who: Actor = ANN) -> Rejected:
    with pytest.raises(Rejected) as refused:
        tag(case, *add, remove=remove, who=who)
    return refused.value


def test_tags_are_put_on_and_taken_off_and_the_history_says_before_and_after() -> None:
    one = tag(case(), " VIP", "billing", "follow-up", "Überfällig")
    assert one.here.tags == ("billing", "follow-up", "vip", "überfällig")
    assert one.events("tagged") == [{"was": [], "now": ["billing", "follow-up", "vip", "überfällig"]}]
    tag(one, "new", remove=("VIP", "billing"), who=LEA)
    assert one.events("tagged")[0]["was"] == ["billing", "follow-up", "vip", "überfällig"]
    assert one.events("tagged")[0]["now"] == ["follow-up", "new", "überfällig"] == list(one.here.tags)


def test_a_tag_moves_nothing() -> None:
    one = case()
    before = one.here
    tag(one, "vip")
    assert (one.here.states, one.here.tasks, one.here.clocks) == (before.states, before.tasks, before.clocks)


def test_what_is_there_already_or_is_not_there_leaves_no_line_in_the_history() -> None:
    one = tag(case(), "vip")
    tag(one, "vip", "VIP", remove=("other",))
    assert one.last is not None and one.last.events == ()
    assert one.here.tags == ("vip",)


def test_a_case_that_has_ended_can_be_tagged() -> None:
    assert tag(case().do(ANN, "done"), "lesson").here.tags == ("lesson",)


@pytest.mark.parametrize("word", ["two words", "-a", "a-", "a--b", "a_b", "a:b", "<b>", "💥", "x" * (LONGEST + 1)])
def test_a_tag_is_letters_digits_and_hyphens(word: str) -> None:
    refused = refusal(case(), "fine", word)
    assert refused.code == "invalid-values" and "letters, digits and hyphens" in refused.message
    assert refused.fields["tags"][0].startswith("Please use letters")


def test_a_case_has_so_many_tags_and_no_more() -> None:
    one = tag(case(), *(f"t{number}" for number in range(MOST)))
    refused = refusal(one, "more")
    assert refused.message == f"Expected at most {MOST} tags of a case, but these would be {MOST + 1}"
    assert len(tag(one, "more", remove=("t0",)).here.tags) == MOST


def test_nothing_to_do_is_said() -> None:
    assert refusal(case(), " ").fields["tags"] == ("Please write one or more words.",)


@pytest.mark.parametrize("who", [CUSTOMER, Actor("nobody"), AUDITOR])
def test_only_the_staff_tag(who: Actor) -> None:
    assert refusal(case(), "vip", who=who).code in ("not-allowed", "only-reads")


def test_an_older_snapshot_has_no_tags_and_no_severity() -> None:
    one = tag(case(), "vip")
    data = to_data(one.here)
    columns = {word: getattr(one.here, word) for word in ("id", "process", "digest", "reference")}
    assert from_data(columns, data).tags == ("vip",)
    del data["tags"]
    older = from_data(columns, data)
    assert (older.tags, older.severity) == ((), "")
