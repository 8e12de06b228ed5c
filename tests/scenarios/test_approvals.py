"""Approvals in scenarios: who counts, what is reached, and what is told about a step that cannot be meant."""

from __future__ import annotations

from engine.definition.catalog import Catalog
from engine.scenarios.coverage import GUARDS, RULES, TRANSITIONS
from engine.scenarios.trial import Trial, try_process
from tests.builders import PROCESS, files
from tests.scenarios.telling import BESIDE

BODY = """
start: {by: agent, form: order, go: draft}
states:
  draft: {task: {candidates: [agent]}, on: {propose: decision}}
  decision:
    approval:
      title: Approve {reference}
      by:
        - {when: order.size > 10, all: [expert, lead]}
        - {else: {any: [expert, lead]}}
      exclude: [draft]
      binds: [order]
    on: {approved: sent, rejected: refused, changes-requested: draft}
  sent: {final: true}
  refused: {final: true}
wait-for:
  amended: {form: order}
"""
FORMS = {"order": "required: [size]\nproperties: {size: {type: integer}}"}
LARGE, SMALL = "{as: agent, values: {size: 11}}", "{as: agent, values: {size: 1}}"
PROPOSE = "{as: agent, do: propose, expect: {state: decision}}"


def told(*scenarios: tuple[str, ...], people: str = "", organisation: str = "") -> Trial:
    """Each scenario is its start and its steps."""
    text = f"{people}\nscenarios:\n"
    for number, (begin, *lines) in enumerate(scenarios):
        text += f"- scenario: number {number}\n  start: {begin}\n  steps:\n"
        text += "".join(f"  - {line}\n" for line in lines)
    home = {**files(BODY, FORMS), BESIDE: text}
    home["processes/organisation.yaml"] += organisation
    return try_process(Catalog(home), PROCESS)


def problems(trial: Trial) -> list[str]:
    return [str(problem) for problem in trial.problems]


def test_made_up_people_decide_for_the_roles_they_are_called_like() -> None:
    trial = told(
        (
            LARGE,
            "{as: agent, do: propose, expect: {rule: 'each of expert, lead', needed: 2, task: Approve ORD-2026-00001}}",
            "{as: expert, decide: approve, expect: {state: decision, needed: 1}}",
            "{as: expert, decide: approve, refused: already-decided}",
            "{as: lead, decide: approve, expect: {state: sent}}",
        ),
    )
    assert problems(trial) == []


def test_people_of_the_organisation_and_of_the_file_are_the_holders_of_their_roles() -> None:
    organisation = "people:\n  eva: {name: Eva, roles: [expert]}\n  lea: {name: Lea, roles: [lead]}\n"
    steps = ("{as: eva, decide: approve}", "{as: max, decide: approve, expect: {state: sent}}")
    trial = told((LARGE, PROPOSE, *steps), people="people: {max: [lead]}", organisation=organisation)
    assert problems(trial) == []
    trial = told(
        (LARGE, PROPOSE, "{as: eva, decide: reject, comment: no, expect: {state: refused}}"), organisation=organisation
    )
    assert problems(trial) == []


def test_a_deputy_decides_on_behalf_of_whoever_named_them() -> None:
    trial = told(
        (
            SMALL,
            PROPOSE,
            "{as: ben, decide: approve, on-behalf-of: expert, refused: not-allowed}",
            "{as: expert, delegate: {to: ben}}",
            "{as: ben, decide: approve, on-behalf-of: expert, expect: {state: sent}}",
        ),
        people="people: {ben: [agent]}",
    )
    assert problems(trial) == []


def test_a_change_of_what_is_decided_about_asks_again() -> None:
    trial = told(
        (
            LARGE,
            PROPOSE,
            "{as: expert, decide: approve, expect: {needed: 1}}",
            "{message: amended, values: {size: 12}, expect: {needed: 2}}",
        ),
    )
    assert problems(trial) == []


def test_reasons_and_refusals_are_the_cores_own() -> None:
    trial = told(
        (
            SMALL,
            PROPOSE,
            "{as: expert, decide: reject, refused: comment-needed, fields: comment}",
            "{as: agent, decide: approve, refused: excluded}",
            "{as: expert, decide: request-changes, comment: Say how many., expect: {state: draft}}",
            "{as: expert, decide: approve, refused: no-such-task}",
        ),
    )
    assert problems(trial) == []


def test_every_rule_and_every_outcome_has_to_be_reached() -> None:
    trial = told((SMALL, PROPOSE, "{as: lead, decide: approve, expect: {state: sent}}"))
    assert problems(trial) == []
    assert trial.coverage.count(RULES) == (1, 2)
    missing = {(element.kind, element.what): element.step for element in trial.coverage.missing}
    assert missing[RULES, "an outcome of the rule `each of expert, lead` of `decision`"] == (
        "decide in a case where `order.size > 10` holds: `{as: expert, decide: approve}` while it is in `decision`"
    )
    assert (GUARDS, "the guard `order.size > 10` when it holds") in missing
    rejected = missing[TRANSITIONS, "the way from `decision` by `rejected` to `refused`"]
    assert rejected == "add a step: `{as: expert, decide: reject, comment: …}` while the case is in `decision`"


def test_scenarios_that_decide_both_ways_in_both_cases_reach_everything() -> None:
    trial = told(
        (LARGE, PROPOSE, "{as: expert, decide: approve}", "{as: lead, decide: approve}"),
        (
            SMALL,
            PROPOSE,
            "{as: expert, decide: request-changes, comment: more}",
            PROPOSE,
            "{as: lead, decide: approve}",
        ),
        (LARGE, PROPOSE, "{as: lead, decide: reject, comment: no}"),
        (SMALL, "{message: amended, values: {size: 2}}"),
    )
    assert problems(trial) == []
    assert trial.coverage.missing == ()


def test_an_outcome_that_is_counted_is_not_chosen() -> None:
    told_so = problems(told((SMALL, PROPOSE, "{as: lead, do: approved}")))
    assert len(told_so) == 1 and "decide: approve" in told_so[0]


def test_a_decision_that_there_is_not_is_told() -> None:
    told_so = problems(told((SMALL, PROPOSE, "{as: lead, decide: aprove}")))
    assert len(told_so) == 1 and "did you mean 'approve'" in told_so[0]
    assert "unknown-person" in problems(told((SMALL, PROPOSE, "{as: lead, decide: approve, on-behalf-of: eav}")))[0]
    assert "beside `do`" in problems(told((SMALL, "{as: agent, do: propose, on-behalf-of: lead}")))[0]
