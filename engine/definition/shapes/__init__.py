"""What a piece of a document may look like, said once.

A shape reads a node into plain values that still know their places, reports what does not fit, and gives the JSON
Schema that an editor uses: parser and schema cannot disagree, because they are one thing. Owns no word of the language;
the keywords are made of shapes.
"""

from engine.definition.shapes.base import Got, Report, Said, Schema, Shape
from engine.definition.shapes.compound import Either, Entry, ListOf, MapOf, OneOrMore, Record, Ref
from engine.definition.shapes.simple import (
    EXPRESSION,
    AsIs,
    Flag,
    Length,
    Localised,
    Sentence,
    Text,
    Whole,
    duration,
    name,
)

__all__ = [
    "AsIs",
    "EXPRESSION",
    "Either",
    "Entry",
    "Flag",
    "Got",
    "Length",
    "ListOf",
    "Localised",
    "MapOf",
    "OneOrMore",
    "Record",
    "Ref",
    "Report",
    "Said",
    "Schema",
    "Sentence",
    "Shape",
    "Text",
    "Whole",
    "duration",
    "name",
]
