"""A real mail server on this machine, which keeps what it is given and refuses whom it is told to."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

FROM = "Brightwater Service <service@brightwater.example>"


class PostOffice:
    """What came, and to whom. `refuses` maps an address to the answer it gets; `after` is said to the letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []
        self.refuses: dict[str, str] = {}
        self.after = "250 OK"
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.after.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.envelopes.append(list(envelope.rcpt_tos))
        return self.after

    def environ(self, scheme: str = "smtp+plain", user: str = "", password: str = "") -> dict[str, str]:
        who = f"{user}@" if user else ""
        address = {"HEARD_SMTP_URL": f"{scheme}://{who}localhost:{self.port}", "HEARD_MAIL_FROM": FROM}
        return {**address, "HEARD_SMTP_PASSWORD": password}


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:
    """One that is open. `options` are the server's own, such as its certificate or whom it lets in."""
    office = PostOffice()
    with socket.socket() as probe:  # the server has to be told a port that is free
        probe.bind(("127.0.0.1", 0))
        office.port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def only(user: str, password: str) -> dict[str, Any]:
    """Options of a server that lets in this one alone, over an encrypted line."""

    def judge(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        known = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=known)

    return {"authenticator": judge, "auth_required": True}


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext] | None:
    """One for localhost that nobody knows, and the server's side of it; None where it cannot be made."""
    if shutil.which("openssl") is None:
        return None
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made = [*command, "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context
