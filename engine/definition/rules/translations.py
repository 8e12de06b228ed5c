"""What people read is there in every language that the process speaks.

Owns `missing-translation`. Looks at the texts of the process, of its forms and of its calendar; those of the
organisation are held against its own languages. Which of their words are texts, their schemas say. A text said once,
without a language, is in the first; so is the name that people read where there is no title. Messages are not looked
at: who sends one asks for each of its languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from engine.definition import document, organisation
from engine.definition.catalog import CALENDARS, FORMS, ORGANISATION, Catalog, used_forms
from engine.definition.editor_schemas import calendar_schema, form_schema
from engine.definition.nodes import Mapping as Pairs
from engine.definition.nodes import Node, Scalar
from engine.definition.nodes import Sequence as List
from engine.definition.outline import Outline
from engine.definition.placeholders import Placeholder, split
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Localised, Report, Said
from engine.definition.suggest import slip_of
from engine.errors import DefinitionError, Place

CODE = "missing-translation"
Schema = Mapping[str, Any]
Found = tuple[str, Place, tuple[str, ...]]
"""A text for people: the word that it stands under, its place, and the languages it is said in; none when it is said
once.
"""
_FOR_PEOPLE = Localised().schema()["anyOf"]
_LANGUAGE = re.compile("[a-z]{2}")


def check_organisation(catalog: Catalog, report: Report) -> None:
    """The roles, in the languages that it says it works in."""
    languages = catalog.organisation.languages
    if ORGANISATION in catalog.files and not catalog.problems_of(ORGANISATION):
        roles = catalog.node(ORGANISATION)
        if isinstance(roles, Pairs) and (there := roles.get("roles")) is not None:
            _tell(_Looking({}).below(there, _roles(), "roles"), languages, report)


def _check(sight: Sight, report: Report) -> None:
    languages, catalog = document.languages(sight.outline.head), sight.catalog
    if not sight.whole:
        return
    paths = [sight.path, *(f"{FORMS}{form}.yaml" for form in sorted(used_forms(sight.outline)))]
    if (calendar := sight.outline.head.get("calendar")) is not None:
        paths.append(f"{CALENDARS}{calendar.text}.yaml")
    for path in paths:
        if path in catalog.files:
            _tell(_texts(catalog, path), languages, report)
    for milestone in _untitled(sight.outline) if languages[1:] else ():
        report.warning(
            milestone.place,
            CODE,
            f"Expected a title of the milestone '{milestone.text}' in {' and '.join(languages)}, but it has none",
            f"write milestones: {{{milestone.text}: {{title: {_each(languages)}}}}} at the head of the process",
        )


def _untitled(outline: Outline) -> Iterator[Said]:
    """The milestones that people read by their names: they have no title, and no stage that tells of them. One whose
    name is but a slip of another's is none of them.
    """
    titled = {said.text for said, _ in outline.head.get("milestones", ())}
    for _, stage in outline.head.get("stages", ()):
        titled |= {fact.text.removeprefix("milestone ") for fact in stage.get("reached", ())}
    reached = {said.text: said for one in reversed(outline.doing) for said in reversed(one.milestones)}
    return (said for name, said in reached.items() if name not in titled and slip_of(name, titled) is None)


def _tell(found: Iterable[Found], languages: Sequence[str], report: Report) -> None:
    for word, place, there in found:
        has = there or languages[:1]
        for language in languages:
            if language not in has:
                report.warning(
                    place,
                    CODE,
                    f"Expected `{word}` in {' and '.join(languages)}, but there is no '{language}'",
                    f"write {_each(languages)}",
                )


def _each(languages: Iterable[str]) -> str:
    return f"{{{', '.join(f'{one}: …' for one in languages)}}}"


@cache
def _schema_of(kind: str) -> Schema:
    """What an editor is told of such a file; `kind` is its folder."""
    return {FORMS: form_schema, CALENDARS: calendar_schema}.get(kind, document.schema)()


@cache
def _roles() -> Schema:
    schema: Schema = organisation.SHAPE.schema()["properties"]["roles"]
    return schema


def _texts(catalog: Catalog, path: str) -> Iterable[Found]:
    """Each text for people of this file, once."""
    schema = _schema_of(next((kind for kind in (FORMS, CALENDARS) if path.startswith(kind)), ""))
    return dict.fromkeys(_Looking(schema.get("$defs", {})).below(catalog.node(path), schema, ""))


class _Looking:
    """Goes through a file and its schema side by side; `parts` are what the schema refers to by name."""

    def __init__(self, parts: Schema) -> None:
        self.parts = parts

    def below(self, node: Node, schema: Schema, word: str) -> Iterator[Found]:
        """`word` is the one that the node stands under."""
        for one in self.ways(schema):
            if _is_text(one):
                yield from _text(word, node)
            elif isinstance(node, List):
                for item in node.items:
                    yield from self.below(item, one.get("items", {}), word)
            elif isinstance(node, Pairs):
                yield from self.inside(node, one)

    def inside(self, node: Pairs, schema: Schema) -> Iterator[Found]:
        known, named = schema.get("properties", {}), schema.get("additionalProperties") or {}
        for key, child in node.entries:
            if key.text in known:
                yield from self.below(child, known[key.text], key.text)
            elif named:
                if self.is_read_as_named(named, child):
                    yield "title", key.place, ()
                yield from self.below(child, named, key.text)
            else:  # a key that nobody reads
                yield from self.below(child, schema.get("patternProperties", {}).get("", {}), key.text)

    def is_read_as_named(self, schema: Schema, child: Node) -> bool:
        """Whether people read the author's own name of a thing, as it could have a title and has none."""
        ways = [*self.ways(schema)]
        if any(_is_text(one) and [*_text("", child)] for one in ways):
            return False
        titled = isinstance(child, Pairs) and child.get("title") is not None
        return not titled and any("title" in one.get("properties", {}) for one in ways)

    def ways(self, schema: Schema | bool) -> Iterator[Schema]:
        """The schema, or each that it can be."""
        if isinstance(schema, bool):  # anything, or nothing
            return
        if "$ref" in schema:
            yield from self.ways(self.parts[schema["$ref"].rpartition("/")[2]])
        elif "anyOf" in schema and "properties" not in schema and not _is_text(schema):
            for one in schema["anyOf"]:
                yield from self.ways(one)
        else:
            yield schema


def _is_text(schema: Schema | None) -> bool:
    return schema is not None and schema.get("anyOf") == _FOR_PEOPLE


def _text(word: str, node: Node) -> Iterator[Found]:
    if isinstance(node, Pairs):
        languages = node.keys()
        if all(_LANGUAGE.fullmatch(one) for one in languages):
            yield word, node.place, languages
    elif isinstance(node, Scalar) and _has_words(node):
        yield word, node.place, ()


def _has_words(node: Scalar) -> bool:
    """Whether there is something to translate: letters that are not filled in."""
    try:
        pieces = split(node.text, node.place)
    except DefinitionError:
        return True
    return any(letter.isalpha() for piece in pieces if not isinstance(piece, Placeholder) for letter in piece)


RULE = Rule({CODE: "A text for people is not there in every language of the process."}, _check)
