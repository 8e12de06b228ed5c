"""Comparisons: which two sides can be compared, and which enum a bare word on one side belongs to.

Owns the rules for == != < <= > >= `in` and `not in`. Knows neither names nor functions.
"""

from __future__ import annotations

import re
from typing import Protocol

from engine.definition.expressions import tree
from engine.definition.expressions.matching import ORDERED, comparable, in_words
from engine.definition.expressions.narrowing import Facts
from engine.definition.expressions.scope import Name
from engine.definition.expressions.tree import Node, short
from engine.definition.types import Boolean, Choice, Date, Instant, ListOf, Number, Text, Type

NEVER_EQUAL = "the two can never be equal"
NEITHER_MORE = "neither can be more than the other"


class Checking(Protocol):
    """What comparisons need of the checker."""

    def report(self, at: int, code: str, message: str, advice: str) -> None: ...
    def name(self, word: str) -> Name | None: ...
    def check(self, node: Node, facts: Facts, want: Type | None = None) -> Type | None: ...


def check_comparison(checker: Checking, node: tree.Comparison, facts: Facts) -> Type | None:
    """Check each pair of a chain."""
    fine = True
    for left, operator, right in node.pairs():
        fine = _check_pair(checker, left, operator, right, facts) and fine
    return Boolean() if fine else None


def _check_pair(checker: Checking, left: Node, operator: str, right: Node, facts: Facts) -> bool:
    if operator in ("in", "not in"):
        return _check_in(checker, left, right, facts)
    if _takes_its_type(checker, left) and not _takes_its_type(checker, right) or _belongs_to(checker, left, right):
        second = checker.check(right, facts)
        first = checker.check(left, facts, second) if second is not None else None
    else:
        first = checker.check(left, facts)
        if first is None and _takes_its_type(checker, right):
            return False  # a bare word could only be called unknown, which may be wrong
        second = checker.check(right, facts, first)
    if first is None or second is None:
        return False
    if operator in ("==", "!="):
        return comparable(first, second) or _mismatch(checker, left, first, right, second, NEVER_EQUAL)
    if isinstance(first, ORDERED) and comparable(first, second):
        return True
    if comparable(first, second):
        advice = (
            "List the values instead: `x in [a, b]`."
            if isinstance(first, Choice)
            else "Use `==`, or compare numbers or dates."
        )
        checker.report(
            left.at,
            "type-mismatch",
            f"`{operator}` needs numbers or dates, but `{short(left)}` is {in_words(first)}.",
            advice,
        )
        return False
    return _mismatch(checker, left, first, right, second, NEITHER_MORE)


def _check_in(checker: Checking, left: Node, right: Node, facts: Facts) -> bool:
    if _takes_its_type(checker, left) and not _takes_its_type(checker, right):
        second = checker.check(right, facts)
        if second is None:
            return False
        first = checker.check(left, facts, second.item if isinstance(second, ListOf) else None)
    else:
        first = checker.check(left, facts)
        if first is None and _takes_its_type(checker, right):
            return False
        second = checker.check(right, facts, ListOf(first) if first is not None else None)
    if first is None or second is None:
        return False
    if not isinstance(second, ListOf):
        advice = 'Write a list, `x in [a, b]`; for a part of a text write `contains(text, "part")`.'
        checker.report(
            right.at,
            "type-mismatch",
            f"`in` needs a list, but `{short(right)}` is {in_words(second)}.",
            advice,
        )
        return False
    return comparable(first, second.item) or _mismatch(checker, left, first, right, second.item, NEVER_EQUAL)


def _takes_its_type(checker: Checking, node: Node) -> bool:
    """Whether a node means something only beside the other: a bare word that is no name, a text in quotes, a
    list of such.
    """
    match node:
        case tree.Quoted() | tree.Literal():
            return True
        case tree.Path():
            return len(node.parts) == 1 and checker.name(node.parts[0]) is None
        case tree.Items():
            return any(_takes_its_type(checker, item) for item in node.items)
        case tree.Conditional():
            return _takes_its_type(checker, node.then) or _takes_its_type(checker, node.otherwise)
    return False


def _belongs_to(checker: Checking, left: Node, right: Node) -> bool:
    """Whether the word on the left, though a name, is a value of the enum on the right and not the other way
    round.
    """
    if not (
        isinstance(left, tree.Path) and isinstance(right, tree.Path) and len(left.parts) == 1 and len(right.parts) == 1
    ):
        return False
    first, second = checker.name(left.parts[0]), checker.name(right.parts[0])
    if first is None or second is None or (isinstance(first.type, Choice) and right.parts[0] in first.type.values):
        return False
    return isinstance(second.type, Choice) and left.parts[0] in second.type.values


def _mismatch(checker: Checking, left: Node, first: Type, right: Node, second: Type, what: str) -> bool:
    message = f"`{short(left)}` is {in_words(first)}, but `{short(right)}` is {in_words(second)}; {what}."
    advice = "Compare things of the same kind."
    if isinstance(first, Boolean) or isinstance(second, Boolean):
        advice = "Compare it with `true` or `false`, without quotes, or write the name alone."
    elif (
        isinstance(first, Number) and isinstance(second, Text) or isinstance(first, Text) and isinstance(second, Number)
    ):
        number = next((node.text for node in (left, right) if isinstance(node, tree.Quoted) and _counts(node)), "")
        advice = f"Write {number} without quotes." if number else "Write a number without quotes and text with quotes."
        if isinstance(first, Number) and isinstance(second, Number) and first.currency:
            advice = "Convert one amount first."
    elif isinstance(first, Date | Instant) or isinstance(second, Date | Instant):
        advice = "Write a date as 2026-12-31; for a point in time against a date write `days_between(point, date)`."
    elif isinstance(first, Choice) and isinstance(second, Choice):
        advice = "The two lists of values have none in common; check which field is meant."
    checker.report(right.at, "type-mismatch", message, advice)
    return False


def _counts(node: tree.Quoted) -> bool:
    """Whether a number stands in the quotes."""
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", node.text) is not None
