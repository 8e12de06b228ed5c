"""A form as a page draws it: sections of fields, each with its control, its value, its help and what is wrong with it.

Owns how a form comes together; `web.forms.controls` knows the controls. Writes no HTML: the macros in
`templates/forms/` do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.definition.forms import Form, FormField, Shown
from engine.definition.types import Boolean, Choice, File, ListOf, Number, Person, Type
from web.forms.controls import control_of, limits_of, typed_in
from web.language import gettext as _
from web.language import said

Errors = Mapping[str, Sequence[str]]
Option = tuple[str, str]
SPARE_ROWS = 1
"""Empty rows that a table offers behind those that are filled."""

_ROW = re.compile(r"\.[0-9]+\.")
"""Between a table and its column: which row it is."""


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field. `control` is input, textarea, select, radio, checkbox, checkboxes, file, table, lines or computed, and
    `kind` the `type` of an input. `value` is what stands in it: a text, a list of texts, or files. For a table,
    `columns` are its headings and `rows` its cells.
    """

    name: str
    label: str
    control: str
    kind: str = "text"
    value: Any = ""
    help: str = ""
    errors: tuple[str, ...] = ()
    needed: bool = False
    hidden: bool = False
    options: tuple[Option, ...] = ()
    multiple: bool = False
    unit: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[ShownField, ...] = ()
    rows: tuple[tuple[ShownField, ...], ...] = ()
    drives: bool = False
    """Whether other fields depend on it, so that the form has to be looked at again when it changes."""
    apart: str = ""
    """What its id begins with where several forms stand on a page."""

    @property
    def id(self) -> str:
        return f"{self.apart or 'f'}-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class ShownSection:
    title: str
    help: str
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True)
class ShownForm:
    """`errors` are those that belong to no field of it."""

    id: str
    title: str
    description: str
    sections: tuple[ShownSection, ...]
    errors: Mapping[str, Sequence[str]]
    has_files: bool

    def apart(self) -> ShownForm:
        """The same beside another form of the page, whose fields may be called alike."""
        sections = (
            replace(section, fields=tuple(replace(one, apart=self.id) for one in section.fields))
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))

    @property
    def more(self) -> bool:
        """Whether something else may be asked, depending on what is filled in."""
        return any(one.hidden for section in self.sections for one in section.fields)

    @property
    def faulty(self) -> list[ShownField]:
        """The fields with something wrong, in their order, for the summary on top; cells of tables too."""
        found = []
        for section in self.sections:
            for one in section.fields:
                cells = [cell for row in one.rows for cell in row if cell.errors]
                found += [one] if one.errors else []
                found += cells
        return found


def shown(
    form: Form,
    values: Mapping[str, Any],
    look: Shown | None = None,
    errors: Errors | None = None,
    people: Mapping[str, Sequence[Option]] | None = None,
    without: Collection[str] = (),
    drives: Collection[str] = (),
) -> ShownForm:
    """The form with these values typed. `look` tells what is shown now, `people` whom a field for a person offers,
    by its path (`actions.0.owner`, `actions.owner` for any row) or else by whom it can be about; `without` names fields
    that are not asked here, `drives` those on which more depends than the form itself says.
    """
    wrong = dict(errors or {})
    maker = _Maker(look, wrong, people or {}, _drivers(form.fields) | frozenset(drives))
    asked = [one for one in form.fields if one.name not in without]
    fields = [maker.field(one, one.name, values) for one in asked]
    sections = []
    for section in (None, *form.sections):
        theirs = tuple(
            drawn
            for one, drawn in zip(asked, fields, strict=True)
            if (one.section == section.id if section else not _sectioned(one, form))
        )
        if theirs:
            title, help = (said(section.title), said(section.help)) if section else ("", "")
            sections.append(ShownSection(title, help, theirs))
    stray = {path: told for path, told in wrong.items() if path not in maker.told}
    return ShownForm(form.id, said(form.title), said(form.description), tuple(sections), stray, bool(form.files))


def _sectioned(one: FormField, form: Form) -> bool:
    return any(one.section == section.id for section in form.sections)


def _unit(of: FormField, item: Type) -> str:
    """What stands behind the label: in which money it is, or how many files there may be and how large."""
    if isinstance(item, File):
        most = of.schema.get("maxItems")
        return _("up to %(count)s, 20 MB each") % {"count": most} if most is not None else _("up to 20 MB")
    return item.currency if isinstance(item, Number) else ""


def _drivers(fields: Sequence[FormField]) -> frozenset[str]:
    """The fields that an expression of the form may read: named in one, as a word."""
    texts = [source.text for one in fields for _, source in one.sources]
    texts += [source.text for one in fields for column in one.columns for _, source in column.sources]
    words = set(" ".join(texts).replace("(", " ").replace(")", " ").replace(".", " ").replace(",", " ").split())
    names = {one.name for one in fields} | {column.name for one in fields for column in one.columns}
    return frozenset(words & names)


class _Maker:
    """`told` are the paths of the errors that found their field."""

    def __init__(
        self, look: Shown | None, errors: Errors, people: Mapping[str, Sequence[Option]], drivers: frozenset[str]
    ) -> None:
        self._look, self._errors, self._people, self._drivers = look, errors, people, drivers
        self.told: set[str] = set()

    def field(self, of: FormField, path: str, values: Mapping[str, Any], cell: bool = False) -> ShownField:
        value = values.get(of.name)
        if value is None and of.default is not None and self._look is not None and not of.is_table:
            value = self._look.values.get(of.name)
        if of.compute is not None and self._look is not None and not cell:
            value = self._look.values.get(of.name)
        hidden = self._look is not None and path in self._look.hidden
        needed = path in self._look.needed if self._look is not None else of.required
        control, kind = control_of(of)
        rows: tuple[tuple[ShownField, ...], ...] = ()
        columns: tuple[ShownField, ...] = ()
        if control == "table":
            columns = tuple(self._column(column, path) for column in of.columns)
            rows = tuple(self._rows(of, path, value))
        errors = [*self._errors.get(path, ())]
        self.told.add(path)
        if of.is_list:
            for deeper in [key for key in self._errors if key.startswith(f"{path}.")]:
                errors += self._errors[deeper]
                self.told.add(deeper)
        item = of.type.item if isinstance(of.type, ListOf) else of.type
        if errors and value in (None, "", []) and control in ("radio", "select", "checkboxes"):
            errors = [_("Please choose.")]  # what there is to choose stands below, in words and not in codes
        return ShownField(
            name=path,
            label=said(of.title),
            control=control,
            kind=kind,
            value=typed_in(of, control, value),
            help=said(of.help),
            errors=tuple(dict.fromkeys(errors)),
            needed=needed and of.compute is None,
            hidden=hidden,
            options=self._options(of, item, path, value),
            multiple=of.is_list,
            unit=_unit(of, item),
            limits=limits_of(of, self._look)
            | ({"readonly": "readonly"} if of.widget == "fixed" and value and not errors else {}),
            columns=columns,
            rows=rows,
            drives=of.name in self._drivers,
        )

    def _column(self, of: FormField, table: str) -> ShownField:
        """The heading: optional is only what no row has to fill in."""
        heading = self.field(of, f"{table}.0.{of.name}", {}, True)
        return replace(heading, needed=of.required or of.required_when is not None)

    def _rows(self, of: FormField, path: str, value: Any) -> Sequence[tuple[ShownField, ...]]:
        given = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        most = of.schema.get("maxItems")
        spare = SPARE_ROWS if most is None or len(given) < most else 0
        least = max(of.schema.get("minItems", 0), len(given) + spare)
        every = [*given, *({} for _ in range(least - len(given)))]
        return [
            tuple(self.field(column, f"{path}.{number}.{column.name}", row, True) for column in of.columns)
            for number, row in enumerate(every)
        ]

    def _options(self, of: FormField, item: Type, path: str, value: Any) -> tuple[Option, ...]:
        if isinstance(item, Choice):
            return tuple((value, said(of.labels[value]) if value in of.labels else value) for value in item.values)
        if isinstance(item, Boolean):
            return (("yes", _("Yes")), ("no", _("No")))
        if isinstance(item, Person):
            return self._to_choose(of.whom, path, value)
        return ()

    def _to_choose(self, whom: str, path: str, value: Any) -> tuple[Option, ...]:
        """Whom the field may name; somebody whom it names already too, by name."""
        known = tuple(self._people.get(whom, ()))
        offered = next((found for one in (path, _ROW.sub(".", path)) if (found := self._people.get(one))), None)
        if offered is None:
            return known
        here = {person for person, _name in offered}
        return (*offered, *(one for one in known if one[0] == value and value not in here))
