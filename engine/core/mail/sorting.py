"""What is to become of a mail that came in. Nothing is dropped: what finds no case and begins none is parked, with why.

Owns the order of the questions. Who may be told apart by what: only the names of our own letters, which nobody can
guess, lead to a case by themselves; a reference can be guessed, so it counts only from somebody who has a part in that
case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.core.mail.letter import Mail

MOST_AN_HOUR = 30
"""Mails from one address; more than that is a program that answers ours."""

JOIN, BEGIN, RETURN, PARK = "join", "begin", "return", "park"

REASONS: Mapping[str, str] = {
    "unreadable": "It could not be read",
    "too-large": "It is too large to be kept",
    "no-sender": "It does not say who has sent it",
    "ours": "It is a letter of our own that came back round",
    "automatic": "A program has written it",
    "delayed": "A mail server still tries to deliver a letter of ours",
    "unknown-return": "It says that a letter came back, but that letter is none that waits for an answer here",
    "colleague": "A colleague has written it; colleagues answer on the pages",
    "too-many": f"More than {MOST_AN_HOUR} came from this address within an hour",
    "stranger": "It names a case in which its sender has no part",
    "several-cases": "It names several cases",
    "not-heard": "The case expects no message now",
    "not-taken": "The process does not take it as it is",
    "no-process": "It belongs to no case, and no process begins with such a mail",
    "several-processes": "It belongs to no case, and several processes would begin with it",
}
"""Why a mail is parked."""

_REFERENCE = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z][A-Za-z0-9]{0,15}-\d{4}-\d{5,9}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that a mail may belong to. `parts` are the addresses of its customer, in small letters; `hears` is whether
    it takes a message from its customer now.
    """

    id: str
    parts: frozenset[str]
    hears: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What has to be known of the house: its own addresses, the cases whose letters the mail answers (the nearest
    first), those whose reference it names, the processes that begin with a mail and the addresses of each, whether its
    sender is a colleague, and how many mails came from there within the hour.
    """

    own: frozenset[str] = frozenset()
    answered: Sequence[Candidate] = ()
    named: Sequence[Candidate] = ()
    begins: Mapping[str, tuple[str, ...]] | None = None
    colleague: bool = False
    lately: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`what` is JOIN (with its case), BEGIN (with its process), RETURN (a letter came back for good) or PARK (with the
    reason, a key of REASONS, a detail, and the case that it seems to be about).
    """

    what: str
    case: str = ""
    process: str = ""
    reason: str = ""
    detail: str = ""


def references(mail: Mail) -> tuple[str, ...]:
    """The references of cases that its subject and the addresses it went to name."""
    return tuple(
        dict.fromkeys(found.upper() for text in (*mail.to, mail.subject) for found in _REFERENCE.findall(text))
    )


def sort(mail: Mail, around: Surroundings) -> Verdict:
    """What is to become of it."""
    about = next(iter((*around.answered, *around.named)), None)
    near = about.id if about is not None else ""

    def park(reason: str, detail: str = "") -> Verdict:
        return Verdict(PARK, near, reason=reason, detail=detail)

    if mail.returned is not None:
        if mail.returned.for_good:
            return Verdict(RETURN)
        return park("delayed", mail.returned.said)
    if mail.from_heard or mail.sender in around.own:
        return park("ours", mail.from_heard)
    if mail.automatic:
        return park("automatic", mail.automatic)
    if not mail.sender:
        return park("no-sender")
    if around.colleague:
        return park("colleague")
    if around.lately >= MOST_AN_HOUR:
        return park("too-many")
    if around.answered:
        return _join(around.answered[0])
    return _by_reference(mail, around) or _begin(mail, around)


def _join(case: Candidate) -> Verdict:
    return Verdict(JOIN, case.id) if case.hears else Verdict(PARK, case.id, reason="not-heard")


def _by_reference(mail: Mail, around: Surroundings) -> Verdict | None:
    theirs = [one for one in around.named if mail.sender in one.parts]
    if len(theirs) == 1:
        return _join(theirs[0])
    if theirs:
        return Verdict(PARK, theirs[0].id, reason="several-cases")
    return Verdict(PARK, around.named[0].id, reason="stranger") if around.named else None


def _begin(mail: Mail, around: Surroundings) -> Verdict:
    begins = around.begins or {}
    base = {_without_tag(address) for address in mail.to}
    found = [process for process, addresses in begins.items() if base & set(addresses)]
    found = found or [process for process, addresses in begins.items() if not addresses]
    if len(found) == 1:
        return Verdict(BEGIN, process=found[0])
    return Verdict(PARK, reason="several-processes" if found else "no-process", detail=", ".join(found))


def _without_tag(address: str) -> str:
    """service+INQ-2026-00042@example.org is service@example.org."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
