"""Mail servers that tell us what became of a letter of ours (RFC 3464).

Owns the reading of such a report.
"""

from __future__ import annotations

from email.message import Message
from email.parser import HeaderParser

from engine.core.mail.headers import ids, one_line, parts_of, words
from engine.core.mail.letter import Returned

LONGEST = 65_536
"""Characters of our letter's head, as it came back, that are looked at."""


def returned(mail: Message) -> Returned | None:
    """What the report says; None when the mail is none, or does not name the letter."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    told, message_id = None, ""
    for part in parts_of(mail):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            told = _told(part)
        elif kind in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
            found = ids(_head(part), "Message-ID")
            message_id = found[0] if found else ""
    if told is None or not message_id:
        return None
    to, said, action = told
    return Returned(message_id, to, said, action == "failed")


def _told(part: Message) -> tuple[str, str, str] | None:
    """To whom, what the server says, and what it does: of the first address that failed, else of the first."""
    about = [one for one in parts_of(part) if words(one, "Action")]
    if not about:
        return None
    first = next((one for one in about if words(one, "Action").lower() == "failed"), about[0])
    to = words(first, "Final-Recipient") or words(first, "Original-Recipient")
    why = words(first, "Diagnostic-Code", 500).partition(";")
    said = " ".join(filter(None, (words(first, "Status", 20), (why[2] or why[0]).strip())))
    return to.rpartition(";")[2].strip().lower(), one_line(said), words(first, "Action").lower()


def _head(part: Message) -> Message:
    for inner in parts_of(part):
        return inner
    content = part.get_payload(decode=True)
    text = content[:LONGEST].decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return HeaderParser().parsestr(text, headersonly=True)
