"""A command as it was asked for, before a case sees it.

Owns what no case could hold, and what makes two requests the same. Must not know what the command does.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from engine.core.commands import Command
from engine.core.plain import refuse_text, refuse_values

_TEXT, _TEXTS, _VALUES = "str", "tuple[str, ...]", "Mapping[str, Any]"
SAID: dict[Any, str] = {
    _TEXT: _TEXT,
    "Decision": _TEXT,
    _TEXTS: _TEXTS,
    _VALUES: _VALUES,
    f"{_VALUES} | None": _VALUES,
}
"""The fields in which somebody says something: their type as it is written -> as what."""
OURS = frozenset(
    {"Actor", "Parent | None", "Place", "bool", "datetime", "datetime | None", "frozenset[str]", "int | None"}
)
"""The types of those that the doors make."""
_spelled = json.JSONEncoder(ensure_ascii=True, sort_keys=True, default=str).encode


def refuse_unbearable(instance: str, command: Command) -> None:
    """`instance` is the case's id. Raises Rejected("invalid-values") with every field that no case could hold."""
    texts: dict[str, object] = {"case": instance}
    for name, field in command.__dataclass_fields__.items():
        kind, value = SAID.get(field.type), getattr(command, name)
        if kind == _TEXT:
            texts[name] = value
        elif kind == _TEXTS:
            texts |= {f"{name}.{number}": one for number, one in enumerate(value)}
        elif kind == _VALUES and value is not None:
            refuse_values(value)
    refuse_text(texts)


def fingerprint_of(instance: str, command: Command) -> str:
    """What makes two requests the same: who asks for what of which case; not when, nor which revision they had seen."""
    asked = {
        name: getattr(command, name)
        for name in command.__dataclass_fields__
        if name not in ("at", "actor", "revision", "key", "to_roles", "to_kind")
    }
    return fingerprint(type(command).__name__, instance, command.actor.id, asked)


def fingerprint(*parts: object) -> str:
    """The sha256 of whatever can be spelled out."""
    return hashlib.sha256(_spelled(parts).encode()).hexdigest()
