"""The scenarios beside a process, checked without running them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.catalog import Catalog, scenarios_of
from engine.definition.loader import Loaded
from engine.errors import DefinitionError, Problem
from engine.scenarios.cast import Cast
from engine.scenarios.names import name_problems
from engine.scenarios.reading import read_file


def problems_beside(catalog: Catalog, loaded: Loaded) -> Iterable[Problem]:
    """What is wrong with the scenarios beside a process; the names in them are judged once the process is whole."""
    beside = scenarios_of(loaded.path)
    if beside not in catalog.files:
        return ()
    try:
        file = read_file(catalog, beside)
    except DefinitionError as error:
        return error.problems
    if loaded.definition is None:
        return ()
    organisation = catalog.organisation
    return name_problems(file, loaded.definition, Cast(organisation, file), organisation.roles)
