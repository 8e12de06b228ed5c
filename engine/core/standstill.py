"""Whether a running case waits for anything at all. One that does not stands still for ever, and nobody hears of it.

Owns this question. No step makes such a case on purpose: it is what a mistake in a process, or of ours, would
look like.
"""

from __future__ import annotations

from engine.core.instance import RUNNING, Instance
from engine.core.links import OPEN


def waits_for_nothing(case: Instance) -> bool:
    """No task, timer, message, incident or called case will ever move it on."""
    if case.status != RUNNING:
        return False
    called = any(link.status == OPEN for link in case.links.values())
    return not (case.tasks or case.timers or case.waits or case.incidents or called)
