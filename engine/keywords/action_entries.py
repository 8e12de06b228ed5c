"""How what happens along the way is written: set, milestone, send, notify, open, priority and call.

Owns these shapes, shared by states, moves and branches. What they do is `engine.keywords.doing`.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Flag,
    MapOf,
    OneOrMore,
    Record,
    Sentence,
    Text,
    name,
)
from engine.keywords.calling import CALLS

SET = MapOf(name("a variable's name"), EXPRESSION, "a mapping of variables to expressions")
MILESTONES = OneOrMore(name("a milestone's name"))
SENDS = OneOrMore(
    Either(
        scalar=name("a message's id"),
        mapping=Record(
            {
                "message": Entry(name("a message's id"), "which message template", required=True),
                "to": Entry(
                    name("customer, starter, a role or a name of `people`"),
                    "who gets it; the customer when nothing is said",
                ),
                "when": Entry(EXPRESSION, "sent only while this holds"),
                "attach": Entry(OneOrMore(EXPRESSION), "fields whose files go along"),
            },
            "a mapping with `message`",
        ),
    )
)

STAFF = name("a role, `starter`, `assignee` or a name of `people`")
NOTICES = OneOrMore(
    Either(
        scalar=STAFF,
        mapping=Record(
            {
                "to": Entry(OneOrMore(STAFF), "who is told", required=True),
                "say": Entry(
                    Sentence("a text such as {reference} needs a decision today"),
                    "what they are told; what has happened, when nothing is said",
                ),
                "urgent": Entry(Flag(), "true: at once, outside working hours too"),
                "when": Entry(EXPRESSION, "told only while this holds"),
            },
            "a mapping with `to`",
        ),
    )
)
OPENINGS = OneOrMore(
    Either(
        scalar=name("a task's id"),
        mapping=Record(
            {
                "task": Entry(name("a task's id"), "which of the process's `tasks`", required=True),
                "when": Entry(EXPRESSION, "opened only while this holds"),
            },
            "a mapping with `task`",
        ),
    )
)

ACTION_ENTRIES: Mapping[str, Entry] = {
    "set": Entry(SET, "variables get new values"),
    "milestone": Entry(MILESTONES, "milestones that are reached"),
    "send": Entry(SENDS, "messages that go out"),
    "notify": Entry(NOTICES, "colleagues who are told"),
    "open": Entry(OPENINGS, "tasks that are opened beside the case's own work"),
    "priority": Entry(Text("high or urgent", "high|urgent"), "the case's priority is raised to this"),
    "call": Entry(CALLS, "other cases that are started"),
}
