"""Moves that need a second person, in scenarios: asked, decided like an approval, and both answers wanted."""

from __future__ import annotations

from engine.definition.catalog import Catalog
from engine.scenarios.coverage import CONFIRMATIONS, TRANSITIONS
from engine.scenarios.trial import Trial, try_process
from tests.builders import PROCESS, files
from tests.scenarios.telling import BESIDE

BODY = """
start: {by: agent, form: order, go: open}
states:
  open:
    task: {title: Look, candidates: [agent]}
    on:
      regrade: {form: order-grade, needs: lead, go: graded}
      propose: decision
  decision:
    approval: {title: Decide, by: {any: lead}, binds: order}
    on: {approved: graded, rejected: open}
  graded: {final: graded}
  gone: {final: gone}
on:
  drop: {by: agent, needs: {quorum: 2, of: [lead, expert]}, go: gone}
  mark: {by: agent, needs: lead, milestone: marked}
"""
FORMS = {
    "order": "required: [size]\nproperties: {size: {type: integer}}",
    "order-grade": "required: [to]\nproperties: {to: {enum: [high, low]}}",
}
START = "{as: agent, values: {size: 1}}"
REGRADE = "{as: agent, do: regrade, values: {to: high}, expect: {state: open, needed: 1}}"


def told(*scenarios: tuple[str, ...]) -> Trial:
    text = "\nscenarios:\n"
    for number, lines in enumerate(scenarios):
        text += f"- scenario: number {number}\n  start: {START}\n"
        text += ("  steps:\n" if lines else "") + "".join(f"  - {line}\n" for line in lines)
    return try_process(Catalog({**files(BODY, FORMS), BESIDE: text}), PROCESS)


def problems(trial: Trial) -> list[str]:
    return [str(problem) for problem in trial.problems]


ALL = (
    (REGRADE, "{as: lead, decide: approve, expect: {state: graded, grade.to: high}}"),
    (
        REGRADE,
        "{as: agent, decide: approve, refused: excluded}",
        "{as: lead, decide: reject, comment: no, expect: {state: open, task: Look}}",
        "{as: agent, do: mark, expect: {milestone: [], rule: 'one of lead, yes or no'}}",
        "{as: agent, do: mark, refused: already-asked}",
        "{as: lead, decide: approve, expect: {milestone: marked}}",
        "{as: agent, do: mark}",
        "{as: lead, decide: request-changes, comment: later}",
        "{as: agent, do: propose}",
        "{as: lead, decide: reject, comment: no}",
        "{as: agent, do: propose}",
        "{as: lead, decide: approve}",
    ),
    (
        "{as: agent, do: drop}",
        "{as: lead, decide: approve, expect: {needed: 1}}",
        "{as: expert, decide: reject, comment: no}",
        "{as: agent, do: drop}",
        "{as: lead, decide: approve}",
        "{as: expert, decide: approve, expect: {outcome: gone}}",
    ),
)


def test_scenarios_that_confirm_and_refuse_reach_everything() -> None:
    trial = told(*ALL)
    assert problems(trial) == []
    assert [str(problem) for problem in trial.coverage.problems()] == []
    assert trial.coverage.count(CONFIRMATIONS) == (6, 6)


def test_a_question_that_is_only_asked_reaches_neither_answer_nor_the_way() -> None:
    trial = told(("{as: agent, do: mark}",), (REGRADE,))
    assert problems(trial) == []
    missing = {(e.kind, e.what): e.step for e in trial.coverage.missing}
    approved = missing[CONFIRMATIONS, "`regrade` being approved, which needs one of lead, yes or no"]
    asking = "add a step: `{as: agent, do: regrade}` while the case is in `open`, then "
    assert approved == asking + "`{as: lead, decide: approve}`"
    rejected = missing[CONFIRMATIONS, "`regrade` being rejected, which needs one of lead, yes or no"]
    assert rejected == asking + "`{as: lead, decide: reject, comment: …}`"
    assert missing[TRANSITIONS, "the way from `open` by `regrade` to `graded`"] == approved
    assert (TRANSITIONS, "the way by `mark` that stays") in missing
    quorum = missing[CONFIRMATIONS, "`drop` being approved, which needs 2 of lead, expert"]
    assert quorum.endswith("`{as: lead, decide: approve}`, until enough have said yes")


def test_of_several_questions_the_move_says_which_is_decided() -> None:
    both = ("{as: agent, do: mark}", "{as: agent, do: drop}")
    trial = told((*both, "{as: lead, decide: approve}"))
    assert "say which with `state:`, or with `move:`" in problems(trial)[0]
    assert problems(told((*both, "{as: lead, decide: approve, move: mark, expect: {milestone: marked}}"))) == []
    assert "did you mean 'mark'" in problems(told((*both, "{as: lead, decide: approve, move: marc}")))[0]


def test_beside_the_states_own_approval_the_move_says_which_is_meant() -> None:
    steps = ("{as: agent, do: propose}", "{as: agent, do: mark}")
    assert (
        problems(told((*steps, "{as: lead, decide: reject, comment: no, move: mark, expect: {state: decision}}"))) == []
    )


def test_a_task_that_waits_for_a_yes_can_still_be_claimed() -> None:
    trial = told((REGRADE, "{as: agent, claim: open}", "{as: lead, decide: approve, expect: {state: graded}}"))
    assert problems(trial) == []
