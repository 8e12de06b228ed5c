"""What people read in the shipped processes is there in every language of the organisation."""

from __future__ import annotations

from engine.definition import document
from engine.definition.catalog import CALENDARS, Catalog
from engine.definition.linter import lint_home
from engine.definition.loader import examine
from engine.home import shipped
from engine.library import catalog_of

CATALOG = catalog_of(shipped())


def test_every_shipped_process_speaks_the_languages_of_the_organisation() -> None:
    spoken = CATALOG.organisation.languages
    assert set(spoken) == {"en", "de"}
    for path in CATALOG.process_files():
        outline = examine(CATALOG, path).outline
        assert outline is not None and set(document.languages(outline.head)) == set(spoken), path


def test_every_text_for_people_is_there_in_every_language() -> None:
    assert [str(one) for one in lint_home(CATALOG).problems if one.code == "missing-translation"] == []
    assert CATALOG.calendar_names()


def test_a_holiday_that_lacks_a_language_is_told_with_the_process_that_counts_by_it() -> None:
    path = f"{CALENDARS}office.yaml"
    text = CATALOG.files[path].decode() if isinstance(CATALOG.files[path], bytes) else str(CATALOG.files[path])
    first = text.index(", de: ")
    wrong = text[:first] + text[text.index("}", first) :]
    (found,) = lint_home(Catalog({**CATALOG.files, path: wrong})).problems
    assert (found.code, found.place.file) == ("missing-translation", path)
