"""Called cases as a scenario plays them: they begin at once, are nothing but a reference, and end when a step says so.

Owns what such a case answers to the one that calls it. Loads no other process: whether its form takes what is passed is
for the running system to say.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from engine.core.call_commands import ChildEnded, LinkChild
from engine.core.effects import StartCase
from engine.core.instance import Instance
from engine.core.links import OPEN
from engine.definition.model import Definition
from engine.scenarios.acts import Act
from engine.scenarios.asking import Halt
from engine.scenarios.cast import NOBODY


class Nursery:
    """The cases that one scenario has called, numbered as the store would."""

    def __init__(self, definition: Definition) -> None:
        self._prefixes = {calling.process: calling.prefix for calling in definition.callings()}
        self._calendar = definition.calendar
        self._begun: Counter[str] = Counter()

    def begin(self, effect: StartCase, now: datetime) -> LinkChild:
        """The case has begun."""
        prefix = self._prefixes[effect.process]
        self._begun[prefix] += 1
        year = self._calendar.local_time(effect.received_at or now).year
        reference = f"{prefix}-{year}-{self._begun[prefix]:05}"
        return LinkChild(at=now, actor=NOBODY, link=effect.link, instance=reference.lower(), reference=reference)


def end(instance: Instance, act: Act, now: datetime) -> ChildEnded:
    """The oldest open case of this name has ended. Halt when there is none."""
    assert act.what is not None and act.outcome is not None
    name = act.what.text
    link = next((link for link in instance.links.values() if link.name == name and link.status == OPEN), None)
    if link is None:
        raise Halt(
            f"Expected an open case called '{name}', but there is none", "let the process call one before this step"
        )
    return ChildEnded(at=now, actor=NOBODY, link=link.id, outcome=act.outcome.text)
