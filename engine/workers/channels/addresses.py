"""Where a mail server is and who asks it, as the environment says: `smtps://user:password@host:port/path`.

Owns how such an address is read, and how one is shown that cannot be: without what could be a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from engine.errors import Rejected


@dataclass(frozen=True, slots=True)
class Kind:
    """Of which kind a server is: the variables that hold its address and its password, the schemes with their usual
    ports, what an address looks like, and the code of a refusal.
    """

    url: str
    password: str
    ports: Mapping[str, int]
    example: str
    code: str

    def unclear(self, url: str, why: str) -> Rejected:
        before, at, after = url.rpartition("@")
        shown = f"{before.partition('://')[0]}://…@{after}" if at else url
        return Rejected(self.code, f"Expected {self.url} to be like {self.example}, but got '{shown}': {why}")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """`user`, `password` and `path` are empty where nothing is said."""

    text: str = field(repr=False)
    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    path: str


def address_of(environ: Mapping[str, str], kind: Kind) -> ServerAddress | None:
    """What the environment says, or None. Rejected with the kind's code when it cannot be read, or names no server."""
    url = environ.get(kind.url, "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise kind.unclear(url, "its port is no number") from None
    if parts.scheme not in kind.ports:
        raise kind.unclear(url, f"it begins with none of {', '.join(f'{scheme}://' for scheme in kind.ports)}")
    if not parts.hostname:
        raise kind.unclear(url, "it names no server")
    password = environ.get(kind.password, "") or unquote(parts.password or "")
    user, path = unquote(parts.username or ""), unquote(parts.path.strip("/"))
    return ServerAddress(url, parts.scheme, parts.hostname, port or kind.ports[parts.scheme], user, password, path)
