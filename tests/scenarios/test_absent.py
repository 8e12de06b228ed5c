"""A scenario says who is away and who stands in for them, and the case goes on as it would with real people."""

from __future__ import annotations

from textwrap import indent

import pytest

from engine.cli.schema import SCHEMAS
from engine.definition.catalog import Catalog
from engine.definition.reader import read
from engine.errors import DefinitionError, Problem
from engine.scenarios.reading import read_scenarios
from engine.scenarios.trial import Trial, try_process
from tests.builders import PROCESS, files
from tests.scenarios.telling import BESIDE, said

BODY = """
start: {by: [customer, agent], form: order, go: open}
states:
  open:
    task: {title: Work, candidates: [agent], due: 1bd, escalate: {100%: {notify: [assignee, lead]}}}
    on: {done: check}
  check:
    approval: {title: Check, by: {any: [lead]}, exclude: [open], binds: order}
    on: {approved: end, rejected: open}
  end: {final: end}
"""
PEOPLE = "{ann: agent, ben: expert, lea: [lead, agent], leo: lead, cleo: customer}"


def tell(absent: str, *steps: str, start: str = "{as: agent}") -> Trial:
    written = indent("\n".join(f"- {step}" for step in steps), "  ")
    whole = f"people: {PEOPLE}\nscenarios:\n- scenario: a\n  absent: {absent}\n  start: {start}\n"
    beside = whole + (f"  steps:\n{written}\n" if steps else "")
    return try_process(
        Catalog({**files(BODY, {"order": "properties: {size: {type: integer}}"}), BESIDE: beside}), PROCESS
    )


def ben_for_ann(*steps: str, **more: str) -> Trial:
    return tell("{person: ann, deputy: ben}", *steps, **more)


def test_what_a_deputy_takes_is_the_absent_persons_and_is_done_on_their_behalf() -> None:
    trial = ben_for_ann(
        "{as: ben, claim: open, expect: {assignee: ann}}",
        "{as: leo, do: done, refused: claimed-by-other}",
        "{as: ben, do: done, expect: {state: check}}",
    )
    assert said(trial) == []
    assert trial.told[0].run[-1] == "Mon 2026-11-23 10:00  ben: done on behalf of ann → check"


def test_without_an_absence_nobody_stands_in() -> None:
    trial = tell("{person: lea, deputy: ann}", "{as: ben, do: done, refused: not-allowed}")
    assert said(trial) == []


def test_who_only_reads_is_refused_as_in_the_house() -> None:
    assert said(ben_for_ann("{as: auditor, claim: open, refused: only-reads}")) == []


def test_the_deputy_is_told_as_such() -> None:
    claimed = "{as: ann, claim: open}"
    trial = tell(
        "[{person: ann, deputy: ben}, {person: lea, deputy: ben}]",
        claimed,
        "{wait: 1bd, expect: {notified: [ann, lead, ben for ann and lea]}}",
    )
    assert said(trial) == []
    wrong = tell("{person: ann, deputy: ben}", claimed, "{wait: 1bd, expect: {notified: [ann, lead]}}")
    assert said(wrong) == ["Expected notified to be ann, lead, but it is ann, lead, ben for ann"]


def test_a_deputy_decides_for_the_absent_and_never_past_four_eyes() -> None:
    done = "{as: ann, do: done}"
    assert said(tell("{person: lea, deputy: ben}", done, "{as: ben, decide: approve, expect: {state: end}}")) == []
    assert said(tell("{person: lea, deputy: ann}", done, "{as: ann, decide: approve, refused: excluded}")) == []
    assert said(tell("{person: ann, deputy: ben}", "{as: ben, do: done}", "{as: lea, decide: approve}")) == []


def test_somebody_made_up_can_be_away_too() -> None:
    trial = tell(
        "{person: lead, deputy: ben}", "{as: ann, do: done}", "{as: ben, decide: approve, expect: {state: end}}"
    )
    assert said(trial) == []


def test_an_absence_begins_with_its_first_day_and_its_last_one_counts_in_full() -> None:
    away = '{person: ann, deputy: ben, from: "2026-11-24", until: "2026-11-25"}'
    refused, taken = "{as: ben, claim: open, refused: not-allowed}", "{as: ben, claim: open}"
    assert said(tell(away, '{until: "2026-11-23 23:59"}', refused)) == []
    assert said(tell(away, '{until: "2026-11-24 00:00"}', taken)) == []
    assert said(tell(away, '{until: "2026-11-25 23:59"}', taken)) == []
    assert said(tell(away, '{until: "2026-11-26 00:00"}', refused)) == []


def test_an_absence_may_begin_and_end_at_a_time() -> None:
    away = '{person: ann, deputy: ben, from: "2026-11-24 12:00", until: "2026-11-24T15:00"}'
    refused, taken = "{as: ben, claim: open, refused: not-allowed}", "{as: ben, claim: open}"
    assert said(tell(away, '{until: "2026-11-24 11:59"}', refused, '{until: "2026-11-24 12:00"}', taken)) == []
    assert said(tell(away, '{until: "2026-11-24 15:00"}', taken)) == []
    assert said(tell(away, '{until: "2026-11-24 15:01"}', refused)) == []


def test_with_a_role_somebody_stands_in_in_that_one_alone() -> None:
    trial = tell(
        "{person: lea, deputy: ben, role: lead}",
        "{as: ben, do: done, refused: not-allowed}",
        "{as: ann, do: done}",
        "{as: ben, decide: approve, expect: {state: end}}",
    )
    assert said(trial) == []


def the_one(trial: Trial) -> Problem:
    (problem,) = trial.problems
    assert trial.told == () and problem.place.file == BESIDE and problem.place.line == 4
    return problem


@pytest.mark.parametrize(
    ("absent", "code", "part"),
    [
        ("{person: anna, deputy: ben}", "unknown-person", "did you mean 'ann'"),
        ("{person: ann, deputy: bem}", "unknown-person", "did you mean 'ben'"),
        ("{person: lea, deputy: ben, role: laed}", "unknown-role", "did you mean 'lead'"),
        ("{person: ann, deputy: ben, role: lead}", "invalid-absence", "they do not hold 'lead'"),
        ("{person: ann, deputy: ann}", "invalid-absence", "cannot be their own"),
        ("{person: ann, deputy: cleo}", "invalid-absence", "nobody of the house"),
        ("{person: cleo, deputy: ann}", "invalid-absence", "nobody of the house"),
        ("{person: ann, deputy: auditor}", "invalid-absence", "auditor only reads"),
        ('{person: ann, deputy: ben, from: "2026-12-02", until: "2026-12-01"}', "invalid-absence", "before it"),
        ('{person: ann, deputy: ben, until: "2026-11-22"}', "invalid-absence", "lies before it"),
        ('{person: ann, deputy: ben, from: "2026-11-01", until: "2026-11-22"}', "invalid-absence", "over already"),
        ("[{person: ann, deputy: ben}, {person: ann, deputy: lea}]", "absence-overlaps", "number 1 names ben"),
        ("[{person: ann, deputy: ben}, {person: lea, deputy: ann}]", "deputy-away", "ann is away then too (number 1)"),
    ],
)
def test_what_cannot_be_is_told_as_for_real_people(absent: str, code: str, part: str) -> None:
    problem = the_one(tell(absent))
    assert problem.code == code and part in problem.message


def test_one_after_the_other_may_have_another_deputy() -> None:
    away = '[{person: ann, deputy: ben, until: "2026-11-24"}, {person: ann, deputy: leo, from: "2026-11-25"}]'
    trial = tell(
        away, '{until: "2026-11-25 09:00"}', "{as: ben, claim: open, refused: not-allowed}", "{as: leo, claim: open}"
    )
    assert said(trial) == []


@pytest.mark.parametrize(
    ("absent", "code"),
    [
        ("ann", "wrong-shape"),
        ("[]", "wrong-shape"),
        ("{person: ann}", "missing-word"),
        ("{deputy: ben}", "missing-word"),
        ("{person: ann, deputy: ben, to: tom}", "unknown-word"),
        ("{person: ann, deputy: ben, from: tomorrow}", "wrong-shape"),
        ("{person: ann, deputy: ben, from: 2026-13-01}", "wrong-shape"),
        ("{person: ann, deputy: ben, from: 20261201}", "wrong-shape"),
        ("{person: ann, deputy: ben, from: 2026-W48-1}", "wrong-shape"),
        ('{person: ann, deputy: ben, from: "2026-12-01 25:00"}', "wrong-shape"),
        ("{person: ann, deputy: ben, until: 9999-12-31}", "wrong-shape"),
    ],
)
def test_an_absence_that_cannot_be_read_is_told(absent: str, code: str) -> None:
    text = f"scenarios:\n- scenario: a\n  absent: {absent}\n  start: {{as: agent}}\n"
    with pytest.raises(DefinitionError) as caught:
        read_scenarios(read(text, BESIDE), BESIDE)
    (problem,) = caught.value.problems
    assert problem.code == code and problem.place.line == 3


def test_an_editor_knows_the_word() -> None:
    from jsonschema import Draft202012Validator

    schema = Draft202012Validator(SCHEMAS["scenarios"]())

    def valid(absent: object) -> bool:
        return schema.is_valid({"scenarios": [{"scenario": "a", "absent": absent, "start": {"as": "agent"}}]})

    one = {"person": "ann", "deputy": "ben"}
    assert valid(one) and valid([one, {**one, "role": "lead", "from": "2026-12-01", "until": "2026-12-02 12:00"}])
    assert not valid({"person": "ann"}) and not valid([]) and not valid({**one, "from": "20261201"})
    assert not valid({**one, "from": "2026-12-011"})
