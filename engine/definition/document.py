"""A process file as a whole: its head, and the states made of the registered words.

Owns the head's words (`process`, `title`, `owner`, …), the assembling of the document's shape and JSON Schema, and the
turning of a read document into an outline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from engine.definition.nodes import Node
from engine.definition.outline import Outline, owners
from engine.definition.shapes import (
    Entry,
    Got,
    ListOf,
    Localised,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Sentence,
    Text,
    Whole,
    name,
)
from engine.definition.sources import SourceState
from engine.keywords import words
from engine.keywords.binder import RESERVED
from engine.keywords.move import BRANCHES

LANGUAGES = ("en",)
"""The languages of a process that names none."""

RETENTION = Record(
    {
        "class": Entry(name("a class of records"), "which records these are, such as quality-record", required=True),
        "years": Entry(Whole(), "how many years they are kept after the case has ended", required=True),
    },
    "a mapping with `class` and `years`",
)

HEAD: dict[str, Entry] = {
    "process": Entry(name("the process's id"), "the process's id; the file has the same name", required=True),
    "title": Entry(Localised(), "what people call it", required=True),
    "description": Entry(Localised(), "what it is for, in a sentence or two"),
    "owner": Entry(
        name("a role"),
        "the role that answers for the process: it may suspend and cancel cases and resolve incidents",
        required=True,
    ),
    "supervisors": Entry(OneOrMore(name("a role")), "roles that may assign and release other people's tasks"),
    "clauses": Entry(
        MapOf(Text("a standard"), OneOrMore(Text("a clause")), "a mapping of standards to clauses"),
        "which clauses of which standard it serves",
    ),
    "reference": Entry(
        Text("two to six capital letters", "[A-Z]{2,6}", "such as INQ"),
        "the prefix of its references: INQ gives INQ-2026-00042",
        required=True,
    ),
    "calendar": Entry(name("a calendar's id"), "the working time that its promises are measured in"),
    "languages": Entry(
        ListOf(Text("a language in two letters", "[a-z]{2}", "such as en")),
        "every message exists in each of these; the first is the staff's",
    ),
    "retention": Entry(RETENTION, "how long its records are kept"),
    "subject": Entry(Sentence("a text such as {intake.subject}"), "what a case is called in lists"),
}

STATE_HEAD: dict[str, Entry] = {
    "title": Entry(Localised(), "what staff call the state; the id in words when nothing is said"),
    "description": Entry(Localised(), "what happens here, in a sentence or two"),
}


@cache
def state_shape() -> Record:
    """One state: its head and every word that may stand in a state."""
    entries = {
        **STATE_HEAD,
        **{key: Entry(word.shape, word.line, word.required) for key, word in words("state").items()},
    }
    return Record(
        entries,
        "a state",
        elsewhere=_misplaced(
            (*words("task"), "assignee", "form", "help"),
            "it belongs to the task: write it under `task`, further in",
            entries,
        ),
    )


@cache
def process_shape() -> Record:
    """The whole document."""
    entries = {**HEAD, **{key: Entry(word.shape, word.line, word.required) for key, word in words("process").items()}}
    entries["states"] = Entry(
        MapOf(name("a state's id"), state_shape(), "a mapping of states"), "every state by its id", required=True
    )
    return Record(
        entries,
        "a process definition",
        elsewhere=_misplaced(words("state"), "it belongs to a state: write it under `states`, further in", entries),
    )


def _misplaced(those: Iterable[str], advice: str, here: Mapping[str, Entry]) -> dict[str, str]:
    return {word: advice for word in those if word not in here}


def schema() -> dict[str, Any]:
    """The JSON Schema of a process file. Draft-07, which every editor's YAML language server reads."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://heard.example/process.schema.json",
        "title": "Heard process definition",
        **process_shape().schema(),
        "$defs": {"branches": BRANCHES.shape().schema()},
    }


def outline(node: Node, report: Report) -> Outline | None:
    """The document as written, or None when there is too little of it. Problems of shape are reported."""
    head = process_shape().read(node, report)
    if not isinstance(head, Got) or not {"process", "start", "states"} <= set(head.values):
        return None
    states: dict[str, SourceState] = {}
    for said, got in head["states"]:
        if said.text in RESERVED:
            report.problem(
                said.place,
                "reserved-id",
                f"Expected an id of your own, but '{said.text}' has a meaning of its own",
                "rename the state",
            )
            continue
        moves = [
            move
            for key, word in words("state").items()
            if key in got and word.moves is not None
            for move in word.moves(got[key])
        ]
        states[said.text] = SourceState(said, got, tuple(moves))
    anywhere = tuple(
        move
        for key in ("on", "wait-for", "tasks", "clocks")
        if key in head and (word := words("process")[key]).moves is not None
        for move in word.moves(head[key])
    )
    return Outline(
        head=head,
        key=head["process"].text,
        start=head["start"],
        start_form=head["start"].form,
        states=states,
        anywhere=anywhere,
        owners=owners(states),
        tasks={said.text: got for said, got in head.get("tasks", ())},
    )


def languages(head: Got) -> tuple[str, ...]:
    return tuple(said.text for said in head.get("languages", ())) or LANGUAGES


def people(head: Got) -> dict[str, tuple[str, ...]]:
    return {said.text: tuple(state.text for state in group.states) for said, group in head.get("people", ())}
