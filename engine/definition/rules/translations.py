"""What people read is there in every language that the process speaks.

Owns `missing-translation`. Looks at the texts of the process, of its forms and of its calendar; those of the
organisation are held against its own languages. A text said once, without a language, is in the first; so is the name
that people read where there is no title. Messages are not looked at: who sends one asks for each of its languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.definition import document
from engine.definition.catalog import CALENDARS, FORMS, ORGANISATION, Catalog, used_forms
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.nodes import Sequence as List
from engine.definition.placeholders import Placeholder, split
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.errors import DefinitionError, Place

CODE = "missing-translation"
_TEXTS = frozenset(("title", "label", "help", "description", "say", "promise", "subject"))
"""Words of the language that a text for people stands under."""
_LABELS = frozenset(("labels", "sections"))
"""Words below which each of the author's own names has a text of its own, or words that have one."""
_NAMES = frozenset(
    ("properties", "states", "clocks", "tasks", "stages", "roles", "on", "wait-for", "decisions", "people")
)
"""Words below which the author's own names stand, whatever they are called."""
_TITLED = frozenset(("properties", "states", "clocks", "stages", "roles", "on"))
"""Words below which people read each name itself, in one language, when it has no title."""
_VALUES = frozenset(
    ("set", "with", "values", "default", "examples", "enum", "const", "variables", "rows", "take", "hide")
)
"""Words below which stand values and conditions, and no text for people."""


def check_organisation(catalog: Catalog, report: Report) -> None:
    """The roles, in the languages that it says it works in."""
    languages = catalog.organisation.languages
    if ORGANISATION in catalog.files and not catalog.problems_of(ORGANISATION):
        _tell(catalog.node(ORGANISATION), languages, report)


def _check(sight: Sight, report: Report) -> None:
    languages, catalog = document.languages(sight.outline.head), sight.catalog
    if not sight.whole:
        return
    paths = [sight.path, *(f"{FORMS}{form}.yaml" for form in sorted(used_forms(sight.outline)))]
    if (calendar := sight.outline.head.get("calendar")) is not None:
        paths.append(f"{CALENDARS}{calendar.text}.yaml")
    for path in paths:
        if path in catalog.files:
            _tell(catalog.node(path), languages, report)


def _tell(node: Node, languages: Sequence[str], report: Report) -> None:
    for word, place, there in _texts(node):
        has = there or languages[:1]
        for language in languages:
            if language not in has:
                report.warning(
                    place,
                    CODE,
                    f"Expected `{word}` in {' and '.join(languages)}, but there is no '{language}'",
                    f"write {{{', '.join(f'{one}: …' for one in languages)}}}",
                )


def _texts(node: Node, below: str = "") -> Iterator[tuple[str, Place, tuple[str, ...]]]:
    """Each text for people: the word that it stands under, its place, and the languages it is said in; none when it is
    said once. `below` is the word whose keys are the author's own names.
    """
    if isinstance(node, List):
        for item in node:
            yield from _texts(item)
    if not isinstance(node, Mapping):
        return
    for key, child in node.entries:
        if below:
            if below in _TITLED and not (isinstance(child, Mapping) and child.get("title")):
                yield "title", key.place, ()
            yield from _texts(child)
        elif key.text in _TEXTS:
            yield from _text(key.text, child)
        elif key.text in _LABELS and isinstance(child, Mapping):
            for name, each in child.entries:
                worded = isinstance(each, Mapping) and not _TEXTS.isdisjoint(each.keys())
                yield from _texts(each) if worded else _text(name.text, each)
        elif key.text not in _VALUES:
            yield from _texts(child, key.text if key.text in _NAMES else "")


def _text(word: str, node: Node) -> Iterator[tuple[str, Place, tuple[str, ...]]]:
    if isinstance(node, Mapping):
        yield word, node.place, node.keys()
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
