"""The home folder read into memory: every file a process can refer to, by its path below the home.

Owns the disk side of `engine.definition.catalog`, which itself reads none. Links that lead out of the folder are not
followed.
"""

from __future__ import annotations

from pathlib import Path

from engine.definition.catalog import Catalog
from engine.errors import Rejected

_SUFFIXES = (".yaml", ".yml", ".md")
_LARGEST = 1_048_576


def read_files(home: Path) -> dict[str, bytes]:
    """Path below the home (with /) -> content, for the YAML and Markdown files of processes/ and forms/.

    A file that is too large is read up to the limit and one byte more, which the reader then refuses with its name.
    Rejected("unreadable") for one that cannot be read.
    """
    root = home.resolve()
    files: dict[str, bytes] = {}
    for part in ("processes", "forms"):
        for path in sorted((root / part).rglob("*")):
            if path.suffix not in _SUFFIXES or not path.is_file() or not path.resolve().is_relative_to(root):
                continue
            try:
                with path.open("rb") as source:
                    files[path.relative_to(root).as_posix()] = source.read(_LARGEST + 1)
            except OSError as error:
                raise Rejected("unreadable", f"Expected to read {path}, but {error.strerror}") from error
    return files


def catalog_of(home: Path) -> Catalog:
    """The catalog over the home's files as they are now."""
    return Catalog(read_files(home))
