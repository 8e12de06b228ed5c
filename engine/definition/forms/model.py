"""A form's fields as data: what reading gives and judging, parsing and describing take.

Owns the frozen shapes. Knows neither YAML nor values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definition.forms.days import DayLimits
from engine.definition.texts import Localised
from engine.definition.types import File, ListOf, Record, Type
from engine.errors import Place

MOST_FIELDS = 200
LONGEST_TEXT = 20_000
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Source:
    """An expression as written, with the place of its first character."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form, or one column of a table in it.

    `schema` is the field's own pure JSON Schema (numbers in it are int or Decimal); `default` is None, a
    plain JSON value, or `now` / `today`
    for an instant or a day; `labels` maps the values of a choice to what people read; `columns` is filled for
    tables only; `whom` says of a field for a person whom it can be about: staff, customer or anybody; `days` how
    early and how late a day or an instant may be.
    """

    name: str
    type: Type
    place: Place
    title: Localised
    help: Localised = ""
    section: str = ""
    widget: str = ""
    format: str = ""
    labels: Mapping[str, Localised] = field(default_factory=dict)
    required: bool = False
    show_when: Source | None = None
    required_when: Source | None = None
    compute: Source | None = None
    default: Any = None
    schema: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[FormField, ...] = ()
    whom: str = ""
    days: DayLimits = DayLimits()

    @property
    def is_table(self) -> bool:
        return isinstance(self.type, ListOf) and isinstance(self.type.item, Record)

    @property
    def is_list(self) -> bool:
        """Several values, but no table."""
        return isinstance(self.type, ListOf) and not isinstance(self.type.item, Record)

    @property
    def holds_files(self) -> bool:
        return isinstance(self.type.item if isinstance(self.type, ListOf) else self.type, File)

    @property
    def sources(self) -> Iterator[tuple[str, Source]]:
        """The field's own expressions with the word each stands under."""
        for word, source in (
            ("show-when", self.show_when),
            ("required-when", self.required_when),
            ("compute", self.compute),
        ):
            if source is not None:
                yield word, source


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the fields under it."""

    id: str
    title: Localised
    help: Localised = ""
