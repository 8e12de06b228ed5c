"""JSON Schemas of forms and calendars, for editors: completion, hover texts, and the first mistakes while
typing.

Owns what an editor is told of these two files; their readers judge them whole, so these schemas may accept
more but never refuse what a reader
accepts. Processes and the organisation are made of shapes and bring their own.
"""

from __future__ import annotations

from typing import Any

from engine.definition.forms.vocabulary import FORMATS_OF_TEXT, PEOPLE, TYPES, WIDGETS
from engine.definition.shapes import Localised
from engine.definition.zones import zones

DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number"]}
_CONDITION: Schema = {"type": ["string", "number", "boolean"]}
_NAMES: Schema = {"type": "array", "items": _TEXT}
_WHOLE: Schema = {"type": "integer", "minimum": 0}


def _told(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _field() -> Schema:
    localised = Localised().schema()
    words: dict[str, Schema] = {
        "type": _told({"enum": list(TYPES)}, "what kind of value it is; text when nothing is said"),
        "format": _told({"enum": list(FORMATS_OF_TEXT)}, "what kind of text it is, such as date, email or money"),
        "enum": _told(
            {"type": "array", "items": _CONDITION, "minItems": 1},
            "the answers there are, one of which is chosen",
        ),
        "labels": _told({"type": "object", "additionalProperties": localised}, "what people read for each answer"),
        "const": _told(_CONDITION, "the only value that is accepted"),
        "currency": _told({"type": "string"}, "the currency of an amount, such as EUR"),
        "of": _told({"enum": list(PEOPLE)}, "whom a field for a person can be about; staff when nothing is said"),
        "title": _told(localised, "what the field is called"),
        "description": _told(localised, "what it is for"),
        "help": _told(localised, "a sentence for the person who fills it in"),
        "section": _told(_TEXT, "the section it stands in"),
        "widget": _told({"enum": list(WIDGETS)}, "how it is shown"),
        "examples": _told({}, "examples of what can be filled in"),
        "$ref": _told({"type": "string", "pattern": "^#"}, "a named part of this form under $defs"),
        "show-when": _told(_CONDITION, "the field is there only while this holds"),
        "required-when": _told(_CONDITION, "the field has to be filled in while this holds"),
        "compute": _told(_CONDITION, "the field is worked out by this and not typed"),
        "default": _told({}, "what stands there to begin with"),
        "minLength": _told(_WHOLE, "the fewest characters"),
        "maxLength": _told(_WHOLE, "the most characters"),
        "pattern": _told({"type": "string"}, "a regular expression that the text matches"),
        "earliest": _told({"type": "string"}, "how early a day may be: today, today + 14d; of a time: now"),
        "latest": _told({"type": "string"}, "how late it may be, likewise"),
        "minItems": _told(_WHOLE, "the fewest entries"),
        "maxItems": _told(_WHOLE, "the most entries"),
        "uniqueItems": _told({"type": "boolean"}, "no entry twice"),
        "items": _told({"$ref": "#/$defs/items"}, "what each entry of a list is; with properties, a row of a table"),
        "required": _told({"type": ["array", "boolean"]}, "which columns have to be filled in"),
        "properties": _told({"$ref": "#/$defs/fields"}, "the columns of a table"),
    }
    for word, meaning in (
        ("minimum", "the least value"),
        ("maximum", "the greatest value"),
        ("exclusiveMinimum", "it has to be more than this"),
        ("exclusiveMaximum", "it has to be less than this"),
        ("multipleOf", "it has to be a multiple of this"),
    ):
        words[word] = _told({"type": ["number", "string"]}, meaning)
    return {"type": "object", "properties": words, "additionalProperties": False}


def form_schema() -> Schema:
    """The schema of a form file."""
    localised = Localised().schema()
    field = _field()
    row = {
        **field["properties"],
        "type": {"enum": [*TYPES, "object"]},
        "order": _told(_NAMES, "the columns in order"),
    }
    section = {
        "type": "object",
        "properties": {"title": localised, "help": localised},
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "$id": "https://heard.example/form.schema.json",
        "title": "Heard form",
        "type": "object",
        "properties": {
            "form": _told({"type": "string"}, "the form's id; the file has the same name"),
            "title": _told(localised, "what people call it"),
            "description": _told(localised, "what it is for"),
            "required": _told(_NAMES, "the fields that have to be filled in"),
            "properties": _told({"$ref": "#/$defs/fields"}, "the fields by name"),
            "order": _told(_NAMES, "the fields in the order in which they are shown"),
            "sections": _told(
                {"type": "object", "additionalProperties": {"anyOf": [localised, section]}},
                "parts of the form with a title each",
            ),
            "$defs": _told(
                {
                    "type": "object",
                    "patternProperties": {"": {"anyOf": [{"$ref": "#/$defs/field"}, {"$ref": "#/$defs/items"}]}},
                },
                "named parts that several fields share",
            ),
            "type": _told({"const": "object"}, "a form is an object; need not be said"),
            "$schema": _told({"type": "string"}, "the schema that an editor uses"),
        },
        "required": ["properties"],
        "additionalProperties": False,
        "$defs": {
            "field": field,
            "fields": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"$ref": "#/$defs/field"},
            },
            "items": {"type": "object", "properties": row, "additionalProperties": False},
        },
    }


def calendar_schema() -> Schema:
    """The schema of a calendar file."""
    localised = Localised().schema()
    time = {"type": "string", "pattern": r"^\s*[0-9]{1,2}[:.][0-9]{2}\s*[-–]\s*[0-9]{1,2}[:.][0-9]{2}\s*$"}
    hours = {"anyOf": [time, {"type": "array", "items": time, "maxItems": 24}]}
    day = {"type": ["string", "integer"]}
    year = {"type": "integer"}
    years = {"since": _told(year, "from this year on"), "until": _told(year, "up to this year")}
    holiday: Schema = {
        "type": "object",
        "properties": {
            "date": _told(day, "a day, such as 2026-12-25, 12-25 or easter+1"),
            "from": _told(day, "the first day of several"),
            "to": _told(day, "the last day of several"),
            "country": _told(_TEXT, "the public holidays of a country, such as DE"),
            "subdivision": _told(_TEXT, "a part of the country, such as BE"),
            "title": _told(localised, "what the day is called"),
            **years,
        },
        "additionalProperties": False,
        "anyOf": [{"required": [word]} for word in ("date", "from", "country")],
    }
    special = {
        "type": "object",
        "properties": {
            "hours": _told(hours, "when it is open on that day; [] for not at all"),
            "title": localised,
            **years,
        },
        "required": ["hours"],
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "$id": "https://heard.example/calendar.schema.json",
        "title": "Heard calendar",
        "type": "object",
        "properties": {
            "calendar": _told({"type": "string"}, "the calendar's id; the file has the same name"),
            "title": _told(localised, "what people call it"),
            "zone": _told(
                {
                    "type": "string",
                    "examples": [zone for zone in ("Europe/Berlin", "UTC") if zone in zones()],
                },
                "the time zone",
            ),
            "hours": _told(
                {"type": ["object", "null"], "additionalProperties": hours},
                "the opening hours by weekday, such as mon-fri",
            ),
            "holidays": _told(
                {"type": ["array", "null"], "items": {"anyOf": [day, holiday]}}, "days on which it is closed"
            ),
            "special-days": _told(
                {"type": ["object", "null"], "patternProperties": {"": {"anyOf": [hours, special]}}},
                "days with hours of their own",
            ),
        },
        "required": ["calendar", "zone"],
        "additionalProperties": False,
    }
