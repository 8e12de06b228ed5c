"""Decisions of the past come in through the same counting as those of today."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.errors import DefinitionError
from engine.runtime import Engine
from tests.importing.conftest import House, catalog

VOTE = """
process: vote
title: Vote
owner: process-owner
reference: VOT
calendar: office
languages: [en]
start: {form: vote-intake, by: [intake], go: decision}
states:
  decision:
    approval:
      title: Decide {reference}
      by: {all: [team-lead, quality-manager]}
      binds: [intake]
    on: {approved: accepted, rejected: refused}
  accepted: {final: accepted}
  refused: {final: refused}
"""
FORM = "form: vote-intake\ntitle: Vote\nrequired: [what]\nproperties: {what: {type: string}}\n"
MAP = """
import: vote
external-id: {column: id}
received: {column: when, format: "%Y-%m-%d %H:%M"}
by: intake
values: {what: {column: what}}
then:
- {decide: approve, as: ines, at: {column: when, format: "%Y-%m-%d %H:%M"}}
- decide: approve
  as: quality-manager
  at: {column: second, format: "%Y-%m-%d %H:%M"}
  when: {column: said, is: "yes"}
- decide: reject
  as: quality-manager
  comment: As the file says
  at: {column: second, format: "%Y-%m-%d %H:%M"}
  when: {column: said, is: "no"}
"""
HEAD = "id,when,what,second,said\n"


@pytest.fixture
def voting(house: House) -> House:
    files = {**catalog().files, "processes/vote.yaml": VOTE.encode(), "forms/vote-intake.yaml": FORM.encode()}
    loaded = examine(Catalog(files), "processes/vote.yaml")
    assert not loaded.errors, loaded.errors
    Engine(house.store, lambda: datetime(2010, 1, 1, tzinfo=UTC)).deploy(loaded, "test")
    return house


def test_people_and_unnamed_holders_of_a_role_decide_at_the_times_of_the_file(voting: House) -> None:
    rows = "1,2026-11-02 09:00,x,2026-11-03 10:00,yes\n2,2026-11-02 09:00,x,2026-11-03 10:00,no\n"
    report = voting.bring(HEAD + rows + "3,2026-11-02 09:00,x,2026-11-03 10:00,\n", MAP)
    assert report.refused == []
    assert voting.states() == {"1": "accepted", "2": "refused", "3": "decision"}
    given = [line.event for external in "12" for line in voting.lines(external, "vote")]
    assert [(e.actor, e.body["decision"], e.roles, e.via) for e in given if e.type == "decision-given"] == [
        ("ines", "approve", ("agent", "support-l1", "team-lead"), "import"),
        ("quality-manager", "approve", ("quality-manager",), "import"),
        ("ines", "approve", ("agent", "support-l1", "team-lead"), "import"),
        ("quality-manager", "reject", ("quality-manager",), "import"),
    ]


def test_a_decision_where_nothing_is_to_be_decided_is_refused_with_the_case(voting: House) -> None:
    twice = MAP.replace(
        "- decide: reject",
        "- {decide: approve, as: liam, at: {column: second, format: '%Y-%m-%d %H:%M'}}\n- decide: reject",
    )
    report = voting.bring(HEAD + "1,2026-11-02 09:00,x,2026-11-03 10:00,yes\n", twice)
    assert "Expected a running case for 'approve'" in report.refused[0].reason


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("decide: reject", "decide: refuse", "there is no 'refuse'"),
        ("decide: reject", "do: rejected", "Expected an outcome of a task"),
        ("import: vote", "import: ticket", "Expected an approval in 'ticket'"),
    ],
)
def test_a_map_that_does_not_fit_is_told_before_the_first_row(voting: House, old: str, new: str, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        voting.bring(HEAD, MAP.replace(old, new))
    assert any(told in problem.message for problem in caught.value.problems), caught.value.problems
