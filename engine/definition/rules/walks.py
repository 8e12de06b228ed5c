"""The walks through a process that several rules ask for, each done when it is first asked for.

Owns only that they are done once.
"""

from __future__ import annotations

from functools import cached_property

from engine.definition.flow import Flow
from engine.definition.model import Definition
from engine.definition.outline import Outline
from engine.definition.rules.clock_runs import ClockRuns
from engine.definition.rules.graph import Graph
from engine.definition.rules.happening import Happening
from engine.definition.rules.possible import Possible


class Walks:
    """See the module."""

    def __init__(self, outline: Outline, flow: Flow, bound: Definition, graph: Graph) -> None:
        self._of = (outline, flow, bound, graph)

    @cached_property
    def happening(self) -> Happening:
        return Happening(*self._of)

    @cached_property
    def possible(self) -> Possible:
        outline, flow, bound, _ = self._of
        return Possible(outline, flow, bound, self.happening)

    @cached_property
    def clocks(self) -> ClockRuns:
        return ClockRuns(self.happening, self.possible)
