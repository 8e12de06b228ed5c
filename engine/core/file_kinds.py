"""What a file is, by its content. What its sender says it is counts for nothing; and a file that is not what its name
says is refused, so that nobody opens one thing and gets another.

Owns the look into a file, for whatever door it comes through.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import PurePosixPath

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

PROGRAM, ANOTHER, DAMAGED = "program", "another", "damaged"


@dataclass(frozen=True, slots=True)
class Judged:
    """The kind of a file, such as image/png. `fault` is empty for one that may come in, else why not: a program, one
    that holds another kind than its name says (`kind` is then what it holds), or one that is not what its name says.
    """

    kind: str
    fault: str = ""


def judge(name: str, content: bytes) -> Judged:
    """What it is, and whether it may come in."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in REFUSED or content.startswith(_RUNS):
        return Judged("", PROGRAM)
    claimed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_one = next((kind for sign, kind in _SIGNS if content.startswith(sign)), "")
    if is_one and claimed != is_one and not claimed.startswith(_WITHIN.get(is_one, (is_one,))):
        return Judged(is_one, "" if claimed == "application/octet-stream" else ANOTHER)
    if not is_one and any(claimed == kind for _sign, kind in _SIGNS):
        return Judged(claimed, DAMAGED)
    return Judged(claimed)


def plain_name(given: str) -> str:
    """The last part of a name, in characters that every disk can hold."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character for character in last if character.isprintable()).strip(" .")
    return plain[-200:] or "file"
