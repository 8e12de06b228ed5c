"""A line to another machine that may not last for ever.

Owns how one is opened and how it is cut: mail servers, mailboxes and webhooks have theirs from here. The waiting for an
answer starts anew with each byte of it, so that whoever sends one every few seconds would hold a worker for as long as
they like.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


@contextmanager
def connected(
    host: str, port: int, patience: float, longest: float, *, address: str = "", trusted: ssl.SSLContext | None = None
) -> Iterator[socket.socket]:
    """A line to a port of the `host`, or to this `address` of it; encrypted from its first byte for a server that
    `trusted` knows. One answer is waited for `patience` seconds; what is said over it ends after `longest` seconds,
    from the first word on. OSError when nobody answers or can be trusted, TimeoutError after that time.
    """
    other = f"{host}:{port}"
    try:
        line = socket.create_connection((address or host, port), patience)
    except OSError as error:
        raise OSError(f"{other} does not answer: {error.strerror or error}") from error
    try:
        with lasting_at_most(line, longest, other):
            if trusted is not None:
                try:
                    line = trusted.wrap_socket(line, server_hostname=host)
                except ssl.SSLError as error:
                    raise OSError(f"{other} cannot be trusted: {error.reason or error}") from error
                except OSError as error:
                    raise OSError(f"{other} does not answer: {error.strerror or error}") from error
            yield line
    finally:
        line.close()


@contextmanager
def lasting_at_most(line: socket.socket, seconds: float, other: str) -> Iterator[None]:
    """What is done meanwhile with the `other` side ends after so many seconds: TimeoutError then."""
    held = socket.socket(fileno=os.dup(line.fileno()))  # encryption puts another object in the place of the line's
    over = Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    end = Timer(seconds, cut)
    end.daemon = True
    end.start()
    try:
        yield
    except Exception as error:
        if over.is_set():
            raise TimeoutError(f"{other} has not come to an end within {seconds:g} seconds") from error
        raise
    finally:
        end.cancel()
        held.close()
