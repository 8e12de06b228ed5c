"""Letters as mail carries them: the same words as page and as plain text, and the headers that other programs go by.

Owns how one is made from what is in the outbox. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from engine.definition.markdown import to_html, to_text
from engine.workers.channels.smtp import in_ascii
from engine.workers.delivering import Hopeless

MOST_REFERENCES = 20

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em">
{body}</body></html>
"""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to whom. `text` is Markdown. `id` is its name in the world, without the angle brackets; `earlier`
    are those of the letters before it, oldest first. `automatic` is what nobody has sent by hand: another program must
    not answer it. `answers` is where a person's answer is to go, when that is not the sender.
    """

    sender: Address
    to: Sequence[Address]
    subject: str
    text: str
    language: str
    id: str
    at: datetime
    about: str = ""
    earlier: Sequence[str] = ()
    automatic: bool = True
    answers: Address | None = None
    enclosures: Sequence[Enclosure] = field(default_factory=tuple)


def as_mail(letter: Letter) -> EmailMessage:
    """The letter as it goes over the line."""
    mail = EmailMessage(SMTP)
    mail["From"] = _plain(letter.sender)
    mail["To"] = [_plain(one) for one in letter.to]
    if letter.answers is not None:
        mail["Reply-To"] = _plain(letter.answers)
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = f"<{letter.id}>"
    if letter.earlier:
        mail["In-Reply-To"] = f"<{letter.earlier[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in letter.earlier[-MOST_REFERENCES:])
    if letter.about:
        mail["X-Heard-Case"] = letter.about
    if letter.automatic:
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(to_text(letter.text))
    mail.add_alternative(_PAGE.format(language=letter.language, body=to_html(letter.text)), subtype="html")
    mail["Content-Language"] = letter.language  # not before: it would go with the text into its part
    for one in letter.enclosures:
        kind, _, subtype = (one.type or "application/octet-stream").partition("/")
        mail.add_attachment(
            one.content, maintype=kind, subtype=subtype or "octet-stream", filename=" ".join(one.name.split())
        )
    return mail


def address(name: str, spec: str) -> Address:
    """Hopeless when it is none."""
    try:
        return Address(" ".join(name.split()), addr_spec=spec.strip())
    except Exception as error:
        raise Hopeless(f"'{spec}' is no e-mail address: {error}") from None


def _plain(one: Address) -> Address:
    return Address(one.display_name, addr_spec=in_ascii(one.addr_spec))
