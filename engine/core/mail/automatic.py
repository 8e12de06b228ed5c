"""Whether a program has written a mail: absence notes, newsletters, receipts. Such a mail is no word from a customer.

Owns the signs by which one sees it.
"""

from __future__ import annotations

from email.message import Message

from engine.core.mail.headers import has, raw, words

_BULK = ("bulk", "junk", "list", "auto_reply", "auto-reply")
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply")
_BEGINNINGS = (
    *("out of office", "automatic reply:", "auto reply:", "autoreply:", "auto-reply:"),
    *("abwesenheitsnotiz", "automatische antwort:", "abwesend:", "außer haus"),
)


def sign(mail: Message) -> str:
    """By what one sees it, empty when nothing says so."""
    submitted = words(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return f"Auto-Submitted: {submitted[:60]}"
    precedence = words(mail, "Precedence").lower()
    if precedence in _BULK:
        return f"Precedence: {precedence}"
    for mark in _MARKS:
        if has(mail, mark) and words(mail, mark).lower() != "no":
            return mark
    if has(mail, "Return-Path") and raw(mail, "Return-Path").strip() == "<>":
        return "Return-Path: <>"
    if mail.get_content_type() == "multipart/report":
        return "Content-Type: multipart/report"
    subject = words(mail, "Subject")
    if subject.lower().startswith(_BEGINNINGS):
        return f"Subject: {subject[:80]}"
    return ""
