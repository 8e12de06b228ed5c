"""Workload W: what is filled in. A complaint of about 600 bytes, then five tasks with about 200 bytes each.

Owns the data alone, so that the floor and Heard are given the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.core.actors import Actor

HOME = Path(__file__).resolve().parent / "home"
PROCESS = "complaint-bench"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday at half past ten in Berlin."""

CUSTOMER = Actor("cleo", frozenset({"customer"}), "customer", "web")
OFFICER = Actor("ann", frozenset({"agent", "officer"}), "staff", "web")
LEAD = Actor("lea", frozenset({"agent", "lead"}), "staff", "web")

INTAKE: Mapping[str, Any] = {
    "channel": "web",
    "subject": "The saw stops after five minutes and smells of burning",
    "text": "I bought the saw in September and have used it perhaps ten times. Since last week it stops "
    "after about five minutes, smells of burning and cannot be switched on again for an hour. I have "
    "cleaned it and tried another socket. I need it for my work and ask you to repair or replace it before "
    "the end of the month, since I have hired one for 28 euros a day in the meantime.",
    "name": "Cleo Kramer",
    "email": "cleo.kramer@example.net",
    "phone": "+49 30 5550 1234",
    "received": "2026-11-21",
    "product": "saw",
    "order": "2026-09-14-00731",
    "amount": "189.00",
}
_NOTE = (
    "Read the file and called the customer; what she says fits what the workshop has seen with this series "
    "before: brushes too soft."
)

STEPS: tuple[tuple[str, str, Actor, Mapping[str, Any]], ...] = (
    ("triage", "triage", OFFICER, {"impact": "high", "urgency": "medium", "safety": False, "note": _NOTE}),
    ("investigate", "finding", OFFICER, {"cause": "material", "found": "2026-11-22", "note": _NOTE}),
    ("propose", "proposal", OFFICER, {"remedy": "replace", "refund": 56, "note": _NOTE}),
    ("approve", "approval", LEAD, {"decision": "approved", "note": _NOTE + " The hire is paid as well."}),
    ("close", "closing", OFFICER, {"satisfied": True, "told": "2026-11-23", "note": _NOTE}),
)
"""State, short name of its form, who does it, what they fill in. Each time the outcome is `done`."""

PROMISES = "promises-bench"
"""The process of workload P: the same forms, with three clocks and an approval in place of the task `approve`."""
