"""The pieces of a calendar file that occur in several places: a day, opening hours, a title, a range of
years.

Owns how each is read and the list of problems found on the way. Knows not what a calendar does with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from engine.core.holidays import FIRST_YEAR, LAST_YEAR, Rule, parse_day
from engine.core.hours import DAY, Span, overlap, parse_span
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, kind
from engine.definition.suggest import near
from engine.definition.texts import Localised, read_localised, shown
from engine.errors import DefinitionError, Place, Problem

_MOST_SPANS = 24
_LONG_NIGHT = 12 * 60


@dataclass(slots=True)
class Pieces:
    """Reads pieces and collects their problems.

    What could not be read is left out, so that reading goes on.
    """

    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, code: str, message: str, advice: str) -> None:
        self.problems.append(Problem(place, code, message, advice))

    def wrong(self, place: Place, code: str, error: ValueError, advice: str) -> None:
        """A sentence of the core as a problem.

        What follows its last semicolon is better advice than the general one.
        """
        message, _, meant = str(error).removesuffix(".").rpartition("; ")
        self.problem(place, code, message or meant, meant if message else advice)

    def hours(self, node: Node | None) -> tuple[Span, ...]:
        """A list of opening hours (or a single one) of one day, in order; those that could be read."""
        items = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
        if len(items) > _MOST_SPANS and node is not None:
            self.problem(
                node.place,
                "calendar-hours",
                f"Expected at most {_MOST_SPANS} opening hours a day, but there are {len(items):,}",
                "write fewer",
            )
            return ()
        spans: list[Span] = []
        for item in items:
            if not isinstance(item, Scalar) or not isinstance(item.value, str):
                self.problem(
                    item.place,
                    "calendar-hours",
                    f"Expected opening hours such as 09:00-17:00, but found {kind(item)}",
                    'write ["09:00-17:00"], or [] for a closed day',
                )
                continue
            try:
                span = parse_span(item.value.strip())
            except ValueError as error:
                self.wrong(item.place, "calendar-hours", error, "write opening and closing time as 09:00-17:00")
                continue
            both = overlap([*spans, span])
            if both is not None:
                self.problem(
                    item.place,
                    "calendar-overlap",
                    f"{both[0]} and {both[1]} overlap on the same day",
                    "join them, or let one begin when the other ends",
                )
                continue
            if span.end > DAY and span.end - span.begin > _LONG_NIGHT:
                message = f"{span} runs over midnight for {(span.end - span.begin) / 60:g} hours"
                turned = Span(span.end - DAY, span.begin)
                self.problems.append(
                    Problem(
                        item.place,
                        "calendar-long-night",
                        message,
                        f"write {turned} if the day was meant",
                        "warning",
                    )
                )
            spans.append(span)
        return tuple(sorted(spans))

    def unknown(self, node: Mapping, words: tuple[str, ...]) -> None:
        for key, _ in node.entries:
            if key.text not in words:
                message = f"Expected one of {', '.join(words)}, but found '{shown(key.text)}'"
                self.problem(
                    key.place,
                    "unknown-word",
                    message,
                    near(key.text, words).lstrip(", ") or "remove it, or use one of these words",
                )

    def day(self, node: Node | None) -> date | Rule | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            if node is not None:
                self.problem(
                    node.place,
                    "calendar-holiday",
                    f"Expected a day, but found {kind(node)}",
                    "write 2026-12-25, 12-25, easter+1 or last mon of may",
                )
            return None
        try:
            return parse_day(node.value)
        except ValueError as error:
            self.wrong(node.place, "calendar-holiday", error, "write 2026-12-25, 12-25, easter+1 or last mon of may")
            return None

    def title(self, node: Mapping) -> Localised:
        title = node.get("title")
        if title is None:
            return ""
        try:
            return read_localised(title)
        except DefinitionError as error:
            self.problems.extend(error.problems)
            return ""

    def years(self, node: Mapping) -> tuple[int | None, int | None]:
        found: list[int | None] = []
        for word in ("since", "until"):
            year = node.get(word)
            value = year.value if isinstance(year, Scalar) else None
            if year is None:
                found.append(None)
            elif isinstance(value, int) and not isinstance(value, bool) and FIRST_YEAR <= value <= LAST_YEAR:
                found.append(value)
            else:
                message = f"Expected a year from {FIRST_YEAR} to {LAST_YEAR} for '{word}', but found {kind(year)}"
                self.problem(year.place, "calendar-holiday", message, f"write {word}: 2026, for example")
                found.append(None)
        since, until = found
        if since is not None and until is not None and until < since:
            place = node.get("until")
            self.problem(
                (place or node).place,
                "calendar-range",
                f"'until' {until} is before 'since' {since}",
                "swap them",
            )
            return None, None
        return since, until


def shown_message(text: str) -> str:
    """A message that quotes an author's text, safe to print on one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
