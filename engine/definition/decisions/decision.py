"""A decision: a table that can also say what is wrong with it.

Owns the one name others use for both. Knows neither YAML nor where a decision is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.decisions.findings import MOST_WORK, effort, find, possible
from engine.definition.decisions.table import Table
from engine.definition.expressions.domains import Narrowed
from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class Decision(Table):
    """A decision table, read and checked. `decide` runs it, `findings` judges it."""

    def findings(self, most: int = MOST_WORK) -> list[Problem]:
        """Gaps, overlaps and dead rows, each with an example; see `findings.py`.

        `most` is how many comparisons may be made.
        """
        return find(self, most)

    def effort(self) -> int:
        """How many comparisons that takes."""
        return effort(self)

    def possible(self, narrowed: Narrowed) -> frozenset[object] | None:
        """The results that the rows can give in the cases that can occur; None when it cannot be told."""
        return possible(self, narrowed)
