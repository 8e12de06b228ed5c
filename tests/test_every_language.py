"""What people read in the shipped processes is there in every language of the organisation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.definition.nodes import Mapping, Node, Scalar, Sequence
from engine.definition.reader import read
from engine.home import shipped
from engine.library import catalog_of

CATALOG = catalog_of(shipped())
LANGUAGES = {"en", "de"}
FOR_PEOPLE = {"title", "label", "help", "description", "say", "promise"}
NAMES = {
    *("properties", "states", "clocks", "tasks", "stages", "roles", "on", "decisions", "variables", "sections"),
    *("set", "values", "with"),
}
"""Words below which an author's own names stand."""
FILES = sorted(
    path
    for path in CATALOG.files
    if path.endswith(".yaml") and "scenarios" not in path and not path.startswith("processes/imports/")
)


def lacking(node: Node, word: str = "") -> Iterator[str]:
    """Where a text for people is not there in every language."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from lacking(item, word)
    if not isinstance(node, Mapping):
        return
    for key, child in node.entries:
        if key.text in FOR_PEOPLE and word not in NAMES or word == "labels":
            languages = {one.text for one, _ in child.entries} if isinstance(child, Mapping) else set()
            said = child.text if isinstance(child, Scalar) else f"only in {', '.join(sorted(languages))}"
            if languages != LANGUAGES and not (isinstance(child, Mapping) and not languages & LANGUAGES):
                yield f"{child.place}: {key.text}: {said}"
        else:
            yield from lacking(child, key.text)


@pytest.mark.parametrize("path", FILES)
def test_every_text_for_people_is_there_in_every_language(path: str) -> None:
    assert list(lacking(read(CATALOG.files[path], path))) == []
