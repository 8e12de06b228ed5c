"""What holds after a step, compared with what a scenario expects.

Owns the names of `expect` and how values are compared. Changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from engine.core.draft import Draft
from engine.core.events import Event
from engine.core.instance import Approval, Instance, Task
from engine.core.promised import Clock
from engine.core.roster import Roll, Roster, nobody
from engine.core.tasks import not_offered
from engine.definition.model import Definition
from engine.definition.moves import ApprovalPlan
from engine.definition.texts import localised
from engine.errors import Stuck
from engine.keywords.deciding import count, in_words
from engine.keywords.needs import plan_of
from engine.scenarios.acts import Expected
from engine.scenarios.cast import NOBODY
from engine.scenarios.happened import HAPPENED, happened


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to: the case as it is now, what happened in this step, and what time it is."""

    definition: Definition
    instance: Instance
    events: Sequence[Event]
    now: datetime
    roll: Roll = nobody


def mismatch(expected: Expected, outcome: Outcome) -> str:
    """`Expected …, but …`, or nothing when it is as expected."""
    name, wanted = expected.name.text, expected.value
    if name in _SEVERAL:
        found = list(_SEVERAL[name](outcome))
        items = wanted if isinstance(wanted, list) else [wanted]
        if _same_items(items, found, outcome):
            return ""
        return _sentence(name, _listed(items), _listed(found))
    if name in _OF_CLOCKS and isinstance(wanted, Mapping):
        return _of_clocks(name, wanted, outcome)
    if name in _OF_APPROVALS:
        return _of_tasks(name, wanted, list(_approvals(name, outcome)), "approval", outcome)
    if name in _OF_TASKS:
        values = [_OF_TASKS[name](task) for task in outcome.instance.tasks.values()]
        return _of_tasks(name, wanted, values, "task", outcome)
    try:
        value = _ONE[name](outcome) if name in _ONE else _value(name, outcome)
    except Stuck as stuck:
        return f"Expected {name} to be {_shown(wanted)}, but it cannot be worked out: {stuck.message}"
    if same(wanted, value, outcome):
        return ""
    return _sentence(name, _shown(wanted), _shown(value, outcome))


def _sentence(name: str, wanted: str, found: str) -> str:
    return f"Expected {name} to be {wanted}, but it is {found}"


# --- what can be asked for


def _happened(word: str, outcome: Outcome) -> Iterator[str]:
    return happened(word, outcome.definition, outcome.events)


def _states(outcome: Outcome) -> Iterator[str]:
    """Where it stands: its branches when there are any, else the state of the case itself."""
    living = [token for token in outcome.instance.tokens.values() if not token.done]
    parents = {token.parent for token in living}
    return (token.state for token in living if token.id not in parents)


def _draft(outcome: Outcome) -> Draft:
    """A draft that only answers what is known; it is thrown away."""
    return Draft(outcome.definition, outcome.instance, NOBODY, outcome.now, Roster(outcome.roll))


def _offered(outcome: Outcome) -> Iterator[str]:
    draft = _draft(outcome)
    for task in outcome.instance.tasks.values():
        if task.id in outcome.instance.approvals:
            continue  # its outcomes follow from the counting
        for name, move in outcome.definition.place_of(task.state).on.items():
            try:
                if not not_offered(draft, task.token, move):
                    yield name
            except Stuck:
                continue


_SEVERAL: Mapping[str, Callable[[Outcome], Iterable[Any]]] = {
    "state": _states,
    "offered": _offered,
    **{word: partial(_happened, word) for word in HAPPENED},
}
_OF_TASKS: Mapping[str, Callable[[Task], Any]] = {
    "task": lambda task: task.title,
    "assignee": lambda task: task.assignee or None,
    "due": lambda task: task.due_at.isoformat() if task.due_at is not None else None,
}
_ONE: Mapping[str, Callable[[Outcome], Any]] = {
    "status": lambda outcome: outcome.instance.status,
    "outcome": lambda outcome: outcome.instance.outcome or None,
    "subject": lambda outcome: outcome.instance.subject or None,
    "priority": lambda outcome: outcome.instance.priority or "normal",
    "label": lambda outcome: _label(outcome),
}
_OF_APPROVALS: Mapping[str, Callable[[Outcome, Approval, ApprovalPlan], Any]] = {
    "rule": lambda outcome, approval, plan: in_words(plan.rules[approval.rule].rule),
    "needed": lambda outcome, approval, plan: count(_draft(outcome), approval, plan).needed,
}


def _approvals(name: str, outcome: Outcome) -> Iterator[Any]:
    for approval in outcome.instance.approvals.values():
        yield _OF_APPROVALS[name](outcome, approval, plan_of(outcome.definition, approval))


_OF_CLOCKS: Mapping[str, Callable[[Clock], str | None]] = {
    "clocks": lambda clock: clock.status,
    "deadlines": lambda clock: clock.due_at.isoformat() if clock.due_at is not None else None,
}


def _of_clocks(name: str, wanted: Mapping[str, object], outcome: Outcome) -> str:
    """Each clock that is named, compared on its own; one that has not begun is nothing."""
    for one, expected in wanted.items():
        clock = outcome.instance.clocks.get(one)
        found = _OF_CLOCKS[name](clock) if clock is not None else None
        if not same(expected, found, outcome):
            return _sentence(f"{name} {one}", _shown(expected), _shown(found, outcome))
    return ""


def _label(outcome: Outcome) -> str | None:
    definition = outcome.definition
    state = next(token.state for token in outcome.instance.tokens.values() if not token.parent)
    return localised(definition.states[state].label, definition.languages[0]) or None


def _of_tasks(name: str, wanted: object, found: Sequence[Any], what: str, outcome: Outcome) -> str:
    if wanted is None and not found:
        return ""
    items = wanted if isinstance(wanted, list) else [wanted]
    if _same_items(items, found, outcome):
        return ""
    if not found:
        return f"Expected {name} to be {_listed(items)}, but no {what} is open"
    return _sentence(name, _listed(items), _listed(found, outcome))


def _value(path: str, outcome: Outcome) -> object:
    """The value of a name or dotted path, at the case itself or else in a branch; None when it has none."""
    draft = _draft(outcome)
    for token in outcome.instance.tokens:
        value: Any = draft.values(token)
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
            value = value() if callable(value) else value
        if value is not None:
            return value
    return None


# --- comparing


def _same_items(wanted: Sequence[object], found: Sequence[object], outcome: Outcome) -> bool:
    """The same things, in any order."""
    left = list(found)
    for one in wanted:
        hit = next((other for other in left if same(one, other, outcome)), _NOTHING)
        if hit is _NOTHING:
            return False
        left.remove(hit)
    return not left


_NOTHING = object()


def same(wanted: object, found: object, outcome: Outcome) -> bool:
    """Whether a value written in a scenario is this stored one: numbers by their worth, times local and as
    exactly as written.
    """
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None or found is None:
        return wanted is found
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return wanted.keys() == found.keys() and all(same(wanted[key], found[key], outcome) for key in wanted)
    if isinstance(wanted, list) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(
            same(one, other, outcome) for one, other in zip(wanted, found, strict=True)
        )
    if str(wanted) == str(found):
        return True
    if isinstance(wanted, str):
        return (
            isinstance(found, str) and _local(found, outcome).startswith(wanted.replace("T", " ")) and len(wanted) >= 10
        )
    try:
        return isinstance(wanted, int | Decimal) and Decimal(str(found)) == wanted
    except InvalidOperation:
        return False


def _local(text: str, outcome: Outcome) -> str:
    """An instant as a clock in the calendar's zone shows it; nothing for other texts."""
    if len(text) < 20 or text[10:11] != "T":
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return outcome.definition.calendar.local_time(at).strftime("%Y-%m-%d %H:%M:%S") if at.tzinfo else ""


def _shown(value: object, outcome: Outcome | None = None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return _listed(value, outcome)
    local = _local(value, outcome) if outcome is not None and isinstance(value, str) else ""
    if local:
        return local.removesuffix(":00")
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _listed(values: Sequence[object], outcome: Outcome | None = None) -> str:
    counted = Counter(_shown(value, outcome) for value in values)
    return ", ".join(f"{text} ({times} times)" if times > 1 else text for text, times in counted.items()) or "nothing"
