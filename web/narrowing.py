"""What somebody asked an inbox or the register to be narrowed down to, read from the words of its address.

Owns what these words mean. What a part of an inbox is, is `engine.store.inbox_parts`', and what is found by which word
`engine.store.search`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.core.severity import severities
from engine.store.inbox_parts import ANYBODYS, FREE, MINE_ALONE, Only
from engine.store.search import Eyes
from web.inbox_rows import definitions
from web.language import said
from web.reading import in_force

FILTERS = ("process", "state", "customer", "assignee", "priority", "severity", "q")
NOBODY = "-"
"""Stands for nobody, where somebody could be named who has a task."""


def places(process: str) -> dict[str, str]:
    """Where a case of the process in force can stand, as people call it, by the id; nothing for no process."""
    return {id: said(state.title) for one in definitions({process}).values() for id, state in one.states.items()}


def desks(process: str) -> dict[str, str]:
    """The same for where somebody has something to do, beside the case's own work too."""
    return {
        state.id: said(state.title)
        for one in definitions({process}).values()
        for state in (*one.states.values(), *one.tasks.values())
        if state.work is not None
    }


def severities_told() -> tuple[str, ...]:
    """What the processes in force call the severity of a case, the gravest first."""
    known = definitions(set(in_force()))
    return tuple(dict.fromkeys(one for definition in known.values() for one in severities(definition)))


def state_of(asked: Mapping[str, str], offered: Mapping[str, str]) -> str:
    """The state that is asked for; none when another process was chosen meanwhile, which has no such state."""
    state = asked.get("state", "")
    return state if state in offered or not asked.get("process") else ""


def narrowed(only: Only, asked: Mapping[str, str], state: str, person: str, eyes: Eyes) -> Only:
    """The part with what `person` asked for on top: process, `state`, customer, who has it, priority, severity, and
    free words. Severity is for those alone who may find by it.
    """
    found = replace(
        only,
        process=asked.get("process", ""),
        state=state,
        customer=asked.get("customer", "").strip(),
        priority=asked.get("priority", ""),
        severity=asked.get("severity", "") if eyes.house else "",
        text=asked.get("q", "").strip(),
        eyes=eyes,
    )
    assignee = asked.get("assignee", "")
    if assignee == person and only.whose in (ANYBODYS, MINE_ALONE):
        return replace(found, whose=MINE_ALONE)
    if assignee == NOBODY and only.whose in (ANYBODYS, FREE):
        return replace(found, whose=FREE, kind=only.kind or "task")
    return replace(found, assignee=assignee)
