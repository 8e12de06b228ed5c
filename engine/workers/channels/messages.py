"""Messages to customers, and those that a process writes to colleagues, by mail.

Owns to whom they go, what they hang together with, and the limit that breaks a circle of two machines that answer each
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.headerregistry import Address
from functools import cached_property

from engine.core.effects import is_outside
from engine.core.instance import Instance
from engine.core.private_address import TEMPLATE
from engine.private_pages import path_of, secret_of, was_revoked
from engine.runtime import Engine
from engine.store import files, instances, people, sent
from engine.store.database import Store
from engine.store.outbox import Parcel
from engine.workers.channels.letters import Enclosure, Letter, address, as_mail
from engine.workers.channels.smtp import MailServer, in_ascii
from engine.workers.delivering import Hopeless, NotNow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_AN_HOUR = 10
"""Automatic messages to one address; the next one waits."""

MOST_A_DAY = 40
"""More than that is no customer any more, but a program that answers ours."""


_HERE = {
    "en": "How your case stands, and where to answer (whoever has this address can see it):",
    "de": "So steht Ihr Vorgang, und hier können Sie antworten (wer diese Adresse hat, kann ihn sehen):",
}


class Messages:
    """The handler. Asked twice for one parcel, it sends the same letter with the same name."""

    def __init__(self, engine: Engine, server: MailServer, pages: str = "") -> None:
        self.engine = engine
        self.server = server
        self.pages = pages.rstrip("/")

    def __call__(self, parcel: Parcel) -> str:
        body, store = parcel.body, self.engine.store
        automatic = not body.get("personal")
        to = _addresses(store, str(body["to"]), str(body["name"]))
        if automatic and is_outside(str(body["to"])):
            self._ration(parcel)
        case = instances.load(store, parcel.instance)
        assert case is not None, "a parcel belongs to a case"
        way = self._way_to_the_page(case, str(body["to"]), str(body["language"]))
        if body["template"] == TEMPLATE and not way:
            why = (
                "a colleague has ended it meanwhile"
                if self.pages
                else "nobody has said in HEARD_URL where the pages are"
            )
            raise Hopeless(f"there is no address of the customer's page to send: {why}")
        answers = self.server.answers if is_outside(str(body["to"])) else None
        letter = Letter(
            sender=self.server.sender,
            to=to,
            subject=_subject(str(body["subject"]), case.reference),
            text=str(body["body"]) + way,
            language=str(body["language"]),
            id=message_id(parcel, self.server.domain),
            at=self.engine.recording(),
            about=case.reference,
            earlier=[one.receipt for one in sent.earlier(store, parcel) if one.receipt],
            automatic=automatic,
            answers=answers.of(case.reference) if answers is not None else None,
            enclosures=_enclosures(store, body.get("attachments", ())),
        )
        self.server.send(as_mail(letter), [in_ascii(one.addr_spec) for one in to])
        return letter.id

    @cached_property
    def _secret(self) -> str:
        return secret_of(self.engine.store)

    def _way_to_the_page(self, case: Instance, to: str, language: str) -> str:
        """Below a message to the case's own customer, where they see how it stands and can answer. It stands in no
        history: whoever knows the address sees the case. Once somebody has ended it, no mail hands out another.
        """
        store = self.engine.store
        if not self.pages or to.lower() != case.customer.get("email", "").lower() or was_revoked(store, case.id):
            return ""
        address = self.pages + path_of(store, self._secret, case.id, self.engine.clock())
        said = _HERE.get(language[:2], _HERE["en"])
        return f"\n\n{said}\n\n<{address}>\n"

    def _ration(self, parcel: Parcel) -> None:
        now = self.engine.recording()
        times = sent.sent_to(self.engine.store, parcel.recipient, now - DAY)
        if len(times) >= MOST_A_DAY:
            raise Hopeless(f"{len(times)} messages went to this address in a day; perhaps a program answers ours")
        lately = [at for at in times if at > now - HOUR]
        if len(lately) >= MOST_AN_HOUR:
            raise NotNow(f"{len(lately)} messages went to this address within an hour", lately[0] + HOUR)


def message_id(parcel: Parcel, domain: str) -> str:
    """The same for every attempt, and nobody else's: what is sent twice is one message for whoever reads it."""
    name = parcel.name if parcel.name.startswith(parcel.instance) else f"{parcel.instance}.{parcel.name}"
    return f"{name}@{domain}"


def _addresses(store: Store, to: str, name: str) -> list[Address]:
    if is_outside(to):
        return [address(name, to)]
    kind, _, who = to.partition(":")
    ids = [who] if kind == "person" else people.holders(store, who)
    found = [person for id in ids if (person := people.load(store, id)) is not None and person.active and person.email]
    if not found:
        raise Hopeless(f"nobody who is '{who}' has an e-mail address here")
    return [address(person.name, person.email) for person in found]


def _subject(subject: str, reference: str) -> str:
    """With the case's reference, by which an answer without its headers finds home."""
    return subject if reference in subject else f"{subject} [{reference}]"


def _enclosures(store: Store, attachments: Sequence[dict[str, str]]) -> list[Enclosure]:
    found = []
    for one in attachments:
        content = files.get(store, one["sha256"])
        if content is None:
            raise Hopeless(f"the file '{one['name']}' is not here any more")
        found.append(Enclosure(one["name"], one.get("type", ""), content))
    return found
