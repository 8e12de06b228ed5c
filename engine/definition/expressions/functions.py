"""The functions of the language: how each is written, what it means, how it works out its value.

Owns the fixed list; the reference is checked against it. Values come in as int, Decimal, date, aware
datetime, text, bool and lists. What cannot be worked out raises Stuck without a place, which the caller adds.
Knows no tree and no types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, DecimalException

from engine.definition.expressions.numbers import ROUNDING, add, less
from engine.reasons import stuck_on


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `usage` as it is written, `meaning` in a sentence, how many values it takes, and the
    work itself.
    """

    name: str
    usage: str
    meaning: str
    fewest: int
    most: int
    run: Callable[..., object]


def _day(value: date | datetime) -> date:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def days_between(first: date | datetime, second: date | datetime) -> int:
    """Whole days from the first to the second, negative when the second is earlier.

    Two points in time: full 24 hours; else the days in UTC.
    """
    if isinstance(first, datetime) and isinstance(second, datetime):
        apart = second - first
        return apart.days if apart >= timedelta(0) else -((-apart).days)
    return (_day(second) - _day(first)).days


def add_days(day: date | datetime, days: int | Decimal) -> date | datetime:
    """The date or point in time so many days later."""
    if days != int(days):
        raise stuck_on("part-of-a-day", days=days)
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        raise stuck_on("no-such-day", days=days, day=day) from None


def total(values: Iterable[int | Decimal]) -> int | Decimal:
    """The sum, 0 for none."""
    result: int | Decimal = 0
    for value in values:
        result = add(result, value)
    return result


def smallest(*values: object) -> object:
    """The smallest of a list, or of several values."""
    return _extreme("smallest", values, less)


def largest(*values: object) -> object:
    """The largest of a list, or of several values."""
    return _extreme("largest", values, lambda left, right: less(right, left))


def _extreme(word: str, values: tuple[object, ...], before: Callable[[object, object], bool]) -> object:
    several = values if len(values) > 1 else values[0]
    assert isinstance(several, Iterable)
    found: object = None
    for value in several:
        if found is None or before(value, found):
            found = value
    if found is None:
        raise stuck_on(f"none-{word}")
    return found


def contains(whole: object, part: object) -> bool:
    """Whether a text has the part in it, or a list has the value; upper and lower case differ."""
    assert isinstance(whole, str | list)
    return part in whole


def rounded(number: int | Decimal, places: int = 0) -> int | Decimal:
    """Rounded half up (half away from zero), as an invoice is."""
    if isinstance(number, int):
        return number
    try:
        result = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=ROUNDING)
    except DecimalException:
        raise stuck_on("beyond-rounding") from None
    return result if places else int(result)


def _count(values: Iterable[object]) -> int:
    return sum(1 for _ in values)


def _lower(text: str) -> str:
    return text.lower()


def _length(value: str | list[object]) -> int:
    return len(value)


def _default(value: object, otherwise: object) -> object:
    return otherwise if value is None else value


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function(
            "any",
            "any(row.ok for row in form.table)",
            "true when the condition holds for at least one row; false for an empty table",
            1,
            1,
            any,
        ),
        Function(
            "all",
            "all(row.ok for row in form.table)",
            "true when the condition holds for every row; also true for an empty table",
            1,
            1,
            all,
        ),
        Function("count", "count(form.table)", "how many rows or values there are", 1, 1, _count),
        Function("sum", "sum(form.table.amount)", "the numbers added up; 0 for an empty table", 1, 1, total),
        Function(
            "min",
            "min(form.table.amount)",
            "the smallest number or the earliest date; also of several values: `min(a, b)`",
            1,
            20,
            smallest,
        ),
        Function(
            "max",
            "max(form.table.amount)",
            "the largest number or the latest date; also of several values: `max(a, b)`",
            1,
            20,
            largest,
        ),
        Function(
            "default",
            "default(form.field, value)",
            "the field, or the value when the field is not set",
            2,
            2,
            _default,
        ),
        Function(
            "days_between",
            "days_between(from, to)",
            "whole days from the first to the second; negative when the second is earlier",
            2,
            2,
            days_between,
        ),
        Function(
            "add_days",
            "add_days(date, days)",
            "the date so many calendar days later; a negative number goes back",
            2,
            2,
            add_days,
        ),
        Function("lower", "lower(form.text)", "the text in small letters", 1, 1, _lower),
        Function("length", "length(form.text)", "how many characters a text has, or values a list", 1, 1, _length),
        Function(
            "contains",
            'contains(form.text, "part")',
            "whether a text has the part in it, or a list the value; capitals count",
            2,
            2,
            contains,
        ),
        Function(
            "round",
            "round(number, places)",
            "the number rounded half up to so many places; without places to a whole number",
            1,
            2,
            rounded,
        ),
    )
}
