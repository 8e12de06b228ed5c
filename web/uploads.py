"""Files that come in: kept by their content, called by what their content says they are.

Owns the look into a file. What a browser says a file is counts for nothing; and a file that is not what its name says
is refused, so that nobody opens one thing and gets another.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage, MultiDict

from engine.definition.forms import Form
from engine.errors import Rejected
from engine.store import files
from web.forms import typed
from web.house import house
from web.language import gettext as _
from web.refusals import worded

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
"""How files of these kinds begin."""

_RUNS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xce")
"""How programs begin."""

_WITHIN = {
    "application/zip": ("application/vnd.", "application/zip", "application/x-zip-compressed", "application/epub+zip"),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-"),
}
"""Kinds that are kept in another one's wrapping."""

REFUSED = frozenset({".exe", ".dll", ".com", ".bat", ".cmd", ".scr", ".msi", ".js", ".vbs", ".ps1", ".jar", ".lnk"})


BEFORE = "files-before"
"""In a form: the files that came with an earlier try, signed. With a hyphen, so that no field can be called so."""


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


def keep(given: FileStorage) -> Mapping[str, Any]:
    """Keep an uploaded file; {name, type, size, sha256}. Rejected("file-refused") or ("file-too-large")."""
    name = _name(given.filename or "")
    content = given.stream.read(files.LARGEST + 1)
    kind = judged(name, content)
    the = house()
    digest = files.put(the.store, content, the.clock())
    return {"name": name, "type": kind, "size": len(content), "sha256": digest}


def _name(given: str) -> str:
    """The last part of it, in characters that every disk can hold."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character for character in last if character.isprintable()).strip(" .")
    return plain[-200:] or "file"


def judged(name: str, content: bytes) -> str:
    """The kind of file that it is. Rejected("file-refused") for a program, and for one that pretends."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in REFUSED or content.startswith(_RUNS):
        raise _refused(_("%(name)s is a program. Send what it shows instead: a picture, a document.") % {"name": name})
    claimed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_one = next((kind for sign, kind in _SIGNS if content.startswith(sign)), "")
    if is_one and claimed != is_one and not claimed.startswith(_WITHIN.get(is_one, (is_one,))):
        if claimed == "application/octet-stream":
            return is_one
        raise _refused(
            _("%(name)s is not what its name says: it holds %(kind)s. Give it its right name.")
            % {"name": name, "kind": is_one}
        )
    if not is_one and any(claimed == kind for _sign, kind in _SIGNS):
        raise _refused(_("%(name)s is damaged, or not what its name says. Save it once more.") % {"name": name})
    return claimed


def _refused(said: str) -> Rejected:
    return Rejected("file-refused", said)
