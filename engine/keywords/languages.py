"""What colleagues read of a case, in every language of its process: they need not read the same one.

Owns how such words are made. No word of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from engine.definition.messages import Line
from engine.definition.model import Definition

Words = tuple[str, Mapping[str, str]]
"""What is said in the first language of a process, and in its others where that differs."""


def in_each(definition: Definition, say: Callable[[str], str]) -> Words:
    """The same in every language of the process."""
    first, *others = definition.languages
    words = say(first)
    said = {language: say(language) for language in others}
    return words, {language: other for language, other in said.items() if other != words}


def in_each_of(line: Line, definition: Definition, values: Mapping[str, object]) -> Words:
    """A line filled in, in every language of the process in which its author wrote it."""
    zone = ZoneInfo(definition.calendar.zone)
    if "" in line.languages:
        return line.render(values, definition.languages[0], zone), {}
    return in_each(definition, lambda language: line.render(values, language, zone))
