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

import pytest

from engine.workers.channels import smtp
from engine.workers.channels.lines import lasting_at_most
from engine.workers.channels.smtp import mail_server
from tests.workers.mail import FROM, certificate


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


def test_a_mail_server_that_never_comes_to_the_point_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LONGEST", 0.3)
    letter = EmailMessage()
    letter.set_content("Hello")
    with endless(b"220 here\r\n", b"250-and\r\n") as port:
        server = mail_server({"HEARD_SMTP_URL": f"smtp+plain://127.0.0.1:{port}", "HEARD_MAIL_FROM": FROM})
        assert server is not None
        with pytest.raises(OSError, match="has not come to an end within") as told:
            server.send(letter, ["lena@example.org"])
        assert not isinstance(told.value, smtplib.SMTPException)
