"""What every shape is made with: the report it writes into, and the values it gives.

Owns `Report`, `Said` and `Got`, and how it is told that something else was expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.definition import nodes
from engine.definition.nodes import Node, kind
from engine.errors import DefinitionError, Place, Problem

Schema = dict[str, Any]


MOST_PROBLEMS = 300
"""Problems that are told of one file; more would help nobody."""


@dataclass(slots=True)
class Report:
    """Collects problems; reading goes on after each, so that all of them are told at once. Raises DefinitionError with
    all of them once there are far too many.
    """

    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, code: str, message: str, advice: str, *witness: str) -> None:
        self.problems.append(Problem(place, code, message, advice, "error", witness))
        self._not_too_many(place)

    def warning(self, place: Place, code: str, message: str, advice: str, *witness: str) -> None:
        self.problems.append(Problem(place, code, message, advice, "warning", witness))

    def absorb(self, error: DefinitionError) -> None:
        self.problems.extend(error.problems)
        if error.problems:
            self._not_too_many(error.problems[-1].place)

    def _not_too_many(self, place: Place) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            more = Problem(
                place,
                "too-many-problems",
                f"Expected fewer mistakes, but there are more than {MOST_PROBLEMS}",
                "mend these first, then check again",
            )
            raise DefinitionError([*self.problems[: MOST_PROBLEMS - 1], more])


@dataclass(frozen=True, slots=True)
class Said:
    """A word or a text with the place where it was said."""

    text: str
    place: Place

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Got:
    """A record as read: the values that were there, by key, and the place of each key, also of one whose value could
    not be read.
    """

    place: Place
    values: Mapping[str, Any]
    places: Mapping[str, Place]

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


class Shape(Protocol):
    """`read` gives the value, or None after reporting; `schema` what an editor needs; `words` what a person is told was
    expected.
    """

    def read(self, node: Node, report: Report) -> Any: ...

    def schema(self) -> Schema: ...

    @property
    def words(self) -> str: ...


def _found(node: Node) -> str:
    if isinstance(node, nodes.Sequence) and not node.items:
        return "an empty list"
    return "an empty mapping" if isinstance(node, nodes.Mapping) and not node.entries else kind(node)


def unexpected(node: Node, words: str, report: Report, advice: str = "") -> None:
    report.problem(
        node.place, "wrong-shape", f"Expected {words}, but found {_found(node)}", advice or f"write {words} here"
    )
