"""Files of cases, for those who may see the case: always to be saved, never shown as a page of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, abort
from werkzeug.http import dump_options_header

from engine.core.instance import Instance
from engine.store import files, history
from web import masking
from web.access import SIGNED_IN, access
from web.house import house
from web.reading import case_called

pages = Blueprint("files", __name__)


@pages.get("/cases/<reference>/files/<digest>")
@access(SIGNED_IN)
def show(reference: str, digest: str) -> Response:
    """A file that was attached to the case or filled in, by its SHA-256."""
    case, _definition = case_called(reference)
    masking.refuse_files()
    return answer(case, digest)


def answer(case: Instance, digest: str) -> Response:
    """The file to be saved; 404 for one that is not of this case."""
    known = next((one for one in of_case(case) if one.get("sha256") == digest), None)
    content = files.get(house().store, digest) if known is not None else None
    if known is None or content is None:
        abort(404)
    said = Response(content, mimetype="application/octet-stream")
    said.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": known["name"]})
    said.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return said


def of_case(case: Instance) -> Iterator[Mapping[str, Any]]:
    """Every file of the case: in what was filled in, also earlier, and attached."""
    yield from _within(case.data)
    for token in case.tokens.values():
        yield from _within(token.forms)
    for line in history.read(house().store, case.id):
        if line.event.type in ("file-attached", "form-submitted", "case-started", "message-received"):
            yield from _within(line.event.body)


def _within(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if {"name", "type", "size", "sha256"} <= value.keys():
            yield value
        else:
            for one in value.values():
                yield from _within(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _within(one)
