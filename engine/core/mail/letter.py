"""A mail as it was understood: who writes what about which letter of ours.

Owns the shapes, and the refusal of what cannot be understood.
"""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """This mail cannot be taken apart safely. The words are for people."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came along, as the mail calls it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter of ours came back: by which name the world knows it (`message_id`, without angle brackets), for whom it
    was, and what the other server says. `for_good` when that server tries no more.
    """

    message_id: str
    to: str
    said: str
    for_good: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """One message.

    `mark` is the same for the same message, whichever way it came. `sender` is an address in small letters, empty when
    there is none; `to` are all addresses it went to, likewise. `answers` are the names of the letters that it answers,
    the nearest first, without angle brackets. `text` is all that was written, `reply` the same without what it quotes.
    `automatic` says by what one sees that a program has written it, empty when a person has. `from_heard` is the case
    that a letter of Heard's own names.
    """

    mark: str
    message_id: str
    sender: str
    name: str
    to: tuple[str, ...]
    subject: str
    answers: tuple[str, ...]
    text: str
    reply: str
    files: tuple[Enclosed, ...] = ()
    automatic: str = ""
    returned: Returned | None = None
    from_heard: str = ""
