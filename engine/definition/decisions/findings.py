"""Whether a decision table is whole: no case without a row, none with two different results, no row for
nothing.

Owns those three findings, each with the example that shows it, over representative values, and which results can
occur in some of these. Knows nothing of running a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.definition.decisions.table import Row, Table
from engine.definition.expressions.domains import MOST_CASES, Case, Impossible, Narrowed, Space, Term
from engine.definition.expressions.examples import UNSET, plain_example
from engine.definition.expressions.tree import short
from engine.errors import Problem

_MOST_FINDINGS = 20
MOST_WORK = 400_000
"""Comparisons of cells that are made for one table."""


@dataclass
class _Tally:
    """What the cases have shown so far, by row index."""

    gaps: list[str] = field(default_factory=list)
    clashes: dict[tuple[int, int], str] = field(default_factory=dict)
    matched: set[int] = field(default_factory=set)
    first: set[int] = field(default_factory=set)


def _prepared(table: Table) -> tuple[Space, list[Term]]:
    """The cases that the table tells apart, and what each input is in a case."""
    space = Space()
    terms = [space.term(expression.checked) for expression in table.inputs]
    for index, expression in enumerate(table.inputs):
        values = [value for row in table.rows if not row.is_else for value in row.cells[index].values()]
        space.cut(expression.checked, values)
    return space, terms


def effort(table: Table) -> int:
    """How many comparisons it takes to find everything."""
    space, _ = _prepared(table)
    return space.size() * len(table.rows) * len(table.inputs)


def find(table: Table, most: int = MOST_WORK) -> list[Problem]:
    """Every gap, overlap and dead row; one warning when the cases are too many to tell, or take more than `most`
    comparisons.
    """
    space, terms = _prepared(table)
    size = space.size()
    if size > MOST_CASES or size * len(table.rows) * len(table.inputs) > most:
        message = f"The decision `{table.name}` has {size:,} different cases, too many to check for gaps and overlaps."
        advice = f"Split it into smaller tables, with at most {MOST_CASES:,} cases each."
        return [Problem(table.place, "decision-too-large", message, advice, "warning")]
    tally = _Tally()
    for case in space.cases():
        _count(table, terms, case, tally)
    found = [*_gaps(table, tally, space), *_overlaps(table, tally, space), *_dead(table, tally)]
    return sorted(found, key=lambda problem: problem.place)


def possible(table: Table, narrowed: Narrowed) -> frozenset[object] | None:
    """The results that the rows can give in the cases that can occur; None when it cannot be told."""
    space, terms = _prepared(table)
    size = space.size(narrowed)
    if size > MOST_CASES or size * len(table.rows) * len(table.inputs) > MOST_WORK // 8:
        return None
    tally = _Tally()
    for case in space.cases(narrowed):
        _count(table, terms, case, tally)
    return frozenset(table.rows[index].result for index in (tally.first if table.hit == "first" else tally.matched))


def _count(table: Table, terms: Sequence[Term], case: Case, tally: _Tally) -> None:
    try:
        given = [term(case) for term in terms]
    except Impossible:
        return
    fitting = [
        index
        for index, row in enumerate(table.rows)
        if not row.is_else and all(cell.fits(value) for cell, value in zip(row.cells, given, strict=True))
    ]
    otherwise = [index for index, row in enumerate(table.rows) if row.is_else]
    if not fitting:
        tally.matched.update(otherwise)
        tally.first.update(otherwise)
        if not otherwise and len(tally.gaps) < _MOST_FINDINGS:
            example = _in_words(table, given)
            if example not in tally.gaps:
                tally.gaps.append(example)
        return
    tally.matched.update(fitting)
    tally.first.add(fitting[0])
    if table.hit == "first":
        return
    for position, early in enumerate(fitting):
        for late in fitting[position + 1 :]:
            if table.rows[early].result != table.rows[late].result and (early, late) not in tally.clashes:
                tally.clashes[early, late] = _in_words(table, given)


def _in_words(table: Table, given: Sequence[object]) -> str:
    return ", ".join(f"{short(e.checked.root)} is {_said(value)}" for e, value in zip(table.inputs, given, strict=True))


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "not set" if value is UNSET else str(plain_example(value))


def _gaps(table: Table, tally: _Tally, space: Space) -> list[Problem]:
    if not tally.gaps:
        return []
    more = f" and {len(tally.gaps) - 1} more cases" if len(tally.gaps) > 1 else ""
    surely = "No row" if space.exact else "Perhaps no row"
    message = f"{surely} of the decision `{table.name}` fits when {tally.gaps[0]}{more}."
    severity = "error" if space.exact else "warning"
    advice = "Add a row for it, or end the table with `[else, result]`."
    return [
        Problem(
            table.place,
            "decision-gap",
            message,
            advice,
            "error" if severity == "error" else "warning",
            tuple(tally.gaps),
        )
    ]


def _overlaps(table: Table, tally: _Tally, space: Space) -> list[Problem]:
    found = []
    for (early, late), example in sorted(tally.clashes.items())[:_MOST_FINDINGS]:
        one, other = table.rows[early], table.rows[late]
        message = (
            f"Rows {early + 1} ({_spot(one)}) and {late + 1} both fit when {example}, with the results "
            f"{_said(one.result)} and {_said(other.result)}."
        )
        advice = "Make one of them narrower, or say `hit: first` to let the upper row win."
        found.append(
            Problem(
                other.place,
                "decision-overlap",
                message,
                advice,
                "error" if space.exact else "warning",
                (example,),
            )
        )
    return found


def _spot(row: Row) -> str:
    return f"line {row.place.line}"


def _dead(table: Table, tally: _Tally) -> list[Problem]:
    clashing = {late for _, late in tally.clashes}
    found = []
    for index, row in enumerate(table.rows):
        if index in tally.first or index in clashing:
            continue
        if row.is_else:
            message = "The `else` row is never reached, because the rows above cover every case."
            advice = "Leave it out; then a value added later shows up as a gap."
            found.append(Problem(row.place, "decision-dead-row", message, advice, "warning"))
            continue
        message = f"Row {index + 1} is never reached, because the rows above cover every case of it."
        if index not in tally.matched:
            message = f"Row {index + 1} fits no case at all."
        found.append(Problem(row.place, "decision-dead-row", message, "Remove it, or correct its cells."))
    return found
