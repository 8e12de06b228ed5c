"""The mail server: where it is, how one signs in there, and what its answers mean.

Owns the environment variables HEARD_SMTP_URL, HEARD_SMTP_PASSWORD and HEARD_MAIL_FROM. Knows nothing of cases.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage

from engine.core.messages import SERVER_SAYS
from engine.errors import Rejected
from engine.workers.channels.addresses import Kind, address_of
from engine.workers.channels.answers import AnswerAddress, answer_address
from engine.workers.channels.lines import connected
from engine.workers.delivering import Hopeless

URL, FROM = "HEARD_SMTP_URL", "HEARD_MAIL_FROM"
_KIND = Kind(
    URL,
    "HEARD_SMTP_PASSWORD",
    {"smtp": 587, "smtps": 465, "smtp+plain": 25},
    "smtp://user@mail.example.org:587",
    "mail-server",
)
"""By the scheme: STARTTLS, TLS from the first byte, and unencrypted, for a server on the same machine."""

PATIENCE = 30.0
"""Seconds that one answer of the server is waited for."""
LONGEST = 240.0
"""Seconds that handing over one letter may take, however slowly the server answers: less than its worker's lease. Who
only asks whether it answers waits no longer than for one answer.
"""


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out, and whose it is: `sender` as `Name <address>`; `answers` is where those to a case are to go.
    The password is in no text of it.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: Address
    answers: AnswerAddress | None = None

    @property
    def domain(self) -> str:
        """Of the house, as it stands in the names of its messages."""
        return in_ascii(self.sender.domain)

    def send(self, letter: EmailMessage, to: Sequence[str]) -> None:
        """Hand it over for these addresses. Hopeless when the server will never have it."""
        try:
            with self._open(LONGEST) as server:
                refused = server.send_message(letter, in_ascii(self.sender.addr_spec), list(to))
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
            if all(code >= 500 for code, _ in refused.values()):
                raise Hopeless(_of_all(refused)) from None
            raise OSError(_of_all(refused)) from None
        except smtplib.SMTPDataError as error:
            said = _answer(error.smtp_code, error.smtp_error)
            raise (Hopeless(said) if error.smtp_code >= 500 else OSError(said)) from None
        except smtplib.SMTPResponseException as error:  # who we are, and not what we bring, displeases it
            raise OSError(_answer(error.smtp_code, error.smtp_error)) from None
        if refused and len(refused) == len(to):
            raise Hopeless(_of_all(refused))

    def probe(self) -> str:
        """Whether it would take a message now, without sending one."""
        try:
            with self._open(PATIENCE) as server:
                server.noop()
        except smtplib.SMTPResponseException as error:
            raise OSError(_answer(error.smtp_code, error.smtp_error)) from None
        how = "unencrypted" if self.scheme == "smtp+plain" else "encrypted"
        who = f", signed in as {self.user}" if self.user else ""
        return f"{self.host}:{self.port} answers, {how}{who}"

    @contextmanager
    def _open(self, longest: float) -> Iterator[smtplib.SMTP]:
        """Signed in, for at most so many seconds from the first word on."""
        context = ssl.create_default_context()
        trusted = context if self.scheme == "smtps" else None
        with (
            connected(self.host, self.port, PATIENCE, longest, trusted=trusted) as line,
            _Speaking(line, self.host, self.port) as server,
        ):
            if self.scheme == "smtp":
                try:
                    server.starttls(context=context)
                except ssl.SSLError as error:
                    raise OSError(f"{self.host}:{self.port} cannot be trusted: {error.reason or error}") from error
            if self.user:
                server.login(self.user, self.password)
            yield server


class _Speaking(smtplib.SMTP):
    """SMTP over a line that is there already."""

    def __init__(self, line: socket.socket, host: str, port: int) -> None:
        self._line = line
        super().__init__(host, port, timeout=PATIENCE)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._line


def mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """The one that the environment names, or None. Rejected("mail-server") when it is not named as it should be."""
    found = address_of(environ, _KIND)
    if found is None:
        return None
    sender = environ.get(FROM, "").strip()
    if not sender:
        raise Rejected("mail-server", f"Expected {FROM}, such as 'Brightwater <service@example.org>', beside {URL}")
    answers = answer_address(environ)
    return MailServer(found.scheme, found.host, found.port, found.user, found.password, _sender(sender), answers)


def _sender(text: str) -> Address:
    from email.utils import parseaddr

    name, address = parseaddr(text)
    try:
        return Address(name, addr_spec=address)
    except Exception as error:
        raise Rejected("mail-server", f"Expected an address in {FROM}, but got '{text}': {error}") from None


def in_ascii(address: str) -> str:
    """An address or a domain with its international domain as servers everywhere understand it."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _of_all(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(dict.fromkeys(_answer(code, said) for code, said in refused.values()))


def _answer(code: int, said: bytes | str) -> str:
    """What the server has said, on one line."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{SERVER_SAYS}{code} {' '.join(words.split())}"
