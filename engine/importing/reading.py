"""Reading a map file: its words, their shapes, and every problem with its place.

Owns the words of a map. Whether the columns, fields and outcomes exist is asked in `checking.py`, when file
and process are known.
"""

from __future__ import annotations

from engine.definition.reader import read
from engine.definition.shapes import (
    Either,
    Entry,
    Flag,
    Got,
    ListOf,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Text,
    name,
)
from engine.errors import DefinitionError
from engine.importing.cells import Condition, Value
from engine.importing.comparing import Compare
from engine.importing.mapping import IGNORE, REFUSE, Events, Map, Then
from engine.importing.value_words import ValueShape, said_text

_KINDS = ("do", "decide", "message", "trigger", "note")
_ONE_KIND = "`do`, `decide`, `message`, `trigger` or `note`"
_VALUE = ValueShape()
_VALUES = MapOf(Text("a field's name"), _VALUE)
_IGNORED = Text(f"`{IGNORE}` or `{REFUSE}`", f"{IGNORE}|{REFUSE}", f"write {IGNORE} or {REFUSE}")
_CONDITION = Record(
    {
        "column": Entry(Text("a column's heading"), "the column", required=True),
        "is": Entry(Text("a text"), "the cell is this text"),
        "in": Entry(ListOf(Text("a text")), "the cell is one of these texts"),
        "not-in": Entry(ListOf(Text("a text")), "the cell is none of these texts"),
        "empty": Entry(Flag(), "the cell is empty, or is not"),
    },
    "a condition such as {column: …, is: …}",
)
_STEP = {
    "do": Entry(name("an outcome"), "the outcome of the open task that offers it"),
    "decide": Entry(name("a decision such as approve"), "a decision in the open approval"),
    "message": Entry(name("a message's name"), "the message that the case waits for, or that its process heeds"),
    "trigger": Entry(name("a move's name"), "a move of the process that belongs to no task"),
    "note": Entry(_VALUE, "a comment in the history, and nothing else"),
    "as": Entry(_VALUE, "in whose name: a role or a person", required=True),
    "when": Entry(OneOrMore(_CONDITION), "only for rows where all of these hold"),
    "values": Entry(_VALUES, "the fields of the form"),
    "comment": Entry(Text("a comment"), "a comment that goes with it"),
    "impossible": Entry(_IGNORED, f"what happens where the case does not offer it; {REFUSE} when nothing is said"),
}
_THEN = Record({**_STEP, "at": Entry(_VALUE, "when", required=True)}, f"a step with {_ONE_KIND}")
_ON = Record(
    {**_STEP, "at": Entry(_VALUE, "when, if not at the time of the event")},
    f"a step with {_ONE_KIND}",
)
_STEPS = Either(scalar=Text(f"`{IGNORE}`", IGNORE, f"write {IGNORE}, or a step"), sequence=ListOf(_ON), mapping=_ON)
_COMPARE = Record(
    {
        "clock": Entry(name("a clock's name"), "the clock of the process", required=True),
        "column": Entry(Text("a column's heading"), "the column with the verdict of the source", required=True),
        "kept": Entry(ListOf(Text("a text")), "the texts that say it was in time", required=True),
        "missed": Entry(ListOf(Text("a text")), "the texts that say it was not", required=True),
    },
    "a comparison such as {clock: …, column: …, kept: [Yes], missed: [No]}",
)
SHAPE = Record(
    {
        "import": Entry(name("a process's id"), "the process the cases belong to", required=True),
        "encoding": Entry(Text("an encoding such as utf-8"), "how the file is encoded; utf-8 when nothing is said"),
        "delimiter": Entry(Text("one character"), "what separates the columns; a comma when nothing is said"),
        "quote": Entry(Text("one character, or `none`"), 'what encloses cells; " when nothing is said'),
        "external-id": Entry(_VALUE, "what names a row for ever: importing it twice adds nothing"),
        "case": Entry(_VALUE, "for a file with one row an event: which case it belongs to"),
        "activity": Entry(_VALUE, "for a file with one row an event: what happened"),
        "time": Entry(_VALUE, "for a file with one row an event: when it happened"),
        "on": Entry(MapOf(Text("an activity"), _STEPS), "for a file with one row an event: what each activity does"),
        "else": Entry(
            _IGNORED,
            f"what becomes of activities that are not named under `on`; {REFUSE} when nothing is said",
        ),
        "received": Entry(_VALUE, "when the organisation received it"),
        "by": Entry(_VALUE, "in whose name the case is started: a role or a person", required=True),
        "values": Entry(_VALUES, "the fields of the start form", required=True),
        "then": Entry(ListOf(_THEN), "the steps that carry the case on"),
        "until": Entry(_VALUE, "how far time is carried on for each case: `now`, a date, or a column"),
        "compare": Entry(OneOrMore(_COMPARE), "the verdicts of the source on promises, set beside those of the clocks"),
    },
    "a map",
)


def read_map(text: str | bytes, file: str) -> Map:
    """The map. Raises DefinitionError with every problem found."""
    report = Report()
    node = read(text, file)
    got = SHAPE.read(node, report)
    if not isinstance(got, Got):
        raise DefinitionError(report.problems)
    _one_shape(got, report)
    delimiter = _character(got, "delimiter", ",", {"tab": "\t", "\\t": "\t"}, report)
    quote = _character(got, "quote", '"', {"none": ""}, report)
    then = tuple(step for step in (_then(one, report) for one in got.get("then", ())) if step is not None)
    on = {said.text: _steps(steps, report) for said, steps in got.get("on", ())}
    if report.problems:
        raise DefinitionError(report.problems)
    until = got.get("until")
    now = until is not None and until.literal == "now"
    events = Events(got["activity"], got["time"], on, said_text(got, "else") or REFUSE) if "case" in got else None
    return Map(
        process=got["import"].text,
        place=node.place,
        key=got["case"] if events is not None else got["external-id"],
        received=got.get("received"),
        by=got["by"],
        values={said.text: value for said, value in got["values"]},
        then=then,
        events=events,
        until=None if now else until,
        until_now=now,
        encoding=said_text(got, "encoding") or "utf-8",
        delimiter=delimiter,
        quote=quote,
        compares=tuple(_compare(one) for one in got.get("compare", ())),
    )


def _compare(got: Got) -> Compare:
    kept, missed = (tuple(said.text for said in got[word]) for word in ("kept", "missed"))
    return Compare(got["clock"].text, got["column"].text, kept, missed, got["clock"].place)


def _one_shape(got: Got, report: Report) -> None:
    """The words of one row a case, or those of one row an event; never both."""
    row = (
        ("activity", "time", "on", "else"),
        ("external-id", "received"),
        "a map without `case`, one row a case",
    )
    event = (("external-id", "then"), ("activity", "time", "on"), "a map with `case`, one row an event")
    others, needed, what = event if "case" in got.places else row
    for word in others:
        if word in got.places:
            report.problem(
                got.places[word],
                "wrong-shape",
                f"Expected no `{word}` in {what}, but it is there",
                "remove one of the two",
            )
    for word in needed:
        if word not in got.places:
            report.problem(
                got.place,
                "missing-word",
                f"Expected '{word}' in {what}, but it is not there",
                f"add `{word}:` — {SHAPE.entries[word].doc}",
            )


def _character(got: Got, word: str, usual: str, names: dict[str, str], report: Report) -> str:
    text = said_text(got, word) or usual
    if text in names:
        return names[text]
    if len(text) != 1 or text in "\r\n\0":
        named = " or ".join(f"{word}: {known}" for known in names if known.isalpha())
        report.problem(
            got.places[word],
            "wrong-shape",
            f"Expected one character, but found '{text}'",
            f'write {word}: "{usual}" or {named}',
        )
    return text


def _steps(got: Said | Got | tuple[Got, ...], report: Report) -> tuple[Then, ...]:
    if isinstance(got, Said):
        return ()
    steps = (_then(one, report) for one in (got if isinstance(got, tuple) else (got,)))
    return tuple(step for step in steps if step is not None)


def _then(got: Got, report: Report) -> Then | None:
    kinds = [kind for kind in _KINDS if kind in got.places]
    if len(kinds) != 1:
        report.problem(
            got.place,
            "missing-word",
            f"Expected one of {_ONE_KIND} in a step",
            "say what is done: {do: answer, as: …}",
        )
        return None
    if "as" not in got or kinds[0] not in got:
        return None
    said = got[kinds[0]]
    note = said if isinstance(said, Value) else None
    values = {name.text: value for name, value in got.get("values", ())}
    if note is not None and values:
        report.problem(
            got.places["values"],
            "wrong-shape",
            "Expected no values with a note, but they are there",
            "put the columns into the note's text",
        )
    return Then(
        kind=kinds[0],
        name="note" if note is not None else said.text,
        by=got["as"],
        at=got.get("at"),
        values=values,
        conditions=tuple(_conditions(got, report)),
        comment=said_text(got, "comment"),
        place=got.places[kinds[0]],
        note=note,
        ignore_impossible=said_text(got, "impossible") == IGNORE,
    )


def _conditions(got: Got, report: Report) -> list[Condition]:
    found = []
    for one in got.get("when", ()):
        tests = [word for word in ("is", "in", "not-in", "empty") if word in one.places]
        if len(tests) != 1:
            report.problem(
                one.place,
                "missing-word",
                "Expected one of `is`, `in`, `not-in` or `empty` in a condition",
                "write {column: …, is: …}",
            )
        elif "column" in one and tests[0] in one:
            found.append(_condition(one, tests[0]))
    return found


def _condition(got: Got, test: str) -> Condition:
    column, place = got["column"].text, got["column"].place
    if test == "empty":
        return Condition(place, column, ("",), got["empty"])
    if test == "is":
        return Condition(place, column, (got["is"].text,), True)
    return Condition(place, column, tuple(said.text for said in got[test]), test == "in")
