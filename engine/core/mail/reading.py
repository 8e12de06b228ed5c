"""Taking a mail apart: from its bytes to who writes what.

Owns the limits within which that is safe, and the choice of what of a mail is its text and what are files. Raises
Unreadable and nothing else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from engine.core.mail import automatic, bounces
from engine.core.mail.headers import addresses, ids, one_line, parts_of, words
from engine.core.mail.letter import Enclosed, Mail, Unreadable
from engine.core.mail.pages import in_plain_text
from engine.core.mail.quotes import without_quotes

LARGEST = 40 * 1024 * 1024
MOST_LINES = 800_000
LONGEST_HEAD = 128 * 1024
MOST_BOUNDARIES, MOST_RULES, MOST_PARTS = 100, 2_000, 200
MOST_LOOKS, MOST_FIELDS = 4_000_000, 50_000
"""Many layers, parts or headers cost far more to take apart than to send: each line is held against each layer."""
LONGEST_TEXT = 200_000
LONGEST_PAGE = 1_000_000

_BOUNDARY = re.compile(rb"boundary\s*[*=]", re.IGNORECASE)
_FIELD = re.compile(rb"\n[!-9;-~]{1,76}:[ \t]")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STRANGE = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"})


def read(content: bytes) -> Mail:
    """The mail. Unreadable when it is too large, or made to break whoever reads it."""
    if len(content) > LARGEST:
        raise Unreadable(f"it has {len(content) / 1_048_576:.0f} MB; at most {LARGEST // 1_048_576} are taken")
    end = _HEAD_END.search(content, 0, LONGEST_HEAD)
    if end is None and len(content) > LONGEST_HEAD:
        raise Unreadable("its head does not end")
    lines, layers = content.count(b"\n"), len(_BOUNDARY.findall(content))
    if lines > MOST_LINES:
        raise Unreadable(f"it has more than {MOST_LINES:,} lines")
    if layers > MOST_BOUNDARIES or layers * lines > MOST_LOOKS or content.count(b"\n--") > MOST_RULES:
        raise Unreadable("it is put together from too many parts")
    if len(_FIELD.findall(content)) > MOST_FIELDS:
        raise Unreadable("it has too many headers")
    try:
        return _read(content, end.end() if end is not None else len(content))
    except Unreadable:
        raise
    except Exception as error:  # the reader of the standard library has limits of its own, and says so in many ways
        raise Unreadable(f"it is put together wrongly ({type(error).__name__})") from error


def _read(content: bytes, body: int) -> Mail:
    mail = message_from_bytes(content)
    own = addresses(mail, "From")
    name, sender = own[0] if own else ("", "")
    parts = list(_parts(mail))
    text = _text(parts)
    subject = words(mail, "Subject", 500)
    message_id = next(iter(ids(mail, "Message-ID")), "")
    told = "\n".join((message_id, sender, subject)).encode("utf-8", "replace")
    return Mail(
        mark=sha256(told + b"\n" + content[body:].replace(b"\r\n", b"\n").rstrip()).hexdigest(),
        message_id=message_id,
        sender=sender,
        name=name,
        to=tuple(dict.fromkeys(to for _, to in addresses(mail, "To", "Cc", "Delivered-To", "X-Original-To"))),
        subject=subject,
        answers=ids(mail, "In-Reply-To", "References"),
        text=text,
        reply=without_quotes(text),
        files=tuple(_files(parts)),
        automatic=automatic.sign(mail),
        returned=bounces.returned(mail),
        from_heard=words(mail, "X-Heard-Case", 40),
    )


def _parts(mail: Message) -> Iterator[Message]:
    """The parts that hold something, in their order. A mail that is enclosed as a file is one."""
    todo, count = [mail], 0
    while todo:
        part = todo.pop()
        count += 1
        if count > MOST_PARTS:
            raise Unreadable("it is put together from too many parts")
        if part.is_multipart() and part.get_content_maintype() != "message":
            todo += reversed(parts_of(part))
        else:
            yield part


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or not _is_text(part)


def _is_text(part: Message) -> bool:
    named = part.get_filename() is not None
    return part.get_content_type() in ("text/plain", "text/html") and not named


def _text(parts: list[Message]) -> str:
    """What was written: as plain text where there is any, else from the page."""
    written = [part for part in parts if not _is_file(part)]
    plain = [_in_words(part) for part in written if part.get_content_type() == "text/plain"]
    text = "\n\n".join(one.strip() for one in plain if one.strip())
    if not text:
        pages = [
            in_plain_text(_in_words(part)[:LONGEST_PAGE]) for part in written if part.get_content_subtype() == "html"
        ]
        text = "\n\n".join(one for one in pages if one.strip())
    text = text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text).strip()


def _in_words(part: Message) -> str:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return data.decode(_charset(part, data), "replace")


def _charset(part: Message, data: bytes) -> str:
    """What the part says, when it is one and not a trap, and fits; else UTF-8 or what Windows writes."""
    said = part.get_content_charset() or ""
    try:
        known = codecs.lookup(said).name if said else ""
    except (LookupError, ValueError):
        known = ""
    for one in (known, "utf-8"):
        if one and one not in _STRANGE:
            try:
                data.decode(one)
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
            return one
    return "cp1252"


def _files(parts: list[Message]) -> Iterator[Enclosed]:
    for number, part in enumerate(parts, 1):
        if not _is_file(part) or (part.get_content_disposition() != "attachment" and _belongs_to_the_page(part)):
            continue
        content = _content(part)
        if content:
            yield Enclosed(_name(part, number), content)


def _belongs_to_the_page(part: Message) -> bool:
    """The pictures of a signature and the like; who wants them finds them in the mail itself."""
    return part.get_content_maintype() == "image" and part.get("Content-ID") is not None


def _content(part: Message) -> bytes:
    for inner in parts_of(part):
        return inner.as_bytes()
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Message, number: int) -> str:
    said = part.get_filename()
    if said:
        return one_line(said.encode("utf-8", "replace").decode("utf-8"))[-200:]
    kind = part.get_content_type()
    endings = {"message/rfc822": ".eml", "application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
    return f"part-{number}{endings.get(kind, '')}"
