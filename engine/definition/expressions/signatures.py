"""What each function takes and gives: the types of the fixed list.

Owns the checking of calls. Knows neither how a function works out its value nor how the list is documented.
"""

from __future__ import annotations

from typing import Protocol

from engine.definition.expressions import tree
from engine.definition.expressions.functions import FUNCTIONS
from engine.definition.expressions.matching import ORDERED, TEXTY, comparable, in_words, listed, together
from engine.definition.expressions.narrowing import Facts
from engine.definition.expressions.paths import Paths
from engine.definition.expressions.scope import Name
from engine.definition.expressions.tree import Call, Node, short
from engine.definition.suggest import near
from engine.definition.types import Boolean, Date, Instant, ListOf, Number, Text, Type


class Checking(Protocol):
    """What signatures need of the checker."""

    paths: Paths
    types: dict[Node, Type]

    def report(self, at: int, code: str, message: str, advice: str) -> None: ...
    def name(self, word: str) -> Name | None: ...
    def check(self, node: Node, facts: Facts, want: Type | None = None) -> Type | None: ...
    def need(
        self, node: Node, facts: Facts, wanted: type | tuple[type, ...], who: str, want: Type | None = None
    ) -> Type | None: ...


def check_call(checker: Checking, call: Call, facts: Facts, want: Type | None) -> Type | None:
    """The type a call gives, or None after reporting what is wrong."""
    function = FUNCTIONS.get(call.name)
    if function is None:
        _unknown(checker, call)
        return None
    if not function.fewest <= len(call.arguments) <= function.most:
        number = str(function.fewest) if function.fewest == function.most else f"{function.fewest} or more"
        values = "value" if number == "1" else "values"
        message = f"`{call.name}` takes {number} {values}, but here are {len(call.arguments)}."
        checker.report(call.at, "type-mismatch", message, f"Write `{function.usage}`.")
        return None
    return _result(checker, call, facts, want)


def _result(checker: Checking, call: Call, facts: Facts, want: Type | None) -> Type | None:
    who, arguments = f"`{call.name}`", call.arguments
    match call.name:
        case "days_between":
            both = [checker.need(each, facts, (Date, Instant), who, _literal_date(each)) for each in arguments]
            return Number(integer=True) if None not in both else None
        case "add_days":
            day = checker.need(arguments[0], facts, (Date, Instant), who, _literal_date(arguments[0]))
            return day if checker.need(arguments[1], facts, Number, who) is not None else None
        case "default":
            return _default(checker, call, facts)
        case "lower":
            return Text() if checker.need(arguments[0], facts, TEXTY, who) is not None else None
        case "length":
            return (
                Number(integer=True) if checker.need(arguments[0], facts, (*TEXTY, ListOf), who) is not None else None
            )
        case "contains":
            return _contains(checker, call, facts)
        case "round":
            return _round(checker, call, facts)
    return _over_list(checker, call, facts, want)


def _unknown(checker: Checking, call: Call) -> None:
    advice = f"The functions are {listed(tuple(FUNCTIONS)[:12])}, {', '.join(tuple(FUNCTIONS)[12:])}."
    if checker.name(call.name) is not None:
        advice = f"Write `{call.name}` without brackets."
    checker.report(
        call.at,
        "unknown-function",
        f"There is no function `{call.name}`{near(call.name, FUNCTIONS) or '.'}",
        advice,
    )


def _literal_date(node: Node) -> Type | None:
    return Date() if isinstance(node, tree.Quoted) else None


def _default(checker: Checking, call: Call, facts: Facts) -> Type | None:
    path, value = call.arguments
    if not isinstance(path, tree.Path):
        message = f"`default` begins with a name or a path, but `{short(path)}` is none."
        checker.report(path.at, "type-mismatch", message, "Write `default(form.field, value)`.")
        return None
    first = checker.paths.optional(path)
    if first is None:
        return None
    checker.types[path] = first
    second = checker.check(value, facts, first)
    if second is None:
        return None
    both = together(first, second)
    if both is None:
        message = f"`{short(path)}` is {in_words(first)}, but `{short(value)}` is {in_words(second)}."
        checker.report(value.at, "type-mismatch", message, "Give a value of the same kind.")
    return both


def _contains(checker: Checking, call: Call, facts: Facts) -> Type | None:
    whole = checker.need(call.arguments[0], facts, (Text, ListOf), "`contains`")
    if whole is None:
        return None
    part = checker.check(call.arguments[1], facts, whole.item if isinstance(whole, ListOf) else None)
    if part is None:
        return None
    inner = whole.item if isinstance(whole, ListOf) else whole
    if comparable(inner, part):
        return Boolean()
    message = (
        f"`{short(call.arguments[0])}` holds {in_words(inner)}, but `{short(call.arguments[1])}` is {in_words(part)}."
    )
    checker.report(call.arguments[1].at, "type-mismatch", message, "Look for something of the same kind.")
    return None


def _round(checker: Checking, call: Call, facts: Facts) -> Type | None:
    number = checker.need(call.arguments[0], facts, Number, "`round`")
    places = call.arguments[1] if len(call.arguments) > 1 else None
    whole = places is None
    if places is not None:
        fine = (
            isinstance(places, tree.Literal)
            and isinstance(places.value, int)
            and not isinstance(places.value, bool)
            and 0 <= places.value <= 10
        )
        if not fine:
            checker.report(
                places.at,
                "type-mismatch",
                "The places of `round` are a whole number from 0 to 10.",
                "Write `round(number, 2)`.",
            )
            return None
        checker.check(places, facts)
        whole = isinstance(places, tree.Literal) and places.value == 0
    return Number(whole, number.currency) if isinstance(number, Number) else None


def _over_list(checker: Checking, call: Call, facts: Facts, want: Type | None) -> Type | None:
    if len(call.arguments) > 1:
        if call.name not in ("min", "max"):
            message = f"`{call.name}` takes one list, but here are {len(call.arguments)} values."
            checker.report(
                call.at,
                "type-mismatch",
                message,
                f"Write `{FUNCTIONS[call.name].usage}`, or a list in square brackets.",
            )
            return None
        return _smallest_of(checker, call, facts, want)
    found = checker.check(call.arguments[0], facts)
    if found is None:
        return None
    if not isinstance(found, ListOf):
        message = f"`{call.name}` needs a list, but `{short(call.arguments[0])}` is {in_words(found)}."
        checker.report(call.arguments[0].at, "type-mismatch", message, f"Write `{FUNCTIONS[call.name].usage}`.")
        return None
    return of_list(checker, call.name, found.item, call.arguments[0])


def _smallest_of(checker: Checking, call: Call, facts: Facts, want: Type | None) -> Type | None:
    result: Type | None = None
    for argument in call.arguments:
        found = checker.need(
            argument, facts, ORDERED, f"`{call.name}`", want if isinstance(want, Date | Instant) else result
        )
        both = found if result is None or found is None else together(result, found)
        if both is None:
            if found is not None and result is not None:
                message = f"`{short(argument)}` is {in_words(found)}, but the one before it is {in_words(result)}."
                checker.report(argument.at, "type-mismatch", message, "Compare values of one kind.")
            return None
        result = both
    return result


def of_list(checker: Checking, name: str, item: Type, node: Node) -> Type | None:
    """The type that any, all, count, sum, min or max gives over values of type `item`."""
    if name in ("any", "all"):
        if isinstance(item, Boolean):
            return Boolean()
        checker.report(
            node.at,
            "type-mismatch",
            f"`{name}` needs conditions, but these are {in_words(item)}.",
            "Write `any(row.amount > 0 for row in form.table)`.",
        )
        return None
    if name == "count":
        if not isinstance(item, Boolean):
            return Number(integer=True)
        message = "`count` counts rows, and would count the false ones too."
        checker.report(node.at, "type-mismatch", message, "Write `count(row for row in form.table if row.ok)`.")
        return None
    if isinstance(item, Number) or (name != "sum" and isinstance(item, ORDERED)):
        return item
    wanted = "numbers" if name == "sum" else "numbers or dates"
    checker.report(
        node.at,
        "type-mismatch",
        f"`{name}` needs {wanted}, but these are {in_words(item)}.",
        "Name the column: `sum(form.table.amount)`.",
    )
    return None
