"""A worked-out value: when it may not be known yet, and as it is kept, which is plain JSON.

Owns these two, for what words write into a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.expressions import Expression
from engine.definition.expressions.reading import reads_set
from engine.errors import Stuck


def if_known(expression: Expression, values: Mapping[str, Any]) -> Any:
    """The value; None where something that it reads is not there.

    Raises Stuck where all of it is there and no value comes of it: that is a mistake, and nobody's not having said it.
    """
    try:
        return expression.evaluate(values)
    except Stuck:
        if all(reads_set(tuple(path.split(".")))(values) for path in expression.paths):
            raise
        return None


def stored(value: object) -> Any:
    """A worked-out value as plain JSON: exact decimals, dates and instants as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
