"""What may only look wrong because something beside it could not be read.

Owns that doubt: a move that is misspelt leads nowhere, and then its state and its target are not told as
well.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from engine.definition.rules.rule import Sight
from engine.definition.shapes import Report

_UNREAD = ("wrong-shape", "missing-word", "unknown-word", "not-a-duration")
_LOST = (*_UNREAD, "unknown-state")
_BELOW = 4
"""Lines below a problem that may belong to what could not be read."""


def targets(sight: Sight, report: Report) -> set[str]:
    """The states that are named close to something that could not be read."""
    lines = {
        problem.place.line
        for problem in report.problems
        if problem.code in _UNREAD and _here(sight, problem.place.file)
    }
    if not lines:
        return set()
    text = sight.catalog.text(sight.path)
    rows = (text if isinstance(text, str) else text.decode("utf-8", "replace")).splitlines()
    near = {row for line in lines for row in range(line - 1, min(line + _BELOW, len(rows)))}
    words = {word for row in near for word in re.findall(r"[a-z][a-z0-9_-]*", rows[row])}
    return words & set(sight.outline.states)


def sources(sight: Sight, report: Report) -> set[str]:
    """The states in which something could not be read, or leads to a state that does not exist."""
    begins = sorted((state.id.place.line, name) for name, state in sight.outline.states.items())
    lines = [line for line, _ in begins]
    found = set()
    lost = (place for problem in report.problems if problem.code in _LOST for place in (problem.place, *problem.also))
    for place in lost:
        if _here(sight, place.file):
            number = bisect_right(lines, place.line) - 1
            if number >= 0:
                found.add(begins[number][1])
    return found


def _here(sight: Sight, file: str) -> bool:
    return file == sight.path
