"""What was typed into a form on a page, as the values that a command takes.

Owns the way from posted fields and files to plain values. What does not convert stays as it was typed, so that it can
be shown again with what is wrong with it; nothing is dropped.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from engine.definition.forms import Form
from engine.definition.types import Instant, Number
from web.language import plain_number
from web.times import zone

Files = Callable[[FileStorage], Mapping[str, Any]]
"""Keeps an uploaded file, and gives it back as a form has it: {name, type, size, sha256}."""

KEPT = "kept:"
"""Before the name of a field: the files that were there already, by their SHA-256."""

_ROW = re.compile(r"\.[0-9]+\.")
"""Between a table and its column: which row it is."""


def typed(
    form: Form, posted: MultiDict[str, str], files: MultiDict[str, FileStorage], keep: Files, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The form's values. `before` are those that stood there already: only its files are taken up again, those that
    the page still names.
    """
    texts: dict[str, str | Sequence[str]] = {}
    numbers = set(_numbers(form))

    def plain(name: str, text: str) -> str:
        return plain_number(text) if _ROW.sub(".", name) in numbers else text

    for name in posted:
        if form.field(re.split(r"[.\[]", name)[0]) is not None:
            # Before a box to tick stands a hidden empty value, so that an empty box says something too: the box counts.
            ticked = [text for text in posted.getlist(name) if text]
            texts[name] = ticked if len(ticked) > 1 else plain(name, ticked[0]) if ticked else ""
    values = form.parse_text(texts)
    for field in form.fields:
        if isinstance(field.type, Instant):
            values.update({name: _zoned(value) for name, value in values.items() if name == field.name})
        elif field.is_table and isinstance(values.get(field.name), list):
            instants = {column.name for column in field.columns if isinstance(column.type, Instant)}
            values[field.name] = [
                {name: _zoned(value) if name in instants else value for name, value in row.items()}
                for row in values[field.name]
            ]
    for path in form.files:
        if "." not in path:
            found = _files(path, posted, files, keep, before.get(path))
            many = form.field(path)
            if found:
                values[path] = found if many is not None and many.is_list else found[-1]
            else:
                values.pop(path, None)
    return values


def _numbers(form: Form) -> Iterator[str]:
    """The fields that are numbers, those of a table as `table.column`."""
    for field in form.fields:
        if isinstance(field.type, Number):
            yield field.name
        elif field.is_table:
            yield from (f"{field.name}.{column.name}" for column in field.columns if isinstance(column.type, Number))


def _zoned(value: Any) -> Any:
    """A time without an offset is meant in the person's zone, in which it was shown."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return at.replace(tzinfo=zone()).isoformat() if at.tzinfo is None else value


def _files(
    path: str, posted: MultiDict[str, str], files: MultiDict[str, FileStorage], keep: Files, before: Any
) -> list[Mapping[str, Any]]:
    named = set(posted.getlist(KEPT + path))
    known = before if isinstance(before, list) else [before] if before else []
    kept = [one for one in known if isinstance(one, Mapping) and one.get("sha256") in named]
    return [*kept, *(keep(one) for one in files.getlist(path) if one.filename)]


def media_type(name: str) -> str:
    """What kind of file its name says it is; what a browser claims counts for nothing."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
