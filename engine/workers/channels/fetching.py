"""Mail is fetched: in a round of the worker, as often as it makes sense.

Owns how often, and how much at once: timers must not wait for a full mailbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr

from engine.receiving import receive
from engine.runtime import Engine
from engine.workers.channels.answers import answer_address
from engine.workers.channels.imap import Mailbox, mailbox
from engine.workers.channels.smtp import FROM

EVERY = timedelta(minutes=1)
BATCH = 20
DOOR = "imap"


class Fetching:
    """Takes what is new when it is time for it. `own` are the house's own addresses."""

    def __init__(self, engine: Engine, box: Mailbox, own: frozenset[str]) -> None:
        self.engine = engine
        self.box = box
        self.own = own
        self.next = datetime.min.replace(tzinfo=engine.recording().tzinfo)

    def __call__(self) -> Counter[str]:
        """What became of those that came, by their status; empty when it is too early. OSError when the mailbox does
        not answer, or when one could not be taken: it stays new.
        """
        came: Counter[str] = Counter()
        now = self.engine.recording()
        if now < self.next:
            return came

        def take(content: bytes, size: int, at: datetime) -> None:
            got = receive(self.engine, content, DOOR, self.own, at, size)
            came["again" if got.again else got.row.status] += 1

        try:
            taken = self.box.take(take, BATCH)
        finally:
            self.next = self.engine.recording() + EVERY
        if taken.troubles:
            raise OSError("; ".join(dict.fromkeys(taken.troubles)))
        if taken.more:
            self.next = now
        return came


def own_addresses(environ: Mapping[str, str]) -> frozenset[str]:
    """Those that the house itself writes from, and has answers sent to. Rejected("mail-server") when one is none."""
    answers = answer_address(environ)
    written = {parseaddr(environ.get(FROM, ""))[1], answers.mailbox if answers is not None else ""}
    return frozenset({one.lower() for one in written} - {""})


def fetching(engine: Engine, environ: Mapping[str, str]) -> Callable[[], Counter[str]] | None:
    """What fetches mail here, or None. Rejected("mailbox") when what the environment says cannot be meant."""
    box = mailbox(environ)
    return None if box is None else Fetching(engine, box, own_addresses(environ))
