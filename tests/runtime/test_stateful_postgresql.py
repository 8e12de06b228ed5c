"""The same on PostgreSQL, where many write at once: a few runs here, as many as on SQLite with `make test-postgres`.
Two who do the same at the same time are among what may happen.
"""

from __future__ import annotations

import threading

import pytest
from hypothesis import settings
from hypothesis.stateful import precondition, rule

from engine.core import commands as c
from engine.errors import Rejected
from engine.runtime import Result
from tests.databases import POSTGRESQL
from tests.runtime.test_stateful import AnybodyDoesAnything, numbers
from tests.runtime.test_stateful_promises import WholeCases
from tests.runtime.worlds import ANN, BEN, LIGHT


@pytest.fixture
def kind() -> str:
    return POSTGRESQL


class TwoAtOnce(AnybodyDoesAnything):
    @precondition(lambda self: self.tasks)
    @rule(number=numbers)
    def two_complete_one_task(self, number: int) -> None:
        """One winner at most, and what the other has typed is a draft."""
        task = self.tasks[-1 - number % len(self.tasks)]
        case = task.rpartition(".")[0]
        was = self.engine.instance(case).revision
        start = threading.Barrier(2)
        came_to: dict[str, Result | Rejected] = {}

        def complete(command: c.Complete) -> None:
            start.wait()
            try:
                came_to[command.actor.id] = self.engine.do(case, command)
            except Rejected as rejected:
                came_to[command.actor.id] = rejected

        commands = [
            c.Complete(at=self.clock.at, actor=who, task=task, outcome="sort", values={**LIGHT, "note": who.id})
            for who in (ANN, BEN)
        ]
        threads = [threading.Thread(target=complete, args=[command]) for command in commands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = 0
        for command in commands:
            result = came_to[command.actor.id]
            if isinstance(result, Rejected):
                self.typed(command)
            else:
                won += 1
                self.handed_in(command, result, repeated=False)
        assert won <= 1
        assert self.engine.instance(case).revision == was + won
        self.noticed(case)


TwoAtOnce.TestCase.settings = settings(AnybodyDoesAnything.TestCase.settings, max_examples=6, stateful_step_count=15)
TestTwoAtOnce = TwoAtOnce.TestCase


class OnPostgresql(WholeCases):
    """Whole cases with promised times."""


OnPostgresql.TestCase.settings = settings(WholeCases.TestCase.settings, max_examples=3, stateful_step_count=15)
TestOnPostgresql = OnPostgresql.TestCase
