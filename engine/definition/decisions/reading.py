"""Reading a decision table from its node.

Owns the shape of a table in YAML and every problem with it. Knows nothing of how the table is judged or run.
"""

from __future__ import annotations

from typing import cast

from engine.definition.decisions.cells import Cell, read_cell
from engine.definition.decisions.decision import Decision
from engine.definition.decisions.results import among, read_order, read_result, shown, type_of
from engine.definition.decisions.table import Hit, Result, Row
from engine.definition.expressions import Expression, Scope, compile_expression
from engine.definition.expressions.matching import in_words, listed
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, kind
from engine.definition.suggest import near
from engine.definition.texts import Localised, read_localised
from engine.definition.types import Boolean, File, ListOf, Record, Type
from engine.definition.wording import Labels
from engine.errors import DefinitionError, Place, Problem

_KEYS = ("inputs", "results", "rows", "at-least", "raise-by-one", "hit", "title", "labels", "description", "comment")
_MOST_ROWS = 1_000
_MOST_INPUTS = 20


def read_decision(name: str, node: Node, scope: Scope) -> Decision:
    """The decision table called `name`; its expressions see `scope`.

    Raises DefinitionError with every problem found.
    """
    reading = _Reading(name, scope)
    decision = reading.read(node)
    if reading.problems or decision is None:
        raise DefinitionError(reading.problems)
    return decision


class _Reading:
    """One table being read, and its problems so far."""

    def __init__(self, name: str, scope: Scope) -> None:
        self.name = name
        self.scope = scope
        self.problems: list[Problem] = []

    def report(self, place: Place, code: str, message: str, advice: str) -> None:
        self.problems.append(Problem(place, code, message, advice))

    def read(self, node: Node) -> Decision | None:
        if not isinstance(node, Mapping):
            message = f"Expected a decision table, but found {kind(node)}."
            self.report(
                node.place,
                "decision-shape",
                message,
                "Write `inputs:` and `rows:` below the decision's name.",
            )
            return None
        for entry, _ in node.entries:
            if entry.text not in _KEYS:
                message = f"A decision has no key `{entry.text}`{near(entry.text, _KEYS) or '.'}"
                self.report(entry.place, "decision-shape", message, f"Its keys are {', '.join(_KEYS)}.")
        for key_text in ("inputs", "rows"):
            if node.get(key_text) is None:
                message = f"The decision `{self.name}` has no `{key_text}`."
                self.report(node.place, "decision-shape", message, f"Add `{key_text}:`.")
        inputs = self.inputs(node.get("inputs"))
        order = read_order(node.get("results"), self.problems)
        rows = self.rows(node.get("rows"), inputs, order)
        results, type_ = type_of(self.name, order, rows, self.problems)
        at_least = self.at_least(node.get("at-least"), results)
        raise_by_one = self.expression(node.get("raise-by-one"), Boolean)
        hit = self.hit(node.get("hit"))
        for key_text in ("at-least", "raise-by-one"):
            if not order and (key := node.key(key_text)):
                message = f"`{key_text}` needs to know which result is higher."
                self.report(
                    key.place,
                    "decision-shape",
                    message,
                    "Add `results:` with every result, the highest first.",
                )
        title = self.text(node.get("title"))
        labels = self.labels(node.get("labels"), results)
        if self.problems:
            return None
        fine_inputs = tuple(expression for expression in inputs if expression is not None)
        return Decision(
            self.name, node.place, fine_inputs, rows, type_, order, at_least, raise_by_one, hit, title, labels
        )

    def text(self, node: Node | None) -> Localised:
        try:
            return read_localised(node) if node is not None else ""
        except DefinitionError as error:
            self.problems += error.problems
            return ""

    def labels(self, node: Node | None, results: tuple[Result, ...]) -> Labels:
        found = {}
        for key, child in node.entries if isinstance(node, Mapping) else ():
            if self.is_result(key, results) is not None:
                found[key.text] = self.text(child)
        return found

    def is_result(self, key: Scalar, results: tuple[Result, ...]) -> Result | None:
        """The result that a key names; None once it is told that there is no such result."""
        result = read_result(key, self.problems)
        if result is not None and among(result, results):
            return result
        known = tuple(shown(each) for each in results)
        message = f"`{key.text}` is not among the results{near(key.text, known) or '.'}"
        self.report(key.place, "decision-result", message, f"Use one of {listed(known)}.")
        return None

    def inputs(self, node: Node | None) -> list[Expression | None]:
        if node is None:
            return []
        items = node.items if isinstance(node, Sequence) else (node,)
        if not 0 < len(items) <= _MOST_INPUTS:
            self.report(
                node.place,
                "decision-shape",
                f"Expected 1 to {_MOST_INPUTS} inputs, but found {len(items)}.",
                "List what it looks at.",
            )
            return []
        return [self.input(item) for item in items]

    def input(self, node: Node) -> Expression | None:
        found = self.expression(node, None)
        if found is not None and isinstance(found.type, ListOf | Record | File):
            message = f"An input has to be a single value, but `{found.text}` is {in_words(found.type)}."
            self.report(node.place, "type-mismatch", message, "Name a field, or use a function such as `count(…)`.")
            return None
        return found

    def expression(self, node: Node | None, expect: type[Type] | None) -> Expression | None:
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.value is None:
            self.report(
                node.place,
                "decision-shape",
                f"Expected an expression, but found {kind(node)}.",
                "Write for example `triage.impact`.",
            )
            return None
        try:
            return compile_expression(node.text, self.scope, node.place, expect)
        except DefinitionError as error:
            self.problems.extend(error.problems)
            return None

    def rows(self, node: Node | None, inputs: list[Expression | None], order: tuple[Result, ...]) -> tuple[Row, ...]:
        if node is None:
            return ()
        if not isinstance(node, Sequence) or not 0 < len(node.items) <= _MOST_ROWS:
            message = (
                f"Expected 1 to {_MOST_ROWS:,} rows, but found "
                f"{len(node.items) if isinstance(node, Sequence) else kind(node)}."
            )
            self.report(node.place, "decision-shape", message, "Write `- [cell, cell, result]` for each row.")
            return ()
        found = []
        for index, item in enumerate(node.items):
            row = self.row(item, inputs, order)
            if row is not None and row.is_else and index < len(node.items) - 1:
                self.report(
                    item.place,
                    "decision-shape",
                    "The `else` row is not the last, so the rows below it are never reached.",
                    "Move it to the end.",
                )
            elif row is not None:
                found.append(row)
        return tuple(found)

    def row(self, node: Node, inputs: list[Expression | None], order: tuple[Result, ...]) -> Row | None:
        parts = self.parts(node)
        if parts is None:
            return None
        cells, last = parts
        result = read_result(last, self.problems)
        if result is not None and order and not among(result, order):
            known = tuple(shown(each) for each in order)
            message = f"`{shown(result)}` is not among the results{near(shown(result), known) or '.'}"
            self.report(last.place, "decision-result", message, f"Use one of {listed(known)}, or add it to `results`.")
            result = None
        if cells is None:
            return Row(node.place, (), result) if result is not None else None
        if len(cells) != len(inputs):
            if inputs:
                needed = f"{len(inputs)} {'cell' if len(inputs) == 1 else 'cells'} and the result"
                message = (
                    f"Expected {needed}, but this row has {len(cells)} "
                    f"{'cell' if len(cells) == 1 else 'cells'} and a result."
                )
                names = ", ".join(expression.text if expression else "…" for expression in inputs)
                self.report(
                    node.place,
                    "decision-cells",
                    message,
                    f"Write one cell for each of {names}; `any` where it does not matter.",
                )
            return None
        read = [self.cell(cell, expression) for cell, expression in zip(cells, inputs, strict=True)]
        fine = tuple(cell for cell in read if cell is not None)
        return Row(node.place, fine, result) if result is not None and len(fine) == len(read) else None

    def cell(self, node: Node, expression: Expression | None) -> Cell | None:
        return read_cell(node, expression.type, self.problems) if expression is not None else None

    def parts(self, node: Node) -> tuple[tuple[Node, ...] | None, Node] | None:
        """The cells, None for an else row, and the result's node."""
        if isinstance(node, Sequence) and len(node.items) >= 2:
            first = node.items[0]
            if len(node.items) == 2 and isinstance(first, Scalar) and first.text == "else" and not first.quoted:
                return None, node.items[1]
            return node.items[:-1], node.items[-1]
        if isinstance(node, Mapping):
            otherwise, when, result = node.get("else"), node.get("when"), node.get("result")
            if otherwise is not None and len(node.entries) == 1:
                return None, otherwise
            if when is not None and result is not None and len(node.entries) == 2:
                return (when.items if isinstance(when, Sequence) else (when,)), result
        advice = "Write `[cell, cell, result]`, `{when: [cell, cell], result: x}` or, last, `[else, result]`."
        self.report(node.place, "decision-shape", f"Expected a row, but found {kind(node)}.", advice)
        return None

    def at_least(self, node: Node | None, results: tuple[Result, ...]) -> tuple[tuple[Result, Expression], ...]:
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            message = f"Expected a result and a condition, but found {kind(node)}."
            self.report(node.place, "decision-shape", message, "Write `at-least: {S1: triage.safety}`.")
            return ()
        found = []
        for key, child in node.entries:
            result = self.is_result(key, results)
            expression = self.expression(child, Boolean)
            if result is not None and expression is not None:
                found.append((result, expression))
        return tuple(found)

    def hit(self, node: Node | None) -> Hit:
        if node is None:
            return "unique"
        if isinstance(node, Scalar) and node.text in ("unique", "first"):
            return cast(Hit, node.text)
        self.report(
            node.place,
            "decision-shape",
            f"`hit` is `unique` or `first`, but this is {kind(node)}.",
            "Write `hit: unique` or `hit: first`.",
        )
        return "unique"
