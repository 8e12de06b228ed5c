"""What to do about a value of the wrong type.

Owns the sentences that depend on the types involved. Knows no tree and reports nothing.
"""

from __future__ import annotations

from engine.definition.expressions.matching import TEXTY
from engine.definition.types import Choice, Date, Instant, ListOf, Number, Record, Type


def example_of(found: Type) -> str:
    if isinstance(found, Choice) and found.values:
        return f"== {found.values[0]}"
    if isinstance(found, ListOf | Record):
        return "is set"
    return {Number: "> 0", Date: "<= today", Instant: "<= now"}.get(type(found), '== "…"')


def arithmetic_advice(operator: str, left: Type, right: Type) -> str:
    times = (Date, Instant)
    if isinstance(left, times) and isinstance(right, times):
        return "For the days between two dates write `days_between(from, to)`."
    if isinstance(left, times) or isinstance(right, times):
        return "To move a date write `add_days(date, days)`."
    if isinstance(left, Number) and isinstance(right, Number):
        return "Amounts in different currencies, or two amounts, do not go together like this; convert one first."
    if operator == "+" and isinstance(left, (*TEXTY, Number)) and isinstance(right, (*TEXTY, Number)):
        return "Text is joined with text and numbers are added to numbers; a number in quotes is text."
    return "Calculate with numbers."
