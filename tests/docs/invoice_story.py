"""The complaint that the page about reading a case shows: who did what, when, on the shipped processes.

Owns the story and how it is played: through the command line, on a clock that stands where the story says. Judges
nothing.
"""

from __future__ import annotations

import io
import shlex
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import runtime
from engine.cli import main
from engine.cli.context import Context
from engine.home import shipped
from engine.runtime import Engine, VirtualClock
from engine.workers.timers import run_until
from tests.databases import fresh

BERLIN = ZoneInfo("Europe/Berlin")
LOOKED_AT = "2026-12-16 10:00"

QUESTION = """
channel: web
contact_name: Oliver Grant
contact_email: oliver@grant-freight.example
language: en
subject: Three wrong invoices in a row
category: billing
invoice_no: R-2026-1188
description: Every invoice since September shows the price of last year. I have rung twice and want it put right.
"""
CONVERSION = """
reason: He has rung twice and expects an answer.
immediate_danger: false
product: Brightwater Ledger
occurred_on: "2026-11-19"
remedy_sought: [correction, refund]
complainant_type: business
preferred_channel: email
"""
NO_COMPLAINT = """
new_type: inquiry
reason: It is only about a price list.
inquiry_category: billing
invoice_no: R-2026-1188
"""
ASSESSMENT = """
complaint_valid_scope: true
category: billing
subcategory: price list
impact: team
urgency: medium
safety_or_health: false
legal_or_regulator: false
personal_data_breach: false
press_or_ombudsman: false
customer_blocked: false
similar_checked: true
similar_found: 1
immediate_action_needed: false
handler: ann
accused: [carla]
"""
FILES = {
    "question.yaml": QUESTION,
    "conversion.yaml": CONVERSION,
    "no-complaint.yaml": NO_COMPLAINT,
    "assessment.yaml": ASSESSMENT,
}

STORY = (
    ("2026-11-16 09:00", "people --load"),
    ("2026-11-16 09:00", "deploy --as katrin"),
    ("2026-11-20 15:00", "start inquiry --as oliver --values question.yaml"),
    (
        "2026-11-23 10:00",
        "complete INQ-2026-00001 triage --as dieter --set category=billing --set impact=team --set urgency=medium "
        "--set is_complaint=yes",
    ),
    ("2026-11-23 10:15", "complete INQ-2026-00001 convert-to-complaint --as emma --values conversion.yaml"),
    ("2026-11-23 10:30", "trigger CMP-2026-00001 reclassify --as jana --values no-complaint.yaml"),
    (
        "2026-11-23 11:00",
        'decide CMP-2026-00001.11 reject --as rosa --comment "He wants his money back: it is a complaint."',
    ),
    ("2026-11-23 11:30", "complete CMP-2026-00001 assess --as jana --values assessment.yaml"),
    ("2026-11-23 11:45", "complete CMP-2026-00001 assign-investigator --as jana --set investigator=samir"),
    (
        "2026-11-23 15:00",
        'complete CMP-2026-00001 ask-customer --as samir --set question="Which invoices have you paid?"',
    ),
    ("2026-11-25 11:00", 'message CMP-2026-00001 customer-replied --as emma --set text="All but the last."'),
    ("2026-11-26 10:00", 'trigger CMP-2026-00001 inform-customer --as ann --set text="Thank you. We are looking."'),
    ("2026-12-01 10:00", 'trigger CMP-2026-00001 inform-customer --as ann --set text="We need a little longer."'),
    ("2026-12-08 10:00", 'trigger CMP-2026-00001 inform-customer --as ann --set text="Samir is ill; we go on."'),
    ("2026-12-15 10:00", 'trigger CMP-2026-00001 inform-customer --as ann --set text="Jana takes over."'),
)


class Stage:
    """A database of its own, with a clock that can be set; every command is done at the time of the clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = VirtualClock(at("2026-11-16 09:00"))
        for name in ("HEARD_PERSON", "HEARD_TRACEBACK"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("HEARD_HOME", str(shipped()))
        monkeypatch.setenv("HEARD_DATABASE_URL", fresh())
        monkeypatch.setattr(runtime, "wall_clock", self.clock)
        self.engine = Engine(Context().store(), self.clock, recording=self.clock)
        monkeypatch.setattr(Context, "store", lambda context: self.engine.store)
        monkeypatch.setattr(Context, "engine", lambda context: self.engine)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")

    def until(self, when: str) -> None:
        run_until(self.engine, at(when), self.clock.set)

    def say(self, line: str) -> str:
        """What the command writes, whether it is refused or not."""
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit):
            main(shlex.split(line))
        return said.getvalue()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def play(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The story up to the day on which somebody looks at the case."""
    stage = Stage(folder, monkeypatch)
    for number, (when, line) in enumerate(STORY):
        if number > 1:
            stage.until(when)
        said = stage.say(line)
        assert not said.startswith("Expected"), f"{line}\n{said}"
    stage.until(LOOKED_AT)
    return stage
