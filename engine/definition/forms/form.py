"""A form and what can be asked of it.

Owns `Form`, its binding to a case's names, and the verdict on what was sent. The reading of YAML, of text and
of values lives beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definition.expressions import Scope
from engine.definition.expressions.telling import Spoken
from engine.definition.forms.conditions import Rules, bind_rules
from engine.definition.forms.describing import NOTHING, Row, describe
from engine.definition.forms.faults import Fault
from engine.definition.forms.incoming import parse_text
from engine.definition.forms.model import FormField, Section
from engine.definition.forms.records import Look, Moment, RecordPlan
from engine.definition.forms.sentences import sentence
from engine.definition.texts import Localised
from engine.definition.types import ListOf, Record
from engine.errors import DefinitionError, Place, Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on what was sent: the canonical values (plain JSON, only those that fit) and what is wrong,
    by field path.
    """

    values: dict[str, Any]
    errors: dict[str, tuple[str, ...]]

    @property
    def ok(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True)
class Shown:
    """How a form looks: the paths of the fields that are hidden and of those asked for now, and the values so far,
    worked-out ones among them; `at` that moment, in `zone`.
    """

    hidden: frozenset[str]
    needed: frozenset[str]
    values: dict[str, Any]
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its author meant it. `fields` stand in display order; `record` is the form's type in
    expressions; `schema` is pure, JSON-ready
    JSON Schema 2020-12 of what may be sent; `files` are the paths of the fields that take files (`evidence`,
    `lines.proof`)."""

    id: str
    title: Localised
    place: Place
    fields: tuple[FormField, ...]
    record: Record
    schema: Mapping[str, Any]
    description: Localised = ""
    sections: tuple[Section, ...] = ()
    files: tuple[str, ...] = ()

    def field(self, name: str) -> FormField | None:
        """The field of that name."""
        return next((field for field in self.fields if field.name == name), None)

    def bind(self, scope: Scope) -> BoundForm:
        """The form ready to judge, its expressions compiled against its own fields and the names of `scope`;
        own fields win over these.

        Raises `DefinitionError` with every problem of every expression.
        """
        problems: list[Problem] = []
        rows: dict[str, RecordPlan] = {}
        outside: frozenset[str] = frozenset()
        for field in self.fields:
            if isinstance(field.type, ListOf) and isinstance(field.type.item, Record):
                try:
                    rules = bind_rules(field.columns, field.type.item, scope)
                except DefinitionError as error:
                    problems += error.problems
                    continue
                outside |= rules.outside
                rows[field.name] = RecordPlan(field.columns, rules, {})
        rules = Rules()
        try:
            rules = bind_rules(self.fields, self.record, scope)
        except DefinitionError as error:
            problems += error.problems
        if problems:
            raise DefinitionError(problems)
        return BoundForm(self, RecordPlan(self.fields, rules, rows), outside | rules.outside)

    def parse_text(self, values: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
        """Names and texts, as a web form, `--set a=b` or a CSV row gives them, as typed JSON; what does not
        convert stays text for `judge`.
        """
        return parse_text(self.fields, values)

    def attached(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The files among judged values, each with the path at which a fault of it is told."""
        for path in self.files:
            table, _, name = path.rpartition(".")
            rows = values.get(table) or () if table else (values,)
            for number, row in enumerate(rows):
                found, where = row.get(name), f"{table}.{number}.{name}" if table else name
                if isinstance(found, Mapping):
                    yield where, found
                else:
                    yield from ((f"{where}.{index}", one) for index, one in enumerate(found or ()))

    def describe(self, language: str, known: Spoken = NOTHING) -> list[Row]:
        """One row a field and column: name, title, type in words, when it is asked for."""
        return describe(self.fields, language, known)


class BoundForm:
    """A form made ready for one place in a process; shared by all threads."""

    __slots__ = ("form", "names", "_plan")

    def __init__(self, form: Form, plan: RecordPlan, names: frozenset[str]) -> None:
        self.form = form
        self.names = names
        """Names of the case that the form's expressions read."""
        self._plan = plan

    def judge(
        self,
        values: Mapping[str, object],
        case: Mapping[str, object],
        at: datetime,
        language: str = "en",
        zone: str = "UTC",
    ) -> Judged:
        """What was sent, as canonical values or as sentences in `language` about each field that does not
        fit. Never raises for any JSON.

        `at` is the aware time of judging (`now` and `today` where the case does not give them); `zone` is
        where times without an offset are read.
        """
        faults: list[Fault] = []
        settled = self._plan.settle(values, "", self._moment(case, at, zone), faults)
        return Judged(settled, _sentences(faults, language) if faults else {})

    def look(self, values: Mapping[str, object], case: Mapping[str, object], at: datetime, zone: str = "UTC") -> Shown:
        """How the form looks once so much is typed: which fields are shown and asked for, and what is worked out."""
        look = Look()
        settled = self._plan.settle(values, "", self._moment(case, at, zone), [], look)
        return Shown(frozenset(look.hidden), frozenset(look.needed), settled, at, zone)

    def _moment(self, case: Mapping[str, object], at: datetime, zone: str) -> Moment:
        outside: dict[str, object] = {}
        for name in self.names:
            if name in case:
                outside[name] = case[name]
            elif name == "now":
                outside[name] = at.isoformat()
            elif name == "today":
                outside[name] = at.astimezone(ZoneInfo(zone)).date().isoformat()
        return Moment(at, zone, outside)


def _sentences(faults: list[Fault], language: str) -> dict[str, tuple[str, ...]]:
    told: dict[str, list[str]] = {}
    for fault in faults:
        said = told.setdefault(fault.path, [])
        text = sentence(fault.code, fault.details, language)
        if text not in said:
            said.append(text)
    return {path: tuple(said) for path, said in told.items()}
