"""A case as its customer knows it: without what was done along with a letter that may still be taken back.

Owns this one rule. Whatever tells a customer where their case stands asks here first, so that no page is ahead of the
letter, and none has to take anything back.
"""

from __future__ import annotations

from datetime import datetime

from engine.core.instance import TAKE_BACK, Instance, Sent
from engine.core.snapshot import as_it_was
from engine.core.undoing import stood_before


def unseen(case: Instance, at: datetime) -> tuple[Sent, ...]:
    """The letters that the customer has not got yet because somebody may still take them back, oldest first."""
    return tuple(sent for sent in case.sent if sent.at + TAKE_BACK > at)


def as_known(case: Instance, at: datetime) -> Instance:
    """The case as it stood before the first of these letters; the case itself when there is none."""
    waiting = unseen(case, at)
    return as_it_was(case, stood_before(waiting[0], case.undo)) if waiting else case
