"""What a look at the installation comes to: how one thing is, and what to do about it.

Owns how a finding looks, and how a length of time is said in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

GOOD, NOTE, BAD = "good", "note", "bad"
"""How a check comes out. Only what is bad has to be mended now."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do, empty where there is nothing to do."""

    what: str
    sign: str
    said: str
    advice: str = ""


def ago(span: timedelta) -> str:
    """`3 hours`, whichever of the two is earlier."""
    seconds = abs(span.total_seconds())
    for size, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return "1 second" if round(seconds) == 1 else f"{seconds:.0f} seconds"
