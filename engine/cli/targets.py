"""Which definitions a command line means: a home, a process by its name, or any file.

Owns the reading of such files and where they really lie. Judges nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, PROCESSES, SCENARIOS, Catalog, stem
from engine.definition.suggest import near
from engine.errors import Rejected
from engine.library import read_files

_LARGEST = 1_048_576
_SUFFIXES = (".yaml", ".yml", ".md")


@dataclass(frozen=True, slots=True)
class Target:
    """Files to look at: the catalog they are read from, the one file that is meant (all when empty), and
    where the files really lie: below `root`, or `elsewhere`.
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


def home_target(home: Path) -> Target:
    """Everything in a home."""
    return Target(Catalog(read_files(home)), "", home, {})


def target(name: str, home: Path) -> Target:
    """What somebody typed: a file, a folder that holds processes/, or the name of a process of the home.

    Raises UsageError when there is no such thing, Rejected for a file that is no definition.
    """
    path = Path(name)
    if os.path.isdir(path):
        if not os.path.isdir(path / "processes"):
            raise click.UsageError(f"Expected a file or a folder with processes/, but {name} has none")
        return home_target(path)
    if os.path.isfile(path):
        return _file(path.absolute(), home)
    files = read_files(home)
    catalog = Catalog(files)
    known = {stem(file): file for file in catalog.process_files()}
    if name in known or name in files:
        return Target(catalog, known.get(name, name), home, {})
    guess = near(name, (*known, *files))
    raise click.UsageError(f"Expected a process or a file, but there is no '{name[:80]}'{guess}")


def _file(path: Path, home: Path) -> Target:
    for root in (home, path.parent.parent, path.parent.parent.parent):
        inside = _below(path, root)
        if inside and all(os.path.isdir(root / part) for part in ("processes", "forms")):
            files = read_files(root)
            if inside in files:
                return Target(Catalog(files), inside, root, {})
    return _stranger(path, home)


def _below(path: Path, root: Path) -> str:
    """The path below the root, with `/`; empty when it is not below processes/ or forms/ there."""
    try:
        inside = path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return ""
    return inside if inside.startswith((PROCESSES, FORMS)) else ""


def _stranger(path: Path, home: Path) -> Target:
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
                    files[f"{kind}{found.name}"] = _read(found)
                    elsewhere[f"{kind}{found.name}"] = found
    for beside, name in (
        (path.parent / "organisation.yaml", ORGANISATION),
        (path.with_name(path.name.rsplit(".", 1)[0] + SCENARIOS), ""),
    ):
        if os.path.isfile(beside):
            files[name or f"{PROCESSES}{beside.name}"] = _read(beside)
            elsewhere[name or f"{PROCESSES}{beside.name}"] = beside
    content = _read(path)
    key = _folder(path, content) + path.name
    if path.suffix not in (".yaml", ".yml", ".md"):
        raise Rejected(
            "not-a-definition", (f"Expected a YAML file or a message in Markdown, but {path.name} is neither")
        )
    return Target(Catalog({**files, key: content}), key, home, {**elsewhere, key: path})


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


def _read(path: Path) -> bytes:
    """At most one byte more than a definition may have; the reader refuses it then, with its name."""
    try:
        with path.open("rb") as source:
            return source.read(_LARGEST + 1)
    except OSError as error:
        raise Rejected("unreadable", f"Expected to read {path}, but {error.strerror}") from error
