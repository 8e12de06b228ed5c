"""A worked-out value as it is kept: plain JSON.

Owns this one turning, for what words write into a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def stored(value: object) -> Any:
    """A worked-out value as plain JSON: exact decimals, dates and instants as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
