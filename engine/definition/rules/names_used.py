"""What is declared is used.

Owns `unused-variable`, `unused-decision` and `unused-person`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.definition.decisions import Decision
from engine.definition.expressions import Expression
from engine.definition.forms import BoundForm, Form
from engine.definition.model import Definition
from engine.definition.moves import ApprovalPlan, Sending
from engine.definition.plans import TaskPlan
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.errors import Place


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    used = used_names(sight.bound)
    head = sight.outline.head
    for key, code, what, advice in (
        ("variables", "unused-variable", "variable", "remove it, and the `set` that gives it values"),
        (
            "decisions",
            "unused-decision",
            "decision",
            "remove it, or use it in a guard, a message or `{by: …}`",
        ),
        ("people", "unused-person", "name", "remove it, or use it under `assignee`, `exclude`, `by` or `to`"),
    ):
        for said, _ in head.get(key, ()):
            if said.text not in used:
                report.warning(
                    said.place,
                    code,
                    f"Expected the {what} '{said.text}' to be used, but nothing reads it",
                    advice,
                )


def used_names(definition: Definition) -> frozenset[str]:
    """The top-level names that something in the definition reads."""
    parts: list[Any] = [
        definition.start,
        definition.subject,
        definition.customer,
        definition.states,
        definition.anywhere,
        definition.heeded,
        definition.clocks,
        definition.tasks,
    ]
    found: set[str] = set()
    for part in parts:
        found.update(_names(part, set()))
    waiting = [name for name in definition.decisions if name in found]
    while waiting:
        for name in _names(definition.decisions[waiting.pop()], set()):
            if name not in found and name in definition.decisions:
                waiting.append(name)
            found.add(name)
    return frozenset(found)


def _names(part: Any, seen: set[int]) -> Iterator[str]:
    if isinstance(part, Expression | BoundForm):
        yield from part.names
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _names(value, seen)
    elif isinstance(part, (tuple, list)):
        for value in part:
            yield from _names(value, seen)
    elif is_dataclass(part) and not isinstance(part, (type, Form, Place)) and id(part) not in seen:
        seen.add(id(part))
        if isinstance(part, TaskPlan):
            yield part.assignee
        if isinstance(part, TaskPlan | ApprovalPlan):
            yield from (word.split(".")[0] for word in part.exclude)
        if isinstance(part, Sending):
            yield part.to
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name == "by" and isinstance(value, tuple):
                yield from value
            elif not isinstance(value, (str, int, Decision)):
                yield from _names(value, seen)


RULE = Rule(
    {
        "unused-variable": "Nothing reads this variable.",
        "unused-decision": "Nothing asks for this decision.",
        "unused-person": "Nothing asks for this name of `people`.",
    },
    _check,
)
