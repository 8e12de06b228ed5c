"""The tree of an expression: what was written, by its structure.

Owns the node classes, each with the offset where it starts, and how a node is spelled (the same for two nodes
that mean the same). Knows no type and no name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """true, false, a number or a date, and how it was written."""

    at: int
    value: bool | int | Decimal | date
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Quoted:
    """Text in quotes."""

    at: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """`a` or `a.b.c`; a single word may turn out to be the value of an enum.

    `ats` are the offsets of the parts.
    """

    at: int
    parts: tuple[str, ...]
    ats: tuple[int, ...]

    @property
    def dotted(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """`[a, b]`."""

    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Not:
    at: int
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Minus:
    at: int
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class And:
    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or:
    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """`a < b <= c`; operators are == != < <= > >= and `in`, `not in`."""

    at: int
    first: Node
    rest: tuple[tuple[str, Node], ...]

    def pairs(self) -> Iterator[tuple[Node, str, Node]]:
        left = self.first
        for operator, right in self.rest:
            yield left, operator, right
            left = right


@dataclass(frozen=True, slots=True, eq=False)
class IsSet:
    """`path is set`, or `is not set` when not positive."""

    at: int
    path: Path
    positive: bool


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic:
    """`a + b - c` from the left; operators are + - * /, one precedence in one node."""

    at: int
    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """`then if test else otherwise`."""

    at: int
    test: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function with its arguments."""

    at: int
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Each:
    """`name(element for variable in source if condition)`."""

    at: int
    name: str
    element: Node
    variable: str
    variable_at: int
    source: Node
    condition: Node | None


Node = (
    Literal
    | Quoted
    | Path
    | Items
    | Not
    | Minus
    | And
    | Or
    | Comparison
    | IsSet
    | Arithmetic
    | Conditional
    | Call
    | Each
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order written."""
    match node:
        case Literal() | Quoted() | Path():
            return ()
        case Items() | And() | Or():
            return node.items
        case Not() | Minus():
            return (node.operand,)
        case Comparison() | Arithmetic():
            return (node.first, *(operand for _, operand in node.rest))
        case IsSet():
            return (node.path,)
        case Conditional():
            return (node.then, node.test, node.otherwise)
        case Call():
            return node.arguments
        case Each():
            return (node.element, node.source, *([node.condition] if node.condition else []))


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def spell(node: Node) -> str:
    """The node in words, for messages and for telling whether two nodes are the same."""
    match node:
        case Literal():
            return node.text
        case Quoted():
            quote = "'" if '"' in node.text else '"'
            return quote + node.text + quote
        case Path():
            return node.dotted
        case Items():
            return "[" + ", ".join(spell(item) for item in node.items) + "]"
        case Not():
            return f"not {_inner(node.operand)}"
        case Minus():
            return f"-{_inner(node.operand)}"
        case And():
            return " and ".join(_inner(item) for item in node.items)
        case Or():
            return " or ".join(_inner(item) for item in node.items)
        case Comparison() | Arithmetic():
            return " ".join([_inner(node.first), *(f"{operator} {_inner(operand)}" for operator, operand in node.rest)])
        case IsSet():
            return f"{node.path.dotted} is set" if node.positive else f"{node.path.dotted} is not set"
        case Conditional():
            return f"{_inner(node.then)} if {_inner(node.test)} else {_inner(node.otherwise)}"
        case Call():
            return f"{node.name}({', '.join(spell(argument) for argument in node.arguments)})"
        case Each():
            condition = f" if {_inner(node.condition)}" if node.condition else ""
            return f"{node.name}({spell(node.element)} for {node.variable} in {spell(node.source)}{condition})"


def _inner(node: Node) -> str:
    simple = isinstance(node, Literal | Quoted | Path | Items | Call | Each)
    return spell(node) if simple else f"({spell(node)})"


def short(node: Node) -> str:
    """The node spelled, cut to what fits a message."""
    text = spell(node)
    return text if len(text) <= 60 else text[:57] + "…"
