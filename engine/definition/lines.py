"""Short texts with expressions in them, such as the task title `Assess {reference}`.

Owns how such a text is read, checked against a scope and filled in on one line. Knows neither messages nor
where the text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from engine.definition import characters, nodes
from engine.definition.expressions import Expression, Scope, compile_expression
from engine.definition.nodes import Node, Scalar, kind
from engine.definition.placeholders import Piece, Placeholder, split
from engine.definition.texts import Localised
from engine.definition.wording import Labels, can_be_told, in_words
from engine.errors import DefinitionError, Place, Problem
from engine.reasons import stuck_on

LONGEST = 1_000
"""Most characters of a one-line text as written."""

AllLabels = Mapping[str, Labels]
"""A choice's path -> its value -> the words for it."""

NO_LABELS: AllLabels = {}
_LEADING = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)?[ >]*")


@dataclass(frozen=True, slots=True)
class Filled:
    """An expression to be told in words, with the labels of its values.

    `indent` is what a further line of its text begins with, so that it stays in the quotation or list its
    first line is in; None in a table's row, where no line can break. `there` says whether it has a value, where
    its line is left out without one.
    """

    expression: Expression
    labels: Labels | None
    indent: str | None
    there: Expression | None = None

    def is_left_out(self, values: Mapping[str, object]) -> bool:
        """Whether its line is, with it."""
        return self.there is not None and self.there.evaluate(values) is not True

    def words(self, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
        """The value in words. Raises Stuck when it is missing."""
        value = self.expression.evaluate(values)
        if value is None:
            raise stuck_on("no-value-for-text", self.expression.place, name=self.expression.text)
        return in_words(value, self.expression.type, language, zone, self.labels)


Bound = tuple[str | Filled, ...]
"""A text checked against a scope: what stands as it is, and what is filled in."""


@dataclass(frozen=True, slots=True)
class Line:
    """A one-line text ready to be filled in, by language; the key "" is for every language."""

    languages: Mapping[str, Bound]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(piece.expression for bound in self.languages.values() for piece in filled(bound))

    def outline(self) -> Localised:
        """The text without a case, by language: with a gap for what would be filled in."""
        known = {
            language: "".join(piece if isinstance(piece, str) else "…" for piece in bound)
            for language, bound in self.languages.items()
        }
        return known.get("", known)

    def render(self, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
        """The text on one line, not escaped for anything. Raises Stuck when a value is missing."""
        for wanted in (language, language[:2], "", "en"):
            if wanted in self.languages:
                return one_line(self.languages[wanted], values, language, zone)
        return one_line(next(iter(self.languages.values()), ()), values, language, zone)


@dataclass(frozen=True, slots=True)
class LineSource:
    """A one-line text as read, by language."""

    place: Place
    languages: Mapping[str, tuple[Piece, ...]]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        pieces = (piece for pieces in self.languages.values() for piece in pieces)
        return tuple(piece for piece in pieces if isinstance(piece, Placeholder))

    def bind(self, scope: Scope, labels: AllLabels = NO_LABELS) -> Line:
        """The text checked against the scope. Raises DefinitionError with all problems."""
        problems: list[Problem] = []
        languages = {key: bind(pieces, scope, labels, problems) for key, pieces in self.languages.items()}
        if problems:
            raise DefinitionError(problems)
        return Line(languages)


def read_text(text: str, place: Place) -> LineSource:
    """A text such as `Assess {reference}`, for every language. Raises DefinitionError with all problems."""
    return LineSource(place, {"": pieces_of(text, place)})


def read_line(node: Node) -> LineSource:
    """A node's text, plain or one per language. Raises DefinitionError with all problems."""
    if isinstance(node, nodes.Mapping) and node.entries:
        entries = [(key.text, child) for key, child in node.entries]
    else:
        entries = [("", node)]
    problems: list[Problem] = []
    languages: dict[str, tuple[Piece, ...]] = {}
    for language, child in entries:
        if not isinstance(child, Scalar) or not child.text.strip():
            message = f"Expected a text, but got {kind(child)}"
            advice = "Write the text, in quotes if it begins with a brace"
            problems.append(Problem(child.place, "text-expected", message, advice))
            continue
        try:
            languages[language] = pieces_of(child.text, child.place)
        except DefinitionError as error:
            problems.extend(error.problems)
    if problems:
        raise DefinitionError(problems)
    return LineSource(node.place, languages)


def pieces_of(text: str, place: Place) -> tuple[Piece, ...]:
    """A one-line text in pieces. Raises DefinitionError with all problems."""
    if len(text) > LONGEST:
        message = f"Expected at most {LONGEST:,} characters, but this text has {len(text):,}"
        raise DefinitionError([Problem(place, "too-large", message, "Shorten it")])
    # A folded text is one line here: its breaks would only move the places of what follows.
    pieces = split(text.strip("\n").replace("\n", " "), place)
    alone = [piece for piece in pieces if isinstance(piece, Placeholder) and piece.optional]
    if alone:
        message = "Expected a value that is surely there, because a text of one line has no line to leave out"
        advice = "Remove the `?`, and write such as `{default(intake.product, 'unknown')}` if it may be missing"
        raise DefinitionError([Problem(piece.place, "optional-in-line", message, advice) for piece in alone])
    return pieces


def bind(pieces: tuple[Piece, ...], scope: Scope, labels: AllLabels, problems: list[Problem]) -> Bound:
    """The pieces with their expressions compiled; what is wrong goes into `problems`."""
    bound: list[str | Filled] = []
    line = ""
    for piece in pieces:
        if isinstance(piece, str):
            bound.append(piece)
            line = (line + piece).rpartition("\n")[2]
            continue
        try:
            there = compile_expression(f"{piece.text} is set", scope, piece.place) if piece.optional else None
            known = scope.knowing(there) if there is not None else scope
            expression = compile_expression(piece.text, known, piece.place)
        except DefinitionError as error:
            problems.extend(error.problems)
            continue
        if not can_be_told(expression.type):
            message = f"`{piece.text[:60]}` is a whole form or table, which has no place in a sentence"
            advice = "Name one of its fields, as in `{triage.impact}`"
            problems.append(Problem(piece.place, "type-mismatch", message, advice))
            continue
        bound.append(Filled(expression, _labels(expression, labels), _indent(line), there))
        line += "x"
    return tuple(bound)


def one_line(bound: Bound, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """The text filled in, on one line whatever the values hold. Raises Stuck when a value is missing."""
    text = "".join(piece if isinstance(piece, str) else piece.words(values, language, zone) for piece in bound)
    return " ".join(characters.without_controls(text).split())


def filled(bound: Bound) -> tuple[Filled, ...]:
    """The pieces of a text that are filled in."""
    return tuple(piece for piece in bound if isinstance(piece, Filled))


def _labels(expression: Expression, labels: AllLabels) -> Labels | None:
    """The labels of the choice that the expression gives: its own path's, or those of the only labelled path
    in it.
    """
    own = labels.get(expression.text.strip())
    if own is not None:
        return own
    known = [path for path in expression.paths if path in labels]
    return labels[known[0]] if len(known) == 1 else None


def _indent(line: str) -> str | None:
    if line.lstrip().startswith("|"):
        return None
    leading = _LEADING.match(line)
    return re.sub(r"[^>]", " ", leading[0]) if leading else ""
