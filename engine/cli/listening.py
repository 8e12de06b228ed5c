"""Where a program of ours answers: HOST:PORT, as a person types it, and the socket there.

Owns what is said when it cannot be.
"""

from __future__ import annotations

import errno
import socket

import click


def place(listen: str) -> tuple[str, int]:
    """Host and port of what was given to --listen."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise click.UsageError(f"Expected HOST:PORT after --listen, but got '{listen}'")
    return host, int(port)


def address_of(host: str, listening: socket.socket) -> str:
    """Under which address a browser finds it."""
    return f"http://{host}:{listening.getsockname()[1]}/"


def listen_at(host: str, port: int, option: str = "--listen", *, free: bool = False) -> socket.socket:
    """A socket that listens there; with `free`, at the next port that is free.

    Says so when there is none, and by which option another is named.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + (20 if free else 1), 65536)):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), candidate))
            listening.listen()  # only who listens keeps another from binding there too
            return listening
        except OSError as error:
            listening.close()
            taken = error.errno == errno.EADDRINUSE
            why = "another program answers there" if taken else f"that cannot be: {error.strerror}"
    raise click.ClickException(f"Expected to answer at {host}:{port}, but {why}. Name another port with {option}.")
