"""Cases that are called, in scenarios: they begin at once, and end when a step says so."""

from __future__ import annotations

import pytest

from engine.definition.catalog import Catalog
from engine.scenarios.trial import Trial, try_process
from tests.builders import FIX, PROCESS, files
from tests.scenarios.telling import BESIDE, said

BODY = """
start: {form: order, by: [agent], go: open}
states:
  open:
    task: {candidates: [agent]}
    on:
      mend:
        call: {process: fix, when: order.size > 1, with: {problem: "'big'"}, as: mending, blocks: true}
        go: mended
      wait: waiting
  mended: {task: {candidates: [agent]}, on: {close: closed}}
  waiting:
    call:
      process: fix
      with: {problem: "'wait'"}
      go:
        - {when: fix.outcome == effective, go: closed}
        - {else: open}
  closed: {final: closed}
"""
FORMS = {
    "order": "required: [size]\nproperties: {size: {type: integer}}\n",
    "fix-intake": "required: [problem]\nproperties: {problem: {type: string}}\n",
}


def tell(*scenarios: str) -> Trial:
    """Each is the size and then the steps."""
    text = "scenarios:\n"
    for number, one in enumerate(scenarios):
        size, _, steps = one.strip().partition("\n")
        text += f"- scenario: number {number}\n  start: {{as: agent, values: {{size: {size}}}}}\n  steps:\n"
        text += "".join(f"  {line.strip()}\n" for line in steps.splitlines())
    home = files(BODY, FORMS, processes__fix_dot_yaml=FIX)
    return try_process(Catalog({**home, BESIDE: text}), PROCESS)


HELD = """2
- {as: agent, do: mend, expect: {called: [fix], mending.reference: FIX-2026-00001, blocked: true}}
- {as: agent, do: close, expect: {state: mended, status: running, called: []}}
- {child: mending, outcome: not-effective, expect: {outcome: closed, mending.outcome: not-effective, blocked: false}}
"""
WAITING = """1
- {as: agent, do: wait, expect: {state: waiting, fix.reference: FIX-2026-00001}}
- {child: fix, outcome: cancelled, expect: {state: open}}
- {as: agent, do: wait, expect: {fix.reference: FIX-2026-00002, fix.outcome: null}}
- {child: fix, outcome: effective, expect: {state: closed}}
"""
NOT_CALLED = """1
- {as: agent, do: mend, expect: {called: [], mending.reference: null, blocked: false}}
- {as: agent, do: close, expect: {outcome: closed}}
"""


def test_a_called_case_begins_at_once_and_ends_by_a_step() -> None:
    trial = tell(HELD, WAITING, NOT_CALLED)
    assert said(trial) == [] and trial.coverage.missing == ()


def test_the_run_is_told_with_the_cases_that_were_called() -> None:
    (told,) = tell(WAITING).told
    assert told.run[1].endswith("agent: wait → waiting; called fix")
    assert told.run[2].endswith("fix ends: cancelled → open")


HELD_ALONE = "2\n- {as: agent, do: mend}\n- {as: agent, do: close}\n"


@pytest.mark.parametrize(
    ("scenarios", "missing"),
    [
        (
            (HELD_ALONE, WAITING),
            "the way from `mended` by `close` to `closed`: add a step: `{as: agent, do: close}` while the case is in "
            "`mended`",
        ),
        (
            (HELD, NOT_CALLED),
            "the way from `waiting` once `fix` has ended to `open`: add a step: `{child: fix, outcome: …}` while the "
            "case is in `waiting`",
        ),
        (
            (WAITING, NOT_CALLED),
            "the guard `order.size > 1` when it holds: add a step where it holds: `{as: agent, do: mend}` while the "
            "case is in `open`",
        ),
    ],
)
def test_what_no_scenario_reaches_of_a_call_is_told(scenarios: tuple[str, ...], missing: str) -> None:
    assert missing in [f"{element.what}: {element.step}" for element in tell(*scenarios).coverage.missing]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            "{child: mendin, outcome: effective}",
            "Expected the name of a called case, but there is no 'mendin', did you mean 'mending'?",
        ),
        ("{child: fix, outcome: closed}", "Expected an outcome of 'fix', but there is no 'closed'"),
        ("{child: fix, outcome: effective}", "Expected an open case called 'fix', but there is none"),
        ("{child: fix}", "Expected `outcome` beside `child`, but it is not there"),
        ("{as: agent, child: fix, outcome: effective}", "Expected nothing like `as` beside `child`, but found it"),
        ("{as: agent, do: wait, outcome: effective}", "Expected nothing like `outcome` beside `do`, but found it"),
        (
            "{as: agent, do: wait, expect: {called: [order]}}",
            "Expected a process that this one calls, but there is no 'order'",
        ),
        ("{as: agent, do: wait, expect: {called: []}}", "Expected called to be nothing, but it is fix"),
        (
            "{as: agent, do: wait, expect: {fix.status: open}}",
            "Expected a field of `fix`, but there is no 'status'",
        ),
    ],
)
def test_what_does_not_fit_is_told(step: str, message: str) -> None:
    assert said(tell(f"1\n- {step}\n")) == [message]
