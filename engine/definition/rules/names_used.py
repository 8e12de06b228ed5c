"""What is declared is used.

Owns `unused-variable`, `unused-decision` and `unused-person`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from engine.definition.decisions import Decision
from engine.definition.expressions import Expression
from engine.definition.forms import BoundForm, Form
from engine.definition.model import Definition
from engine.definition.moves import ApprovalPlan, Move, Sending
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
    """What something in the definition reads: the top-level names, and of its expressions the dotted paths."""
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
    found = set(_names(parts))
    waiting = [name for name in definition.decisions if name in found]
    while waiting:
        for name in _names([definition.decisions[waiting.pop()]]):
            if name not in found and name in definition.decisions:
                waiting.append(name)
            found.add(name)
    return frozenset(found)


def _names(parts: Iterable[Any]) -> Iterator[str]:
    """What these parts of a definition read, and all that is in them."""
    seen: set[int] = set()
    todo = list(parts)
    while todo:
        part = todo.pop()
        kind: Any = type(part)
        if isinstance(part, Expression | BoundForm):
            yield from part.names
            if isinstance(part, Expression):
                yield from part.paths
        elif isinstance(part, (tuple, list)):
            todo.extend(part)
        elif (inside := _fields(kind)) and id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, TaskPlan):
                yield part.assignee
            if isinstance(part, TaskPlan | ApprovalPlan | Move):
                yield from (word.split(".")[0] for word in part.exclude)
            if isinstance(part, Sending):
                yield part.to
            for name in inside:
                value = getattr(part, name)
                if name == "by" and isinstance(value, tuple):
                    yield from value
                elif value is not None and not isinstance(value, (str, int, Decision, Place)):
                    todo.append(value)
        elif isinstance(part, Mapping):
            todo.extend(part.values())


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """The fields of a class of the model in which something may be read; of any other class none."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) and kind is not Form else ()


RULE = Rule(
    {
        "unused-variable": "Nothing reads this variable.",
        "unused-decision": "Nothing asks for this decision.",
        "unused-person": "Nothing asks for this name of `people`.",
    },
    _check,
)
