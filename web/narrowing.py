"""What somebody asked an inbox to be narrowed down to, read from the words of its address.

Owns what these words mean. What a part of an inbox is, is `engine.store.inbox_parts`', and what is found by which word
`engine.store.search`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.store.inbox_parts import ANYBODYS, FREE, MINE_ALONE, Only
from engine.store.search import Eyes

FILTERS = ("process", "state", "customer", "assignee", "priority", "severity", "q")
NOBODY = "-"
"""Stands for nobody, where somebody could be named who has a task."""


def narrowed(only: Only, asked: Mapping[str, str], person: str, eyes: Eyes) -> Only:
    """The part with what `person` asked for on top: process, state, customer, who has it, priority, severity, and free
    words. Severity is for those alone who may find by it.
    """
    found = replace(
        only,
        process=asked.get("process", ""),
        state=asked.get("state", ""),
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
