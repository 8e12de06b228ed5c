"""The words a form may use, and for which kinds of field each is meant.

Owns the lists, in the order the reference shows them. Knows neither nodes nor values.
"""

from __future__ import annotations

from engine.definition.types import (
    Boolean,
    Choice,
    Date,
    File,
    Instant,
    ListOf,
    Number,
    Person,
    Record,
    Text,
    Type,
)

FORM_WORDS = (
    "form",
    "title",
    "description",
    "required",
    "properties",
    "order",
    "sections",
    "$defs",
    "type",
    "$schema",
)
SECTION_WORDS = ("title", "help")
ROW_WORDS = ("type", "title", "description", "required", "properties", "order", "$ref")
NAMING_WORDS = ("title", "description", "help", "section", "widget", "examples", "$ref")
CONDITION_WORDS = ("show-when", "required-when", "compute", "default")
TEXT_WORDS = ("minLength", "maxLength", "pattern")
NUMBER_WORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
DAY_WORDS = ("earliest", "latest")
LIST_WORDS = ("items", "minItems", "maxItems", "uniqueItems")
FIELD_WORDS = (
    "type",
    "format",
    "enum",
    "labels",
    "const",
    "currency",
    "of",
    *NAMING_WORDS,
    *CONDITION_WORDS,
    *TEXT_WORDS,
    *NUMBER_WORDS,
    *DAY_WORDS,
    *LIST_WORDS,
    "properties",
    "required",
)

TYPES = ("string", "integer", "number", "boolean", "array")
FORMATS_OF_TEXT = (
    "date",
    "date-time",
    "time",
    "email",
    "uri",
    "phone",
    "money",
    "decimal",
    "person",
    "file",
    "duration",
    "language",
)

STAFF_ALONE, CUSTOMERS_ALONE, ANYBODY = "staff", "customer", "anybody"
PEOPLE = (STAFF_ALONE, CUSTOMERS_ALONE, ANYBODY)
"""Who a field for a person can be about; the first when it does not say."""

WIDGETS: dict[str, tuple[type[Type], ...]] = {
    "line": (Text,),
    "textarea": (Text,),
    "fixed": (Text,),
    "select": (Choice, Person),
    "radio": (Choice, Boolean),
    "checkbox": (Boolean,),
    "checkboxes": (ListOf,),
    "rating": (Number,),
    "table": (ListOf,),
}
"""Each widget with the kinds of field it can show."""


def words_for(of: Type) -> frozenset[str]:
    """The words that mean something for a field of this type."""
    words = {"type", *NAMING_WORDS, *CONDITION_WORDS}
    if isinstance(of, Text):
        words |= {"format", "const", *TEXT_WORDS}
    elif isinstance(of, Number):
        words |= {"format", "const", *NUMBER_WORDS, *(("currency",) if not of.integer else ())}
    elif isinstance(of, Choice):
        words |= {"enum", "labels", "const"}
    elif isinstance(of, Boolean):
        words |= {"const"}
    elif isinstance(of, ListOf):
        words |= {*LIST_WORDS, *(("labels",) if isinstance(of.item, Choice) else ())}
        if isinstance(of.item, Record):
            words -= {"default", "examples"}
    elif isinstance(of, Date | Instant | Person | File):
        words |= {"format", *(("of",) if isinstance(of, Person) else ())}
        words |= {*DAY_WORDS} if isinstance(of, Date | Instant) else set()
    return frozenset(words)
