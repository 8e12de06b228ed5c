"""The mailbox that mail comes in by: where it is, how one signs in there, and how one takes from it without losing
anything.

Owns the environment variables HEARD_IMAP_URL, HEARD_IMAP_PASSWORD and HEARD_IMAP_MOVE_TO. Knows nothing of cases. What
has not been seen is new; it is marked, or moved, only when whoever takes it has written it down.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.core.mail.reading import LARGEST
from engine.logs import facts
from engine.workers.channels.addresses import Kind, address_of
from engine.workers.channels.lines import connected

log = logging.getLogger(__name__)

MOVE_TO = "HEARD_IMAP_MOVE_TO"
_KIND = Kind(
    "HEARD_IMAP_URL",
    "HEARD_IMAP_PASSWORD",
    {"imaps": 993, "imap": 143, "imap+plain": 143},
    "imaps://user@mail.example.org/INBOX",
    "mailbox",
)
"""By the scheme: TLS from the first byte, STARTTLS, and unencrypted, for a server on the same machine."""

PATIENCE = 30.0
"""Seconds that one answer of the server is waited for."""
LONGEST = 240.0
"""Seconds that one visit to the mailbox may take, however slowly the server answers: timers wait no longer for it. What
was taken by then is taken. Who only asks whether it answers waits no longer than for one answer.
"""
SPELL = 30.0
"""Seconds after which no other mail is begun before the next round."""
HEAD = 65_536
"""Bytes that are fetched of a mail that is too large."""

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_FOLDER = re.compile(r"[ !#-\[\]-~]{1,200}")  # printable ASCII without quotes and backslashes

Taker = Callable[[bytes, int, datetime], object]
"""Gets a mail, how large it is in all, and when it came into the mailbox. Has written it down when it returns."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What single mails could not be taken for, in words: they stay new. And whether there are more than were looked
    at.
    """

    troubles: list[str]
    more: bool


@dataclass(frozen=True)
class Mailbox:
    """One folder of an IMAP server. `move_to` is the folder for what was taken, empty when it stays. The password is in
    no text of it.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    move_to: str = ""
    _broke: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """The mails during which the line broke: others are not to wait for them again."""

    def take(self, each: Taker, most: int) -> Taken:
        """Give each new mail to `each`, the oldest first, at most so many, and no other after `SPELL`. One during which
        the line broke comes last from then on.
        """
        troubles, looked_at, began = [], 0, time.monotonic()
        with self._open(LONGEST) as server:
            new = _words(server.uid("SEARCH", "UNSEEN"))
            self._broke.intersection_update(new)
            new.sort(key=self._broke.__contains__)
            for uid in new[:most]:
                if looked_at and time.monotonic() - began > SPELL:
                    break
                looked_at += 1
                try:
                    whole = self._take_one(server, uid, each)
                except (imaplib.IMAP4.abort, OSError):
                    self._broke.add(uid)
                    raise
                except Exception as error:  # this one stays new; the others are not to wait for it
                    log.exception("A mail could not be taken in", extra=facts("mail-failed"))
                    troubles.append(f"a mail could not be taken in: {type(error).__name__}")
                    continue
                try:
                    self._settle(server, uid, whole)
                except imaplib.IMAP4.abort:
                    raise
                except imaplib.IMAP4.error as error:  # it is taken all the same, and the others need not wait
                    troubles.append(f"a mail that was taken in stays where it was: {_said(error)}")
        return Taken(troubles, looked_at < len(new))

    def _take_one(self, server: imaplib.IMAP4, uid: str, each: Taker) -> bool:
        """Whether it could be taken as a whole."""
        told = _answer(server.uid("FETCH", uid, "(RFC822.SIZE INTERNALDATE)"))
        line = b" ".join(one if isinstance(one, bytes) else one[0] for one in told)
        found, at = _SIZE.search(line), imaplib.Internaldate2tuple(line)
        size = int(found[1]) if found is not None else 0
        part = "(BODY.PEEK[])" if size <= LARGEST else f"(BODY.PEEK[]<0.{HEAD}>)"
        content = next((one[1] for one in _answer(server.uid("FETCH", uid, part)) if isinstance(one, tuple)), None)
        if content is None:
            raise OSError("the server has lost a mail that it had named")
        came = datetime.fromtimestamp(time.mktime(at), UTC) if at is not None else datetime.now(UTC)
        each(content, max(size, len(content)), came)
        return size <= LARGEST

    def _settle(self, server: imaplib.IMAP4, uid: str, whole: bool) -> None:
        _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
        if not self.move_to or not whole:
            return
        if "MOVE" in server.capabilities:
            self._carry(server, "MOVE", uid)
            return
        self._carry(server, "COPY", uid)
        _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in server.capabilities:  # without it others' deleted mail would go too
            _answer(server.uid("EXPUNGE", uid))

    def _carry(self, server: imaplib.IMAP4, how: str, uid: str) -> None:
        """Into the folder of what was taken, which is made when it is not there yet."""
        folder = f'"{self.move_to}"'
        said = server.uid(how, uid, folder)
        if said[0] != "OK" and b"TRYCREATE" in b" ".join(one for one in said[1] if isinstance(one, bytes)):
            _answer(server.create(folder))
            said = server.uid(how, uid, folder)
        _answer(said)

    def probe(self) -> str:
        """Whether mail can be taken from there now; marks nothing."""
        with self._open(PATIENCE) as server:
            new = len(_words(server.uid("SEARCH", "UNSEEN")))
        return f"{self.host}:{self.port} answers, {new} new in {self.folder}"

    @contextmanager
    def _open(self, longest: float) -> Iterator[imaplib.IMAP4]:
        """Signed in and in the folder, for at most so many seconds from the first word on."""
        where, context = f"{self.host}:{self.port}", ssl.create_default_context()
        trusted = context if self.scheme == "imaps" else None
        with connected(self.host, self.port, PATIENCE, longest, trusted=trusted) as line:
            try:
                server = _Speaking(line, self.host, self.port)
                if self.scheme == "imap":
                    server.starttls(ssl_context=context)
                with _leaving(server):
                    server.login(self.user, self.password)
                    server.capabilities = tuple(_words(server.capability()))  # it tells more once it knows who asks
                    _answer(server.select(f'"{self.folder}"'))
                    yield server
            except ssl.SSLError as error:
                raise OSError(f"{where} cannot be trusted: {error.reason or error}") from error
            except imaplib.IMAP4.error as error:
                raise OSError(f"{where} says: {_said(error)}") from error
            except TimeoutError as error:
                raise OSError(f"{where} does not answer any more") from error


class _Speaking(imaplib.IMAP4):
    """IMAP over a line that is there already."""

    def __init__(self, line: socket.socket, host: str, port: int) -> None:
        self._line = line
        super().__init__(host, port, timeout=PATIENCE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._line


@contextmanager
def _leaving(server: imaplib.IMAP4) -> Iterator[None]:
    """It is said goodbye to, whatever happened."""
    try:
        yield
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def mailbox(environ: Mapping[str, str]) -> Mailbox | None:
    """The one that the environment names, or None. Rejected("mailbox") when it is not named as it should be."""
    found = address_of(environ, _KIND)
    if found is None:
        return None
    if not found.user:
        raise _KIND.unclear(found.text, "it names no user")
    folder, move_to = found.path or "INBOX", environ.get(MOVE_TO, "").strip()
    for one in (folder, *([move_to] if move_to else [])):
        if not _FOLDER.fullmatch(one):
            raise _KIND.unclear(found.text, f"'{one}' is no folder that can be named in plain letters")
    return Mailbox(found.scheme, found.host, found.port, found.user, found.password, folder, move_to)


def _answer(said: tuple[str, list[Any]]) -> list[Any]:
    kind, data = said
    if kind != "OK":
        raise imaplib.IMAP4.error(b" ".join(one for one in data if isinstance(one, bytes)))
    return data


def _words(said: tuple[str, list[Any]]) -> list[str]:
    return b" ".join(one for one in _answer(said) if isinstance(one, bytes)).decode("ascii", "replace").split()


def _said(error: Exception) -> str:
    """What the server has said, on one line."""
    first = error.args[0] if error.args else ""
    return " ".join((first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)).split())
