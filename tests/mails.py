"""Mails as they come over the line, as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

LENA = "lena@example.org"
HOUSE = "service@brightwater.example"


def mail(
    text: str = "Where is my order?",
    *,
    sender: str = f"Lena Fischer <{LENA}>",
    to: str = HOUSE,
    subject: str = "My order",
    id: str = "<one@example.org>",
    answers: str = "",
    files: Mapping[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A mail; headers with a `_` for each `-`."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, to, subject, id
    if answers:
        made["In-Reply-To"] = answers
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content in (files or {}).items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def bounce(message_id: str, to: str = LENA, action: str = "failed", said: str = "smtp; 550 no such user") -> bytes:
    """What a mail server says of a letter that it could not deliver."""
    lines = [
        *("From: MAILER-DAEMON@example.org", "To: service@brightwater.example", "Return-Path: <>"),
        *(
            "Subject: Undelivered",
            "Message-ID: <bounce@example.org>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
        ),
        *("Content-Type: multipart/report; report-type=delivery-status; boundary=b", ""),
        *("--b", "Content-Type: text/plain", "", "It did not arrive."),
        *("--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; example.org", ""),
        *(f"Final-Recipient: rfc822; {to}", f"Action: {action}", "Status: 5.1.1", f"Diagnostic-Code: {said}", ""),
        *(
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: <{message_id}>",
            "Subject: Hello",
            "",
            "--b--",
            "",
        ),
    ]
    return "\r\n".join(lines).encode()
