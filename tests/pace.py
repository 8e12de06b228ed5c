"""How long something may take, on whatever machine the tests run.

A bound is told in seconds of processor time of the machine on which it was chosen. Elsewhere, or where others work on
the same processor, the same takes longer: what is over its bound is measured against a piece of work done right after.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

YARDSTICK = 0.025
"""Seconds that `_work` takes on the machine on which the bounds were chosen, when it does nothing else."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is done in here takes no longer than this."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    assert took < seconds or took < seconds * slowness(), f"took {took:.2f} s of processor time, not {seconds} s"


def slowness() -> float:
    """How many times as long as there the same takes here and now; 1 where it is no slower."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        _work()
        spent.append(time.process_time() - began)
    return max(min(spent) / YARDSTICK, 1.0)


def _work() -> int:
    """What a program in Python does most: it makes, looks up and compares."""
    found: dict[str, tuple[int, str]] = {}
    for number in range(120_000):
        name = f"state-{number % 997}"
        kept = found.get(name)
        if kept is None or kept[0] < number:
            found[name] = (number, name.upper())
    return sum(number for number, _ in sorted(found.values()))
