"""Files from the person's own disk, kept by their content: those that are attached, and those that a form asks for.

Owns the reading. What a file is called and where it belongs is written in the case.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.runtime import Engine


def keep(engine: Engine, path: Path) -> dict[str, Any]:
    """Keep the content; {name, type, size, sha256}. Rejected("unreadable") or ("file-too-large")."""
    from engine.errors import Rejected
    from engine.store import files

    try:
        with path.open("rb") as source:
            content = source.read(files.LARGEST + 1)
    except OSError as error:
        raise Rejected("unreadable", f"Expected to read {path}, but {error.strerror}") from error
    with engine.store.transaction():
        digest = files.put(engine.store, content, engine.clock())
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {"name": path.name, "type": kind, "size": len(content), "sha256": digest}
