"""Commands as they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.asked import OURS, SAID
from engine.core.call_commands import CallFailed
from engine.core.commands import Command


def every(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


def test_every_field_of_every_command_is_judged_or_made_by_us() -> None:
    fields = {
        f"{kind.__name__}.{name}": field.type
        for kind in every(Command)
        for name, field in kind.__dataclass_fields__.items()
    }
    assert f"{CallFailed.__name__}.place" in fields, "those that one case sends another are among them"
    assert {name: type for name, type in fields.items() if type not in OURS and type not in SAID} == {}
