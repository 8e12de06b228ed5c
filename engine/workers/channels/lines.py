"""A line to another machine that may not last for ever.

Owns how it is cut. The waiting for an answer starts anew with each byte of it, so that whoever sends one every few
seconds would hold a worker for as long as they like.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


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
