"""Where the processes are: the one folder that holds `processes/` and `forms/`.

Owns the order in which places are asked. Must not know what stands in the files, nor read them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from engine.errors import Rejected

_PARTS = ("processes", "forms")


def find_home(explicit: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The folder that holds `processes/` and `forms/`, as an absolute path.

    Asked in this order: `explicit` (what the person typed), `HEARD_HOME` in `environ`, `cwd` when it holds
    `processes/`, and what Heard ships. Relative paths count from `cwd`. A place that was named but does not
    serve is refused with `Rejected("no-home")` and never passed over: the next one would hold other processes
    than the person meant.
    """
    if explicit:
        return _complete(_absolute(explicit, cwd), f"--home {explicit}")
    if from_environment := environ.get("HEARD_HOME"):
        return _complete(_absolute(from_environment, cwd), f"HEARD_HOME={from_environment}")
    if (cwd / "processes").is_dir():
        return _complete(cwd.absolute(), f"the current folder {cwd}")
    return shipped()


def shipped() -> Path:
    """The folder of Heard's own processes: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent


def _absolute(named: str, cwd: Path) -> Path:
    try:
        return (cwd / Path(named).expanduser()).absolute()
    except RuntimeError:  # `~somebody` whom this machine does not know
        return (cwd / named).absolute()


def _complete(folder: Path, source: str) -> Path:
    # `os.path` and not `Path`: a name no file system can hold is then absent, not an error of its own.
    missing = [part for part in _PARTS if not os.path.isdir(folder / part)]
    if missing:
        absent = " and ".join(f"{part}/" for part in missing)
        raise Rejected(
            "no-home",
            f"Expected {source} to hold processes/ and forms/, but it lacks {absent}. "
            "Make the missing folder, or name another place with --home or HEARD_HOME.",
        )
    return folder
