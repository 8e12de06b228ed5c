"""The expressions of a form: compiled against its own fields and the case, and evaluated on what was typed.

Owns the order in which fields depend on each other, and what a missing answer means: a condition that reads
it does not hold.
Knows no page and no way in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.definition import types
from engine.definition.expressions import Expression, Name, Scope, compile_expression
from engine.definition.forms.model import FormField, Source
from engine.definition.types import Record
from engine.errors import DefinitionError, Problem, Stuck


@dataclass(frozen=True, slots=True)
class Condition:
    """A `show-when` or `required-when`. `pieces` are the parts of an `or`, each of which holds on its own."""

    pieces: tuple[Expression, ...]
    own: frozenset[str]

    def holds(self, known: Mapping[str, object]) -> bool:
        """Whether it holds for what is known. An own field that is missing makes the part that reads it not
        hold.

        Raises Stuck when a part fails for another reason, such as a division by zero.
        """
        failed: Stuck | None = None
        for piece in self.pieces:
            try:
                if piece.evaluate(known):
                    return True
            except Stuck as stuck:
                if not any(name in self.own and name not in known for name in piece.names):
                    failed = failed or stuck
        if failed:
            raise failed
        return False

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(piece.names for piece in self.pieces))


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides whether a field is there (`show`) and what it holds (`compute`)."""

    field: FormField
    show: Condition | None = None
    compute: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """A record's compiled expressions: `rules` in an order in which every field comes after those it depends
    on; `required` last.
    """

    rules: tuple[Rule, ...] = ()
    required: tuple[tuple[FormField, Condition], ...] = ()
    outside: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rules or self.required)


def bind_rules(fields: tuple[FormField, ...], record: Record, scope: Scope) -> Rules:
    """Compile every expression of the fields. Raises `DefinitionError` with all problems; own fields win over
    names of the case.
    """
    own = frozenset(field.name for field in fields)
    lenient = scope.with_names({field.name: Name(field.type) for field in fields})
    strict = scope.with_names(
        {
            field.name: Name(field.type, record.fields[field.name].always, "the form does not ask for it every time")
            for field in fields
        }
    )
    problems: list[Problem] = []
    rules: dict[str, Rule] = {}
    required: list[tuple[FormField, Condition]] = []
    for field in fields:
        show = needed = None
        compute = None
        try:
            show = _condition(field.show_when, lenient, own) if field.show_when else None
        except DefinitionError as error:
            problems += error.problems
        try:
            needed = _condition(field.required_when, lenient, own) if field.required_when else None
        except DefinitionError as error:
            problems += error.problems
        try:
            compute = _computation(field, field.compute, strict) if field.compute else None
        except DefinitionError as error:
            problems += error.problems
        if show or compute:
            rules[field.name] = Rule(field, show, compute)
        if needed:
            required.append((field, needed))
    ordered = _ordered(rules, problems)
    if problems:
        raise DefinitionError(problems)
    names = frozenset[str]().union(*(_names(rule) for rule in ordered), *(condition.names for _, condition in required))
    return Rules(ordered, tuple(required), names - own)


def plain_result(value: object) -> object:
    """A computed value as plain JSON: Decimals as text, days and instants as ISO text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # Only the size is bounded here: the field's own reader says what is wrong with a number it refuses.
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 100 else value
    if isinstance(value, list | tuple):
        return [plain_result(item) for item in value]
    return value


def _condition(source: Source, scope: Scope, own: frozenset[str]) -> Condition:
    whole = compile_expression(source.text, scope, source.place, expect=types.Boolean)
    pieces = [whole]
    texts = alternatives(source.text)
    if len(texts) > 1:
        try:
            pieces = [compile_expression(text, scope, source.place, expect=types.Boolean) for text in texts]
        except DefinitionError:
            pieces = [whole]  # one part relies on what another proves
    return Condition(tuple(pieces), own)


def _computation(field: FormField, source: Source, scope: Scope) -> Expression:
    wanted: type[types.Type] | tuple[type[types.Type], ...] = type(field.type)
    if isinstance(field.type, types.Text | types.Choice | types.Person):
        wanted = (types.Text, types.Choice, types.Person)
    return compile_expression(source.text, scope, source.place, expect=wanted)


def alternatives(text: str) -> list[str]:
    """The parts of a text between the `or`s that stand outside brackets and quotes; the text itself when a
    conditional spans them.
    """
    parts, depth, begun, at, quote = [], 0, 0, 0, ""
    while at < len(text):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif depth == 0 and text.startswith("or", at) and _alone(text, at, 2):
            parts.append(text[begun:at].strip())
            begun = at = at + 2
            continue
        elif depth == 0 and text.startswith("if", at) and _alone(text, at, 2):
            return [text]
        at += 1
    parts.append(text[begun:].strip())
    return parts if all(parts) else [text]


def _alone(text: str, at: int, length: int) -> bool:
    before, after = text[at - 1 : at], text[at + length : at + length + 1]
    return not (before.isalnum() or before in ("_", ".", "-") and before) and not (
        after.isalnum() or after in ("_", "-", ".") and after
    )


def _names(rule: Rule) -> frozenset[str]:
    show = rule.show.names if rule.show else frozenset[str]()
    return show | (rule.compute.names if rule.compute else frozenset[str]())


def _ordered(rules: Mapping[str, Rule], problems: list[Problem]) -> tuple[Rule, ...]:
    ordered: list[Rule] = []
    state: dict[str, str] = {}
    # By hand and not by calls: two hundred fields may depend on each other in one chain.
    for start in rules:
        stack = [(start, iter(sorted(_names(rules[start]) & rules.keys())))]
        if start in state:
            continue
        state[start] = "open"
        while stack:
            name, waiting = stack[-1]
            following = next((other for other in waiting if state.get(other) != "done"), None)
            if following is None:
                state[name] = "done"
                ordered.append(rules[name])
                stack.pop()
            elif state.get(following) == "open":
                circle = [step for step, _ in stack]
                circle = [*circle[circle.index(following) :], following]
                source = rules[name].field.compute or rules[name].field.show_when
                problems.append(
                    Problem(
                        source.place if source else rules[name].field.place,
                        "form-circle",
                        f"The field '{name}' depends on itself: {' needs '.join(circle)}",
                        "let one of them depend on other fields only",
                    )
                )
            else:
                state[following] = "open"
                stack.append((following, iter(sorted(_names(rules[following]) & rules.keys()))))
    return tuple(ordered)
