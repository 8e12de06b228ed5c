"""From words to a tree: Python's own parser for the precedence, under an allow-list.

Owns the grammar and its messages. Every operand is handed to the parser as a numbered name, so it never sees
what the author wrote: no strings, no numbers, no keywords of Python, no columns to count. Knows no names and
no types.
"""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from functools import lru_cache

from engine.definition.expressions import tree
from engine.definition.expressions.order import Refused, check_order, explain
from engine.definition.expressions.tree import Node
from engine.definition.expressions.words import DEEPEST, Token, Words, cut, place_at
from engine.errors import Place, Problem

GENERATORS = ("any", "all", "count", "sum", "min", "max")
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_COMPUTE: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def parse(text: str, place: Place) -> tuple[Node | None, list[Problem]]:
    """The tree, or None, and every problem of spelling and grammar. Never raises."""
    root = _sound(text)
    return (root, []) if root is not None else _parse(text, place)


@lru_cache(maxsize=2048)
def _sound(text: str) -> Node | None:
    """The tree of a text without any problem: the same guard stands in many places, and knows nothing of its own."""
    root, problems = _parse(text, Place(""))
    return None if problems else root


def _parse(text: str, place: Place) -> tuple[Node | None, list[Problem]]:
    words = cut(text, place)
    problems = list(words.problems)
    if not words.usable:
        return None, problems
    try:
        check_order(words.tokens)
        return _Converter(words).convert(_python_tree(words.tokens), 0), problems
    except Refused as refused:
        return None, [
            *problems,
            Problem(place_at(place, refused.at), refused.code, refused.message, refused.advice),
        ]


def _python_tree(tokens: tuple[Token, ...]) -> ast.expr:
    """Python's tree over numbered names, one for every operand."""
    masked = [
        token.text if token.kind in ("operator", "keyword") else f"w{index}" for index, token in enumerate(tokens[:-1])
    ]
    try:
        return ast.parse(" ".join(masked), mode="eval").body
    except SyntaxError as error:
        raise explain((error.offset or 1) - 1, masked, tokens) from None
    except (RecursionError, MemoryError, ValueError):
        raise Refused(0, "too-long", "This expression is nested too deep.", "Split it into named parts.") from None


class _Converter:
    """Python's nodes into ours; whatever is not on the list is refused."""

    def __init__(self, words: Words) -> None:
        self.tokens = words.tokens

    def token(self, masked: str) -> Token:
        return self.tokens[int(masked[1:])]

    def convert(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            raise Refused(
                self.at(node),
                "too-long",
                f"This is nested more than {DEEPEST} deep.",
                "Split the expression into named parts.",
            )
        below = depth + 1
        match node:
            case ast.Name():
                return self.operand(self.token(node.id))
            case ast.Attribute():
                return self.path(node)
            case ast.BoolOp():
                items = tuple(self.convert(value, below) for value in node.values)
                return tree.And(items[0].at, items) if isinstance(node.op, ast.And) else tree.Or(items[0].at, items)
            case ast.UnaryOp(op=ast.Not()):
                operand = self.convert(node.operand, below)
                return tree.Not(operand.at, operand)
            case ast.UnaryOp(op=ast.USub()):
                return self.negative(self.convert(node.operand, below))
            case ast.BinOp():
                return self.arithmetic(node, below)
            case ast.Compare():
                return self.comparison(node, below)
            case ast.IfExp():
                then = self.convert(node.body, below)
                return tree.Conditional(then.at, self.convert(node.test, below), then, self.convert(node.orelse, below))
            case ast.List():
                items = tuple(self.convert(item, below) for item in node.elts)
                return tree.Items(items[0].at - 1, items)
            case ast.Call():
                return self.call(node, below)
        raise self.refusal(node)

    def operand(self, token: Token) -> Node:
        if token.kind == "text":
            return tree.Quoted(token.at, token.text)
        if token.kind == "number":
            return tree.Literal(token.at, Decimal(token.text) if "." in token.text else int(token.text), token.text)
        if token.kind == "date":
            try:
                return tree.Literal(token.at, date.fromisoformat(token.text), token.text)
            except ValueError:
                raise Refused(
                    token.at,
                    "expression-syntax",
                    f"There is no day {token.text}.",
                    "Write year, month and day: 2026-12-31.",
                ) from None
        if token.text in ("true", "false"):
            return tree.Literal(token.at, token.text == "true", token.text)
        return tree.Path(token.at, (token.text,), (token.at,))

    def path(self, node: ast.Attribute) -> tree.Path:
        parts: list[Token] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(self.token(inner.attr))
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise Refused(
                parts[-1].at,
                "not-allowed",
                "Only a name has fields.",
                "Write a path such as `form.field`, without brackets.",
            )
        parts.append(self.token(inner.id))
        parts.reverse()
        return tree.Path(parts[0].at, tuple(part.text for part in parts), tuple(part.at for part in parts))

    def negative(self, operand: Node) -> Node:
        if (
            isinstance(operand, tree.Literal)
            and isinstance(operand.value, int | Decimal)
            and not isinstance(operand.value, bool)
        ):
            return tree.Literal(operand.at, -operand.value if operand.value else operand.value, f"-{operand.text}")
        return tree.Minus(operand.at, operand)

    def arithmetic(self, node: ast.BinOp, below: int) -> Node:
        """A chain from the left in one node, so that a long sum is not a deep one."""
        rest: list[tuple[str, Node]] = []
        inner: ast.expr = node
        level = isinstance(node.op, ast.Add | ast.Sub)
        while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub) == level:
            operator = _COMPUTE.get(type(inner.op))
            if operator is None:
                raise self.refusal(inner)
            rest.append((operator, self.convert(inner.right, below)))
            inner = inner.left
        first = self.convert(inner, below)
        return tree.Arithmetic(first.at, first, tuple(reversed(rest)))

    def comparison(self, node: ast.Compare, below: int) -> Node:
        if any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops):
            return self.is_set(node)
        first = self.convert(node.left, below)
        rest = tuple(
            (_COMPARE[type(op)], self.convert(right, below))
            for op, right in zip(node.ops, node.comparators, strict=True)
        )
        return tree.Comparison(first.at, first, rest)

    def is_set(self, node: ast.Compare) -> Node:
        word = node.comparators[0]
        if len(node.ops) > 1 or not isinstance(word, ast.Name) or self.token(word.id).text != "set":
            raise Refused(
                self.at(node),
                "expression-syntax",
                "`is set` stands on its own.",
                "Put it in brackets: `(x is set)`.",
            )
        if not isinstance(node.left, ast.Name | ast.Attribute):
            raise Refused(
                self.at(node),
                "expression-syntax",
                "Only a name or a path can be asked whether it `is set`.",
                "Write `form.field is set`.",
            )
        path = self.convert(node.left, 0)
        if not isinstance(path, tree.Path):
            raise Refused(
                self.at(node),
                "expression-syntax",
                f"`{tree.spell(path)}` is always set.",
                "Leave the question out.",
            )
        return tree.IsSet(path.at, path, isinstance(node.ops[0], ast.Is))

    def call(self, node: ast.Call, below: int) -> Node:
        if not isinstance(node.func, ast.Name) or self.token(node.func.id).kind != "word":
            advice = "Call a function by its name, `lower(form.field)`; values have no functions of their own."
            raise Refused(
                self.at(node.func), "not-allowed", "Only a function's name can stand before brackets.", advice
            )
        name = self.token(node.func.id)
        if node.keywords:
            raise self.refusal(node)
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            return self.each(name, node.args[0], below)
        return tree.Call(name.at, name.text, tuple(self.convert(argument, below) for argument in node.args))

    def each(self, name: Token, node: ast.GeneratorExp, below: int) -> Node:
        if name.text not in GENERATORS:
            raise Refused(
                name.at,
                "not-allowed",
                f"`{name.text}` cannot go through a list.",
                f"Use one of {', '.join(GENERATORS)}.",
            )
        loop = node.generators[0]
        if len(node.generators) > 1 or len(loop.ifs) > 1:
            raise Refused(
                name.at,
                "not-allowed",
                "One `for` and one `if` are the most.",
                "Join conditions with `and`; compute inner lists in a field.",
            )
        if not isinstance(loop.target, ast.Name) or self.token(loop.target.id).kind != "word":
            raise Refused(
                self.at(node.elt),
                "expression-syntax",
                "Expected one word after `for`.",
                "Write `for row in form.table`.",
            )
        variable = self.token(loop.target.id)
        condition = self.convert(loop.ifs[0], below) if loop.ifs else None
        return tree.Each(
            name.at,
            name.text,
            self.convert(node.elt, below),
            variable.text,
            variable.at,
            self.convert(loop.iter, below),
            condition,
        )

    def at(self, node: ast.AST) -> int:
        """The offset of the first operand in a node of Python's."""
        first = min((int(inner.id[1:]) for inner in ast.walk(node) if isinstance(inner, ast.Name)), default=0)
        return self.tokens[first].at

    def refusal(self, node: ast.expr) -> Refused:
        if isinstance(node, ast.Tuple):
            return Refused(
                self.at(node),
                "not-allowed",
                "Several values stand here without a list around them.",
                "Write a list in square brackets: `[a, b]`.",
            )
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            advice = f"Put it as the only argument into {', '.join(GENERATORS)}."
            return Refused(self.at(node), "not-allowed", "`for` cannot stand here.", advice)
        return Refused(
            self.at(node),
            "not-allowed",
            "This is not part of an expression.",
            "Use conditions, arithmetic, lists and the listed functions.",
        )
