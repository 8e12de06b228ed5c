"""The legs of an inbox: a person's own tasks, and for each role what nobody has yet; the same for those who are away.

Owns the SQL of each leg and the order of its parameters. Each has its own index and its own limit, and stops there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, NodeList, Select, Tuple, fn

from engine.store.compiled import Parameter
from engine.store.inbox_parts import FREE, GIVEN, Wanted, approvals
from engine.store.models import DELEGATED, MINE, TO_DELEGATE, Candidate, Exclusion, Task

Shape = tuple[int, ...]
"""How many roles each absent person has: what tells one statement from another."""


def _absent_names(shape: Shape, only: Wanted) -> list[str]:
    held = only.whose != FREE  # what somebody has is found by its roles; what nobody has, by its offers
    names = ["deputy-within"] if shape and held else []
    for number, roles in enumerate(shape):
        names.append(f"absent{number}")
        names += [f"absent{number}-{kind}{role}" for kind in ("role", "within")[: 1 + held] for role in range(roles)]
    return names


def within(word: str) -> str:
    """The pattern of a list in JSON that holds this word."""
    for special in "!%_":
        word = word.replace(special, f"!{special}")
    return f'%"{word}"%'


def _holds(column: Any, parameter: str) -> Any:
    return NodeList((column, SQL("LIKE"), Parameter(parameter), SQL("ESCAPE '!'")), parens=True)


def legs(roles: int, absent: Shape, only: Wanted) -> Any:
    """`task, due` of each leg's first tasks behind the cursor, a task once."""
    if only.whose == GIVEN:
        given = DELEGATED & (Task.on_behalf_of == Parameter("person"))
        to_give = TO_DELEGATE & (Task.assignee == Parameter("person"))
        return _union([_own(given, only), _own(to_give, only)])
    mine = _mine("person", only)
    legs: list[Any] = [mine] if only.whose != FREE else []
    legs += [_free(f"role{number}", only, "person") for number in range(roles)]
    if not legs and not absent:  # nobody's tasks, for somebody without a role
        legs.append(mine.where(SQL("1 = 0")))
    for number, count in enumerate(absent):
        person = f"absent{number}"
        some = reduce(or_, (_holds(Task.roles, f"{person}-within{role}") for role in range(count)))
        kept = (Task.on_behalf_of == "") & some & ~_holds(Task.excluded, "deputy-within")
        if only.whose != FREE:
            legs.append(_mine(person, only, kept))
        legs += [_free(f"{person}-role{role}", only, "person", person) for role in range(count)]
    return _union(legs)


def _mine(person: str, only: Wanted, condition: Any = None) -> Any:
    own = MINE & (Task.assignee == Parameter(person))
    return _own(own if condition is None else own & condition, only)


def _own(condition: Any, only: Wanted) -> Any:
    behind = Tuple(Parameter("due"), Parameter("task"))
    leg = Task.select(Task.id.alias("task"), Task.next_at.alias("due")).where(
        condition & (Tuple(Task.next_at, Task.id) > behind)
    )
    leg = leg.where(*only.conditions()) if only.words else leg
    return leg.order_by(Task.next_at, Task.id).limit(Parameter("limit"))


def _free(role: str, only: Wanted, *people: str) -> Any:
    """What nobody has yet and this role may take; none of these people is excluded from it."""
    behind = Tuple(Parameter("due"), Parameter("task"))
    leg = Candidate.select(Candidate.task.alias("task"), Candidate.due_at.alias("due")).where(
        (Candidate.role == Parameter(role)) & (Tuple(Candidate.due_at, Candidate.task) > behind)
    )
    for person in people:
        excluded = Exclusion.select(Exclusion.task).where(
            (Exclusion.task == Candidate.task) & (Exclusion.person == Parameter(person))
        )
        leg = leg.where(~fn.EXISTS(excluded))
    if "process" in only.words:
        leg = leg.where(Candidate.process == Parameter("process"))
    if "due_by" in only.words:  # an offer has its task's deadline, and is sorted by it
        leg = leg.where(Candidate.due_at <= Parameter("due_by"))
    if "due_after" in only.words:
        leg = leg.where(Candidate.due_at > Parameter("due_after"))
    if "approvals" in only.words:
        leg = leg.where(Candidate.task.in_(approvals()))
    if set(only.words) - {"process", "due_after", "due_by", "approvals"}:
        leg = leg.join(Task, on=(Task.id == Candidate.task)).where(*only.conditions())
    return leg.order_by(Candidate.due_at, Candidate.task).limit(Parameter("limit"))


def _union(legs: Sequence[Any]) -> Any:
    together: Any = None
    for number, leg in enumerate(legs):
        source = leg.alias(f"leg{number}")
        part = Select([source], [source.c.task, source.c.due])
        together = part if together is None else together | part  # UNION: several roles may offer the same task
    return together


def names(roles: int, absent: Shape, only: Wanted) -> list[str]:
    return [
        "person",
        *(f"role{number}" for number in range(roles)),
        *_absent_names(absent, only),
        *only.names(),
        "due",
        "task",
        "limit",
    ]
