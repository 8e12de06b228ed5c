"""What a process that is being written comes to: what is wrong with it, how it looks, what it changes, and how its
scenarios go. One function for each button of `web.editor`.

Asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from engine.core.drawing.differences import differences
from engine.definition.catalog import scenarios_of
from engine.definition.linter import in_order, lint, lint_file
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.definition.proof import Verdict
from engine.errors import DefinitionError, Problem
from engine.library import read_files
from engine.manuscript import Manuscript, files_of
from engine.scenarios.checking import problems_beside
from engine.scenarios.differences import scenario_differences
from engine.scenarios.trial import Trial, try_process
from engine.store import deployments
from engine.store.deployments import Deployment
from web.house import house
from web.processes import drawn_as, titles_of, tongue_of
from web.proofs import patience, tried


@dataclass(frozen=True, slots=True)
class Shown:
    """What a button has found: `name` says which; the others are what that one shows."""

    name: str = ""
    problems: tuple[Problem, ...] = ()
    found: Any = None


def in_force(now: Manuscript) -> Definition:
    """The version that new cases begin with; before the first day of all the newest."""
    return house().engine.definition(_current(now).digest)


def _current(now: Manuscript) -> Deployment:
    return deployments.in_force(house().store, now.process, house().clock()) or now.newest


def problems_of(now: Manuscript) -> tuple[Problem, ...]:
    """Of the process with all it uses, of its scenarios, and of changed files that it does not use."""
    loaded = lint(now.catalog, now.path)
    own = [problem for path in now.edited for problem in lint_file(now.catalog, path)]
    return in_order([*loaded.problems, *problems_beside(now.catalog, loaded), *own])


def _checked(now: Manuscript) -> Shown:
    return Shown("check", problems_of(now))


def drawn_of(now: Manuscript) -> Shown:
    """Its picture, unless it has problems that come before."""
    loaded = examine(now.catalog, now.path)
    if loaded.definition is None:
        return Shown("picture", loaded.errors)
    tongue = tongue_of(loaded.definition)
    roles = titles_of(now.catalog.organisation.roles, tongue)
    return Shown("picture", found=Markup(drawn_as(loaded.definition, tongue, roles)))


def _compared(now: Manuscript) -> Shown:
    """Beside the version in force: what changes for people once this one is."""
    loaded = examine(now.catalog, now.path)
    if loaded.definition is None:
        return Shown("differences", loaded.errors)
    old, tongue = in_force(now), tongue_of(in_force(now))
    beside = scenarios_of(now.path)
    told = files_of(house().store, _current(now), read_files(house().home)).get(beside)
    found = differences(old, loaded.definition, tongue, house().directory.roles())
    return Shown("differences", found=(*found, *scenario_differences(told, now.files.get(beside), tongue)))


def proven(now: Manuscript) -> Verdict | None:
    """How the scenarios go; None where there are none."""
    return _trial(now).verdict if scenarios_of(now.path) in now.files else None


def _trial(now: Manuscript) -> Trial:
    return try_process(now.catalog, now.path, patience())


def _tried(now: Manuscript) -> Shown:
    found = tried(_trial(now))
    return Shown("scenarios", found.problems, found)


RESULTS: Mapping[str, Callable[[Manuscript], Shown]] = {
    "check": _checked,
    "picture": drawn_of,
    "differences": _compared,
    "scenarios": _tried,
}


def asked_for(now: Manuscript, name: str) -> Shown:
    """What the button of this name finds; nothing for one that finds nothing."""
    if name not in RESULTS:
        return Shown()
    try:
        return RESULTS[name](now)
    except DefinitionError as error:
        return Shown(name, error.problems)
