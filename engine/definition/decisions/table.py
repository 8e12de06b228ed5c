"""A decision table: rows of conditions on some inputs, and the result each row gives.

Owns the deciding at run time: which row fits, what lifts its result, and what is kept of why. Knows neither
YAML nor where the table is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.definition.decisions.cells import Cell
from engine.definition.expressions import Expression
from engine.definition.texts import Localised
from engine.definition.types import Type
from engine.definition.wording import Labels
from engine.errors import Place
from engine.reasons import stuck_on

Result = str | int | Decimal | bool
Hit = Literal["unique", "first"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a cell for each input, or none at all for the `else` row, which takes what is left."""

    place: Place
    cells: tuple[Cell, ...]
    result: Result

    @property
    def is_else(self) -> bool:
        return not self.cells


@dataclass(frozen=True, slots=True)
class Decided:
    """What a table gave: the result, the row's number from 1 (0 for `else`), what lifted it in words, and
    the plain values it looked at by path.
    """

    result: Result
    row_number: int
    raised: tuple[str, ...]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """The table itself. `results` are in order, highest first, and empty when no order was given."""

    name: str
    place: Place
    inputs: tuple[Expression, ...]
    rows: tuple[Row, ...]
    type: Type
    results: tuple[Result, ...]
    at_least: tuple[tuple[Result, Expression], ...]
    raise_by_one: Expression | None
    hit: Hit
    title: Localised = ""
    labels: Labels = field(default_factory=dict)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that it looks at: its inputs, then what may lift its result."""
        lifting = tuple(expression for _, expression in self.at_least)
        return (*self.inputs, *lifting, *((self.raise_by_one,) if self.raise_by_one is not None else ()))

    def decide(self, values: Mapping[str, object]) -> Decided:
        """Decide for these values (plain, by name).

        Raises Stuck when an input has no value or no row fits.
        """
        given = [expression.evaluate(values) for expression in self.inputs]
        number, row = self._row(given, values)
        result, raised = self._lifted(row.result, values)
        return Decided(result, number, raised, self._why(values))

    def _row(self, given: list[object], values: Mapping[str, object]) -> tuple[int, Row]:
        for number, row in enumerate(self.rows, 1):
            if row.is_else:
                return 0, row
            if all(cell.fits(value) for cell, value in zip(row.cells, given, strict=True)):
                return number, row
        raise stuck_on("no-row", self.place, self._why(values), name=self.name)

    def _lifted(self, result: Result, values: Mapping[str, object]) -> tuple[Result, tuple[str, ...]]:
        raised: list[str] = []
        for floor, expression in self.at_least:
            if self.results.index(floor) < self.results.index(result) and expression.evaluate(values):
                raised.append(f"at least {floor}: {expression.text}")
                result = floor
        if self.raise_by_one is not None and self.raise_by_one.evaluate(values):
            place = self.results.index(result)
            if place > 0:
                raised.append(f"raised by one from {result}: {self.raise_by_one.text}")
                result = self.results[place - 1]
        return result, tuple(raised)

    def _why(self, values: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for expression in self.expressions:
            found.update(expression.why(values))
        return found
