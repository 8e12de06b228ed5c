"""The scenarios of a process as a whole."""

from __future__ import annotations

from itertools import count

from engine.home import shipped
from engine.library import catalog_of
from engine.scenarios.trial import try_process

PATH = "processes/inquiry.yaml"


def test_scenarios_that_take_too_long_are_stopped_and_say_so() -> None:
    steps = count()
    trial = try_process(catalog_of(shipped()), PATH, lambda: next(steps) < 20)
    whole = try_process(catalog_of(shipped()), PATH)
    assert not whole.problems and len(trial.told) == len(whole.told)
    assert {problem.message for problem in trial.problems} == {
        "Expected the scenarios to be run in time, but they take too long"
    }
    assert 0 < sum(not told.problems for told in trial.told) < len(trial.told)
