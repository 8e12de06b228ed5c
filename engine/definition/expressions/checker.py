"""Whether an expression makes sense: names exist, types fit, and nothing is used that may not be there.

Owns the checking of a tree against a scope and what comes of it: the type of every node and the values that
bare words stand for. Runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from engine.definition.expressions import tree
from engine.definition.expressions.advice import arithmetic_advice, example_of
from engine.definition.expressions.comparing import check_comparison
from engine.definition.expressions.matching import TEXTY, class_in_words, computed, in_words, listed, together
from engine.definition.expressions.narrowing import Facts, Reading, literal_text
from engine.definition.expressions.paths import Paths
from engine.definition.expressions.scope import Name, Scope
from engine.definition.expressions.signatures import check_call, of_list
from engine.definition.expressions.tree import Node, short
from engine.definition.expressions.words import place_at
from engine.definition.suggest import near
from engine.definition.types import Boolean, Choice, Date, Instant, ListOf, Number, Text, Type
from engine.errors import Place, Problem

_YES = {"yes": "true", "no": "false", "on": "true", "off": "false", "y": "true", "n": "false"}


@dataclass
class Checker:
    """One pass over one tree.

    Collects every problem; a type of None means that one has been reported below.
    """

    scope: Scope
    place: Place
    problems: list[Problem] = field(default_factory=list)
    types: dict[Node, Type] = field(default_factory=dict)
    constants: dict[Node, object] = field(default_factory=dict)
    rows: dict[str, Name] = field(default_factory=dict)
    paths: Paths = field(init=False)
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        self.paths = Paths(self)
        self.reading = Reading(self.fixed, self.paths.values)

    def report(self, at: int, code: str, message: str, advice: str) -> None:
        problem = Problem(place_at(self.place, at), code, message, advice)
        if problem not in self.problems:
            self.problems.append(problem)

    def name(self, word: str) -> Name | None:
        return self.rows.get(word) or self.scope.names.get(word)

    def known_words(self) -> list[str]:
        return [*self.rows, *self.scope.names]

    def fixed(self, node: Node) -> str | None:
        """The value of a literal or of an enum's word, as text."""
        if node in self.constants:
            return str(self.constants[node])
        if isinstance(node, tree.Literal):
            return literal_text(node)
        return node.text if isinstance(node, tree.Quoted) else None

    def check(self, node: Node, facts: Facts, want: Type | None = None) -> Type | None:
        """The type of a node, knowing `facts`; `want` tells which enum a bare word belongs to, or that a
        quoted text is a date.
        """
        found = self._check(node, facts, want)
        if found is not None:
            self.types[node] = found
        return found

    def _check(self, node: Node, facts: Facts, want: Type | None) -> Type | None:
        match node:
            case tree.Literal():
                return self._literal(node, want)
            case tree.Quoted():
                return self._quoted(node, want)
            case tree.Path():
                return self._path(node, facts, want)
            case tree.Items():
                return self._items(node, facts, want)
            case tree.Not():
                return self.condition(node.operand, facts, "`not`")
            case tree.Minus():
                return self.need(node.operand, facts, Number, "A minus sign")
            case tree.And() | tree.Or():
                return self._joined(node, facts)
            case tree.Comparison():
                return check_comparison(self, node, facts)
            case tree.IsSet():
                return self._is_set(node)
            case tree.Arithmetic():
                return self._arithmetic(node, facts)
            case tree.Conditional():
                return self._conditional(node, facts, want)
            case tree.Call():
                return check_call(self, node, facts, want)
            case tree.Each():
                return self._each(node, facts)

    def condition(self, node: Node, facts: Facts, who: str) -> Boolean | None:
        """Check a node that has to be true or false."""
        found = self.check(node, facts, Boolean())
        if found is None or isinstance(found, Boolean):
            return Boolean()
        advice = f"Compare it with something, for example `{short(node)} {example_of(found)}`."
        self.report(
            node.at,
            "type-mismatch",
            f"{who} needs true or false, but `{short(node)}` is {in_words(found)}.",
            advice,
        )
        return None

    def need(
        self, node: Node, facts: Facts, wanted: type | tuple[type, ...], who: str, want: Type | None = None
    ) -> Type | None:
        """Check a node that has to be of a type."""
        found = self.check(node, facts, want)
        if found is None or isinstance(found, wanted):
            return found
        message = f"{who} needs {class_in_words(wanted)}, but `{short(node)}` is {in_words(found)}."
        self.report(node.at, "type-mismatch", message, "Use a field or value of that kind.")
        return None

    def _literal(self, node: tree.Literal, want: Type | None) -> Type:
        if isinstance(want, Choice) and node.text in want.values:
            self.constants[node] = node.text
            return want
        if isinstance(node.value, bool):
            return Boolean()
        if isinstance(node.value, int):
            return Number(integer=True)
        return Date() if isinstance(node.value, date) else Number()

    def _quoted(self, node: tree.Quoted, want: Type | None) -> Type | None:
        if isinstance(want, Choice):
            self.pick(node, node.text, want)
            return want
        if not isinstance(want, Date | Instant):
            return Text()
        try:
            if isinstance(want, Date):
                self.constants[node] = date.fromisoformat(node.text)
                return want
            instant = datetime.fromisoformat(node.text)
            if instant.tzinfo is None:
                raise ValueError("no zone")
            self.constants[node] = instant
            return want
        except ValueError:
            example = "2026-12-31" if isinstance(want, Date) else '"2026-12-31T14:30:00+01:00"'
            self.report(
                node.at,
                "type-mismatch",
                f"{tree.spell(node)} is not {in_words(want)}.",
                f"Write it as {example}.",
            )
            return None

    def pick(self, node: Node, word: str, choice: Choice) -> None:
        """Take `word` as a value of `choice`, or report that it has no such value."""
        if word in choice.values:
            self.constants[node] = word
            return
        whose = f"`{choice.name}`" if choice.name else "this choice"
        message = f"{whose} has no value `{word}`{near(word, choice.values) or '.'}"
        self.report(node.at, "not-in-enum", message, f"Use one of {listed(choice.values)}.")

    def _path(self, node: tree.Path, facts: Facts, want: Type | None) -> Type | None:
        word = node.parts[0]
        if len(node.parts) == 1:
            if isinstance(want, Choice) and (word in want.values or self.name(word) is None):
                self.pick(node, word, want)
                return want
            if isinstance(want, Boolean) and word.lower() in _YES and self.name(word) is None:
                right = _YES[word.lower()]
                self.report(node.at, "unknown-name", f"`{word}` is not a value here.", f"Write `{right}`.")
                return None
        return self.paths.read(node, facts)

    def _items(self, node: tree.Items, facts: Facts, want: Type | None) -> Type | None:
        inner = want.item if isinstance(want, ListOf) else None
        types = [self.check(item, facts, inner) for item in node.items]
        result = types[0]
        for item, found in zip(node.items[1:], types[1:], strict=True):
            if result is None or found is None:
                return None
            both = together(result, found)
            if both is None:
                message = f"`{short(item)}` is {in_words(found)}, but the list begins with {in_words(result)}."
                self.report(item.at, "type-mismatch", message, "Put values of one kind into a list.")
            result = both
        return ListOf(result) if result is not None else None

    def _joined(self, node: tree.And | tree.Or, facts: Facts) -> Type | None:
        """Each part of `a and b` sees what those before it prove; each part of `a or b` that those before it
        are false.
        """
        word = "`and`" if isinstance(node, tree.And) else "`or`"
        fine = True
        for item in node.items:
            fine = self.condition(item, facts, word) is not None and fine
            facts = facts.both(self.reading.facts(item, isinstance(node, tree.And)))
        return Boolean() if fine else None

    def _is_set(self, node: tree.IsSet) -> Type | None:
        found = self.paths.asked(node.path)
        if found is None:
            return None
        self.types[node.path] = found
        return Boolean()

    def _arithmetic(self, node: tree.Arithmetic, facts: Facts) -> Type | None:
        left = self.check(node.first, facts)
        shown: Node = node.first
        for operator, operand in node.rest:
            right = self.check(operand, facts)
            if left is None or right is None:
                left = None
                continue
            result: Type | None = None
            if isinstance(left, Number) and isinstance(right, Number):
                result = computed(operator, left, right)
            elif operator == "+" and isinstance(left, TEXTY) and isinstance(right, TEXTY):
                result = Text()
            if result is None:
                message = (
                    f"`{operator}` cannot be used between `{short(shown)}`, {in_words(left)}, and "
                    f"`{short(operand)}`, {in_words(right)}."
                )
                self.report(operand.at, "type-mismatch", message, arithmetic_advice(operator, left, right))
            left, shown = result, operand
        return left

    def _conditional(self, node: tree.Conditional, facts: Facts, want: Type | None) -> Type | None:
        self.condition(node.test, facts, "`if`")
        then = self.check(node.then, facts.both(self.reading.facts(node.test, True)), want)
        otherwise = self.check(node.otherwise, facts.both(self.reading.facts(node.test, False)), want)
        if then is None or otherwise is None:
            return None
        both = together(then, otherwise)
        if both is None:
            message = (
                f"`{short(node.then)}` is {in_words(then)}, but `{short(node.otherwise)}` is {in_words(otherwise)}."
            )
            self.report(
                node.otherwise.at,
                "type-mismatch",
                message,
                "Give values of one kind on both sides of `else`.",
            )
        return both

    def _each(self, node: tree.Each, facts: Facts) -> Type | None:
        source = self.check(node.source, facts)
        if source is None:
            return None
        if not isinstance(source, ListOf):
            self.report(
                node.source.at,
                "type-mismatch",
                f"`{short(node.source)}` is {in_words(source)}, not a list.",
                "Go through a table or a list.",
            )
            return None
        if self.name(node.variable) is not None:
            message = f"`{node.variable}` is already the name of something else."
            self.report(node.variable_at, "not-allowed", message, "Use another word after `for`.")
            return None
        self.rows[node.variable] = Name(source.item)
        self.paths.stands_for(node.variable, node.source)
        if node.condition is not None:
            self.condition(node.condition, facts, "`if`")
            facts = facts.both(self.reading.facts(node.condition, True))
        element = self.check(node.element, facts)
        del self.rows[node.variable]
        return of_list(self, node.name, element, node.element) if element is not None else None
