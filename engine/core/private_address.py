"""The address of a customer's private page: mailed to them once more, because they have lost it or a colleague thinks
so; or ended, because somebody else has it.

Owns the words of that mail, and to whom it goes: to the address that the case knows, whoever asks. The address of the
page itself is not in it and stands in no history; whoever delivers the mail adds it (`engine.workers.channels`).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.core import authority
from engine.core.commands import EndPrivateAddress, SendPrivateAddress
from engine.core.draft import Draft
from engine.core.effects import RevokeLinks, SendMessage
from engine.core.instances import takes_part
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.keywords.told import tell_all

TEMPLATE = "private-address"
"""By what the mail is known among the messages of a case; no process can name one of its own like this."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "en": (
        "{reference}: the address of your page",
        "Hello,\n\nyou get the address of your page once more, because somebody asked for it. Was it not you? Then you "
        "need do nothing: it went to you alone.",
    ),
    "de": (
        "{reference}: die Adresse Ihrer Seite",
        "Guten Tag,\n\nSie erhalten die Adresse Ihrer Seite noch einmal, weil jemand darum gebeten hat. Waren Sie es "
        "nicht? Dann müssen Sie nichts tun: Sie ging nur an Sie.",
    ),
}

_ASKED = "The customer asks for the address of their page, which was ended. Send them a new one if it is really them"
_ASKED_IN_GERMAN = (
    "Der Kunde bittet um die Adresse seiner Seite, die beendet wurde. Senden Sie ihm eine neue, wenn er es wirklich ist"
)


def end(draft: Draft, command: EndPrivateAddress) -> None:
    """For staff alone, whether the case goes on or not."""
    actor = draft.actor
    takes_part(draft)
    authority.works(actor.id, actor.kind)
    if actor.kind == CUSTOMER:
        raise Rejected("not-allowed", "Expected somebody who works with the case, but this is a customer")
    draft.effects.append(RevokeLinks(actor.id, draft.at))
    draft.record("private-address-ended")


def send(draft: Draft, command: SendPrivateAddress) -> None:
    """Of a case that has ended, too. Where a colleague has ended the address, the customer gets none by asking: the
    process's owner is told, who can send one.
    """
    takes_part(draft)
    authority.works(draft.actor.id, draft.actor.kind)
    to = draft.customer.get("email", "")
    if not to:
        raise Rejected("no-address", "Expected a case that knows its customer's e-mail address, but it knows none")
    if command.ended:
        draft.record("private-address-withheld")
        about = {"state": draft.root.state}
        tell_all(draft, [(f"role:{draft.definition.owner}", None)], (_ASKED, {"de": _ASKED_IN_GERMAN}), about, False)
        return
    language = draft.customer.get("language", "") or draft.definition.languages[0]
    subject, body = (text.format(reference=draft.before.reference) for text in _WORDS.get(language[:2], _WORDS["en"]))
    message = SendMessage(draft.next_id(), TEMPLATE, language, to, draft.customer.get("name", ""), subject, body)
    draft.effects.append(message)
    said = {"message": message.id, "template": TEMPLATE, "language": language, "to": to}
    draft.record("private-address-sent", **said, subject=subject, body=body)
