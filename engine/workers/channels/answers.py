"""Where answers to our letters are to go: to the house's mailbox, with the case in the address where its server takes
that.

Owns the environment variable HEARD_MAIL_REPLY_TO. How such an address leads to its case when an answer comes in is for
`engine.core.mail.sorting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address

from engine.errors import Rejected

REPLY_TO = "HEARD_MAIL_REPLY_TO"
TAG = "+{reference}"
"""Stands where the case's reference goes. Nothing adds it by itself: a server that knows no such addresses would send
every answer back to the customer who wrote it.
"""


@dataclass(frozen=True, slots=True)
class AnswerAddress:
    """`local` and `domain` of the mailbox; `tagged` when its server takes `service+INQ-2026-00042@…` as well."""

    local: str
    domain: str
    tagged: bool

    @property
    def mailbox(self) -> str:
        return f"{self.local}@{self.domain}"

    def of(self, reference: str) -> Address:
        """That for answers to letters of this case."""
        return Address("", f"{self.local}{TAG.format(reference=reference) if self.tagged else ''}", self.domain)


def answer_address(environ: Mapping[str, str]) -> AnswerAddress | None:
    """The one that the environment names, or None. Rejected("mail-server") when it is none."""
    said = environ.get(REPLY_TO, "").strip()
    if not said:
        return None
    mailbox = said.replace(TAG, "", 1)
    local, _, domain = mailbox.rpartition("@")
    tagged = f"{local}{TAG}@{domain}" == said
    try:
        Address("", addr_spec=mailbox)
        understood = "{" not in mailbox and (tagged or mailbox == said)
    except Exception:  # the reader of addresses says in many ways that something is none
        understood = False
    if not understood:
        raise Rejected(
            "mail-server", f"Expected {REPLY_TO} to be like service@example.org or service{TAG}@…, but got '{said}'"
        )
    return AnswerAddress(local, domain, tagged)
