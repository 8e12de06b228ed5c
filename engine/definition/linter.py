"""The linter: everything that can be said about definitions before anybody works with them.

Owns the order: a process is read and bound, then every rule looks at it; of a whole home also the files that
no process uses. Reads no disk and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, Bundle, Catalog, stem
from engine.definition.loader import Loaded, examine
from engine.definition.rules import RULES, Sight, translations, unused_files
from engine.definition.rules.graph import Graph
from engine.definition.rules.scenarios_there import NO_SCENARIOS
from engine.definition.rules.walks import Walks
from engine.definition.shapes import Report
from engine.definition.told_once import OF_THE_HOUSE, each_name_once
from engine.errors import DefinitionError, Place, Problem


@dataclass(frozen=True, slots=True)
class Linted:
    """A whole home: what became of each process, and every problem of all its files, each told once."""

    processes: tuple[Loaded, ...]
    problems: tuple[Problem, ...]


def lint(catalog: Catalog, path: str) -> Loaded:
    """One process, read, bound and held against every rule. Its definition is None as soon as there is an
    error.
    """
    loaded = examine(catalog, path)
    if loaded.outline is None or loaded.flow is None or loaded.bound is None:
        return replace(loaded, problems=in_order(loaded.problems))
    report = Report(list(loaded.problems))
    graph = Graph(loaded.outline)
    walks = Walks(loaded.outline, loaded.flow, loaded.bound, graph)
    sight = Sight(path, catalog, loaded.outline, loaded.flow, loaded.bound, not loaded.errors, graph, walks)
    try:
        for rule in RULES:
            rule.check(sight, report)
        problems = in_order(report.problems)
    except DefinitionError as error:
        problems = in_order(error.problems)
    if any(problem.severity == "error" for problem in problems):
        return replace(loaded, problems=problems, definition=None, bundle=None)
    return replace(loaded, problems=problems)


@lru_cache(maxsize=256)
def lint_pinned(bundle: str) -> tuple[Problem, ...]:
    """What is to be said of a version as it was deployed, by the JSON of its bundle; judged once, since neither it nor
    the rules change while a program runs. Its scenarios are not part of it, so that they are not missed here.
    """
    pinned = Bundle.from_json(bundle)
    return tuple(one for one in lint(pinned.catalog(), pinned.path).problems if one.code != NO_SCENARIOS)


def lint_home(catalog: Catalog) -> Linted:
    """Every process and every other file, those that no process uses too."""
    processes = tuple(lint(catalog, path) for path in catalog.process_files())
    report = Report([problem for loaded in processes for problem in loaded.problems])
    for error in _other_files(catalog):
        report.problems.extend(error.problems)
    translations.check_organisation(catalog, report)
    if not processes:
        place = Place("processes")
        report.warning(
            place,
            "no-process",
            "Expected process definitions, but there is none",
            "write processes/<name>.yaml",
        )
    if all(loaded.outline is not None for loaded in processes):
        unused_files.check(catalog, (loaded.outline for loaded in processes if loaded.outline is not None), report)
    return Linted(processes, in_order(report.problems))


def lint_file(catalog: Catalog, path: str) -> tuple[Problem, ...]:
    """One form, message, calendar or the organisation: what is wrong with it, as far as it can be told
    without a process.
    """
    _read(catalog, path)
    report = Report([problem for at, error in catalog.problems_of(path) if at == path for problem in error.problems])
    if path == ORGANISATION:
        translations.check_organisation(catalog, report)
    return in_order(report.problems)


def _other_files(catalog: Catalog) -> Iterable[DefinitionError]:
    """Reads everything there is; the problems of each file."""
    for path in sorted(catalog.files):
        _read(catalog, path)
    return [error for kind in (FORMS, MESSAGES, CALENDARS, ORGANISATION) for _, error in catalog.problems_of(kind)]


def _read(catalog: Catalog, path: str) -> None:
    """Lets the catalog know what is wrong with this file, which is no process."""
    if path == ORGANISATION:
        _ = catalog.organisation
    elif path.startswith(FORMS):
        catalog.forms.get(stem(path))
    elif path.startswith(MESSAGES):
        _ = catalog.templates
    elif path.startswith(CALENDARS):
        catalog.calendar(stem(path))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By place, each told once, whatever run it was found by."""
    found: dict[tuple[Place, str, str], Problem] = {}
    for problem in problems:
        found.setdefault((problem.place, problem.code, problem.message), problem)
    gathered = each_name_once(found.values(), OF_THE_HOUSE)
    return tuple(sorted(gathered, key=lambda problem: (problem.place, problem.severity, problem.code)))
