"""`heard lint`: every problem of definitions, before anybody works with them.

Owns how problems are shown, and the exit code. Judges nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from engine.cli.garbage import uncollected
from engine.cli.targets import Target, home_target, target
from engine.definition.catalog import SCENARIOS
from engine.definition.linter import in_order, lint_file, lint_home
from engine.definition.linter import lint as lint_process
from engine.definition.told_once import apart
from engine.errors import Place, Problem
from engine.scenarios.checking import problems_beside
from engine.telling.values import clean


@click.command("lint")
@click.argument("what", nargs=-1, metavar="[FILE-OR-PROCESS]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="For people or for programs.",
)
@click.pass_context
def lint(ctx: click.Context, what: tuple[str, ...], form: str) -> None:
    """Check definitions, and tell every problem with its place.

    Without arguments everything in processes/ and forms/ is checked, files that no process uses too. Fails
    when there is an error; warnings alone do not.
    """
    home: Path = ctx.obj.home
    meant = [target(name, home) for name in what] or [home_target(home)]
    with uncollected():
        found = [
            replace(problem, place=_shown(one, problem.place), also=tuple(_shown(one, place) for place in problem.also))
            for one in meant
            for problem in _problems(one)
        ]
    problems = in_order(found) if len(meant) > 1 else tuple(found)
    errors = sum(problem.severity == "error" for problem in problems)
    if form == "json":
        click.echo(json.dumps(_data(problems, errors), ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            for line in str(problem).splitlines():
                click.echo(clean(line))
        click.echo(_closing(meant, errors, len(problems) - errors))
    if errors:
        ctx.exit(1)


def _data(problems: Sequence[Problem], errors: int) -> dict[str, object]:
    return {
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": [problem.as_json() for problem in problems],
    }


def _closing(meant: Sequence[Target], errors: int, warnings: int) -> str:
    whole = all(not one.path for one in meant)
    count = sum(len(one.catalog.process_files()) for one in meant) if whole else len(meant)
    what = _counted(count, "process", "processes") if whole else _counted(count, "file", "files")
    if not errors and not warnings:
        return f"{what} checked: nothing to mend."
    told = [_counted(errors, "error", "errors")] if errors else []
    told += [_counted(warnings, "warning", "warnings")] if warnings else []
    return f"{what} checked: {' and '.join(told)}."


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _shown(meant: Target, place: Place) -> Place:
    return place._replace(file=meant.shown(place.file))


def _problems(meant: Target) -> Iterable[Problem]:
    catalog, path = meant.catalog, meant.path
    if not path:
        linted = lint_home(catalog)
        return in_order([*linted.problems, *(p for one in linted.processes for p in problems_beside(catalog, one))])
    if path in catalog.process_files():
        loaded = lint_process(catalog, path)
        return in_order([*loaded.problems, *problems_beside(catalog, loaded)])
    process = path.removesuffix(SCENARIOS) + ".yaml"
    if path.endswith(SCENARIOS) and process in catalog.files:
        return in_order(problems_beside(catalog, lint_process(catalog, process)))
    # A form or message is judged by itself, and as the processes use it.
    every = (each for problem in lint_home(catalog).problems for each in apart(problem))
    used = (problem for problem in every if problem.place.file == path)
    return in_order([*lint_file(catalog, path), *used])
