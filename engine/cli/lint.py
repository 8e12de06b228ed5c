"""`heard lint`: every problem of definitions, before anybody works with them.

Owns which files are meant, how problems are shown, and the exit code. Judges nothing itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from engine.cli.showing import clean
from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, PROCESSES, SCENARIOS, Catalog
from engine.definition.linter import in_order, lint, lint_file, lint_home
from engine.definition.suggest import near
from engine.errors import Problem, Rejected
from engine.library import read_file, read_files
from engine.scenarios.checking import scenario_problems


@dataclass(frozen=True, slots=True)
class _Meant:
    """Files to check: the catalog they are read from, the one file that is meant (all when empty), and where
    the files really lie.
    """

    catalog: Catalog
    path: str
    root: Path
    elsewhere: Mapping[str, Path]

    def shown(self, path: str) -> str:
        """The file as the person can open it: from the folder they are in, when it lies below."""
        real = self.elsewhere.get(path, self.root / path)
        try:
            relative = os.path.relpath(real)
        except ValueError:  # another drive
            return str(real)
        return str(real) if relative.startswith("..") else relative

    def problems(self) -> Iterable[Problem]:
        if not self.path:
            linted = lint_home(self.catalog)
            beside = [p for loaded in linted.processes for p in scenario_problems(self.catalog, loaded)]
            return in_order([*linted.problems, *beside])
        if self.path in self.catalog.process_files():
            loaded = lint(self.catalog, self.path)
            return in_order([*loaded.problems, *scenario_problems(self.catalog, loaded)])
        if self.path.endswith(SCENARIOS):
            process = self.path.removesuffix(SCENARIOS) + ".yaml"
            if process in self.catalog.files:
                return in_order(scenario_problems(self.catalog, lint(self.catalog, process)))
        whole = lint_home(self.catalog).problems
        return in_order([*lint_file(self.catalog, self.path), *(p for p in whole if p.place.file == self.path)])


@click.command("lint")
@click.argument("what", nargs=-1, metavar="[FILE-OR-PROCESS]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or for programs."
)
@click.pass_context
def lint_(ctx: click.Context, what: tuple[str, ...], form: str) -> None:
    """Check definitions, and tell every problem with its place.

    Without arguments everything in processes/ and forms/ is checked, files that no process uses too. Fails
    when there is an error; warnings alone do not.
    """
    home: Path = ctx.obj.home
    meant = [_meant(name, home) for name in what] or [_Meant(Catalog(read_files(home)), "", home, {})]
    found = [
        replace(problem, place=replace(problem.place, file=one.shown(problem.place.file)))
        for one in meant
        for problem in one.problems()
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


def _closing(meant: Sequence[_Meant], errors: int, warnings: int) -> str:
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


# --- which files are meant


def _meant(name: str, home: Path) -> _Meant:
    path = Path(name)
    if os.path.isdir(path):
        if not os.path.isdir(path / "processes"):
            raise click.UsageError(f"Expected a file or a folder with processes/, but {name} has none")
        return _Meant(Catalog(read_files(path)), "", path, {})
    if os.path.isfile(path):
        return _file(path.absolute(), home)
    files = read_files(home)
    catalog = Catalog(files)
    known = {file.removeprefix(PROCESSES).rsplit(".", 1)[0]: file for file in catalog.process_files()}
    if name in known:
        return _Meant(catalog, known[name], home, {})
    if name in files:
        return _Meant(catalog, name, home, {})
    raise click.UsageError(f"Expected a process or a file, but there is no '{name}'{near(name, (*known, *files))}")


def _file(path: Path, home: Path) -> _Meant:
    for root in (home, path.parent.parent, path.parent.parent.parent):
        inside = _below(path, root)
        if inside and all(os.path.isdir(root / part) for part in ("processes", "forms")):
            files = read_files(root)
            if inside in files:
                return _Meant(Catalog(files), inside, root, {})
    return _stranger(path, home)


def _below(path: Path, root: Path) -> str:
    """The path below the root, with `/`; empty when it is not below processes/ or forms/ there."""
    try:
        inside = path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return ""
    return inside if inside.startswith((PROCESSES, FORMS)) else ""


def _stranger(path: Path, home: Path) -> _Meant:
    """A file from anywhere. What lies beside it serves, else what the home has."""
    folders = {
        FORMS: (path.parent.parent / "forms", path.parent / "forms"),
        MESSAGES: (path.parent / "messages",),
        CALENDARS: (path.parent / "calendars",),
    }
    files: dict[str, bytes] = dict(read_files(home))
    elsewhere: dict[str, Path] = {}
    for kind, places in folders.items():
        own = next((place for place in places if os.path.isdir(place)), None)
        if own is not None:
            files = {name: text for name, text in files.items() if not name.startswith(kind)}
            for found in sorted(own.iterdir()):
                if found.suffix in (".yaml", ".yml", ".md") and found.is_file():
                    files[f"{kind}{found.name}"] = read_file(found)
                    elsewhere[f"{kind}{found.name}"] = found
    for beside, name in (
        (path.parent / "organisation.yaml", ORGANISATION),
        (path.with_name(path.name.rsplit(".", 1)[0] + SCENARIOS), ""),
    ):
        if os.path.isfile(beside):
            files[name or f"{PROCESSES}{beside.name}"] = read_file(beside)
            elsewhere[name or f"{PROCESSES}{beside.name}"] = beside
    content = read_file(path)
    key = _folder(path, content) + path.name
    if path.suffix not in (".yaml", ".yml", ".md"):
        raise Rejected("not-a-definition", f"Expected a YAML file or a message in Markdown, but {path.name} is neither")
    return _Meant(Catalog({**files, key: content}), key, home, {**elsewhere, key: path})


def _folder(path: Path, content: bytes) -> str:
    """The folder in which such a file stands in a home: by the folder it is in, else by its first word."""
    by_parent = {"forms": FORMS, "messages": MESSAGES, "calendars": CALENDARS}
    if path.parent.name in by_parent:
        return by_parent[path.parent.name]
    if path.suffix == ".md":
        return MESSAGES
    first = {line.split(b":")[0] for line in content[:20_000].splitlines() if b":" in line}
    if b"process" not in first:
        if b"form" in first:
            return FORMS
        if b"calendar" in first:
            return CALENDARS
    return PROCESSES
