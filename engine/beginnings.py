"""What a new file of a process begins with, when its owner puts one beside the others.

Owns which files those can be, and their first lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.definition.catalog import FORMS, MESSAGES, scenarios_of
from engine.errors import Rejected

_ADDED = re.compile(
    rf"{FORMS}(?P<form>[a-z0-9][a-z0-9-]{{0,60}})\.yaml"
    rf"|{MESSAGES}(?P<message>[a-z0-9][a-z0-9-]{{0,60}})\.[a-z]{{2}}\.md"
)
_BEGINNINGS: Mapping[str, str] = {
    "form": "form: {}\ntitle: {}\nproperties:\n  subject:\n    type: string\n    title: Subject\n    maxLength: 200\n",
    "message": "---\nsubject: {1}\n---\n\nHello,\n\n",
    "scenarios": "scenarios:\n  - scenario: it begins\n    start: {{as: }}\n",
}


def beginning(path: str, process: str, home: Mapping[str, bytes]) -> str:
    """The text of a new file beside the process at the path `process`: as the home folder has it, else a beginning.

    Raises Rejected("no-such-file") for what cannot be a file of a process.
    """
    if path == scenarios_of(process):
        return _BEGINNINGS["scenarios"].format()
    found = _ADDED.fullmatch(path)
    if found is None:
        raise Rejected(
            "no-such-file",
            f"Expected {FORMS}<name>.yaml or {MESSAGES}<name>.<language>.md, but got '{path[:80]}'",
        )
    if path in home:
        return home[path].decode("utf-8-sig", "replace")
    kind, name = next((kind, name) for kind, name in found.groupdict().items() if name)
    return _BEGINNINGS[kind].format(name, name.replace("-", " ").capitalize())
