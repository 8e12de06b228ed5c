"""The results of a decision table: how they are written, their order and their type.

Owns the reading of a result and of `results`. Knows no cells and no conditions.
"""

from __future__ import annotations

from decimal import Decimal

from engine.definition.decisions.cells import same_kind
from engine.definition.decisions.table import Result, Row
from engine.definition.expressions.matching import listed
from engine.definition.nodes import Node, Scalar, Sequence, kind
from engine.definition.types import Boolean, Choice, Number, Type
from engine.errors import Place, Problem


def _report(problems: list[Problem], place: Place, code: str, message: str, advice: str) -> None:
    problems.append(Problem(place, code, message, advice))


def among(result: Result, results: tuple[Result, ...]) -> bool:
    """Whether a result is one of these; Python's True is not our 1."""
    return any(each == result and same_kind(each) is same_kind(result) for each in results)


def read_order(node: Node | None, problems: list[Problem]) -> tuple[Result, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence) or not node.items:
        _report(
            problems,
            node.place,
            "decision-shape",
            f"Expected a list of results, but found {kind(node)}.",
            "Write `[S1, S2, S3]`, the highest first.",
        )
        return ()
    found: list[Result] = []
    for item in node.items:
        result = read_result(item, problems)
        if result is not None and among(result, tuple(found)):
            _report(
                problems,
                item.place,
                "decision-result",
                f"The result `{shown(result)}` is listed twice.",
                "Remove one of the two.",
            )
        elif result is not None:
            found.append(result)
    return tuple(found)


def read_result(node: Node, problems: list[Problem]) -> Result | None:
    """A result as written: a word, a number, true or false."""
    if isinstance(node, Scalar) and node.value is not None:
        return node.text if isinstance(node.value, str) or node.quoted else node.value
    _report(
        problems,
        node.place,
        "decision-result",
        f"Expected a result, but found {kind(node)}.",
        "Write one word, a number, true or false.",
    )
    return None


def type_of(
    name: str, order: tuple[Result, ...], rows: tuple[Row, ...], problems: list[Problem]
) -> tuple[tuple[Result, ...], Type]:
    """Every result, and their type."""
    every = order or tuple(dict.fromkeys(row.result for row in rows))
    kinds = {same_kind(result) for result in every}
    if kinds == {bool}:
        return every, Boolean()
    if kinds == {Decimal}:
        return every, Number(integer=all(isinstance(result, int) for result in every))
    place = next((row.place for row in rows), None)
    if len(kinds) > 1 and place is not None:
        message = "The results are of different kinds: " + listed(tuple(shown(result) for result in every)) + "."
        _report(
            problems,
            place,
            "decision-result",
            message,
            "Use only words, only numbers, or only true and false.",
        )
    return every, Choice(tuple(str(result) for result in every), name)


def shown(result: Result) -> str:
    return str(result).lower() if isinstance(result, bool) else str(result)
