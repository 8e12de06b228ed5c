"""Exact numbers: int and Decimal, with limits instead of surprises.

Owns the arithmetic: sums and products are exact, a quotient has 28 digits, whatever grows out of reason
raises Stuck (without a place). Knows no tree.
"""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import Any

from engine.reasons import stuck_on

Exact = int | Decimal

_LARGEST = 10**400
_EXACT = Context(prec=1000, traps=[Inexact, InvalidOperation, Overflow, DivisionByZero], Emax=1000, Emin=-1000)
_QUOTIENT = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, Overflow, DivisionByZero],
    Emax=1000,
    Emin=-1000,
)
ROUNDING = Context(prec=1100, traps=[InvalidOperation, Overflow], Emax=1000, Emin=-1100)


def _within(number: int) -> int:
    if -_LARGEST < number < _LARGEST:
        return number
    raise stuck_on("beyond-numbers")


def add(left: Exact, right: Exact) -> Exact:
    if type(left) is int and type(right) is int:
        return _within(left + right)
    try:
        return _EXACT.add(left, right)
    except DecimalException:
        raise stuck_on("beyond-numbers") from None


def subtract(left: Exact, right: Exact) -> Exact:
    if type(left) is int and type(right) is int:
        return _within(left - right)
    try:
        return _EXACT.subtract(left, right)
    except DecimalException:
        raise stuck_on("beyond-numbers") from None


def multiply(left: Exact, right: Exact) -> Exact:
    if type(left) is int and type(right) is int:
        return _within(left * right)
    try:
        return _EXACT.multiply(left, right)
    except DecimalException:
        raise stuck_on("beyond-numbers") from None


def divide(left: Exact, right: Exact) -> Exact:
    if not right:
        raise stuck_on("divides-by-zero")
    try:
        return _QUOTIENT.divide(left, right)
    except DecimalException:
        raise stuck_on("beyond-numbers") from None


def negate(number: Exact) -> Exact:
    return subtract(0, number)


def less(left: Any, right: Any) -> bool:
    """Whether one ordered value (number, date or instant) comes before another of its kind."""
    return bool(left < right)


def number_from(value: object) -> Exact | None:
    """A stored value (an int, or text such as "12.50") as an exact number, or None when it is none: no more
    than 100 digits before or after the point.
    """
    if type(value) is int:
        return value if -(10**100) < value < 10**100 else None
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str):
        if not 0 < len(value) <= 100 or not value.isascii() or "_" in value:
            return None
        try:
            value = Decimal(value)
        except DecimalException:
            return None
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if not -100 <= exponent <= 100 or len(value.as_tuple().digits) > 100:
        return None
    return int(value) if exponent == 0 else value
