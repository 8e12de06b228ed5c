"""Whoever answers without an end is cut off, also behind encryption."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest

from engine.announcing import Listener
from engine.runtime import Engine
from engine.store.database import open_database
from engine.workers.channels import imap, smtp, webhooks
from engine.workers.channels.fetching import fetching
from engine.workers.channels.imap import mailbox
from engine.workers.channels.lines import lasting_at_most
from engine.workers.channels.smtp import mail_server
from engine.workers.rounds import rounds
from tests.workers.mail import FROM, certificate
from tests.workers.posting import office


@contextmanager
def endless(first: bytes, again: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that says the one, and then the other every few moments, whatever it is told."""

    def answer(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as line:
            speaking = context.wrap_socket(line, server_side=True) if context is not None else line
            with speaking:
                speaking.sendall(first)
                while True:
                    speaking.sendall(again)
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as thread:
        thread.submit(answer, listening)
        yield listening.getsockname()[1]


def test_the_end_comes_also_behind_encryption(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    if made is None:
        pytest.skip("no openssl here to make a certificate with")
    trusting = ssl.create_default_context(cafile=str(made[0]))
    with (
        endless(b"", b"x", made[1]) as port,
        socket.create_connection(("127.0.0.1", port), 5) as line,
        pytest.raises(TimeoutError, match=r"the shop has not come to an end within 0\.3 seconds"),
        lasting_at_most(line, 0.3, "the shop"),
        trusting.wrap_socket(line, server_hostname="localhost") as safe,
    ):
        while safe.recv(100):
            pass
        raise EOFError


def test_what_fails_before_is_told_as_it_is_and_nothing_is_cut_afterwards() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(ZeroDivisionError), lasting_at_most(ours, 0.05, "the shop"):
            raise ZeroDivisionError
        time.sleep(0.1)
        theirs.sendall(b"still there")
        assert ours.recv(100) == b"still there"


NEVER = pytest.mark.parametrize(
    ("kind", "first", "again"),
    [
        ("smtp+plain", b"", b"x"),  # a greeting without an end
        ("smtp+plain", b"220 here\r\n", b"250-and\r\n"),
        ("smtps", b"\x16\x03\x03\x40\x00", b"\x00"),  # so does encryption begin
        ("imap+plain", b"", b"x"),
        ("imap+plain", b"* OK here\r\n", b"* OK and\r\n"),
        ("imaps", b"\x16\x03\x03\x40\x00", b"\x00"),
        ("https", b"\x16\x03\x03\x40\x00", b"\x00"),
    ],
)


@NEVER
def test_whoever_never_comes_to_the_point_is_cut_off_by_all_who_speak_to_others(
    kind: str, first: bytes, again: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (smtp, imap, webhooks):
        monkeypatch.setattr(one, "LONGEST", 0.3)
    with endless(first, again) as port:
        with pytest.raises(OSError, match=r"127\.0\.0\.1:\d+ has not come to an end within 0\.3 seconds") as told:
            _speak(f"{kind}://us@127.0.0.1:{port}")
        assert not isinstance(told.value, smtplib.SMTPException)


def _speak(url: str) -> object:
    """What a worker does there."""
    if url.startswith("smtp"):
        letter, server = EmailMessage(), mail_server({"HEARD_SMTP_URL": url, "HEARD_MAIL_FROM": FROM})
        letter.set_content("Hello")
        assert server is not None
        return server.send(letter, ["lena@example.org"])
    if url.startswith("imap"):
        box = mailbox({"HEARD_IMAP_URL": url})
        assert box is not None
        return box.take(lambda *mail: None, 20)
    told = webhooks.Webhooks(Engine(open_database("sqlite://")), {"HEARD_WEBHOOK_ALLOW": "127.0.0.1"})
    return told._send(Listener("erp", url, frozenset(), frozenset()), b"{}", {})


def test_a_mailbox_that_trickles_ends_no_worker_and_who_only_asks_waits_for_one_answer(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(imap, "LONGEST", 0.3)
    monkeypatch.setattr(imap, "PATIENCE", 0.4)
    engine, clock = office(url)
    with endless(b"* OK here\r\n", b"* OK and\r\n") as port:
        environ = {"HEARD_IMAP_URL": f"imap+plain://us@127.0.0.1:{port}"}
        fetch = fetching(engine, environ)
        (done,) = rounds(engine, Event(), {}, until=clock(), fetch=fetch)
        assert done.trouble == [f"127.0.0.1:{port} has not come to an end within 0.3 seconds"]
        assert fetch is not None and not fetch(), "it is asked again after a while, and not at once"
    with endless(b"* OK here\r\n", b"* OK and\r\n") as port:
        box = mailbox({"HEARD_IMAP_URL": f"imap+plain://us@127.0.0.1:{port}"})
        assert box is not None
        with pytest.raises(OSError, match=r"within 0\.4 seconds"):
            box.probe()
