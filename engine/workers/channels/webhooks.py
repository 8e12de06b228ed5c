"""Other programs are told what happened: a signed request to the address that the organisation's file names.

Owns how such a request goes out, and where it may not go: into the house's own network, unless that address is allowed
by name. What is judged is the address that is really connected to, so no name can lead there by changing its mind.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from engine import __version__
from engine.announcing import Listener, listeners
from engine.runtime import Engine
from engine.signatures import secret_for, sign, variable_of
from engine.store.outbox import Parcel
from engine.workers.channels.lines import connected
from engine.workers.delivering import Hopeless

ALLOW = "HEARD_WEBHOOK_ALLOW"
"""Names of hosts that may lie in the house's own network, and need no encryption; a blank between."""
PATIENCE = 10.0
"""Seconds that the other side's next word is waited for."""
LONGEST = 30.0
"""Seconds that the whole of it may take, however slowly somebody answers."""
MOST = 2_000
"""Bytes of the answer that are read; nothing of it is needed but a hint for people."""
GONE = 410

_WRAPPED = [ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"), ip_network("2001::/32")]
"""Addresses of one kind that lead to those of the other, whatever these are."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The handler. Asked twice for one parcel, it sends the same request with the same id."""

    engine: Engine
    environ: Mapping[str, str]
    resolve: Callable[[str, int], list[str]] | None = None
    """Finds the addresses of a host; as the system does, unless said otherwise."""

    def __call__(self, parcel: Parcel) -> str:
        name = str(parcel.body["to"]).partition(":")[2]
        listener = next((one for one in listeners(self.engine.store) if one.name == name), None)
        if listener is None:
            raise Hopeless(f"the organisation names no webhook '{name}' any more")
        secret = secret_for(name, self.environ)
        if secret is None:
            raise OSError(f"{variable_of(name)} is not set here")
        said = {"type": parcel.body["type"], "timestamp": parcel.body["at"], "data": parcel.body["data"]}
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Heard/{__version__}",
            **sign(secret, parcel.key, self.engine.recording(), body),
        }
        self._send(listener, body, headers)
        return parcel.key

    def _send(self, listener: Listener, body: bytes, headers: Mapping[str, str]) -> None:
        target = urlsplit(listener.url)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        try:
            with self._connected(listener.url) as connection:
                connection.request("POST", path, body, {"Host": target.netloc.rpartition("@")[2], **headers})
                answer = connection.getresponse()
                answer.read(MOST)
        except HTTPException as error:
            raise OSError(f"{target.hostname} does not answer as it should: {type(error).__name__}") from error
        if answer.status == GONE:
            raise Hopeless(f"{target.hostname} says that it is gone for good: 410")
        if not 200 <= answer.status < 300:
            why = "; it is not followed elsewhere" if 300 <= answer.status < 400 else ""
            raise OSError(f"{target.hostname} answers {answer.status}{why}")

    @contextmanager
    def _connected(self, url: str) -> Iterator[HTTPConnection]:
        target = urlsplit(url)
        host, secure = target.hostname or "", target.scheme == "https"
        allowed = host in self.environ.get(ALLOW, "").split()
        if not secure and not allowed:
            raise Hopeless(f"{host} would be told without encryption, which {ALLOW} does not allow")
        port = target.port or (443 if secure else 80)
        address = self._address(host, port, allowed)
        trusted = ssl.create_default_context() if secure else None
        with (
            connected(host, port, PATIENCE, LONGEST, address=address, trusted=trusted) as line,
            closing(HTTPConnection(host, port)) as connection,
        ):
            connection.sock = line
            yield connection

    def _address(self, host: str, port: int, allowed: bool) -> str:
        """The address to connect to. Hopeless when the name leads into the house's own network."""
        try:
            found = (self.resolve or _resolve)(host, port)
        except OSError as error:
            raise OSError(f"{host} is not found: {error.strerror or error}") from error
        if not found:
            raise OSError(f"{host} is not found")
        if not allowed:
            inside = [one for one in found if not is_public(one)]
            if inside:
                lies = "lies" if host == inside[0] else f"is {inside[0]},"
                raise Hopeless(f"{host} {lies} in a network of its own, which {ALLOW} does not allow")
        return found[0]


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach this address: not this machine, nor its network, nor a way there."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in one for one in _WRAPPED):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _resolve(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
