"""The cells of a decision table: what an input's value has to be for a row to apply.

Owns the reading of a cell, `any`, a value, a list, `"< 100"` or `"100..1000"`, against the input's type, and
the matching. Knows no rows.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.definition.expressions.matching import in_words, listed
from engine.definition.expressions.numbers import number_from
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, kind
from engine.definition.suggest import near
from engine.definition.types import Boolean, Choice, Date, Instant, Number, Person, Text, Type
from engine.errors import Place, Problem

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_COMPARED = re.compile(r"\s*(<=|>=|<|>|=<|=>|==|=|≤|≥)\s*(.*)", re.DOTALL)
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Limit:
    """One comparison that a value has to pass: `sign` is < <= > >= or ==."""

    sign: str
    value: Any


# A value fits when it passes all the limits of one alternative.
Alternative = tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The alternatives of one cell; with none, any value fits.

    `text` is the cell as a person would say it.
    """

    place: Place
    text: str
    alternatives: tuple[Alternative, ...] = ()

    def fits(self, value: object) -> bool:
        if not self.alternatives:
            return True
        return any(all(_SIGNS[limit.sign](value, limit.value) for limit in each) for each in self.alternatives)

    def values(self) -> list[Any]:
        """The values at which this cell tells apart."""
        return [limit.value for each in self.alternatives for limit in each]


def read_cell(node: Node, type_: Type, problems: list[Problem]) -> Cell | None:
    """The cell, or None after adding to `problems` what is wrong with it."""
    if isinstance(node, Scalar) and not node.quoted and node.text == "any":
        if isinstance(type_, Choice) and "any" in type_.values:
            message = "`any` is a value of this input, and the word for every value."
            problems.append(Problem(node.place, "decision-cell", message, 'Write "any" in quotes for the value.'))
        return Cell(node.place, "any")
    if isinstance(node, Mapping) or (isinstance(node, Sequence) and not 0 < len(node.items) <= _MOST):
        message = f"Expected a value, a list of values or `any`, but found {kind(node)}."
        problems.append(
            Problem(
                node.place,
                "decision-cell",
                message,
                'Write for example `high`, `[high, low]`, "< 100" or `any`.',
            )
        )
        return None
    scalars = node.items if isinstance(node, Sequence) else (node,)
    found = [_alternative(each, type_, problems) for each in scalars]
    fine = [each for each in found if each is not None]
    text = ", ".join(each.text for each in scalars if isinstance(each, Scalar))
    return (
        Cell(node.place, f"[{text}]" if isinstance(node, Sequence) else text, tuple(fine))
        if len(fine) == len(found)
        else None
    )


def _alternative(node: Node, type_: Type, problems: list[Problem]) -> Alternative | None:
    if not isinstance(node, Scalar) or node.value is None:
        message = f"Expected a value, but found {kind(node)}."
        problems.append(Problem(node.place, "decision-cell", message, "Write a value, or `any` for every value."))
        return None
    if not isinstance(type_, Number | Date | Instant):
        return _value(node, node.text, type_, problems)
    if found := _COMPARED.fullmatch(node.text):
        sign = {"=": "==", "=<": "<=", "=>": ">=", "≤": "<=", "≥": ">="}.get(found.group(1), found.group(1))
        limit = _value(node, found.group(2).strip(), type_, problems)
        return (Limit(sign, limit[0].value),) if limit is not None else None
    start, dots, end = node.text.partition("..")
    if dots:
        low = _value(node, start.strip(), type_, problems)
        high = _value(node, end.lstrip(".").strip(), type_, problems) if low is not None else None
        if low is None or high is None:
            return None
        if high[0].value < low[0].value:
            message = f"The range {node.text} ends before it begins, so nothing is in it."
            problems.append(Problem(node.place, "decision-cell", message, "Write the smaller value first: `1..5`."))
            return None
        return (Limit(">=", low[0].value), Limit("<=", high[0].value))
    return _value(node, node.text, type_, problems)


def _value(node: Scalar, text: str, type_: Type, problems: list[Problem]) -> Alternative | None:
    """One value of the input's type."""
    value = _typed(node, text, type_)
    if value is not None:
        return (Limit("==", value),)
    if isinstance(type_, Choice):
        whose = f"`{type_.name}`" if type_.name else "This input"
        message = f"{whose} has no value `{_cut(text)}`{near(text, type_.values) or '.'}"
        problems.append(Problem(node.place, "not-in-enum", message, f"Use one of {listed(type_.values)}, or `any`."))
        return None
    message = f"This input is {in_words(type_)}, but the cell is {kind(node)}."
    problems.append(Problem(node.place, "decision-cell", message, _advice(type_)))
    return None


def _typed(node: Scalar, text: str, type_: Type) -> object:
    """The text as a value of the type, or None."""
    match type_:
        case Choice():
            return text if text in type_.values else None
        case Boolean():
            return node.value if isinstance(node.value, bool) else None
        case Number():
            return number_from(text)
        case Text() | Person():
            return text
        case Date():
            try:
                return date.fromisoformat(text) if len(text) == 10 else None
            except ValueError:
                return None
        case Instant():
            try:
                instant = datetime.fromisoformat(text)
            except ValueError:
                return None
            return instant if instant.tzinfo is not None else None
    return None


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _advice(type_: Type) -> str:
    if isinstance(type_, Boolean):
        return "Write `true`, `false` or `any`."
    if isinstance(type_, Number):
        return 'Write a number, "< 100", ">= 5", "100..1000" or `any`.'
    if isinstance(type_, Date):
        return 'Write a day as 2026-12-31, "< 2026-12-31", "2026-01-01..2026-12-31" or `any`.'
    return 'Write "2026-12-31T14:30:00+01:00", with < or > before it, or `any`.'


def same_kind(value: object) -> type:
    """Whether a result is a word, a number or true/false."""
    if isinstance(value, bool):
        return bool
    return Decimal if isinstance(value, int | Decimal) else str
