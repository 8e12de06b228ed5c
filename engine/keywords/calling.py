"""How another process is called, wherever that may be written: read, held against what that process shows, and done.

Owns the grammar of `call` but for `go`, which only a state may say, and the checks of what is passed: every field that
the called process needs, none that it does not have, each of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.draft import Draft
from engine.core.links import KINDS, Link
from engine.definition.expressions.matching import comparable, in_words, listed
from engine.definition.interfaces import Interface
from engine.definition.moves import Calling, Passed
from engine.definition.nodes import Node
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Got,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Schema,
    Text,
    name,
)
from engine.definition.sources import SourceCall
from engine.definition.suggest import near
from engine.definition.types import Choice, Instant, ListOf, Number, Type
from engine.definition.types import Person as PersonType
from engine.definition.types import Record as RecordType
from engine.definition.types import Text as TextType
from engine.keywords.binder import Binder
from engine.keywords.stored import if_known, stored

PROCESS = name("a process's id")
_FIELD = Text("a field of its start form", "[A-Za-z][A-Za-z0-9_]*")
_NAME = Text("a name such as capa", "[a-z][a-z0-9_]*", "names in expressions are lower-case words joined by _")
ENTRIES = {
    "process": Entry(PROCESS, "which process", required=True),
    "when": Entry(EXPRESSION, "called only while this holds"),
    "with": Entry(
        MapOf(_FIELD, EXPRESSION, "a mapping of fields to expressions"),
        "what its start form is filled in with: fields to expressions; text of your own in quotes of its own",
    ),
    "received": Entry(EXPRESSION, "when it counts as received; now, when nothing is said"),
    "link": Entry(Text(f"one of {', '.join(KINDS)}", "|".join(KINDS)), f"what it is to this case: {', '.join(KINDS)}"),
    "as": Entry(_NAME, "what expressions call it; the process's id with `_` for `-`, when nothing is said"),
    "blocks": Entry(EXPRESSION, "while this holds, this case cannot come to an end before the called one has"),
}


def source_call(got: Got) -> SourceCall:
    process: Said = got["process"]
    called = Said(process.text.replace("-", "_"), process.place)
    return SourceCall(
        process,
        got.get("as", called),
        got.get("with", ()),
        got.place,
        got.get("when"),
        got.get("received"),
        got.get("link"),
        got.get("blocks"),
        got.get("go"),
    )


class Call:
    """A process's id, or a mapping with more to say; read as a SourceCall. `more` are entries beside the usual ones."""

    def __init__(self, **more: Entry) -> None:
        record = Record({**ENTRIES, **more}, "a mapping with `process`", build=source_call)
        self._shape = Either(scalar=PROCESS, mapping=record)

    @property
    def words(self) -> str:
        return self._shape.words

    def read(self, node: Node, report: Report) -> SourceCall | None:
        value = self._shape.read(node, report)
        return source_call(Got(node.place, {"process": value}, {})) if isinstance(value, Said) else value

    def schema(self) -> Schema:
        return self._shape.schema()


CALLS = OneOrMore(Call())


def bind_calls(source: tuple[SourceCall, ...], binder: Binder) -> tuple[Calling, ...]:
    """The calls whose process is known; problems with the others are told."""
    bound = (_bind(call, binder) for call in source)
    return tuple(calling for calling in bound if calling is not None)


def _bind(source: SourceCall, binder: Binder) -> Calling | None:
    when = binder.guard(source.when)
    inside = binder.knowing(when)
    received = inside.expression(source.received, Instant) if source.received is not None else None
    blocks = inside.guard(source.blocks)
    interface = binder.process(source.process)
    if interface is None:
        return None
    return Calling(
        process=source.process.text,
        name=source.name.text,
        fields=tuple(_passed(source, interface, inside)),
        when=when,
        received=received,
        link=source.kind.text if source.kind is not None else KINDS[0],
        blocks=blocks,
        prefix=interface.prefix,
        outcomes=interface.outcomes,
        title=interface.title,
        place=source.place,
    )


def _passed(source: SourceCall, interface: Interface, binder: Binder) -> Iterator[Passed]:
    process = source.process.text
    for said, value in source.fields:
        field = interface.fields.get(said.text)
        if field is None:
            binder.report.problem(
                said.place,
                "unknown-field",
                f"Expected a field of the form that starts '{process}', but there is no "
                f"'{said.text}'{near(said.text, interface.fields)}",
                f"its fields are {listed(tuple(interface.fields))}" if interface.fields else "it asks for nothing",
            )
            continue
        if field.computed:
            binder.report.problem(
                said.place,
                "computed-field",
                f"Expected a field that is filled in, but '{said.text}' of '{process}' is computed there",
                "remove it",
            )
            continue
        optional = not field.required
        # What need not be given need not be known: it is left out then.
        place = binder.leniently() if optional else binder
        expression = place.expression(value, field.type if isinstance(field.type, Choice) else None)
        if expression is None:
            continue
        if not fits(expression.type, field.type):
            binder.report.problem(
                value.place,
                "type-mismatch",
                f"Expected {in_words(field.type)} for '{said.text}' of '{process}', but {value.text} is "
                f"{_what(expression.type)}",
                "pass a value of that kind",
            )
            continue
        yield Passed(said.text, expression, optional)
    given = {said.text for said, _ in source.fields}
    lacking = [name for name, field in interface.fields.items() if field.required and name not in given]
    if lacking:
        binder.report.problem(
            source.place,
            "missing-field",
            f"Expected everything that '{process}' needs to begin, but nothing is passed for {listed(tuple(lacking))}",
            f"add {'it' if len(lacking) == 1 else 'them'} under `with`",
        )


def _what(kind: Type) -> str:
    whole = isinstance(kind, Number) and not kind.integer and not kind.currency
    return "a number that need not be whole" if whole else in_words(kind)


def fits(found: Type, wanted: Type) -> bool:
    """Whether every value of the one kind can be filled in where the other is asked for."""
    if isinstance(wanted, ListOf):
        return isinstance(found, ListOf) and fits(found.item, wanted.item)
    if isinstance(wanted, RecordType):
        return isinstance(found, RecordType) and _row_fits(found, wanted)
    if isinstance(wanted, Choice):
        return isinstance(found, Choice) and set(found.values) <= set(wanted.values)
    if isinstance(wanted, TextType):
        return isinstance(found, TextType | Choice | PersonType)
    if isinstance(wanted, Number):
        return isinstance(found, Number) and comparable(found, wanted) and (found.integer or not wanted.integer)
    return type(found) is type(wanted)


def _row_fits(found: RecordType, wanted: RecordType) -> bool:
    columns = found.fields
    return columns.keys() <= wanted.fields.keys() and all(
        fits(columns[name].type, field.type) and (columns[name].always or not field.always)
        if name in columns
        else not field.always
        for name, field in wanted.fields.items()
    )


def call(draft: Draft, token: str, calling: Calling, waits: bool = False) -> None:
    """Another case is to begin; nothing when its `when` does not hold. With `waits` the token waits for its end."""
    values = draft.values(token)
    if calling.when is not None and not calling.when.evaluate(values):
        return
    given: dict[str, Any] = {}
    for passed in calling.fields:
        value = if_known(passed.value, values) if passed.optional else passed.value.evaluate(values)
        if value is not None:
            given[passed.field] = stored(value)
    received: Any = calling.received.evaluate(values) if calling.received is not None else None
    row = draft.row_holder(token)
    link = Link(
        draft.next_id(),
        calling.process,
        calling.name,
        calling.link,
        bool(calling.blocks.evaluate(values)) if calling.blocks is not None else False,
        waits=token if waits else "",
        row=row.id if row is not None else "",
    )
    draft.call(link, given, received, calling.place)
