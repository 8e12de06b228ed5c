"""Representative values: enough examples to decide a question about conditions by trying them all.

Owns the space of cases: for every path the values that conditions can tell apart (an enum's values, both
sides of every limit, set and not set). What cannot be taken apart (a function, arithmetic) counts as free:
then a proof still holds, and a counter-example may not. Knows no values of a real case.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from engine.definition.expressions import tree
from engine.definition.expressions.checked import Checked
from engine.definition.expressions.examples import UNSET, Variable, examples
from engine.definition.expressions.narrowing import literal_text
from engine.definition.expressions.numbers import number_from
from engine.definition.expressions.tree import Node
from engine.definition.types import Boolean, Choice, Number, Type

MOST_CASES = 20_000

Case = Mapping[str, object]
Term = Callable[[Case], Any]
Narrowed = Callable[[str, Variable, list[Any]], list[Any]]
"""Which of a variable's examples can occur, by its path."""

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Impossible(Exception):
    """This case cannot occur: it would read a value that is not set, which the checker has ruled out."""


class Space:
    """All the cases that some expressions can tell apart.

    `exact` is False once a free term is among the variables.
    """

    def __init__(self) -> None:
        self.exact = True
        self._variables: dict[str, Variable] = {}

    def term(self, checked: Checked) -> Term:
        """Take an expression in; the function gives its value in a case."""
        return _Builder(self, checked).build(checked.root)

    def cut(self, checked: Checked, constants: list[Any]) -> None:
        """Let the cases tell apart how an expression's value compares with these."""
        _Builder(self, checked).cut(checked.root, constants)

    def variable(self, key: str, type_: Type) -> Variable:
        return self._variables.setdefault(key, Variable(type_))

    def known(self, key: str) -> bool:
        return key in self._variables

    def size(self, narrowed: Narrowed | None = None) -> int:
        return math.prod(len(found) for found in self._examples(narrowed))

    def cases(self, narrowed: Narrowed | None = None) -> Iterator[Case]:
        """Every combination, or those that can occur; the caller has asked `size` first."""
        keys = tuple(self._variables)
        for values in product(*self._examples(narrowed)):
            yield dict(zip(keys, values, strict=True))

    def _examples(self, narrowed: Narrowed | None) -> list[list[Any]]:
        if narrowed is None:
            return [examples(variable) for variable in self._variables.values()]
        return [narrowed(path, variable, examples(variable)) for path, variable in self._variables.items()]


class _Builder:
    """One expression's way into the space."""

    def __init__(self, space: Space, checked: Checked) -> None:
        self.space = space
        self.checked = checked

    def constant(self, node: Node) -> bool:
        return node in self.checked.constants or isinstance(node, tree.Literal | tree.Quoted)

    def build(self, node: Node) -> Term:
        if node in self.checked.constants:
            known = self.checked.constants[node]
            return lambda case: known
        match node:
            case tree.Literal():
                value = node.value
                return lambda case: value
            case tree.Quoted():
                text = node.text
                return lambda case: text
            case tree.Path():
                return self.path(node)
            case tree.Not():
                inner = self.build(node.operand)
                return lambda case: not inner(case)
            case tree.And():
                parts = [self.build(item) for item in node.items]
                return lambda case: all(part(case) for part in parts)
            case tree.Or():
                parts = [self.build(item) for item in node.items]
                return lambda case: any(part(case) for part in parts)
            case tree.Comparison():
                return self.comparison(node)
            case tree.IsSet():
                return self.is_set(node.path, node.positive)
            case tree.Conditional():
                test, then, otherwise = (
                    self.build(node.test),
                    self.build(node.then),
                    self.build(node.otherwise),
                )
                return lambda case: then(case) if test(case) else otherwise(case)
            case tree.Call(name="default", arguments=(tree.Path() as path, value)):
                asked, read, instead = self.is_set(path, True), self.path(path), self.build(value)
                return lambda case: read(case) if asked(case) else instead(case)
        return self.free(tree.spell(node), self.checked.types[node])

    def free(self, key: str, type_: Type) -> Term:
        """A term that is not looked into: any value of its type."""
        self.space.exact = False
        self.space.variable(key, type_).value = True
        return lambda case: case[key]

    def path(self, node: tree.Path) -> Term:
        key = node.dotted
        self.space.variable(key, self.checked.types[node]).value = True
        prefixes = [".".join(node.parts[:end]) for end in range(1, len(node.parts))]

        def read(case: Case) -> object:
            value = case[key]
            if value is UNSET or any(case.get(prefix) is UNSET for prefix in prefixes):
                raise Impossible
            return value

        return read

    def is_set(self, path: tree.Path, positive: bool) -> Term:
        variable = self.space.variable(path.dotted, self.checked.types[path])
        variable.optional |= path.dotted in self.checked.uncertain
        keys = [".".join(path.parts[:end]) for end in range(1, len(path.parts) + 1)]
        return lambda case: all(case.get(key) is not UNSET for key in keys) is positive

    def comparison(self, node: tree.Comparison) -> Term:
        pairs = [self.pair(left, sign, right) for left, sign, right in node.pairs()]
        return pairs[0] if len(pairs) == 1 else lambda case: all(pair(case) for pair in pairs)

    def pair(self, left: Node, sign: str, right: Node) -> Term:
        if sign in ("in", "not in"):
            if not isinstance(right, tree.Items):
                return self.opaque_pair(left, sign, right)
            inside = [self.pair(left, "==", item) for item in right.items]
            return lambda case: any(part(case) for part in inside) is (sign == "in")
        first, second = self.leaves(left), self.leaves(right)
        open_first, open_second = (
            [n for n in first if not self.constant(n)],
            [n for n in second if not self.constant(n)],
        )
        if open_first and open_second and not all(self.finite(n) for n in (*open_first, *open_second)):
            return self.opaque_pair(left, sign, right)
        compare, one, other = _SIGNS[sign], self.build(left), self.build(right)
        for nodes, opposite in ((open_first, second), (open_second, first)):
            constants = [self.value(n) for n in opposite if self.constant(n)]
            for node in nodes:
                self.leaf(node).cuts.update(constants)
                self.leaf(node).whole |= bool(open_first and open_second)
        return lambda case: compare(one(case), other(case))

    def cut(self, node: Node, constants: list[Any]) -> None:
        for leaf in self.leaves(node):
            if not self.constant(leaf) and not isinstance(self.checked.types.get(leaf), Boolean):
                self.leaf(leaf).cuts.update(constants)

    def leaf(self, node: Node) -> Variable:
        key = node.dotted if isinstance(node, tree.Path) else tree.spell(node)
        return self.space.variable(key, self.checked.types[node])

    def leaves(self, node: Node) -> list[Node]:
        """The nodes a value can come from: both sides of `if … else`, a path or its default."""
        match node:
            case tree.Conditional():
                return [*self.leaves(node.then), *self.leaves(node.otherwise)]
            case tree.Call(name="default"):
                return [leaf for argument in node.arguments for leaf in self.leaves(argument)]
        return [node]

    def finite(self, node: Node) -> bool:
        """Whether the node is a path with a fixed list of values."""
        return isinstance(node, tree.Path) and isinstance(self.checked.types.get(node), Choice | Boolean)

    def opaque_pair(self, left: Node, sign: str, right: Node) -> Term:
        """A comparison of two things that both vary: the same one written twice has the same outcome, and
        its opposite the other.
        """
        first, second = tree.spell(left), tree.spell(right)
        if sign in ("in", "not in"):
            term = self.free(f"{first} in {second}", Boolean())
            return lambda case: term(case) is (sign == "in")
        swapped = second < first
        key = f"{second} <=> {first}" if swapped else f"{first} <=> {second}"
        self.space.exact = False
        self.space.variable(key, Number(integer=True)).value = True
        self.space.variable(key, Number(integer=True)).cuts.add(0)
        compare = _SIGNS[sign]
        return lambda case: compare(0, case[key]) if swapped else compare(case[key], 0)

    def value(self, node: Node) -> Any:
        if node in self.checked.constants:
            return self.checked.constants[node]
        if isinstance(node, tree.Literal):
            return node.value if not isinstance(node.value, Decimal) else number_from(literal_text(node))
        assert isinstance(node, tree.Quoted)
        return node.text
