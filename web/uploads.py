"""Files that come in with a form: kept by their content, called by what their content says they are.

Owns how large they may be, what is said of a file that is refused, and how files come along when a form is sent once
more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, request
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from werkzeug.datastructures import FileStorage, MultiDict

from engine.core.file_kinds import ANOTHER, DAMAGED, PROGRAM, judge, plain_name
from engine.definition.forms import Form
from engine.definition.model import Definition
from engine.definition.moves import FormUse
from engine.errors import Rejected
from engine.store import files
from web.forms import typed
from web.house import house
from web.language import gettext as _
from web.language import language
from web.refusals import worded

TOGETHER = 40 * 1024 * 1024
"""Bytes that the files of one page may have together; one alone `engine.store.files.LARGEST`."""
LARGEST_TEXT = 2 * 1024 * 1024
"""Bytes that everything typed into one page may have."""
BEFORE = "files-before"
"""In a form: the files that came with an earlier try, signed. With a hyphen, so that no field can be called so."""


def file_limits() -> Markup:
    """The attributes of a file field by which a script says what is too large before it is sent; `{name}` in the words
    is the file's.
    """
    alone = _("{name} is larger than 20 MB and cannot be sent. Choose a smaller file.")
    together = _("Together these files are larger than 40 MB. Leave one out, and send it afterwards.")
    return Markup('data-most="{}" data-larger="{}" data-together="{}" data-heavy="{}"').format(
        files.LARGEST, alone, TOGETHER, together
    )


def setup(app: Flask) -> None:
    app.jinja_env.globals["file_limits"] = file_limits


def carried(values: Mapping[str, Any]) -> str:
    """The files among these values, for the page to bring along when it is sent once more; signed, so that nobody
    claims a file that they never sent.
    """
    found = {}
    for name, value in values.items():
        given = value if isinstance(value, list) else [value]
        if given and all(isinstance(one, Mapping) and "sha256" in one for one in given):
            found[name] = given
    return str(_signed().dumps(found))


def earlier_files() -> dict[str, Any]:
    """What `carried` had brought along; nothing when it is not ours."""
    try:
        found: dict[str, Any] = _signed().loads(request.form.get(BEFORE, ""))
    except BadSignature:
        return {}
    return found


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(house().secret, "files of a form")


def typed_with_files(form: Form, before: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """What was posted into a form of this request, and what is wrong with the files among it: a refused one costs
    nothing of the rest. `before` are the values that stood there already.
    """
    faults: dict[str, tuple[str, ...]] = {}
    kept: dict[int, Mapping[str, Any]] = {}
    good: MultiDict[str, FileStorage] = MultiDict()
    for path in form.files:
        for given in request.files.getlist(path):
            if not given.filename:
                continue
            try:
                kept[id(given)] = keep(given)
            except Rejected as rejected:
                faults[path] = (*faults.get(path, ()), worded(rejected).message)
            else:
                good.add(path, given)
    known = {**before, **earlier_files()}
    return typed(form, request.form, good, lambda given: kept[id(given)], known), faults


def all_wrong(
    definition: Definition,
    use: FormUse,
    values: Mapping[str, Any],
    faults: Mapping[str, Sequence[str]],
    known: Mapping[str, Any] | None = None,
) -> dict[str, Sequence[str]]:
    """All that is wrong with what was posted, where files were refused (`faults`): the engine, which would say the
    rest, is not asked then. `known` is what the case knows, for the form's own rules.
    """
    given = {name: value for name, value in values.items() if value not in ("", None, [])}
    judged = use.bound.judge(given, known or {}, house().clock(), language(), zone=definition.calendar.zone)
    return {**judged.errors, **faults}


def keep(given: FileStorage) -> Mapping[str, Any]:
    """Keep an uploaded file; {name, type, size, sha256}. Rejected("file-refused") or ("file-too-large")."""
    name = plain_name(given.filename or "")
    content = given.stream.read(files.LARGEST + 1)
    kind = judged(name, content)
    the = house()
    digest = files.put(the.store, content, the.clock())
    return {"name": name, "type": kind, "size": len(content), "sha256": digest}


def judged(name: str, content: bytes) -> str:
    """The kind of file that it is. Rejected("file-refused") for a program, and for one that pretends."""
    found = judge(name, content)
    if found.fault == PROGRAM:
        raise _refused(_("%(name)s is a program. Send what it shows instead: a picture, a document.") % {"name": name})
    if found.fault == ANOTHER:
        raise _refused(
            _("%(name)s is not what its name says: it holds %(kind)s. Give it its right name.")
            % {"name": name, "kind": found.kind}
        )
    if found.fault == DAMAGED:
        raise _refused(_("%(name)s is damaged, or not what its name says. Save it once more.") % {"name": name})
    return found.kind


def _refused(said: str) -> Rejected:
    return Rejected("file-refused", said)
