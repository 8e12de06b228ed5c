"""Files from the command line: their content is kept under its SHA-256, and forms and cases refer to it.

Owns the reading of a file and where paths may stand among a form's values.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import Rejected

if TYPE_CHECKING:
    from engine.cli.context import Context
    from engine.definition.forms import Form


def kept(context: Context, path: Path) -> dict[str, Any]:
    """{name, type, size, sha256} of a file whose content is kept now. Rejected("unreadable") when it cannot be read."""
    from engine.store import files

    engine = context.engine()
    try:
        with path.open("rb") as source:
            content = source.read(files.LARGEST + 1)
    except OSError as error:
        raise Rejected("unreadable", f"Expected to read {path}, but {error.strerror}") from error
    with engine.store.transaction():
        digest = files.put(engine.store, content, engine.clock())
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {"name": path.name, "type": kind, "size": len(content), "sha256": digest}


def with_files(context: Context, forms: Sequence[Form], values: dict[str, Any]) -> dict[str, Any]:
    """The values with a kept file wherever a form asks for one and a path was given."""
    for path in (path for form in forms for path in form.files):
        table, _, name = path.rpartition(".")
        rows = values.get(table) if table else [values]
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and name in row:
                row[name] = _kept_at(context, row[name])
    return values


def _kept_at(context: Context, given: Any) -> Any:
    if isinstance(given, str) and given:
        return kept(context, Path(given))
    if isinstance(given, Sequence) and not isinstance(given, (str, Mapping)):
        return [_kept_at(context, one) for one in given]
    return given
