"""The house keeps its order: imports point down, pure rooms stay pure, each library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the ground up. A module belongs to the longest name here that is its own or its package's, and imports
# from its own floor and those below. A module that stands nowhere has to be given its place.
FLOORS: dict[str, tuple[str, ...]] = {
    "errors": ("engine", "engine.errors", "engine.reasons"),
    "parts of the language, working time": (
        "engine.definition",
        "engine.core.actors",
        "engine.core.ballots",
        "engine.core.calendars",
        "engine.core.delegation",
        "engine.core.durations",
        "engine.core.explanations",
        "engine.core.holidays",
        "engine.core.hours",
        "engine.core.links",
        "engine.core.promised",
        "engine.core.reckoning_back",
        "engine.core.special_days",
        "engine.core.timetable",
        "engine.core.written_times",
    ),
    "what a definition means, what a case holds": (
        "engine.definition.model",
        "engine.definition.designations",
        "engine.definition.moves",
        "engine.definition.plans",
        "engine.core.instance",
        "engine.core.snapshot",
        "engine.core.commands",
        "engine.core.call_commands",
        "engine.core.events",
        "engine.core.effects",
    ),
    "what surrounds the words": (
        "engine.core",
        "engine.definition.catalog",
        "engine.definition.assignment",
        "engine.definition.flow",
        "engine.definition.outline",
        "engine.definition.proof",
        "engine.definition.sources",
    ),
    "words": ("engine.keywords",),
    "loading, checking, moving": (
        "engine.definition.loader",
        "engine.definition.document",
        "engine.definition.limits",
        "engine.definition.linter",
        "engine.definition.own_names",
        "engine.definition.rules",
        "engine.definition.told_once",
        "engine.core.machine",
        "engine.core.drawing",
    ),
    "handlers": (
        "engine.core.approvals",
        "engine.core.asked",
        "engine.core.authority",
        "engine.core.calls",
        "engine.core.confirming",
        "engine.core.correlation",
        "engine.core.delegating",
        "engine.core.designating",
        "engine.core.incidents",
        "engine.core.instances",
        "engine.core.messages",
        "engine.core.private_address",
        "engine.core.questions",
        "engine.core.submitting",
        "engine.core.tags",
        "engine.core.tasks",
        "engine.core.timers",
        "engine.core.undoing",
    ),
    "step": ("engine.core.step",),
    "memory": ("engine.store",),
    "one command, one transaction": (
        "engine.absences",
        "engine.announcing",
        "engine.runtime",
        "engine.beginnings",
        "engine.children",
        "engine.starting",
        "engine.workers",
        "engine.directory",
        "engine.editing",
        "engine.home",
        "engine.ids",
        "engine.library",
        "engine.logs",
        "engine.manuscript",
        "engine.metrics",
        "engine.resolving",
        "engine.search_words",
        "engine.settling",
        "engine.signatures",
        "engine.doctor",
        "engine.findings",
        "engine.outside_checks",
        "engine.private_pages",
        "engine.publishing",
        "engine.receiving",
        "engine.visibility",
        "engine.watching",
    ),
    "what drives the engine": (
        "engine.importing",
        "engine.scenarios",
        "engine.demo",
        "engine.diagrams",
        "engine.telling",
        "engine.workers.channels",
    ),
    "ways in": ("engine.cli", "web", "wsgi"),
}
PURE = ("engine.definition", "engine.keywords", "engine.core")
IMPURE_MODULES = {
    *("os", "time", "random", "uuid", "logging", "threading"),
    *("asyncio", "http", "multiprocessing", "secrets", "socket", "sqlite3", "subprocess", "tempfile"),
}
IMPURE_CALLS = {"now", "today", "utcnow"}
ONE_DOOR = {
    "yaml": "engine.definition.reader",
    "jsonschema": "engine.definition.schema",
    "transitions": "engine.core.machine",
    "peewee": "engine.store",
    "playhouse": "engine.store",
    "psycopg": "engine.store",
    "procrastinate": "engine.workers.distributed",
    "click": "engine.cli",
    "flask": "web",
    "werkzeug": "web",
}


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def floor_of(module: str) -> int | None:
    """The floor, counted from the ground. The bare name `engine` is no home for what is not listed."""
    homes = [
        (len(name), number)
        for number, names in enumerate(FLOORS.values())
        for name in names
        if module == name or (name != "engine" and within(module, name))
    ]
    return max(homes)[1] if homes else None


def imported(tree: ast.AST, module: str, known: set[str], *, package: bool = False) -> Iterator[tuple[str, int]]:
    """What a module imports, wherever in it, with the line: `from a import b` is `a.b` if a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            here = module.split(".") if package else module.split(".")[:-1]
            above = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield (full if full in known else base), node.lineno


def clock_readings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_CALLS:
                yield name, node.lineno


def breaches(module: str, tree: ast.AST, known: set[str], *, package: bool = False) -> Iterator[str]:
    """Every rule that one module breaks, as `module:line: what`."""
    own = floor_of(module)
    if own is None:
        yield f"{module}:1: expected a place for it in FLOORS, but it has none"
        return
    names = list(FLOORS)
    for target, line in imported(tree, module, known, package=package):
        library = target.split(".")[0]
        if target in known:
            floor = floor_of(target)
            if floor is not None and floor > own:
                yield f"{module}:{line}: '{names[own]}' imports {target}, above it in '{names[floor]}'"
        elif library in ONE_DOOR and not within(module, ONE_DOOR[library]):
            yield f"{module}:{line}: imports {library}, which only {ONE_DOOR[library]} may"
        elif library in IMPURE_MODULES and any(within(module, room) for room in PURE):
            yield f"{module}:{line}: a pure room imports {library}: hand in what it is wanted for"
    if any(within(module, room) for room in PURE):
        for call, line in clock_readings(tree):
            yield f"{module}:{line}: a pure room calls .{call}(): hand in the instant"


@cache
def house() -> dict[str, tuple[ast.AST, bool]]:
    """Every module of ours: its tree, and whether it is a package."""
    files = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "web").rglob("*.py"), ROOT / "wsgi.py"]
    modules: dict[str, tuple[ast.AST, bool]] = {}
    for file in files:
        parts = file.relative_to(ROOT).with_suffix("").parts
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        modules[name] = ast.parse(file.read_text(encoding="utf-8"), str(file)), package
    return modules


def test_imports_point_down_pure_rooms_stay_pure_and_each_library_has_one_door() -> None:
    modules = house()
    assert "engine.errors" in modules
    found = {
        breach
        for name, (tree, package) in modules.items()
        for breach in breaches(name, tree, set(modules), package=package)
    }
    assert not found, "\n" + "\n".join(sorted(found))


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = house()
    known = set(modules)
    graph = {
        name: {target for target, _ in imported(tree, name, known, package=package)} & known
        for name, (tree, package) in modules.items()
    }
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        circle = found.args[1]
    assert not circle, " <- ".join(circle)


KNOWN = {"engine.errors", "engine.core.step", "engine.core.tasks", "engine.store", "engine.definition.reader"}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("engine.errors", "from engine.core.step import step", "above it in 'step'"),
        ("engine.core.tasks", "from engine.core import step", "above it in 'step'"),
        ("engine.core.tasks", "from . import step", "above it in 'step'"),
        ("engine.core.step", "def f():\n    from ..store import models", "above it in 'memory'"),
        ("engine.core.step", "import os.path", "a pure room imports os"),
        ("engine.keywords.task", "from random import choice", "a pure room imports random"),
        ("engine.core.step", "import datetime\ndatetime.datetime.now()", "calls .now()"),
        ("engine.definition.forms.values", "date.today()", "calls .today()"),
        ("engine.runtime", "import peewee", "only engine.store may"),
        ("engine.store.models", "import yaml", "only engine.definition.reader may"),
        ("engine.core.step", "from transitions.core import Machine", "only engine.core.machine may"),
        ("engine.definition.reader2", "import yaml", "only engine.definition.reader may"),
        ("engine.novelty", "", "expected a place"),
    ],
)
def test_a_breach_is_seen_and_named(module: str, source: str, expected: str) -> None:
    found = list(breaches(module, ast.parse(source), KNOWN))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("engine.core.step", "from engine.errors import Rejected\nfrom . import tasks"),
        ("engine.store.models", "import peewee, os, time\nfrom playhouse.migrate import migrate"),
        ("engine.definition.reader", "import yaml"),
        ("engine.cli.lint", "import click\nfrom engine.definition.reader import read"),
        ("engine.runtime", "from datetime import datetime\ndatetime.now()"),
    ],
)
def test_what_is_in_order_is_left_alone(module: str, source: str) -> None:
    assert list(breaches(module, ast.parse(source), KNOWN)) == []
