"""An expression in plain words, for people who read no YAML: `„Schwere“ ist S1 und „Geld“ ist nicht large`.

Owns these words in English and German; in any other language an expression is told as it was written, and so is what
has no words here. What fields and choices are called comes in as `Spoken`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from engine.definition.expressions import tree
from engine.definition.expressions.expression import Expression
from engine.definition.expressions.syntax import parse
from engine.definition.expressions.tree import Node
from engine.definition.texts import Localised, localised
from engine.definition.types import Boolean, Date, Instant, Number, Type
from engine.definition.wording import Labels, date_in_words, money_in_words, number_in_words
from engine.errors import Place

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "quote": "“{}”", "and": " and ", "or": " or ", "not": "not ({})", "yes": "{}: yes", "no": "{}: no",
        "set": "{} is filled in", "unset": "{} is not filled in",
        "reached": "{} is reached", "unreached": "{} is not reached", "==": "{} is {}", "!=": "{} is not {}",
        "<": "{} is less than {}", "<=": "{} is at most {}", ">": "{} is more than {}", ">=": "{} is at least {}",
        "in": "{} is one of {}", "not in": "{} is none of {}", "has": "{} includes {}",
        "has-not": "{} does not include {}",
        "default": "{} (else {})", "count": "number of {}", "if": "{} if {}, else {}", "true": "yes", "false": "no",
        "claimed": "taken by somebody", "today": "today", "now": "now",
        "received_at": "the receipt", "starter": "whoever began it", "reference": "the reference",
        "add_days": "{1} days after {0}", "days_between": "the days from {} to {}",
        "max": "the larger of {}", "min": "the smaller of {}", "max-day": "the later of {}",
        "min-day": "the earlier of {}",
        "milestones": "milestone “{}”",
    },
    "de": {
        "quote": "„{}“", "and": " und ", "or": " oder ", "not": "nicht ({})", "yes": "{}: ja", "no": "{}: nein",
        "set": "{} ist ausgefüllt", "unset": "{} ist nicht ausgefüllt",
        "reached": "{} ist erreicht", "unreached": "{} ist nicht erreicht",
        "==": "{} ist {}", "!=": "{} ist nicht {}",
        "<": "{} ist kleiner als {}", "<=": "{} ist höchstens {}", ">": "{} ist größer als {}",
        ">=": "{} ist mindestens {}", "in": "{} ist eines von {}", "not in": "{} ist keines von {}",
        "has": "{} enthält {}", "has-not": "{} enthält nicht {}", "default": "{} (sonst {})", "count": "Anzahl von {}",
        "if": "{}, wenn {}, sonst {}", "true": "ja", "false": "nein", "claimed": "von jemandem übernommen",
        "today": "heute", "now": "jetzt",
        "received_at": "Eingang", "starter": "wer begonnen hat", "reference": "Vorgangsnummer",
        "add_days": "{1} Tage nach {0}", "days_between": "die Tage von {} bis {}",
        "max": "das Größere von {}", "min": "das Kleinere von {}",
        "max-day": "der spätere Tag von {}", "min-day": "der frühere Tag von {}",
        "milestones": "Meilenstein „{}“",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """What people call the names of expressions: `titles` by dotted path, and the `labels` of a choice's values; the
    `places` in which somebody works, states and tasks by their ids; and by their names the `milestones`, the `messages`
    that go out and come in, the `processes` that are called, and the `groups` of people.
    """

    titles: Mapping[str, Localised] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)
    places: Mapping[str, Localised] = field(default_factory=dict)
    milestones: Mapping[str, Localised] = field(default_factory=dict)
    messages: Mapping[str, Localised] = field(default_factory=dict)
    processes: Mapping[str, Localised] = field(default_factory=dict)
    groups: Mapping[str, Localised] = field(default_factory=dict)

    def over(self, other: Spoken) -> Spoken:
        """These words, and those of `other` for what has none here."""
        return Spoken(*({**getattr(other, one.name), **getattr(self, one.name)} for one in fields(self)))

    def name(self, path: str, language: str) -> str:
        """What people call it, in quotes; the path itself where they call it nothing."""
        title = self.titles.get(path)
        return _WORDS.get(language[:2], _WORDS["en"])["quote"].format(localised(title, language)) if title else path

    def label(self, path: str, value: object, language: str) -> str:
        """What a choice is called; yes or no in words, any other value as text."""
        if isinstance(value, bool):
            return _WORDS.get(language[:2], _WORDS["en"])["true" if value else "false"]
        label = self.labels.get(path, {}).get(value) if isinstance(value, str) else None
        return localised(label, language) if label else str(value)


def in_plain_words(expression: Expression, language: str, spoken: Spoken) -> str:
    """The expression as somebody would say it; as it was written where that is not known."""
    telling = _telling(expression, language, spoken)
    if telling is None:
        return expression.text
    root = expression.checked.root
    return telling.condition(root) if isinstance(expression.type, Boolean) else telling.say(root)


def value_in_plain_words(expression: Expression, language: str, spoken: Spoken) -> str:
    """The same of one whose answer is asked for, also when that is yes or no."""
    telling = _telling(expression, language, spoken)
    return telling.say(expression.checked.root) if telling is not None else expression.text


def _telling(expression: Expression, language: str, spoken: Spoken) -> _Telling | None:
    words, checked = _WORDS.get(language[:2]), expression.checked
    return _Telling(language[:2], words, spoken, checked.types, checked.constants) if words is not None else None


def written_in_plain_words(text: str, language: str, spoken: Spoken, *, condition: bool) -> str:
    """The same of one that stands in a form, where it is bound to no process yet: a lone word that nothing is called by
    is a value.
    """
    words, (root, problems) = _WORDS.get(language[:2]), parse(text, Place(""))
    if words is None or root is None or problems:
        return text
    values: dict[Node, object] = {
        node: node.parts[0]
        for node in tree.walk(root)
        if isinstance(node, tree.Path) and len(node.parts) == 1 and node.dotted not in {*spoken.titles, *words}
    }
    telling = _Telling(language[:2], words, spoken, {}, values)
    return telling.condition(root) if condition else telling.say(root)


def name_in_plain_words(path: str, language: str, spoken: Spoken) -> str:
    """A name alone, by its dotted path, in quotes where it has a title."""
    parts = tuple(path.split("."))
    words = _WORDS.get(language[:2], _WORDS["en"])
    return _Telling(language[:2], words, spoken, {}, {}).name(tree.Path(0, parts, (0,) * len(parts)))


def answer_in_plain_words(expression: Expression, answer: str, language: str, spoken: Spoken) -> str:
    """One of the answers that an expression can give, as people read it."""
    words = _WORDS.get(language[:2], _WORDS["en"])
    telling = _Telling(language[:2], words, spoken, {}, {})
    label = spoken.labels.get(telling.path(expression.checked.root), {}).get(answer)
    return localised(label, language) if label else words[answer] if answer in ("true", "false") else _plain(answer)


class _Telling:
    """One expression being told: with what is known of its nodes' types, and the values of its bare words."""

    def __init__(
        self,
        language: str,
        words: Mapping[str, str],
        spoken: Spoken,
        types: Mapping[Node, Type],
        constants: Mapping[Node, object],
    ) -> None:
        self.language, self.words, self.spoken = language, words, spoken
        self.types, self.constants = types, constants

    def condition(self, node: Node) -> str:
        """A part that holds or does not: a name alone is one that says yes."""
        return self.words["yes"].format(self.name(node)) if isinstance(node, tree.Path) else self.say(node)

    def say(self, node: Node) -> str:
        if node in self.constants:
            return self.value(node, None)
        match node:
            case tree.And() | tree.Or():
                between = self.words["and" if isinstance(node, tree.And) else "or"]
                return between.join(self.inner(item) for item in node.items)
            case tree.Not():
                if isinstance(node.operand, tree.Path):
                    return self.words["no"].format(self.name(node.operand))
                return self.words["not"].format(self.say(node.operand))
            case tree.Comparison():
                return self.words["and"].join(self.pair(*pair) for pair in node.pairs())
            case tree.IsSet():
                said = "reached" if node.path.parts[0] == "milestones" else "set"
                return self.words[said if node.positive else f"un{said}"].format(self.name(node.path))
            case tree.Path():
                return self.name(node)
            case tree.Literal() | tree.Quoted() | tree.Items():
                return self.value(node, None)
            case tree.Conditional():
                then, test, otherwise = self.operand(node.then, None), self.inner(node.test), node.otherwise
                return self.words["if"].format(then, test, self.operand(otherwise, None))
            case tree.Call(name="default" | "count"):
                return self.words[node.name].format(*(self.operand(one, None) for one in node.arguments))
            case tree.Call(name="add_days" | "days_between"):
                first, second = (self.operand(one, None) for one in node.arguments)
                return self.words[node.name].format(first, second)
            case tree.Call(name="max" | "min") if len(node.arguments) > 1:
                of_days = isinstance(self.types.get(node.arguments[0]), Date | Instant)
                every = self.words["and"].join(self.operand(one, None) for one in node.arguments)
                return self.words[f"{node.name}-day" if of_days else node.name].format(every)
            case tree.Arithmetic():
                rest = (f"{operator} {self.operand(one, None)}" for operator, one in node.rest)
                return " ".join((self.operand(node.first, None), *rest))
        return tree.spell(node)

    def inner(self, node: Node) -> str:
        whole = isinstance(node, tree.And | tree.Or | tree.Conditional)
        return f"({self.say(node)})" if whole else self.condition(node)

    def pair(self, left: Node, operator: str, right: Node) -> str:
        if operator in ("==", "!=") and isinstance(right, tree.Literal) and isinstance(right.value, bool):
            return self.words["yes" if right.value == (operator == "==") else "no"].format(self.operand(left, None))
        if operator in ("in", "not in") and not isinstance(right, tree.Items):
            return self.words["has" if operator == "in" else "has-not"].format(
                self.operand(right, None), self.operand(left, right)
            )
        return self.words[operator].format(self.operand(left, right), self.operand(right, left))

    def operand(self, node: Node, beside: Node | None) -> str:
        """A side of a comparison: a name, or a value as it is called beside that name."""
        if node in self.constants or isinstance(node, tree.Literal | tree.Quoted | tree.Items):
            return self.value(node, beside)
        whole = isinstance(node, tree.And | tree.Or | tree.Conditional)
        return f"({self.say(node)})" if whole else self.say(node)

    def value(self, node: Node, beside: Node | None) -> str:
        if isinstance(node, tree.Items):
            return ", ".join(self.operand(item, beside) for item in node.items)
        written = node.value if isinstance(node, tree.Literal) else node.text if isinstance(node, tree.Quoted) else ""
        value = self.constants.get(node, written)
        if isinstance(value, bool):
            return self.words["true" if value else "false"]
        if isinstance(value, int | Decimal):
            of = self.types.get(beside) if beside is not None else None
            currency = of.currency if isinstance(of, Number) else ""
            number = Decimal(value)
            return (
                money_in_words(number, currency, self.language) if currency else number_in_words(number, self.language)
            )
        if isinstance(value, date):
            return date_in_words(value, self.language)
        labels = self.spoken.labels.get(self.path(beside)) if beside is not None else None
        label = labels.get(str(value)) if labels else None
        if label or isinstance(node, tree.Quoted):
            return self.words["quote"].format(localised(label, self.language) if label else value)
        return str(value)

    def path(self, node: Node) -> str:
        """The dotted path that decides what a value beside it is called: also of a name with a default."""
        if isinstance(node, tree.Call) and node.name == "default":
            return self.path(node.arguments[0])
        return node.dotted if isinstance(node, tree.Path) else ""

    def name(self, node: tree.Path) -> str:
        if node.parts[0] == "milestones" and len(node.parts) == 2:
            found = self.spoken.milestones.get(node.parts[1])
            return self.words["milestones"].format(localised(found or _plain(node.parts[1]), self.language))
        title = self.spoken.titles.get(node.dotted)
        if title:
            return self.words["quote"].format(localised(title, self.language))
        owner = self.spoken.titles.get(node.parts[0]) if len(node.parts) > 1 else None
        if owner:  # a part of a whole that has a name, such as a form
            rest = " ".join(map(_plain, node.parts[1:]))
            return f"{self.words['quote'].format(localised(owner, self.language))}: {rest}"
        return self.words.get(node.dotted) or " ".join(map(_plain, node.parts))


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
