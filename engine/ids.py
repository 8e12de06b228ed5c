"""New ids: UUID version 7 (RFC 9562), which sort by the time they were made.

The one place that needs chance; the pure rooms get ids handed in.
"""

from __future__ import annotations

import os
import time


def new_id() -> str:
    """A UUIDv7 as text: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10), "big")
    high = chance >> 68
    low = chance & ((1 << 62) - 1)
    number = (milliseconds << 80) | (7 << 76) | (high << 64) | (2 << 62) | low
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
