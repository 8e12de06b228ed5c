"""From a checked tree to nested functions that run fast.

Owns the evaluation: order, short circuits, and the place of whatever gets stuck. Nothing of Python is reached
but what stands here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

from engine.definition.expressions import numbers, tree
from engine.definition.expressions.checked import Checked
from engine.definition.expressions.functions import FUNCTIONS
from engine.definition.expressions.reading import Read, Values, reader, reads_set
from engine.definition.expressions.tree import Node, walk
from engine.definition.expressions.words import place_at
from engine.definition.types import Number
from engine.errors import Place, Stuck

_COMPARE: dict[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, whole: item in whole,
    "not in": lambda item, whole: item not in whole,
}
_COMPUTE: dict[str, Callable[..., object]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
}


def compile_tree(checked: Checked, place: Place) -> Read:
    """A function from values to the expression's value.

    It raises Stuck, with the place, and nothing else of its own.
    """
    return _Compiler(checked, place).build(checked.root)


class _Compiler:
    def __init__(self, checked: Checked, place: Place) -> None:
        self.checked = checked
        self.place = place

    def build(self, node: Node) -> Read:
        if node in self.checked.constants:
            return _constant(self.checked.constants[node])
        match node:
            case tree.Literal():
                return _constant(node.value)
            case tree.Quoted():
                return _constant(node.text)
            case tree.Path():
                return reader(node.parts, self.checked.types[node], place_at(self.place, node.ats[-1]))
            case tree.Items():
                return self.items(node)
            case tree.Not():
                operand = self.build(node.operand)
                return lambda values: not operand(values)
            case tree.Minus():
                return self.guarded(node, numbers.negate, (self.build(node.operand),))
            case tree.And() | tree.Or():
                return _joined([self.build(item) for item in node.items], isinstance(node, tree.Or))
            case tree.Comparison():
                return self.comparison(node)
            case tree.IsSet():
                asked, positive = reads_set(node.path.parts), node.positive
                return lambda values: asked(values) is positive
            case tree.Arithmetic():
                return self.arithmetic(node)
            case tree.Conditional():
                test, then, otherwise = (
                    self.build(node.test),
                    self.build(node.then),
                    self.build(node.otherwise),
                )
                return lambda values: then(values) if test(values) else otherwise(values)
            case tree.Call():
                return self.call(node)
            case tree.Each():
                return self.each(node)

    def fixed(self, node: Node) -> bool:
        if isinstance(node, tree.Items):
            return all(self.fixed(item) for item in node.items)
        return node in self.checked.constants or isinstance(node, tree.Literal | tree.Quoted)

    def items(self, node: tree.Items) -> Read:
        parts = [self.build(item) for item in node.items]
        if self.fixed(node):
            return _constant([part({}) for part in parts])
        return lambda values: [part(values) for part in parts]

    def comparison(self, node: tree.Comparison) -> Read:
        if len(node.rest) > 1:
            return self.chain(node)
        sign, right = node.rest[0]
        first, second, compare = self.build(node.first), self.build(right), _COMPARE[sign]
        if not self.fixed(right):
            return lambda values: compare(first(values), second(values))
        known = second({})
        if sign == "in":
            among = frozenset(cast(list[object], known))
            return lambda values: first(values) in among
        if sign == "not in":
            others = frozenset(cast(list[object], known))
            return lambda values: first(values) not in others
        if sign == "==":
            return lambda values: first(values) == known
        return lambda values: compare(first(values), known)

    def chain(self, node: tree.Comparison) -> Read:
        """`a < b < c`: each value worked out once, and none after the first that does not hold."""
        first = self.build(node.first)
        rest = [(_COMPARE[sign], self.build(operand)) for sign, operand in node.rest]

        def run(values: Values) -> object:
            left = first(values)
            for compare, operand in rest:
                right = operand(values)
                if not compare(left, right):
                    return False
                left = right
            return True

        return run

    def arithmetic(self, node: tree.Arithmetic) -> Read:
        first = self.build(node.first)
        numeric = isinstance(self.checked.types[node], Number)
        rest = [
            (
                _COMPUTE[sign] if numeric else operator.add,
                self.build(operand),
                place_at(self.place, operand.at),
            )
            for sign, operand in node.rest
        ]

        def run(values: Values) -> object:
            result = first(values)
            for compute, operand, place in rest:
                right = operand(values)
                try:
                    result = compute(result, right)
                except Stuck as stuck:
                    raise stuck.at(place) from None
            return result

        return run

    def guarded(self, node: Node, work: Callable[..., object], arguments: tuple[Read, ...]) -> Read:
        """Call `work` on the arguments' values; what gets stuck in it is stuck here."""
        place = place_at(self.place, node.at)

        def run(values: Values) -> object:
            given = [argument(values) for argument in arguments]
            try:
                return work(*given)
            except Stuck as stuck:
                raise stuck.at(place) from None

        return run

    def call(self, node: tree.Call) -> Read:
        if node.name == "default":
            path, otherwise = node.arguments
            assert isinstance(path, tree.Path)
            asked, read, instead = reads_set(path.parts), self.build_optional(path), self.build(otherwise)
            return lambda values: read(values) if asked(values) else instead(values)
        return self.guarded(node, FUNCTIONS[node.name].run, tuple(self.build(argument) for argument in node.arguments))

    def build_optional(self, path: tree.Path) -> Read:
        return reader(path.parts, self.checked.types[path], place_at(self.place, path.ats[-1]))

    def each(self, node: tree.Each) -> Read:
        source, element = self.build(node.source), self.build(node.element)
        condition = self.build(node.condition) if node.condition is not None else None
        variable, place = node.variable, place_at(self.place, node.at)
        work = FUNCTIONS[node.name].run
        inner = (node.element, *([node.condition] if node.condition is not None else []))
        used = {path.parts[0] for part in inner for path in walk(part) if isinstance(path, tree.Path)}

        def run(values: Values) -> object:
            rows = source(values)
            around: dict[str, object] = {name: values[name] for name in used if name in values}

            def results() -> object:
                for row in cast(list[object], rows):
                    around[variable] = row
                    if condition is None or condition(around):
                        yield element(around)

            try:
                return work(results())
            except Stuck as stuck:
                raise stuck.at(place) from None

        return run


def _constant(value: object) -> Read:
    return lambda values: value


def _joined(parts: list[Read], stop: object) -> Read:
    if len(parts) == 2:
        first, second = parts
        if stop:
            return lambda values: first(values) or second(values)
        return lambda values: first(values) and second(values)

    def run(values: Values) -> object:
        return any(part(values) for part in parts) if stop else all(part(values) for part in parts)

    return run


def read_once(values: Mapping[str, object], names: frozenset[str], repeated: tuple[str, ...]) -> Mapping[str, object]:
    """The values with every callable among `repeated` called at most once, and only when read."""
    if not any(callable(values.get(name)) for name in repeated):
        return values
    result = {name: values[name] for name in names if name in values}
    for name in repeated:
        value = result.get(name)
        if callable(value):
            result[name] = _once(value)
    return result


def _once(work: Callable[[], object]) -> Callable[[], object]:
    found: list[object] = []

    def run() -> object:
        if not found:
            found.append(work())
        return found[0]

    return run
