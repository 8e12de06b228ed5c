"""What is known to hold where an expression is read: which paths are set, which values are left.

Owns the facts and how `and`, `or` and `not` pass them on. A condition is reduced to three kinds of fact: a
path is set, a path has one of some values, a condition (by its spelling) is true. Knows no types beyond the
values a choice can have, and reports nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engine.definition.expressions.tree import (
    And,
    Comparison,
    IsSet,
    Items,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Quoted,
    spell,
)

# How the value of a node is known without running it: the value of a literal or an enum's word, as text; None
# when it is not fixed.
Fixed = Callable[[Node], str | None]
# All the values a path can have, or None.
Values = Callable[[str], frozenset[str] | None]
_OPPOSITE = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Paths known to be set, values known to be left, conditions (spelled) known to be true."""

    present: frozenset[str] = frozenset()
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    holds: frozenset[str] = frozenset()

    def both(self, other: Facts) -> Facts:
        """What is known when both are."""
        left = dict(self.left)
        for path, values in other.left.items():
            left[path] = left[path] & values if path in left else values
        return Facts(self.present | other.present, left, self.holds | other.holds)

    def either(self, other: Facts) -> Facts:
        """What is known when one of the two is."""
        left = {path: values | other.left[path] for path, values in self.left.items() if path in other.left}
        return Facts(self.present & other.present, left, self.holds & other.holds)


NOTHING = Facts()


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the paths and values of one tree: which paths stand for values, which values a path can
    have, what to put before its paths.
    """

    fixed: Fixed
    values: Values
    prefix: str = ""

    def path(self, path: Path) -> str:
        return self.prefix + path.dotted

    def facts(self, node: Node, truth: bool) -> Facts:
        """What is known once `node` has turned out true, or false."""
        match node:
            case Not():
                return self.facts(node.operand, not truth)
            case And() | Or():
                parts = [self.facts(item, truth) for item in node.items]
                whole = Facts(holds=frozenset({self.key(node, truth)}))
                known = parts[0]
                for part in parts[1:]:
                    known = known.both(part) if isinstance(node, And) == truth else known.either(part)
                return known.both(whole)
            case IsSet() if node.positive == truth:
                return Facts(present=prefixes(self.path(node.path)), holds=frozenset({self.key(node, truth)}))
            case Comparison() if truth or len(node.rest) == 1:
                known = NOTHING
                for left, operator, right in node.pairs():
                    known = known.both(self.compared(left, operator if truth else _OPPOSITE[operator], right))
                return known
            case Path() if self.fixed(node) is None:
                value = "true" if truth else "false"
                return Facts(left={self.path(node): frozenset({value})}, holds=frozenset({self.key(node, truth)}))
        return Facts(holds=frozenset({self.key(node, truth)}))

    def compared(self, left: Node, operator: str, right: Node) -> Facts:
        """What one comparison tells."""
        if isinstance(right, Path) and self.fixed(left) is not None and operator in ("==", "!="):
            left, right = right, left
        key = Facts(holds=frozenset({self.spelled(left, operator, right)}))
        if not isinstance(left, Path) or self.fixed(left) is not None or operator not in ("==", "!=", "in", "not in"):
            return key
        listed = right.items if isinstance(right, Items) else (right,)
        values = [self.fixed(item) for item in listed]
        named = frozenset(value for value in values if value is not None)
        if len(named) < len(set(values)):
            return key
        path = self.path(left)
        if operator in ("==", "in"):
            return key.both(Facts(left={path: named}))
        every = self.values(path)
        return key if every is None else key.both(Facts(left={path: every - named}))

    def implied(self, node: Node, facts: Facts) -> bool:
        """Whether the facts make `node` surely true."""
        if self.key(node, True) in facts.holds:
            return True
        match node:
            case And():
                return all(self.implied(item, facts) for item in node.items)
            case Or():
                return any(self.implied(item, facts) for item in node.items)
        wanted = self.facts(node, True)
        if wanted.left and all(facts.left.get(path, _ALL) <= values for path, values in wanted.left.items()):
            return True
        return isinstance(node, IsSet) and node.positive and self.path(node.path) in facts.present

    def key(self, node: Node, truth: bool) -> str:
        """A condition spelled so that the order of its parts does not matter."""
        match node:
            case Not():
                return self.key(node.operand, not truth)
            case And() | Or():
                word = " and " if isinstance(node, And) == truth else " or "
                return "(" + word.join(sorted(self.key(item, truth) for item in node.items)) + ")"
            case IsSet():
                return f"{self.path(node.path)} {'is set' if node.positive == truth else 'is not set'}"
            case Comparison() if len(node.rest) == 1:
                operator, right = node.rest[0]
                return self.spelled(node.first, operator if truth else _OPPOSITE[operator], right)
            case Path():
                return self.path(node) if truth else f"not {self.path(node)}"
        return self.term(node) if truth else f"not ({self.term(node)})"

    def spelled(self, left: Node, operator: str, right: Node) -> str:
        first, second = self.term(left), self.term(right)
        if operator in (">", ">="):
            first, second, operator = second, first, {">": "<", ">=": "<="}[operator]
        if operator in ("==", "!=") and second < first:
            first, second = second, first
        return f"{first} {operator} {second}"

    def term(self, node: Node) -> str:
        fixed = self.fixed(node)
        if fixed is not None:
            return repr(fixed)
        if isinstance(node, Items):
            return "[" + ", ".join(sorted(self.term(item) for item in node.items)) + "]"
        # A prefix is not put inside, so such a spelling must never equal one without a prefix.
        return self.path(node) if isinstance(node, Path) else self.prefix + spell(node)


_ALL: frozenset[str] = frozenset({"\0"})


def prefixes(path: str) -> frozenset[str]:
    """`a.b.c` is set only where `a` and `a.b` are."""
    parts = path.split(".")
    return frozenset(".".join(parts[: end + 1]) for end in range(len(parts)))


def literal_text(node: Literal) -> str:
    """The same text for 1, 1.0 and 1.00."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        return node.text
    return f"{Decimal(node.value).normalize():f}"


def fixed_within(fields: frozenset[str]) -> Fixed:
    """For a condition over a record's own fields: a single word that is no field is a value."""

    def fixed(node: Node) -> str | None:
        match node:
            case Literal():
                return literal_text(node)
            case Quoted():
                return node.text
            case Path() if len(node.parts) == 1 and node.parts[0] not in fields:
                return node.parts[0]
        return None

    return fixed
