"""The head of a mail: its words, addresses and names, whatever encoding somebody has used or broken.

Owns the decoding and its limits. Every answer about a header is one line of printable text.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

LONGEST = 5_000
"""Characters of one header that are looked at; reading addresses takes longer than in proportion."""
MOST_IDS = 100

_ID = re.compile(r"<([^<>\s]{1,300})>")
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\\]{1,200}@[^@\s<>(),;:\"\\]{1,250}")


def words(mail: Message, name: str, most: int = 1_000) -> str:
    """What a header says; empty when it is not there."""
    return one_line(_decoded(raw(mail, name)))[:most]


def raw(mail: Message, name: str) -> str:
    """The first header of this name as it came, bytes outside ASCII as UTF-8 or Latin-1; empty when there is none."""
    wanted = name.lower()
    for key, value in mail.raw_items():
        if key.lower() == wanted:
            data = str(value)[:LONGEST].encode("utf-8", "surrogateescape")
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError:
                return data.decode("latin-1")
    return ""


def has(mail: Message, name: str) -> bool:
    wanted = name.lower()
    return any(key.lower() == wanted for key, _ in mail.raw_items())


def _decoded(text: str) -> str:
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        piece if isinstance(piece, str) else _in_words(piece, charset or "utf-8") for piece, charset in pieces
    )


def _in_words(data: bytes, charset: str) -> str:
    if charset.lower() not in ("us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1250"):
        charset = "utf-8"
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def one_line(text: str) -> str:
    """In characters that can be shown, with single blanks."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def addresses(mail: Message, *names: str) -> list[tuple[str, str]]:
    """Name and address of each who stands in these headers, addresses in small letters; what is no address is left
    out.
    """
    found = []
    for name, spec in getaddresses([_unfolded(raw(mail, one)) for one in names]):
        address = one_line(spec).lower()
        if _ADDRESS.fullmatch(address):
            found.append((one_line(_decoded(name))[:200], address))
    return found


def _unfolded(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def parts_of(mail: Message) -> list[Message]:
    """What it is put together from, one layer deep; empty where it is not."""
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def ids(mail: Message, *names: str) -> tuple[str, ...]:
    """The names of messages in these headers, in the order of the headers, the last of each header first."""
    found: list[str] = []
    for name in names:
        found += reversed(_ID.findall(raw(mail, name))[-MOST_IDS:])
    return tuple(dict.fromkeys(found))
