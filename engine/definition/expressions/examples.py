"""Example values: for one variable, enough of them to stand for all.

Owns the choice of examples (an enum's values, both sides of every limit, not set) and how one is shown. Knows
no conditions and no combinations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.definition.expressions.numbers import add, multiply, subtract
from engine.definition.types import Boolean, Choice, Number, Person, Text, Type


class Unset:
    """The example of a path without a value."""

    def __repr__(self) -> str:
        return "not set"


UNSET = Unset()


@dataclass
class Variable:
    """One thing that varies, and the values that conditions tell it apart by."""

    type: Type
    cuts: set[Any] = field(default_factory=set)
    whole: bool = False  # compared with another choice: every value counts
    optional: bool = False
    value: bool = False  # read, and not only asked whether it is set


def examples(variable: Variable) -> list[Any]:
    unset = [UNSET] if variable.optional else []
    if not variable.value:
        return ["set", *unset]
    match variable.type:
        case Boolean():
            return [True, False, *unset]
        case Choice(values=values):
            named = [value for value in values if variable.whole or value in variable.cuts]
            others = [value for value in values if value not in named]
            return [*named, *others[:1], *unset]
        case Number(integer=integer):
            return [*_numbers(variable.cuts, integer), *unset]
        case Text() | Person():
            return [*sorted(variable.cuts), "".join(sorted(variable.cuts)) + "another text", *unset]
    return [*_times(variable.cuts), *unset]


def _numbers(cuts: set[Any], integer: bool) -> list[Any]:
    if not cuts:
        return [0]
    if integer:
        return sorted({math.floor(cut) + step for cut in cuts for step in ((-1, 0, 1) if cut == int(cut) else (0, 1))})
    limits = sorted(cuts)
    between = [multiply(add(low, high), Decimal("0.5")) for low, high in pairwise(limits)]
    return sorted([subtract(limits[0], 1), *limits, *between, add(limits[-1], 1)])


def _times(cuts: set[Any]) -> list[Any]:
    limits = sorted(cuts)
    if not limits:
        return ["set"]
    if isinstance(limits[0], datetime):
        between = [low + (high - low) / 2 for low, high in pairwise(limits)]
    else:
        between = [
            low + timedelta(days=(high - low).days // 2) for low, high in pairwise(limits) if (high - low).days > 1
        ]
    ends = [moved for moved in (_moved(limits[0], -1), _moved(limits[-1], 1)) if moved is not None]
    return sorted([*limits, *between, *ends])


def _moved(moment: date, days: int) -> date | None:
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return None


def plain_example(value: object) -> object:
    """An example as it would be stored; None for one that is not set."""
    if value is UNSET:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
