"""Processes with a fault planted in them, and what the linter tells.

Owns what the tests of the rules share. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.catalog import Catalog
from engine.definition.linter import lint
from engine.errors import Problem
from tests.builders import HEAD, PROCESS, files

PEOPLE = """
people:
  ann: {name: Ann, roles: [agent, owner, lead, expert]}
"""
FORM = """
required: [kind, amount]
properties:
  kind: {type: string, enum: [goods, service, other]}
  size: {type: string, enum: [small, large]}
  amount: {type: integer}
  urgent: {type: boolean}
  by_whom: {type: string, format: person}
  rows: {type: array, items: {type: object, required: [item], properties: {item: {type: string}}}}
"""
SCENARIOS = "scenarios:\n- {scenario: it begins, start: {as: agent, values: {kind: goods, amount: 1}}}\n"
START = "start: {by: agent, form: order-intake, go: received}\n"
TASK = "task: {title: Do it, candidates: agent}"


def home(
    body: str,
    head: str = HEAD,
    start: str = START,
    forms: Mapping[str, str] | None = None,
    messages: Mapping[str, str] | None = None,
    people: str = "",
    **more: str,
) -> dict[str, str]:
    """The files: `body` stands below the head and the start; the form `order-intake` is there."""
    found = files("", {"order-intake": FORM, **(forms or {})}, messages, head, **more)
    found[PROCESS] += start + body
    found["processes/organisation.yaml"] += people
    found["processes/order.scenarios.yaml"] = SCENARIOS
    return found


def linted(body: str, **more: object) -> tuple[Problem, ...]:
    """Everything the linter tells of such a process."""
    return lint(Catalog(home(body, **more)), PROCESS).problems  # type: ignore[arg-type]


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def the_one(problems: tuple[Problem, ...], code: str) -> Problem:
    """The only problem, which has this code."""
    assert codes(problems) == [code], "\n".join(map(str, problems)) or "nothing was told"
    return problems[0]


def word_at(problem: Problem, files: Mapping[str, str]) -> str:
    """What stands where the problem points, to the end of the line."""
    rows = files[problem.place.file].splitlines()
    return rows[problem.place.line - 1][problem.place.column - 1 :]
