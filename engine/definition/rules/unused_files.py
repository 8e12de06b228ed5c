"""Every form, message and calendar of a home is used by one of its processes.

Owns `unused-file`. Judges a whole home and not one process. That a name is misspelt is told by who looks it up.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, Catalog, used_forms
from engine.definition.outline import Outline
from engine.definition.shapes import Report
from engine.definition.suggest import closest
from engine.errors import Place

CODES = {"unused-file": "No process of this home uses this form, message or calendar."}


def check(catalog: Catalog, outlines: Iterable[Outline], report: Report) -> None:
    forms: set[str] = set()
    messages: set[str] = set()
    calendars: set[str] = set()
    for outline in outlines:
        forms |= used_forms(outline)
        messages |= outline.sent
        if (said := outline.head.get("calendar")) is not None:
            calendars.add(said.text)
    for what, folder, used in (
        ("form", FORMS, forms),
        ("message", MESSAGES, messages),
        ("calendar", CALENDARS, calendars),
    ):
        present = {path: _id(path.removeprefix(folder), folder) for path in catalog.files if path.startswith(folder)}
        missing = used - set(present.values())
        for path, name in sorted(present.items()):
            # A name that is nearly one that is missing is a slip of the pen, and told where it was written.
            if name not in used and closest(name, missing) is None:
                report.warning(
                    Place(path),
                    "unused-file",
                    f"Expected a process to use this {what}, but none names '{name}'",
                    "name it in a process, or remove the file",
                )


def _id(name: str, folder: str) -> str:
    return name.split(".")[0] if folder == MESSAGES else name.rsplit(".", 1)[0]
