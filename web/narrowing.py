"""What somebody asked an inbox to be narrowed down to, read from the words of its address.

Owns what these words mean. What a part of an inbox is, is `engine.store.inbox_parts`'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.store.inbox_parts import Only

FILTERS = ("process", "state", "customer", "priority", "severity", "q")


def narrowed(only: Only, asked: Mapping[str, str], severities: Sequence[str] | None) -> Only:
    """The part with what a person asked for on top: process, state, customer, priority, severity, and free words, among
    which `tag:word` is a tag and `field:value` a value that was filled in. `severities` are all that there are; None
    for somebody who does not see what those who work here call a case.
    """
    words, fields, tags = [], [], []
    severity = asked.get("severity", "") if severities is not None else ""
    for word in asked.get("q", "").split():
        name, colon, value = word.partition(":")
        if severities is not None and value and name.lower() == "tag":
            tags.append(value)
        elif severities is not None and value and name.lower() == "severity":
            severity = next((one for one in severities if one.lower() == value.lower()), value)
        elif colon and value and name.isidentifier():
            fields.append((name, value))
        else:
            words.append(word)
    return replace(
        only,
        process=asked.get("process", ""),
        state=asked.get("state", ""),
        customer=asked.get("customer", "").strip(),
        priority=asked.get("priority", ""),
        severity=severity,
        text=" ".join(words),
        fields=tuple(fields),
        tags=tuple(tags),
    )
