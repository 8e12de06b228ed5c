"""An expression, ready to run: the public face of the language.

Owns the compiling from text to an Expression. Knows nothing of YAML, of forms or of where an expression
stands in a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.definition.expressions import tree
from engine.definition.expressions.checked import Checked
from engine.definition.expressions.checker import Checker
from engine.definition.expressions.compiler import compile_tree, read_once
from engine.definition.expressions.matching import class_in_words, comparable, in_words
from engine.definition.expressions.narrowing import NOTHING, Facts, Reading
from engine.definition.expressions.reading import Read, plain_value
from engine.definition.expressions.scope import Scope
from engine.definition.expressions.syntax import parse
from engine.definition.expressions.tree import short
from engine.definition.types import Choice, Type
from engine.errors import DefinitionError, Place, Stuck

Expected = type[Type] | tuple[type[Type], ...] | Type | None


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression.

    `names` are the top-level names it uses, `paths` the dotted paths (through a table: `quote.lines.amount`).
    """

    text: str
    place: Place
    type: Type
    names: frozenset[str]
    paths: frozenset[str]
    checked: Checked = field(repr=False, compare=False)
    run: Read = field(repr=False, compare=False)
    repeated: tuple[str, ...] = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, object]) -> object:
        """The value: bool, text, int or Decimal, date, aware datetime, list, or a record as stored.

        `values` are plain JSON by top-level name; a callable without arguments gives its value when read, at
        most once. Raises Stuck, with the place and a sentence, when a value is missing or is not of its type,
        on division by zero and when a number grows out of reason.
        """
        return self.run(read_once(values, self.names, self.repeated) if self.repeated else values)

    def why(self, values: Mapping[str, object]) -> dict[str, object]:
        """The plain value of every path it speaks of, those without a value left out: what the history keeps
        beside a decision.
        """
        found: dict[str, object] = {}
        seen = read_once(values, self.names, tuple(self.names))
        for path in sorted(self.paths):
            if any(other.startswith(path + ".") for other in self.paths):
                continue
            try:
                value = plain_value(seen, tuple(path.split(".")))
            except Stuck:
                continue
            if value is not None:
                found[path] = value
        return found


def compile_expression(text: str, scope: Scope, place: Place, expect: Expected = None) -> Expression:
    """The expression that stands at `place`. `expect` is the type it has to have: a class, several, or a
    Choice, whose values may then be written bare.

    Raises DefinitionError with every problem found, each with its own column (counted from the place's).
    """
    root, problems = parse(text, place)
    if root is None:
        raise DefinitionError(problems)
    checker = Checker(scope, place, problems)
    want = expect if expect is not None and not isinstance(expect, type | tuple) else None
    found = checker.check(root, _known(checker, scope), want)
    if found is not None and expect is not None:
        _expect(checker, root, found, expect)
    if checker.problems or found is None:
        raise DefinitionError(checker.problems)
    names, paths = frozenset(checker.paths.names), frozenset(checker.paths.used)
    checked = Checked(root, found, checker.types, checker.constants, names, paths, frozenset(checker.paths.uncertain))
    return Expression(text, place, found, names, paths, checked, compile_tree(checked, place), _repeated(checked))


def _known(checker: Checker, scope: Scope) -> Facts:
    """What the scope's conditions prove."""
    facts = NOTHING
    for condition in scope.given:
        fixed = {node: str(value) for node, value in condition.checked.constants.items()}
        reading = Reading(lambda node, fixed=fixed: fixed.get(node) or checker.fixed(node), checker.paths.values)  # type: ignore[misc]
        facts = facts.both(reading.facts(condition.checked.root, True))
    return facts


def _expect(checker: Checker, root: tree.Node, found: Type, expect: Expected) -> None:
    if isinstance(expect, type | tuple):
        if isinstance(found, expect):
            return
        wanted = class_in_words(expect)
    else:
        assert expect is not None
        same = (
            set(found.values) <= set(expect.values)
            if isinstance(found, Choice) and isinstance(expect, Choice)
            else False
        )
        if same or (
            not isinstance(found, Choice)
            and not isinstance(expect, Choice)
            and (found == expect or comparable(found, expect))
        ):
            return
        wanted = in_words(expect)
    message = f"Expected {wanted}, but `{short(root)}` is {in_words(found)}."
    checker.report(
        root.at,
        "type-mismatch",
        message,
        "Compare it with something." if wanted.startswith("true") else "Use a field or value of that kind.",
    )


def _repeated(checked: Checked) -> tuple[str, ...]:
    """The names that may be read more than once in one run: named twice, or named inside a `for`."""
    seen: set[str] = set()
    twice: set[str] = set()
    for node in tree.walk(checked.root):
        if isinstance(node, tree.Each):
            twice.update(path.parts[0] for path in tree.walk(node) if isinstance(path, tree.Path))
        elif isinstance(node, tree.Call) and node.name == "default" or isinstance(node, tree.IsSet):
            twice.update(path.parts[0] for path in tree.children(node)[:1] if isinstance(path, tree.Path))
        elif isinstance(node, tree.Path) and node not in checked.constants:
            (twice if node.parts[0] in seen else seen).add(node.parts[0])
    return tuple(sorted(twice & checked.names))
