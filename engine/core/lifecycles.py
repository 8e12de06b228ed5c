"""The lives of instances, tasks, timers and incidents: which verb may follow which status. Data; `engine.core.machine`
makes the machines.

Each row is (verb, from, to). What is not here cannot happen. Undoing a step is no verb: it puts back what was there.
"""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, str, str]

LIFECYCLES: Mapping[str, tuple[Row, ...]] = {
    "instance": (
        ("complete", "running", "completed"),
        ("suspend", "running", "suspended"),
        ("resume", "suspended", "running"),
        ("cancel", "running", "cancelled"),
        ("cancel", "suspended", "cancelled"),
        ("reopen", "completed", "running"),
    ),
    "task": (
        ("claim", "open", "claimed"),
        ("release", "claimed", "open"),
        ("assign", "open", "claimed"),
        ("assign", "claimed", "claimed"),
        ("delegate", "claimed", "claimed"),
        ("return", "claimed", "claimed"),
        ("complete", "claimed", "completed"),
        ("complete", "open", "completed"),
        ("withdraw", "open", "withdrawn"),
        ("withdraw", "claimed", "withdrawn"),
    ),
    "timer": (("fire", "set", "fired"), ("cancel", "set", "cancelled")),
    "incident": (
        ("retry", "open", "resolved"),
        ("dismiss", "open", "dismissed"),
        ("reopen", "dismissed", "open"),
    ),
    "message": (("wait", "expected", "expected"), ("correlate", "expected", "received")),
}
